// Files of a draft as texts, where they are texts that can be edited.

import { BASE } from "../api/client";
import { ProblemError, problemOfAnswer, UNREACHABLE } from "../api/problem";
import { filePath } from "./queries";

/** What is edited in the browser goes back in one request of at most this many bytes. */
export const MOST_BYTES = 900_000;

export type FileContent = { digest: string } & ({ is: "text"; text: string } | { is: "binary" } | { is: "large" });

/** The digest in an entity tag. */
const digestOf = (response: Response) => (response.headers.get("ETag") ?? "").replaceAll('"', "");

/** A text in UTF-8 without NUL, byte order mark and all; nothing else comes back from an editor as it was. */
export function textOf(bytes: ArrayBuffer): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Reads a file of a draft; undefined if it is not there. */
export const readFile = (id: string, path: string, signal?: AbortSignal) => readFileAt(BASE + filePath(id, path), signal);

/** Reads the file at an address; undefined if it is not there. */
export async function readFileAt(address: string, signal?: AbortSignal): Promise<FileContent | undefined> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: "same-origin", ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError({ status: 0, code: UNREACHABLE, title: "" });
  }
  if (response.status === 404) return undefined;
  if (!response.ok) throw new ProblemError(problemOfAnswer(response.status, await response.text()));
  const digest = digestOf(response);
  if (Number(response.headers.get("Content-Length") ?? 0) > MOST_BYTES) {
    await response.body?.cancel();
    return { digest, is: "large" };
  }
  const text = textOf(await response.arrayBuffer());
  return text === undefined ? { digest, is: "binary" } : { digest, is: "text", text };
}
