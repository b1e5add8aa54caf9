-- Who changed the state of a version last, when, and why.
ALTER TABLE versions ADD COLUMN state_reason TEXT;
ALTER TABLE versions ADD COLUMN state_by TEXT;
ALTER TABLE versions ADD COLUMN state_at BIGINT;
CREATE INDEX versions_banned ON versions (package_id) WHERE state = 'banned';

-- A deleted package keeps its row, since past deployments name it; it is shown nowhere.
ALTER TABLE packages ADD COLUMN deleted_at BIGINT;

-- The numbers of deleted versions, and what they held: they may come back with the same content only.
CREATE TABLE version_tombstones (
  package TEXT NOT NULL,
  number TEXT NOT NULL,
  tree BLOB NOT NULL,
  deleted_by TEXT NOT NULL,
  deleted_at BIGINT NOT NULL,
  PRIMARY KEY (package, number)
);

CREATE INDEX instances_by_previous ON instances (package_id, previous);
