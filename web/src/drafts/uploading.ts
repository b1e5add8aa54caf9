// Sending a file in pieces, so that a connection that is cut costs a piece and not the file. Pure but for what it is handed.

import { ProblemError, UNREACHABLE } from "../api/problem";

/** Bytes of one piece. */
export const PIECE = 8 << 20;
/** How often a piece is tried again before the upload waits for a person. */
const TRIES = 6;

export interface Transport {
  /** Bytes that are safely at the server. */
  offset: (signal: AbortSignal) => Promise<number>;
  /** Sends a piece that begins at an offset, and gives the offset after it. */
  piece: (offset: number, bytes: Blob, signal: AbortSignal) => Promise<number>;
  /** Waits, longer with each try. */
  rest: (attempt: number, signal: AbortSignal) => Promise<void>;
}

/** Whether it is worth trying again: what did not arrive, and what met another offset or a busy upload. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  const { code, status } = error.problem;
  return code === UNREACHABLE || code === "upload_offset" || code === "upload_busy" || status === 502 || status === 503 || status === 504;
}

/** Sends all of a file from where the server has it; ends when the last byte is there. */
export async function sendAll(file: Blob, transport: Transport, progress: (sent: number) => void, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let offset: number | undefined;
  while (offset === undefined || offset < file.size) {
    try {
      offset ??= await transport.offset(signal);
      progress(offset);
      if (offset >= file.size) return;
      offset = await transport.piece(offset, file.slice(offset, offset + PIECE), signal);
      failures = 0;
      progress(offset);
    } catch (error) {
      signal.throwIfAborted();
      failures += 1;
      if (!isPassing(error) || failures > TRIES) throw error;
      // What the server has is asked anew: a piece may have arrived whose answer did not.
      offset = undefined;
      await transport.rest(failures, signal);
    }
  }
}
