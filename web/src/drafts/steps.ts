// The steps in which a draft is made, as its address names them.

import type { PackageKind } from "../api/types";

export const DRAFT_STEPS = ["information", "editor", "files", "lifecycle", "cleanup", "history"] as const;

export type DraftStep = (typeof DRAFT_STEPS)[number];

/** Kinds that have an editor of their own besides the tree of files. */
export type EditedKind = "config" | "script" | "database";

export const isEdited = (kind: PackageKind): kind is EditedKind => kind === "config" || kind === "script" || kind === "database";

/** The steps that make sense for a kind. */
export function stepsOf(kind: PackageKind): DraftStep[] {
  switch (kind) {
    case "config":
      return ["information", "editor", "files", "lifecycle", "history"];
    case "script":
    case "database":
      return ["information", "editor", "files", "history"];
    case "file":
    case "image":
    case "app":
      return ["information", "files", "lifecycle", "cleanup", "history"];
  }
}

/** The step that a draft opens with: where the most of it is made. */
export const firstStep = (kind: PackageKind): DraftStep => (isEdited(kind) ? "editor" : "files");
