// What is pointed out in a text: findings with their lines, as the editor shows them.

import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";

/** One finding. Lines count from 1; columns count characters from 1, and a finding without them means its whole line. */
export interface Mark {
  line: number;
  from?: number | undefined;
  to?: number | undefined;
  severity: "error" | "warning" | "info";
  message: string;
}

/** A place in a text, counted as marks are. */
export interface Place {
  line: number;
  column?: number | undefined;
}

/** Where a place is in a text, or near it if the text has changed. */
export function offsetOf({ line: number, column = 1 }: Place, text: Text): number {
  const line = text.line(Math.min(Math.max(number, 1), text.lines));
  return Math.min(line.from + Math.max(column - 1, 0), line.to);
}

/** Where the marks stand in a text. A mark of a line that is not there any more is shown at the last one. */
export function diagnosticsOf(marks: readonly Mark[], text: Text): Diagnostic[] {
  return marks.map(({ line: number, from, to, severity, message }) => {
    const line = text.line(Math.min(Math.max(number, 1), text.lines));
    const start = Math.min(line.from + Math.max((from ?? 1) - 1, 0), line.to);
    const end = Math.min(to === undefined ? line.to : line.from + to - 1, line.to);
    return { from: start, to: Math.max(start, end), severity, message };
  });
}
