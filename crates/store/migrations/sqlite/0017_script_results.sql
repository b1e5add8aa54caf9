-- How scripts ended on hosts: a row for each unit that ran one, of its last attempt. `outcome` is the same where a script ended in the
-- same way and wrote the same.
CREATE TABLE script_results (
  unit_id TEXT PRIMARY KEY REFERENCES units (id),
  deployment_id TEXT NOT NULL REFERENCES deployments (id),
  host_id TEXT NOT NULL,
  host_name TEXT NOT NULL,
  outcome TEXT NOT NULL,
  exit TEXT NOT NULL,
  millis BIGINT NOT NULL,
  output_bytes BIGINT NOT NULL,
  output_digest BLOB NOT NULL,
  attempt_id TEXT NOT NULL REFERENCES attempts (id),
  epoch BIGINT NOT NULL,
  step BIGINT NOT NULL
);
CREATE INDEX script_results_by_outcome ON script_results (deployment_id, outcome, host_name);
CREATE INDEX script_results_by_host ON script_results (deployment_id, host_name);

-- When what the scripts of a run wrote was dropped.
ALTER TABLE deployments ADD COLUMN outputs_dropped_at BIGINT;
CREATE INDEX deployments_with_outputs ON deployments (ended_at) WHERE action = 'run' AND outputs_dropped_at IS NULL AND ended_at IS NOT NULL;
CREATE INDEX deployments_with_outputs_by_package ON deployments (package_id, id)
  WHERE action = 'run' AND outputs_dropped_at IS NULL AND ended_at IS NOT NULL;
