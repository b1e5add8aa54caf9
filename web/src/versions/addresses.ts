// Where the server has what belongs to a version.

import { BASE, queryText, seg } from "../api/client";

/** How a version is downloaded: exactly as it was uploaded, or its files in an archive of another kind. */
export type ArchiveForm = "exact" | "tar.gz" | "zip";

export const versionPath = (name: string, version: string, rest = "") => `/packages/${seg(name)}/versions/${seg(version)}${rest}`;

export const archiveUrl = (name: string, version: string, form: ArchiveForm = "exact") =>
  BASE + versionPath(name, version, "/archive") + (form === "exact" ? "" : queryText({ as: form }));

export const fileUrl = (name: string, version: string, path: string) =>
  BASE + versionPath(name, version, `/files/${path.split("/").map(seg).join("/")}`);
