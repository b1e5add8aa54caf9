-- The latest test of each database target: who asked which host, and what it found.
CREATE TABLE database_tests (
  target_id TEXT PRIMARY KEY REFERENCES database_targets (id) ON DELETE CASCADE,
  id TEXT NOT NULL UNIQUE,
  host_id TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  asked_by TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  answered_at BIGINT,
  found TEXT
);
CREATE INDEX database_tests_by_host ON database_tests (host_id, asked_at);
