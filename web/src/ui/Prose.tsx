// Words of the server as a sentence; what it puts into backticks is to be typed.

import { sentence } from "../i18n/format";

export function Prose({ text }: { text: string }) {
  return sentence(text)
    .split("`")
    .map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
