-- Generations of hosts are in host_assignments. The serial number of the latest certificate is what a host renews with that was away for longer than
-- its certificate was good.
ALTER TABLE hosts DROP COLUMN generation;
ALTER TABLE hosts ADD COLUMN certificate TEXT;

-- The filters of the audit log.
CREATE INDEX audit_by_actor ON audit (actor, sequence);
CREATE INDEX audit_by_action ON audit (action, sequence);
CREATE INDEX audit_by_object ON audit (object, sequence);
CREATE INDEX audit_by_time ON audit (at, sequence);
