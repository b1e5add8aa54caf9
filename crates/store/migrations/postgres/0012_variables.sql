-- The variables in the files of versions, and what only looks like one.
CREATE TABLE version_variables (
  version_id TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
  -- Variables and doubts, each numbered from 1 by path and line.
  certainty TEXT NOT NULL,
  number BIGINT NOT NULL,
  path TEXT NOT NULL,
  line BIGINT NOT NULL,
  col BIGINT NOT NULL,
  length BIGINT NOT NULL,
  prefix TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  doubt TEXT,
  PRIMARY KEY (version_id, certainty, number)
);
