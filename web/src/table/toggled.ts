// A list of chosen rows after some were chosen, or not any more. Pure.

/** What stays keeps its place; what is new comes last. `key` says which rows are the same. */
export function toggled<T>(chosen: readonly T[], rows: readonly T[], on: boolean, key: (row: T) => string): T[] {
  const keys = new Set(rows.map(key));
  const others = chosen.filter((row) => !keys.has(key(row)));
  if (!on) return others;
  const known = new Set(chosen.map(key));
  return [...chosen, ...rows.filter((row) => !known.has(key(row)))];
}
