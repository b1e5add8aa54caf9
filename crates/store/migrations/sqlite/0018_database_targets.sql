-- Databases to which database packages are applied. `login` is everything that is needed to get in, but the password.
CREATE TABLE database_targets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  module_id TEXT NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  -- The host that runs the scripts; none if it was removed.
  host_id TEXT REFERENCES hosts (id) ON DELETE SET NULL,
  login TEXT NOT NULL,
  secret_id TEXT REFERENCES secrets (id),
  description TEXT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX database_targets_by_module ON database_targets (module_id, name);
CREATE INDEX database_targets_by_host ON database_targets (host_id, name);
CREATE INDEX database_targets_by_secret ON database_targets (secret_id);

-- What the ledger in a database said of a package when a host last looked.
CREATE TABLE database_ledgers (
  target_id TEXT NOT NULL REFERENCES database_targets (id) ON DELETE CASCADE,
  package_id TEXT NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
  ledger TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  reported_at BIGINT NOT NULL,
  PRIMARY KEY (target_id, package_id)
);
CREATE INDEX database_ledgers_by_package ON database_ledgers (package_id);

-- The content of the scripts of a version, by path: what a host is told to run. Empty for versions that came before it was written down.
ALTER TABLE database_structures ADD COLUMN scripts TEXT NOT NULL DEFAULT '[]';

-- Which versions of databases the versions of applications work with.
CREATE TABLE version_needs (
  version_id TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
  package TEXT NOT NULL,
  need TEXT NOT NULL,
  PRIMARY KEY (version_id, package)
);
CREATE INDEX version_needs_by_package ON version_needs (package, version_id);
