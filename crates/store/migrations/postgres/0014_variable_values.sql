-- What differs between units of equal change, whole: variables, where secrets are, and the digests of what both versions are rendered with.
ALTER TABLE units RENAME COLUMN variables TO particulars;
UPDATE units SET particulars = '{"variables":' || particulars || '}';

-- What the rendered files of an instance, and of the version before, were made with.
ALTER TABLE instances ADD COLUMN rendering BYTEA;
ALTER TABLE instances ADD COLUMN previous_rendering BYTEA;

CREATE TABLE secrets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  -- The version that is used from now on.
  version BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- Sealed under the master key, which is in no database. A version never changes: what was rendered with it can be rendered again.
CREATE TABLE secret_versions (
  secret_id TEXT NOT NULL REFERENCES secrets (id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (secret_id, version)
);

-- `name_key` is what spellings of the same name have in common. `scope_id` is an identifier of what `scope_kind` says, the word of an
-- environment, or empty.
CREATE TABLE variables (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  scope_kind TEXT NOT NULL,
  scope_id TEXT NOT NULL,
  value TEXT NOT NULL,
  secret_id TEXT REFERENCES secrets (id),
  description TEXT NOT NULL,
  revision BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (name_key, scope_kind, scope_id)
);
CREATE INDEX variables_by_name ON variables (name_key, id);
CREATE INDEX variables_by_scope ON variables (scope_kind, scope_id, name_key, id);
CREATE INDEX variables_by_secret ON variables (secret_id);

-- What spellings of the same name have in common, to find the versions that use a variable.
ALTER TABLE version_variables ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE version_variables SET name_key = lower(name);
CREATE INDEX version_variables_by_name ON version_variables (name_key, version_id);
