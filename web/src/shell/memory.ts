// What the browser remembers of a person's choices.

const PREFIX = "packhorse.";

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** The remembered value. */
export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The remembered value, if it is one of those that make sense. */
export function recallOneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined {
  const value = recall(key);
  return allowed.find((one) => one === value);
}
