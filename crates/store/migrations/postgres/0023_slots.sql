-- The slots that are taken: of each instance the first attempt that was let change it since it was last proven to work. An attempt may be over, and its
-- deployment, too: only evidence gives a slot back.
CREATE TABLE slots (
  host_id TEXT NOT NULL REFERENCES hosts (id) ON DELETE CASCADE,
  package_id TEXT NOT NULL REFERENCES packages (id),
  attempt_id TEXT NOT NULL REFERENCES attempts (id),
  taken_at BIGINT NOT NULL,
  PRIMARY KEY (host_id, package_id)
);
CREATE INDEX slots_by_attempt ON slots (attempt_id);

-- What the last unit of an instance has left open so far.
INSERT INTO slots (host_id, package_id, attempt_id, taken_at)
SELECT u.host_id, u.package_id, u.attempt_id, u.updated_at FROM units u JOIN attempts a ON a.id = u.attempt_id JOIN hosts h ON h.id = u.host_id
WHERE u.package_id IS NOT NULL AND a.granted <> 'prepare'
  AND NOT EXISTS (SELECT 1 FROM units x WHERE x.host_id = u.host_id AND x.package_id = u.package_id AND x.attempt_id IS NOT NULL AND x.id > u.id)
  AND (u.state IN ('switching', 'restoring')
    OR ((u.state = 'unknown' OR (u.state IN ('failed', 'skipped') AND u.failure LIKE '%"aftermath":"broken"%'))
      AND NOT EXISTS (SELECT 1 FROM instances i WHERE i.host_id = u.host_id AND i.package_id = u.package_id AND i.health = 'healthy')));
