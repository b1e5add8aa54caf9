-- Lists of packages, versions and instances stay quick whatever their length: what they count is kept, and what they look for has an index.

DROP INDEX packages_by_time;
ALTER TABLE packages DROP COLUMN search;
-- Kept up to date with instances and the modules of their hosts, by the triggers below.
ALTER TABLE packages ADD COLUMN instances BIGINT NOT NULL DEFAULT 0;
ALTER TABLE packages ADD COLUMN modules BIGINT NOT NULL DEFAULT 0;
-- JSON lists: what people gave the package, and what its latest version says.
ALTER TABLE packages ADD COLUMN own_tags TEXT NOT NULL DEFAULT '[]';
ALTER TABLE packages ADD COLUMN version_tags TEXT NOT NULL DEFAULT '[]';
-- Which rules made the terms of the package; a program with newer ones makes them anew.
ALTER TABLE packages ADD COLUMN term_rules BIGINT NOT NULL DEFAULT 0;
CREATE INDEX packages_by_updated ON packages (updated_at, id);
CREATE INDEX packages_by_created ON packages (created_at, id);
CREATE INDEX packages_by_versions ON packages (versions, id);
CREATE INDEX packages_by_instances ON packages (instances, id);
CREATE INDEX packages_by_kind ON packages (kind, id);
CREATE INDEX packages_by_term_rules ON packages (term_rules, id);

-- All that a package is found by: words of its texts, tags, attributes, creator, kind.
CREATE TABLE package_terms (
  package_id TEXT NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
  term TEXT NOT NULL,
  PRIMARY KEY (package_id, term)
) WITHOUT ROWID;
CREATE INDEX package_terms_by_term ON package_terms (term, package_id);

CREATE INDEX versions_by_state ON versions (package_id, state, sort_key, number);

-- How many instances a version has, and in how many modules. Versions without any have no row.
CREATE TABLE version_instances (
  package_id TEXT NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
  version TEXT NOT NULL,
  instances BIGINT NOT NULL,
  modules BIGINT NOT NULL,
  PRIMARY KEY (package_id, version)
);

-- How many instances of a version are on the hosts of a module.
CREATE TABLE module_instances (
  package_id TEXT NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
  module_id TEXT NOT NULL REFERENCES modules (id) ON DELETE CASCADE,
  version TEXT NOT NULL,
  instances BIGINT NOT NULL,
  PRIMARY KEY (package_id, module_id, version)
);
CREATE INDEX module_instances_by_module ON module_instances (module_id);

CREATE TRIGGER module_instances_added AFTER INSERT ON module_instances BEGIN
  UPDATE version_instances SET modules = modules + 1 WHERE package_id = NEW.package_id AND version = NEW.version;
  UPDATE packages SET modules = modules + 1 WHERE id = NEW.package_id AND NOT EXISTS (
    SELECT 1 FROM module_instances m
    WHERE m.package_id = NEW.package_id AND m.module_id = NEW.module_id AND m.version <> NEW.version);
END;

CREATE TRIGGER module_instances_gone AFTER DELETE ON module_instances BEGIN
  UPDATE version_instances SET modules = modules - 1 WHERE package_id = OLD.package_id AND version = OLD.version;
  UPDATE packages SET modules = modules - 1 WHERE id = OLD.package_id AND NOT EXISTS (
    SELECT 1 FROM module_instances m WHERE m.package_id = OLD.package_id AND m.module_id = OLD.module_id);
END;

CREATE TRIGGER instances_added AFTER INSERT ON instances BEGIN
  UPDATE packages SET instances = instances + 1 WHERE id = NEW.package_id;
  INSERT INTO version_instances (package_id, version, instances, modules) VALUES (NEW.package_id, NEW.version, 1, 0)
    ON CONFLICT (package_id, version) DO UPDATE SET instances = instances + 1;
  INSERT INTO module_instances (package_id, module_id, version, instances)
    SELECT NEW.package_id, h.module_id, NEW.version, 1 FROM host_modules h WHERE h.host_id = NEW.host_id
    ON CONFLICT (package_id, module_id, version) DO UPDATE SET instances = instances + 1;
