-- Which versions are deleted by themselves, and what that is decided by.

-- What was said for a package; without a row, the default of the site holds, which is a setting.
CREATE TABLE retention_rules (
  package_id TEXT PRIMARY KEY REFERENCES packages (id) ON DELETE CASCADE,
  -- JSON; nothing keeps every version.
  rule TEXT,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A version that no rule deletes, and no person until they take this back.
ALTER TABLE versions ADD COLUMN is_protected BOOLEAN NOT NULL DEFAULT FALSE;
-- When it was last on a host: when it last came to one, or left one.
ALTER TABLE versions ADD COLUMN deployed_at BIGINT;

CREATE INDEX versions_by_package_time ON versions (package_id, created_at, id);
CREATE INDEX versions_by_package_size ON versions (package_id, size, id);
CREATE INDEX versions_protected ON versions (package_id) WHERE is_protected;
CREATE INDEX versions_by_creator ON versions (package_id, creator, sort_key, number);

-- These come behind those that count instances, by their names: each waits for the package first and for its versions then, so that no two
-- wait for each other.

CREATE FUNCTION versions_deployed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE versions SET deployed_at = NEW.updated_at WHERE package_id = NEW.package_id AND number = NEW.version;
  RETURN NULL;
END $$;
CREATE TRIGGER versions_deployed AFTER INSERT ON instances FOR EACH ROW EXECUTE FUNCTION versions_deployed();

-- In the order of their numbers, so that no two wait for each other.
CREATE FUNCTION versions_replaced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE versions SET deployed_at = NEW.updated_at WHERE package_id = NEW.package_id AND number = least(OLD.version, NEW.version);
  UPDATE versions SET deployed_at = NEW.updated_at WHERE package_id = NEW.package_id AND number = greatest(OLD.version, NEW.version);
  RETURN NULL;
END $$;
CREATE TRIGGER versions_replaced AFTER UPDATE OF version ON instances FOR EACH ROW WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION versions_replaced();

-- The row that goes does not say when: the latest time that is known of its host does.
CREATE FUNCTION versions_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE versions SET deployed_at = greatest(OLD.updated_at, COALESCE((SELECT h.last_seen_at FROM hosts h WHERE h.id = OLD.host_id), 0))
    WHERE package_id = OLD.package_id AND number = OLD.version;
  RETURN NULL;
END $$;
CREATE TRIGGER versions_removed AFTER DELETE ON instances FOR EACH ROW EXECUTE FUNCTION versions_removed();

UPDATE versions SET deployed_at = i.at
  FROM (SELECT package_id, version, max(updated_at) AS at FROM instances GROUP BY package_id, version) i
  WHERE i.package_id = versions.package_id AND i.version = versions.number;
UPDATE versions SET deployed_at = u.at
  FROM (SELECT d.package_id, u.to_version, max(u.updated_at) AS at FROM units u JOIN deployments d ON d.id = u.deployment_id
        WHERE u.state = 'succeeded' GROUP BY d.package_id, u.to_version) u
  WHERE u.package_id = versions.package_id AND u.to_version = versions.number AND COALESCE(versions.deployed_at, 0) < u.at;
