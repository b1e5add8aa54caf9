// How the lines of a text end. An editor gives back every byte that nobody changed.

/** What separates the lines: CRLF only where it does so throughout; otherwise LF, and a lone CR is a character like others. */
export function separatorOf(text: string): "\r\n" | "\n" {
  const ends = text.match(/\r\n|\r|\n/g) ?? [];
  return ends.length > 0 && ends.every((end) => end === "\r\n") ? "\r\n" : "\n";
}
