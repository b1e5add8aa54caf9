-- The package of a unit, by which the history of one instance is found without all else that happened on its host.
ALTER TABLE units ADD COLUMN package_id TEXT;
UPDATE units SET package_id = (SELECT d.package_id FROM deployments d WHERE d.id = units.deployment_id);
CREATE INDEX units_by_instance ON units (host_id, package_id, deployment_id, id);

-- How many files of an instance differ from what was deployed; none as long as nobody has looked.
ALTER TABLE instances ADD COLUMN drift BIGINT;
CREATE INDEX instances_by_drift ON instances (host_id) WHERE drift > 0;
