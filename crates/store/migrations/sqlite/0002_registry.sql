CREATE TABLE packages (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  description TEXT NOT NULL,
  creator TEXT NOT NULL,
  -- Lower case; what a search looks at.
  search TEXT NOT NULL,
  -- Kept up to date with the versions, so that a list of packages need not count them.
  versions BIGINT NOT NULL,
  latest TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX packages_by_time ON packages (updated_at, id);

CREATE TABLE versions (
  id TEXT PRIMARY KEY,
  package_id TEXT NOT NULL REFERENCES packages (id),
  number TEXT NOT NULL,
  -- Sorts byte by byte as the numbers sort.
  sort_key TEXT NOT NULL,
  build TEXT,
  description TEXT NOT NULL,
  state TEXT NOT NULL,
  layout TEXT NOT NULL,
  manifest TEXT NOT NULL,
  tree BLOB NOT NULL,
  -- Bytes of the tree's list itself, which is stored as a file.
  tree_size BIGINT NOT NULL,
  files BIGINT NOT NULL,
  size BIGINT NOT NULL,
  new_bytes BIGINT NOT NULL,
  archive_name TEXT NOT NULL,
  archive_format TEXT NOT NULL,
  archive_size BIGINT NOT NULL,
  archive_sha256 TEXT NOT NULL,
  archive_md5 TEXT NOT NULL,
  archive_blake3 BLOB NOT NULL,
  -- What reproduces the archive without its compression, stored as a file.
  archive_recipe BLOB NOT NULL,
  archive_recipe_size BIGINT NOT NULL,
  -- How the compression is made again, once it is proven.
  gzip_recipe TEXT,
  kept_as TEXT NOT NULL,
  creator TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (package_id, number)
);
CREATE INDEX versions_by_order ON versions (package_id, sort_key, number);
CREATE INDEX versions_by_time ON versions (created_at, id);
CREATE INDEX versions_by_tree ON versions (tree);
CREATE INDEX versions_by_archive ON versions (archive_blake3);
CREATE INDEX versions_to_prove ON versions (kept_as, id);

CREATE TABLE packs (
  id BLOB PRIMARY KEY,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE segments (
  digest BLOB PRIMARY KEY,
  pack_id BLOB NOT NULL,
  frame_offset BIGINT NOT NULL,
  frame_len BIGINT NOT NULL,
  offset_in_frame BIGINT NOT NULL,
  len BIGINT NOT NULL
);

-- Files of more than one segment; a smaller one is known by its segment.
CREATE TABLE recipes (
  file BLOB PRIMARY KEY,
  size BIGINT NOT NULL,
  recipe BLOB NOT NULL
);

-- One row: what all versions and packs come to, so that the overview need not add it up.
CREATE TABLE registry_totals (
  id BIGINT PRIMARY KEY,
  content_bytes BIGINT NOT NULL,
  stored_bytes BIGINT NOT NULL
);
INSERT INTO registry_totals (id, content_bytes, stored_bytes) VALUES (1, 0, 0);
