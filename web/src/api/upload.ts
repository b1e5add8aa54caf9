// Sends an archive as it is. XMLHttpRequest, because fetch does not tell how much of a body has gone.

import { BASE, idempotencyKey, queryText } from "./client";
import { ProblemError, problemOfAnswer, UNREACHABLE } from "./problem";
import type { PushReply } from "./types";

export interface UploadOptions {
  package?: string;
  version?: string;
  description?: string;
}

export interface UploadProgress {
  sent: number;
  total: number;
}

export function upload(
  file: File,
  options: UploadOptions,
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<PushReply> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${BASE}/uploads${queryText({ file_name: file.name, ...options })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Idempotency-Key", idempotencyKey());
    request.upload.onprogress = (event) => onProgress({ sent: event.loaded, total: file.size });
    request.onload = () => {
      if (request.status === 200 || request.status === 201) resolve(JSON.parse(request.responseText) as PushReply);
      else reject(new ProblemError(problemOfAnswer(request.status, request.responseText)));
    };
    request.onerror = () => reject(new ProblemError({ status: 0, code: UNREACHABLE, title: "" }));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
