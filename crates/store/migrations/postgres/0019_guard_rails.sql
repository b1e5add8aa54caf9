-- What deployments in an environment have to observe. An environment without a row has no rules.
CREATE TABLE environment_rules (
  environment TEXT PRIMARY KEY,
  approvals BIGINT NOT NULL,
  max_concurrent BIGINT,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- Scopes of guard rails are kept as they are written: what they name in the topology is never removed or renamed.
CREATE TABLE freezes (
  name TEXT PRIMARY KEY,
  scope TEXT NOT NULL,
  schedule TEXT NOT NULL,
  message TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE deployment_locks (
  id TEXT PRIMARY KEY,
  scope TEXT NOT NULL,
  message TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Where a deployment acts: the modules of its hosts when it was made.
CREATE TABLE deployment_modules (
  deployment_id TEXT NOT NULL REFERENCES deployments (id),
  module_id TEXT NOT NULL REFERENCES modules (id),
  PRIMARY KEY (deployment_id, module_id)
);
CREATE INDEX deployment_modules_by_module ON deployment_modules (module_id);

-- One of each user, for the plan that they looked at.
CREATE TABLE approvals (
  deployment_id TEXT NOT NULL REFERENCES deployments (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  plan_id TEXT NOT NULL REFERENCES plans (id),
  comment TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (deployment_id, user_id)
);
CREATE INDEX approvals_by_user ON approvals (user_id);
CREATE INDEX approvals_by_plan ON approvals (plan_id);

-- `begun_at` is when the first host was admitted; `freeze_override` who said, and why, that freezes do not hold it; `ended_because` why it
-- was ended before it began. `awaits_approval` is told by `waiting`, for lists.
ALTER TABLE deployments ADD COLUMN not_before BIGINT;
ALTER TABLE deployments ADD COLUMN begun_at BIGINT;
ALTER TABLE deployments ADD COLUMN freeze_override TEXT;
ALTER TABLE deployments ADD COLUMN ended_because TEXT;
ALTER TABLE deployments ADD COLUMN awaits_approval BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE deployments SET begun_at = created_at;
CREATE INDEX deployments_awaiting_approval ON deployments (id) WHERE awaits_approval;

INSERT INTO deployment_modules (deployment_id, module_id)
  SELECT DISTINCT u.deployment_id, hm.module_id FROM deployments d JOIN units u ON u.plan_id = d.plan_id
  JOIN host_modules hm ON hm.host_id = u.host_id WHERE d.ended_at IS NULL;

-- `environment` is empty for any.
CREATE TABLE strategies (
  name TEXT PRIMARY KEY,
  environment TEXT NOT NULL,
  description TEXT NOT NULL,
  strategy TEXT NOT NULL,
  is_default BOOLEAN NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX strategies_default ON strategies (environment) WHERE is_default;
