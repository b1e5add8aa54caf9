// The requests of an upload.

import { BASE } from "../api/client";
import { ProblemError, problemOfAnswer, UNREACHABLE } from "../api/problem";
import { draftPath } from "./queries";
import type { Transport } from "./uploading";

/** The longest rest between two tries, in milliseconds. */
const LONGEST = 8000;

async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: "same-origin" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ProblemError({ status: 0, code: UNREACHABLE, title: "" });
  }
  if (!response.ok) throw new ProblemError(problemOfAnswer(response.status, await response.text()));
  return response;
}

const offsetIn = (response: Response) => Number(response.headers.get("Upload-Offset") ?? 0);

export function transportOf(draft: string, upload: string): Transport {
  const url = BASE + draftPath(draft, `/uploads/${encodeURIComponent(upload)}`);
  return {
    offset: async (signal) => offsetIn(await ask(url, { method: "HEAD", signal })),
    piece: async (offset, bytes, signal) => {
      const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
      return offsetIn(await ask(url, { method: "PATCH", headers, body: bytes, signal }));
    },
    rest: (attempt, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(resolve, Math.min(500 * 2 ** (attempt - 1), LONGEST));
        signal.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(new DOMException("cancelled", "AbortError"));
        });
      }),
  };
}
