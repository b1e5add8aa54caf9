-- Objects of ControlTier projects. Each version of a package is one as well.
CREATE TABLE objects (
  id TEXT PRIMARY KEY,
  element TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  -- What was said of it, as JSON.
  attributes TEXT NOT NULL,
  transforms TEXT NOT NULL,
  -- Of a package: what it stands for, whether it has content or not.
  package TEXT,
  version TEXT,
  installrank BIGINT NOT NULL,
  version_id TEXT REFERENCES versions (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (type, name)
);
CREATE INDEX objects_by_element ON objects (element, type, name);
CREATE INDEX objects_by_package ON objects (package, version);
CREATE INDEX objects_by_version ON objects (version_id);

CREATE TABLE object_relations (
  parent_id TEXT NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  child_id TEXT NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  PRIMARY KEY (parent_id, child_id)
);
CREATE INDEX object_relations_by_child ON object_relations (child_id, parent_id);

-- Versions that were pushed before.
INSERT INTO objects (id, element, type, name, attributes, transforms, package, version, installrank, version_id, created_at, updated_at)
SELECT v.id, 'package',
  CASE v.archive_format WHEN 'tar_gz' THEN 'tgz' WHEN 'tar_bz2' THEN 'tbz2' WHEN 'tar_xz' THEN 'txz' WHEN 'tar_zst' THEN 'tzst' ELSE v.archive_format END,
  p.name || '_' || v.number, '{}', '[]', p.name, v.number, 0, v.id, v.created_at, v.created_at
FROM versions v JOIN packages p ON p.id = v.package_id;
