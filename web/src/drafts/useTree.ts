// The tree of a draft, read directory by directory as it is opened.

import { useQueries } from "@tanstack/react-query";

import type { DraftEntry } from "../api/types";
import { byKindAndName, isWithin, parentOf } from "./paths";
import { childrenQuery } from "./queries";

export interface Node {
  key: string;
  entry: DraftEntry;
  isLeaf: boolean;
  children?: Node[];
}

/** The nodes below a directory, as far as they were read. */
export function nodesOf(directory: string, children: ReadonlyMap<string, DraftEntry[]>): Node[] {
  return [...(children.get(directory) ?? [])].sort(byKindAndName).map((entry) => {
    const isFolder = entry.kind === "directory" && entry.difference !== "removed";
    const known = isFolder && children.has(entry.path);
    return { key: entry.path, entry, isLeaf: !isFolder, ...(known ? { children: nodesOf(entry.path, children) } : {}) };
  });
}

/** Directories that have to be read so that these are shown open: themselves and all above them. */
export function directoriesToRead(open: readonly string[]): string[] {
  const all = new Set([""]);
  for (const directory of open) for (let path = directory; path !== ""; path = parentOf(path)) all.add(path);
  return [...all].sort();
}

/** Opened directories without those that are not there any more, after one was moved or removed. */
export const stillOpen = (open: readonly string[], gone: string) => open.filter((path) => !isWithin(path, gone));

export function useTree(draft: string, open: readonly string[]) {
  const directories = directoriesToRead(open);
  const queries = useQueries({ queries: directories.map((directory) => childrenQuery(draft, directory)) });
  const children = new Map<string, DraftEntry[]>();
  queries.forEach((query, index) => {
    const directory = directories[index];
    if (directory !== undefined && query.data) children.set(directory, query.data);
  });
  const top = queries[0];
  return { nodes: nodesOf("", children), isPending: top?.isPending ?? true, error: top?.data ? null : top?.error, refetch: () => void top?.refetch() };
}
