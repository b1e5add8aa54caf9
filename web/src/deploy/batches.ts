// The rolling expression of a strategy, read as the server reads it, to show what it makes while it is typed. Pure.

type Part = (before: number | undefined, total: number) => number;

const PART = /^(\+?)([1-9]\d{0,8})(%?)$|^\*([1-9]\d{0,8})$/;

function part(word: string): Part | undefined {
  const match = PART.exec(word);
  if (!match) return undefined;
  const [, plus, count, percent, times] = match;
  if (times) return (before) => (before ?? 1) * Number(times);
  const amount = Number(count);
  if (percent && amount > 100) return undefined;
  return (before, total) => (plus ? (before ?? 0) : 0) + (percent ? Math.ceil((total * amount) / 100) : amount);
}

/** More batches than anyone could follow; the server refuses them too. */
export const MAX_BATCHES = 500;

/** Sizes of the batches that `total` hosts make, or nothing when the text is no expression or makes too many. */
export function batchSizes(text: string, total: number): number[] | undefined {
  const parts = text.split(" ").map(part);
  const sizes: number[] = [];
  if (!parts.every((one) => one !== undefined)) return undefined;
  let left = total;
  while (left > 0) {
    if (sizes.length === MAX_BATCHES) return undefined;
    const next = parts[Math.min(sizes.length, parts.length - 1)];
    const size = Math.min(next?.(sizes.at(-1), total) ?? left, left);
    sizes.push(size);
    left -= size;
  }
  return sizes;
}

/** Whether the text is a number of instances, or a percentage of them. */
export function isAmount(text: string): boolean {
  const match = /^([1-9]\d{0,8})(%?)$/.exec(text);
  return match !== null && (!match[2] || Number(match[1]) <= 100);
}
