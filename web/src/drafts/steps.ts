// The steps in which a draft is made, as its address names them.

export const DRAFT_STEPS = ["information", "files", "lifecycle", "cleanup", "history"] as const;

export type DraftStep = (typeof DRAFT_STEPS)[number];
