// The flat list of a version's entries as a tree. Pure.

import type { TreeEntry } from "../api/types";
import { byKindAndName, nameOf, parentOf } from "../drafts/paths";

export interface EntryNode {
  key: string;
  name: string;
  entry: TreeEntry;
  isLeaf: boolean;
  children: EntryNode[];
}

const directory = (path: string): TreeEntry => ({ path, kind: "directory", mode: "755", size: 0, digest: null, target: null });

/** Directories above an entry that are not listed themselves are there all the same. */
export function treeOf(entries: readonly TreeEntry[]): EntryNode[] {
  const nodes = new Map<string, EntryNode>();
  const top: EntryNode[] = [];
  const place = (entry: TreeEntry): EntryNode => {
    const known = nodes.get(entry.path);
    if (known) {
      if (entry.kind === "directory") known.entry = entry;
      return known;
    }
    const node = { key: entry.path, name: nameOf(entry.path), entry, isLeaf: entry.kind !== "directory", children: [] };
    nodes.set(entry.path, node);
    const parent = parentOf(entry.path);
    (parent === "" ? top : place(nodes.get(parent)?.entry ?? directory(parent)).children).push(node);
    return node;
  };
  for (const entry of entries) place(entry);
  for (const node of nodes.values()) node.children.sort((a, b) => byKindAndName(a.entry, b.entry));
  return top.sort((a, b) => byKindAndName(a.entry, b.entry));
}

/** The entries in whose paths a text is found. */
export function entriesWith(entries: readonly TreeEntry[], text: string): TreeEntry[] {
  const letters = text.toLowerCase();
  return entries.filter(({ path }) => path.toLowerCase().includes(letters));
}

/** All directories above a path, the outermost first. */
export function above(path: string): string[] {
  const all: string[] = [];
  for (let parent = parentOf(path); parent !== ""; parent = parentOf(parent)) all.unshift(parent);
  return all;
}
