// Files of versions as texts, beside those of drafts.

import { BASE, seg } from "../api/client";
import { readFileAt, type FileContent } from "./texts";

/** Reads a file of a version; undefined if it is not there. */
export const readVersionFile = (name: string, version: string, path: string, signal?: AbortSignal): Promise<FileContent | undefined> =>
  readFileAt(`${BASE}/packages/${seg(name)}/versions/${seg(version)}/files/${path.split("/").map(seg).join("/")}`, signal);
