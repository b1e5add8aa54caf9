// The search part of addresses: flat, readable texts, so that a person can read, type and share them. Pure.

export type Search = Record<string, string | string[]>;

export function parseSearch(text: string): Search {
  const search: Search = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const before = search[key];
    search[key] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
  }
  return search;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (typeof one === "string" && one !== "") params.append(key, one);
      else if (typeof one === "number") params.append(key, String(one));
    }
  }
  const query = params.toString();
  return query && `?${query}`;
}

/** The last text under the key. */
export function text(search: Record<string, unknown>, key: string): string | undefined {
  const value = search[key];
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" && last !== "" ? last : undefined;
}

/** All texts under the key. */
export function texts(search: Record<string, unknown>, key: string): string[] | undefined {
  const value = search[key];
  const all = (Array.isArray(value) ? (value as unknown[]) : [value]).filter((one) => typeof one === "string" && one !== "");
  return all.length > 0 ? (all as string[]) : undefined;
}

/** The text under the key, if it is one of those that make sense. */
export function oneOf<T extends string>(search: Record<string, unknown>, key: string, allowed: readonly T[]): T | undefined {
  const value = text(search, key);
  return allowed.find((one) => one === value);
}

/** How far a list is leafed through, and in which order. */
export interface Paging {
  cursor?: string | undefined;
  limit?: string | undefined;
  sort?: string | undefined;
}

export const paging = (search: Record<string, unknown>): Paging => ({
  cursor: text(search, "cursor"),
  limit: oneOf(search, "limit", ["50", "100", "200", "500"]),
  sort: text(search, "sort"),
});
