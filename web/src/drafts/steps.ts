// The steps in which a draft is made, as its address names them.

import type { PackageKind } from "../api/types";

/** `files` is where most of a draft is made: the tree of files, or the editor of the kinds that have one of their own. Those have the tree besides. */
export const DRAFT_STEPS = ["information", "files", "tree", "lifecycle", "cleanup", "history"] as const;

export type DraftStep = (typeof DRAFT_STEPS)[number];

/** Kinds that have an editor of their own. */
export type EditedKind = "config" | "script" | "database";

export const isEdited = (kind: PackageKind): kind is EditedKind => kind === "config" || kind === "script" || kind === "database";

/** The steps that make sense for a kind. */
export function stepsOf(kind: PackageKind): DraftStep[] {
  switch (kind) {
    case "config":
      return ["information", "files", "tree", "lifecycle", "history"];
    case "script":
    case "database":
      return ["information", "files", "tree", "history"];
    case "file":
    case "image":
    case "app":
      return ["information", "files", "lifecycle", "cleanup", "history"];
  }
}
