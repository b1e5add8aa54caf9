-- What people say about hosts, to choose and order them by.
CREATE TABLE host_labels (
  host_id TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (host_id, key)
);
CREATE INDEX host_labels_by_key ON host_labels (key, value, host_id);

-- What a person has let go: batches below `promoted` begin without the strategy's pause, those below `ahead` although those before
-- them are not at their end.
ALTER TABLE deployments ADD COLUMN promoted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployments ADD COLUMN ahead BIGINT NOT NULL DEFAULT 0;

-- How a deployment proceeds under this plan, if not as was asked for.
ALTER TABLE plans ADD COLUMN strategy TEXT;

-- Whether an attempt of the unit was superseded of which its host has not come to the end yet, as far as is known.
ALTER TABLE units ADD COLUMN in_doubt BOOLEAN NOT NULL DEFAULT FALSE;
