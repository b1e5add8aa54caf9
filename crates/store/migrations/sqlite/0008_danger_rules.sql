-- Own rules, and default rules that were changed here.
CREATE TABLE danger_rules (
  name TEXT PRIMARY KEY,
  spec TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- What the versions of database packages consist of.
CREATE TABLE database_structures (
  version_id TEXT PRIMARY KEY REFERENCES versions (id) ON DELETE CASCADE,
  structure TEXT NOT NULL
);
