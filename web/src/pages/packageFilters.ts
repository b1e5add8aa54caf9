// What the address of the list of packages says, as the API asks for it. Pure.

import type { Query } from "../api/client";

export interface PackageSearch {
  search?: string | undefined;
  kind?: string | undefined;
  creator?: string | undefined;
  tag?: string[] | undefined;
  meta?: string[] | undefined;
}

/** The name and the value of `arch=x86_64`. */
export function attribute(text: string): [string, string] | undefined {
  const at = text.indexOf("=");
  return at > 0 && at < text.length - 1 ? [text.slice(0, at).trim(), text.slice(at + 1).trim()] : undefined;
}

export function packageQuery({ search, kind, creator, tag, meta = [] }: PackageSearch): Query {
  const attributes: Record<string, string[]> = {};
  for (const [key, value] of meta.flatMap((text) => [attribute(text)].filter((pair) => pair !== undefined))) {
    (attributes[`meta.${key}`] ??= []).push(value);
  }
  return { search, kind, creator, tag, ...attributes };
}
