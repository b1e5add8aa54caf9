// A comparison as it is shown: which of its rows, and what there is to see of one. Pure.

import type { ChangeKind, TreeChange, TreeEntry } from "../api/types";
import { MOST_BYTES } from "../drafts/texts";

export const CHANGE_KINDS: readonly ChangeKind[] = ["added", "removed", "changed", "renamed", "mode"];

/** The path by which a row is known: where the entry is now, or where it was. */
export const pathOf = ({ old, new: now }: TreeChange): string => (now ?? old)?.path ?? "";

export interface Shown {
  kind?: ChangeKind | undefined;
  text?: string | undefined;
}

/** The rows of a kind in whose paths, old or new, a text is found. */
export function shownOf(changes: readonly TreeChange[], { kind, text = "" }: Shown): TreeChange[] {
  const letters = text.toLowerCase();
  const has = (entry: TreeEntry | null | undefined) => entry?.path.toLowerCase().includes(letters) ?? false;
  return changes.filter((change) => (kind === undefined || change.change === kind) && (has(change.old) || has(change.new)));
}

/** What there is to see of a change. */
export type Sight =
  | { is: "texts"; old: TreeEntry | undefined; new: TreeEntry | undefined }
  | { is: "large"; size: number }
  | { is: "same" }
  | { is: "links"; old: string | undefined; new: string | undefined }
  | { is: "directory" };

export function sightOf({ old, new: now }: TreeChange): Sight {
  const sides = [old, now].filter((entry) => entry !== null && entry !== undefined);
  if (sides.length === 2 && sides.every(({ kind }) => kind === "file") && old?.digest === now?.digest) return { is: "same" };
  const files = sides.filter(({ kind }) => kind === "file");
  if (files.length > 0) {
    const size = Math.max(...files.map(({ size }) => size));
    const file = (entry: TreeEntry | null | undefined) => (entry?.kind === "file" ? entry : undefined);
    return size > MOST_BYTES ? { is: "large", size } : { is: "texts", old: file(old), new: file(now) };
  }
  if (sides.some(({ kind }) => kind === "symlink")) return { is: "links", old: old?.target ?? undefined, new: now?.target ?? undefined };
  return { is: "directory" };
}

/** The row that a key leads to from another one. */
export function steppedTo(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, count - 1);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

/** The package and the version that one side of a comparison names: `1.0.0` of the page's package, or `shop-api@1.0.0`. */
export function sideOf(name: string, side: string): { name: string; version: string } {
  const at = side.indexOf("@");
  return at > 0 ? { name: side.slice(0, at), version: side.slice(at + 1) } : { name, version: side };
}
