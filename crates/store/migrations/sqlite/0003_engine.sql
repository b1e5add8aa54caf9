CREATE TABLE bindings (
  package_id TEXT NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
  module_id TEXT NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (package_id, module_id)
);
CREATE INDEX bindings_by_module ON bindings (module_id);

-- Never changed, but for the deployment that applies it. A plan without one is only a preview; plans form a chain, so none has two
-- successors. `basis` is what a plan rests on, `findings` what a person is told about it beside the units, `bystanders` the
-- hosts of its target group that have no unit.
CREATE TABLE plans (
  id TEXT PRIMARY KEY,
  parent_id TEXT UNIQUE REFERENCES plans (id),
  package_id TEXT NOT NULL REFERENCES packages (id),
  deployment_id TEXT,
  spec TEXT NOT NULL,
  body TEXT NOT NULL,
  batch_kinds TEXT NOT NULL,
  basis TEXT NOT NULL,
  bystanders TEXT NOT NULL,
  findings TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX plans_by_package ON plans (package_id);
CREATE INDEX plans_by_deployment ON plans (deployment_id);
CREATE INDEX plans_unapplied ON plans (created_at) WHERE deployment_id IS NULL;

-- What hosts are told, without what differs between them: units of equal change share one.
CREATE TABLE plan_orders (
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (plan_id, number)
);

CREATE TABLE deployments (
  id TEXT PRIMARY KEY,
  package_id TEXT NOT NULL REFERENCES packages (id),
  action TEXT NOT NULL,
  version TEXT,
  spec TEXT NOT NULL,
  state TEXT NOT NULL,
  direction TEXT NOT NULL,
  plan_id TEXT NOT NULL REFERENCES plans (id),
  revision BIGINT NOT NULL,
  waiting TEXT NOT NULL,
  creator TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX deployments_open ON deployments (id) WHERE ended_at IS NULL;
CREATE INDEX deployments_ended ON deployments (id) WHERE ended_at IS NOT NULL;
CREATE INDEX deployments_by_package ON deployments (package_id, id);
CREATE INDEX deployments_by_state ON deployments (state, id);
CREATE INDEX deployments_by_plan ON deployments (plan_id);

-- The one open deployment that may change an instance.
CREATE TABLE claims (
  host_id TEXT NOT NULL REFERENCES hosts (id),
  package_id TEXT NOT NULL REFERENCES packages (id),
  deployment_id TEXT NOT NULL REFERENCES deployments (id),
  PRIMARY KEY (host_id, package_id)
);
CREATE INDEX claims_by_package ON claims (package_id);
CREATE INDEX claims_by_deployment ON claims (deployment_id);

CREATE TABLE units (
  id TEXT PRIMARY KEY,
  deployment_id TEXT NOT NULL REFERENCES deployments (id),
  plan_id TEXT NOT NULL REFERENCES plans (id),
  batch BIGINT NOT NULL,
  position BIGINT NOT NULL,
  host_id TEXT NOT NULL,
  host_name TEXT NOT NULL,
  from_version TEXT,
  to_version TEXT,
  action TEXT NOT NULL,
  order_number BIGINT NOT NULL,
  variables TEXT NOT NULL,
  state TEXT NOT NULL,
  step TEXT,
  failure TEXT,
  attempt_id TEXT,
  epoch BIGINT NOT NULL,
  fetched_bytes BIGINT,
  revision BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (plan_id, batch, position)
);
CREATE INDEX units_by_state ON units (plan_id, state);
CREATE INDEX units_by_revision ON units (plan_id, revision);
CREATE INDEX units_by_deployment ON units (deployment_id, state);
CREATE INDEX units_by_host ON units (host_id, id);

-- `last_sequence` is the last report that was folded; what comes up to it again is a repetition.
CREATE TABLE attempts (
  id TEXT PRIMARY KEY,
  unit_id TEXT NOT NULL REFERENCES units (id),
  deployment_id TEXT NOT NULL REFERENCES deployments (id),
  host_id TEXT NOT NULL,
  incarnation BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  granted TEXT NOT NULL,
  last_sequence BIGINT NOT NULL,
  timeout_seconds BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  prepared_at BIGINT,
  validated_at BIGINT,
  ended_at BIGINT,
  UNIQUE (unit_id, epoch)
);
CREATE INDEX attempts_open_by_host ON attempts (host_id) WHERE ended_at IS NULL;
CREATE INDEX attempts_open_by_deployment ON attempts (deployment_id) WHERE ended_at IS NULL;

CREATE TABLE steps (
  attempt_id TEXT NOT NULL REFERENCES attempts (id),
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  outcome TEXT,
  millis BIGINT,
  PRIMARY KEY (attempt_id, number)
);

-- What a step wrote: its beginning and its end, in pieces. `received` counts all that came, `kept` what is still there.
CREATE TABLE step_outputs (
  attempt_id TEXT NOT NULL REFERENCES attempts (id),
  step BIGINT NOT NULL,
  received BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  PRIMARY KEY (attempt_id, step)
);

CREATE TABLE step_output_pieces (
  attempt_id TEXT NOT NULL,
  step BIGINT NOT NULL,
  start BIGINT NOT NULL,
  size BIGINT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (attempt_id, step, start),
  FOREIGN KEY (attempt_id, step) REFERENCES step_outputs (attempt_id, step)
);

-- What agents say is on their hosts.
CREATE TABLE instances (
  host_id TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  package_id TEXT NOT NULL REFERENCES packages (id),
  version TEXT NOT NULL,
  tree BLOB NOT NULL,
  install_root TEXT NOT NULL,
  state TEXT NOT NULL,
  health TEXT NOT NULL,
  reason TEXT,
  previous TEXT,
  deployment_id TEXT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (host_id, package_id)
);
CREATE INDEX instances_by_package ON instances (package_id, version, host_id);
CREATE INDEX instances_by_health ON instances (health, host_id);
CREATE INDEX instances_by_state ON instances (state, host_id);

-- What a host was last told; the generation rises with every change of its open attempts. `incarnation` is the joining that
-- has been received: a later one sends its inventory before it gets work.
CREATE TABLE host_assignments (
  host_id TEXT PRIMARY KEY REFERENCES hosts (id) ON DELETE CASCADE,
  incarnation BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  wants_inventory BOOLEAN NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX host_assignments_by_change ON host_assignments (changed_at);
