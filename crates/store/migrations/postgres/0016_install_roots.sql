-- Who lies in a directory: two packages of one host cannot.
CREATE INDEX instances_by_root ON instances (install_root, host_id);
