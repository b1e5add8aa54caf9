/** The parts of what is shown of a version, as addresses name them. */
export const VERSION_VIEWS = ["overview", "files", "metadata", "variables", "database"] as const;
export type VersionView = (typeof VERSION_VIEWS)[number];
