// A whole file into a draft in one request, for files that are edited or small. Large ones go piece by piece: see uploading.ts.

import { BASE, queryText } from "../api/client";
import { ProblemError, problemOfAnswer, UNREACHABLE } from "../api/problem";
import type { DraftAccepted } from "../api/types";
import { filePath } from "./queries";

export interface NewFile {
  path: string;
  content: Blob | string;
  /** Permission bits in octal; 644 for a new file if not said. */
  mode?: string | undefined;
}

/** Writes a file that must be new, or one that must be there already. */
export async function sendFile(draft: string, { path, content, mode }: NewFile, expect: "absent" | "present"): Promise<DraftAccepted> {
  const headers = { "Content-Type": "application/octet-stream", ...(expect === "absent" ? { "If-None-Match": "*" } : { "If-Match": "*" }) };
  let response: Response;
  try {
    response = await fetch(BASE + filePath(draft, path) + queryText({ mode }), { method: "PUT", headers, body: content, credentials: "same-origin" });
  } catch {
    throw new ProblemError({ status: 0, code: UNREACHABLE, title: "" });
  }
  if (!response.ok) throw new ProblemError(problemOfAnswer(response.status, await response.text()));
  return (await response.json()) as DraftAccepted;
}
