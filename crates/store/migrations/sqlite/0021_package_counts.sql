-- How many packages there are is counted from an index: rows of packages are wide, and change with every version and instance.
CREATE INDEX packages_registered ON packages (id) WHERE deleted_at IS NULL;
