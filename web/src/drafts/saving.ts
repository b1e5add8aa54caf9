// Saving one text of a draft while it is written: one request at a time, each expecting what the one before left, so that nobody's
// words are lost. Pure but for the functions that it is handed.

import type { PathConflict } from "../api/types";

export type SaveState =
  | { is: "saved" }
  | { is: "waiting" }
  | { is: "saving" }
  | { is: "conflict"; conflict: PathConflict | undefined }
  | { is: "failed"; error: unknown };

export interface Saver {
  /** What the person has written so far. */
  changed: (text: string) => void;
  /** Saves now what waits. */
  flush: () => void;
  /** Goes on after a conflict: the text stands for what is there now, under this digest. */
  resolve: (digest: string, text: string, saved: boolean) => void;
  /** Waits for nothing any more. What was written and not sent is sent. */
  close: () => void;
}

interface Means {
  /** Writes the text if the file has still this digest (none: is not there), and gives its new one. */
  write: (text: string, expected: string | undefined) => Promise<string>;
  /** The conflict in an error, if it is one. */
  conflictOf: (error: unknown) => { conflict: PathConflict | undefined } | undefined;
  show: (state: SaveState) => void;
  /** Milliseconds of rest after which a text is saved. */
  rest: number;
}

export function saver(first: { digest: string | undefined; text: string }, means: Means): Saver {
  let { digest, text: saved } = first;
  let text = saved;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  let blocked = false;
  let closed = false;

  const show = (state: SaveState) => {
    if (!closed) means.show(state);
  };

  const send = async () => {
    clearTimeout(timer);
    if (busy || blocked || text === saved) return;
    busy = true;
    const sent = text;
    show({ is: "saving" });
    try {
      digest = await means.write(sent, digest);
      saved = sent;
      busy = false;
      if (text === saved) show({ is: "saved" });
      else await send();
    } catch (error) {
      busy = false;
      const found = means.conflictOf(error);
      blocked = found !== undefined;
      show(found ? { is: "conflict", conflict: found.conflict } : { is: "failed", error });
    }
  };

  return {
    changed: (next) => {
      text = next;
      if (blocked) return;
      clearTimeout(timer);
      if (text === saved && !busy) {
        show({ is: "saved" });
        return;
      }
      if (!busy) show({ is: "waiting" });
      timer = setTimeout(() => void send(), means.rest);
    },
    flush: () => void send(),
    resolve: (theirs, next, isSaved) => {
      blocked = false;
      digest = theirs;
      text = next;
      if (isSaved) {
        saved = next;
        show({ is: "saved" });
      } else {
        void send();
      }
    },
    close: () => {
      void send();
      closed = true;
    },
  };
}
