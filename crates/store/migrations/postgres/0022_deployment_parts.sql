-- The packages of a deployment, in the order in which they were named: by it the deployments of a package are found, whichever part it has in them.
CREATE TABLE deployment_parts (
  deployment_id TEXT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  package_id TEXT NOT NULL REFERENCES packages (id),
  version TEXT,
  PRIMARY KEY (deployment_id, number)
);
INSERT INTO deployment_parts (deployment_id, number, package_id, version) SELECT id, 0, package_id, version FROM deployments;
CREATE UNIQUE INDEX deployment_parts_by_package ON deployment_parts (package_id, deployment_id);
