// Words of the console's own for what the server says, by the stable code of a problem.

import type { Problem } from "../api/types";

export interface ServerWords {
  title: string;
  /** The server's own hint, if not given. */
  hint?: string | undefined;
}

/** Words that need something that the problem names; `undefined` if this one does not name it. */
export type WordsOfCode = ServerWords | ((params: Record<string, string>) => ServerWords | undefined);

/** The words for a problem, or none: then the server's own are shown. */
export function lookUp(words: Record<string, WordsOfCode>, { code, params }: Problem): ServerWords | undefined {
  const found = Object.hasOwn(words, code) ? words[code] : undefined;
  return typeof found === "function" ? found(params ?? {}) : found;
}
