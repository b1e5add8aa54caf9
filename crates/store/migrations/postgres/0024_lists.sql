-- The variables that the manifest of a version uses: keys for which values are encrypted, files that are replaced as a whole, and what stands in the
-- places to which files go. They stand in no file that is rendered.
CREATE TABLE version_manifest_variables (
  version_id TEXT NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
  name_key TEXT NOT NULL,
  PRIMARY KEY (name_key, version_id)
);
CREATE INDEX version_manifest_variables_by_version ON version_manifest_variables (version_id);

-- Of versions that are there already, the keys.
INSERT INTO version_manifest_variables (version_id, name_key)
  SELECT id, lower((manifest::json -> 'variables' ->> 'public_key')) FROM versions WHERE (manifest::json -> 'variables' ->> 'public_key') IS NOT NULL
  ON CONFLICT DO NOTHING;
INSERT INTO version_manifest_variables (version_id, name_key)
  SELECT id, lower((manifest::json -> 'variables' ->> 'signing_key')) FROM versions WHERE (manifest::json -> 'variables' ->> 'signing_key') IS NOT NULL
  ON CONFLICT DO NOTHING;

-- Orders of the list of instances. A version that the registry does not know sorts by its text until its host tells of it again.
ALTER TABLE instances ADD COLUMN version_key TEXT NOT NULL DEFAULT '';
UPDATE instances SET version_key = COALESCE(
  (SELECT v.sort_key FROM versions v WHERE v.package_id = instances.package_id AND v.number = instances.version), version);
CREATE INDEX instances_by_version ON instances (version_key, host_id, package_id);
CREATE INDEX instances_by_change ON instances (updated_at, host_id, package_id);
CREATE INDEX instances_of_package ON instances (package_id, host_id);