END;

CREATE TRIGGER instances_gone AFTER DELETE ON instances BEGIN
  UPDATE packages SET instances = instances - 1 WHERE id = OLD.package_id;
  UPDATE module_instances SET instances = instances - 1
    WHERE package_id = OLD.package_id AND version = OLD.version
    AND module_id IN (SELECT h.module_id FROM host_modules h WHERE h.host_id = OLD.host_id);
  DELETE FROM module_instances WHERE package_id = OLD.package_id AND version = OLD.version AND instances = 0
    AND module_id IN (SELECT h.module_id FROM host_modules h WHERE h.host_id = OLD.host_id);
  UPDATE version_instances SET instances = instances - 1 WHERE package_id = OLD.package_id AND version = OLD.version;
  DELETE FROM version_instances WHERE package_id = OLD.package_id AND version = OLD.version AND instances = 0;
END;

CREATE TRIGGER instances_changed AFTER UPDATE OF version ON instances WHEN OLD.version <> NEW.version BEGIN
  INSERT INTO version_instances (package_id, version, instances, modules) VALUES (NEW.package_id, NEW.version, 1, 0)
    ON CONFLICT (package_id, version) DO UPDATE SET instances = instances + 1;
  INSERT INTO module_instances (package_id, module_id, version, instances)
    SELECT NEW.package_id, h.module_id, NEW.version, 1 FROM host_modules h WHERE h.host_id = NEW.host_id
    ON CONFLICT (package_id, module_id, version) DO UPDATE SET instances = instances + 1;
  UPDATE module_instances SET instances = instances - 1
    WHERE package_id = OLD.package_id AND version = OLD.version
    AND module_id IN (SELECT h.module_id FROM host_modules h WHERE h.host_id = OLD.host_id);
  DELETE FROM module_instances WHERE package_id = OLD.package_id AND version = OLD.version AND instances = 0
    AND module_id IN (SELECT h.module_id FROM host_modules h WHERE h.host_id = OLD.host_id);
  UPDATE version_instances SET instances = instances - 1 WHERE package_id = OLD.package_id AND version = OLD.version;
  DELETE FROM version_instances WHERE package_id = OLD.package_id AND version = OLD.version AND instances = 0;
END;

CREATE TRIGGER host_modules_added AFTER INSERT ON host_modules BEGIN
  INSERT INTO module_instances (package_id, module_id, version, instances)
    SELECT i.package_id, NEW.module_id, i.version, 1 FROM instances i WHERE i.host_id = NEW.host_id
    ON CONFLICT (package_id, module_id, version) DO UPDATE SET instances = instances + 1;
END;

CREATE TRIGGER host_modules_gone AFTER DELETE ON host_modules BEGIN
  UPDATE module_instances SET instances = instances - 1
    WHERE module_id = OLD.module_id
    AND (package_id, version) IN (SELECT i.package_id, i.version FROM instances i WHERE i.host_id = OLD.host_id);
  DELETE FROM module_instances
    WHERE module_id = OLD.module_id AND instances = 0
    AND package_id IN (SELECT i.package_id FROM instances i WHERE i.host_id = OLD.host_id);
END;

-- A host's instances go before what says in which modules it was, so that they are counted down where they were counted.
CREATE TRIGGER hosts_going BEFORE DELETE ON hosts BEGIN
  DELETE FROM instances WHERE host_id = OLD.id;
END;

UPDATE packages SET instances = (SELECT count(*) FROM instances i WHERE i.package_id = packages.id);
INSERT INTO version_instances (package_id, version, instances, modules)
  SELECT package_id, version, count(*), 0 FROM instances GROUP BY package_id, version;
INSERT INTO module_instances (package_id, module_id, version, instances)
  SELECT i.package_id, h.module_id, i.version, count(*) FROM instances i JOIN host_modules h ON h.host_id = i.host_id
  WHERE TRUE GROUP BY i.package_id, h.module_id, i.version;
