-- Versions that are being made.
CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  -- Need not be there yet.
  package TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- The version that it began with.
  base TEXT,
  version TEXT,
  build TEXT,
  description TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  -- Kept up to date with the entries, so that nobody need count them.
  entries BIGINT NOT NULL,
  size BIGINT NOT NULL,
  creator TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_by_time ON drafts (state, updated_at, id);
CREATE INDEX drafts_by_package ON drafts (package, state, updated_at, id);

-- One row for each path, with what is there now and what was there in the version that the draft began with; either may be nothing.
CREATE TABLE draft_entries (
  draft_id TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  path TEXT COLLATE "C" NOT NULL,
  -- Empty at the top.
  parent TEXT COLLATE "C" NOT NULL,
  -- Equal for paths that some file system takes for the same.
  folded TEXT COLLATE "C" NOT NULL,
  kind TEXT,
  mode BIGINT,
  size BIGINT,
  digest BYTEA,
  target TEXT,
  -- Where it lay in that version, if it was moved or copied.
  origin TEXT COLLATE "C",
  base_kind TEXT,
  base_mode BIGINT,
  base_size BIGINT,
  base_digest BYTEA,
  base_target TEXT,
  -- Which revision changed it last; 0 if none did.
  revision BIGINT NOT NULL,
  PRIMARY KEY (draft_id, path)
);
CREATE INDEX draft_entries_by_parent ON draft_entries (draft_id, parent, path);
CREATE INDEX draft_entries_by_folded ON draft_entries (draft_id, folded);
CREATE INDEX draft_entries_touched ON draft_entries (draft_id, path) WHERE revision > 0;

CREATE TABLE draft_changes (
  draft_id TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  revision BIGINT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  author TEXT NOT NULL,
  at BIGINT NOT NULL,
  paths BIGINT NOT NULL,
  undone_by BIGINT,
  PRIMARY KEY (draft_id, revision)
);

CREATE TABLE draft_change_paths (
  draft_id TEXT NOT NULL,
  revision BIGINT NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  -- What was there and what came; JSON, or nothing.
  before TEXT,
  after TEXT,
  -- The content that an undo brings back.
  before_digest BYTEA,
  before_size BIGINT,
  PRIMARY KEY (draft_id, revision, path),
  FOREIGN KEY (draft_id, revision) REFERENCES draft_changes (draft_id, revision) ON DELETE CASCADE
);
CREATE INDEX draft_change_paths_by_path ON draft_change_paths (draft_id, path, revision);

CREATE TABLE draft_uploads (
  id TEXT PRIMARY KEY,
  draft_id TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  place TEXT NOT NULL,
  size BIGINT NOT NULL,
  -- Bytes that are safely on disk.
  received BIGINT NOT NULL,
  sha256 TEXT,
  creator TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  -- Which revision it made, once it is done.
  revision BIGINT
);
CREATE INDEX draft_uploads_by_draft ON draft_uploads (draft_id, id);
CREATE INDEX draft_uploads_by_time ON draft_uploads (updated_at);

-- What the collection of garbage reads.
CREATE INDEX draft_entries_by_digest ON draft_entries (digest) WHERE digest IS NOT NULL;
CREATE INDEX draft_entries_by_base ON draft_entries (base_digest) WHERE base_digest IS NOT NULL;
CREATE INDEX draft_change_paths_by_digest ON draft_change_paths (before_digest) WHERE before_digest IS NOT NULL;
