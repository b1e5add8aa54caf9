-- What a collection of garbage knows of each piece of content. `mark` is the last collection that found it needed; what a complete
-- collection did not find is condemned, and a later one that does not find it either removes it.
ALTER TABLE segments ADD COLUMN mark BIGINT NOT NULL DEFAULT 0;
ALTER TABLE segments ADD COLUMN condemned_in BIGINT;
ALTER TABLE segments ADD COLUMN condemned_at BIGINT;
ALTER TABLE segments ADD COLUMN is_damaged BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX segments_by_pack ON segments (pack_id, frame_offset);
CREATE INDEX segments_damaged ON segments (pack_id, frame_offset) WHERE is_damaged;

ALTER TABLE recipes ADD COLUMN mark BIGINT NOT NULL DEFAULT 0;
ALTER TABLE recipes ADD COLUMN condemned_in BIGINT;
ALTER TABLE recipes ADD COLUMN condemned_at BIGINT;

-- A pack has its row before it is written, so that every object on disk is named by a row. `content` is what its segments had
-- unpacked, `touched_at` when it was last relied on, `is_going` that its object is being removed.
ALTER TABLE packs ADD COLUMN content BIGINT NOT NULL DEFAULT 0;
ALTER TABLE packs ADD COLUMN touched_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE packs ADD COLUMN is_going BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE packs SET touched_at = created_at,
  content = CAST(COALESCE((SELECT sum(s.len) FROM segments s WHERE s.pack_id = packs.id), 0) AS BIGINT);
CREATE INDEX packs_going ON packs (id) WHERE is_going;

-- Archives that are kept as they came, with a row before they get their name, as packs.
CREATE TABLE originals (
  archive BYTEA PRIMARY KEY,
  size BIGINT NOT NULL,
  touched_at BIGINT NOT NULL,
  is_going BOOLEAN NOT NULL
);
CREATE INDEX originals_going ON originals (archive) WHERE is_going;
INSERT INTO originals (archive, size, touched_at, is_going)
  SELECT archive_blake3, max(archive_size), max(created_at), FALSE FROM versions WHERE kept_as <> 'recipe' GROUP BY archive_blake3;

-- The collection that is under way, or was the last one.
ALTER TABLE registry_totals ADD COLUMN collection BIGINT NOT NULL DEFAULT 0;
CREATE INDEX versions_by_recipe ON versions (archive_recipe);

-- Work on the storage. `slot` holds one word while a job runs, so that only one does.
CREATE TABLE storage_jobs (
  id TEXT PRIMARY KEY,
  slot TEXT UNIQUE,
  kind TEXT NOT NULL,
  request TEXT NOT NULL,
  state TEXT NOT NULL,
  progress TEXT NOT NULL,
  report TEXT,
  failure TEXT,
  creator TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  heard_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX storage_jobs_by_kind ON storage_jobs (kind, id);

-- Who needs what is damaged, as the last verification found it.
CREATE TABLE damage_uses (
  pack_id BYTEA NOT NULL,
  frame_offset BIGINT NOT NULL,
  version_id TEXT NOT NULL,
  path TEXT NOT NULL,
  PRIMARY KEY (pack_id, frame_offset, version_id, path)
);
