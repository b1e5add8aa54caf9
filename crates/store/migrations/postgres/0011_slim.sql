-- Packs that were sent for versions that are not there yet. No version refers to them.
CREATE TABLE staged_packs (
  id BYTEA PRIMARY KEY,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX staged_packs_by_time ON staged_packs (created_at);

CREATE TABLE staged_segments (
  digest BYTEA PRIMARY KEY,
  pack_id BYTEA NOT NULL REFERENCES staged_packs (id) ON DELETE CASCADE,
  frame_offset BIGINT NOT NULL,
  frame_len BIGINT NOT NULL,
  offset_in_frame BIGINT NOT NULL,
  len BIGINT NOT NULL
);
CREATE INDEX staged_segments_by_pack ON staged_segments (pack_id);
