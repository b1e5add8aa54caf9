// The ways in which a version is brought to hosts, as the deploy page offers them. Pure.

import type { Action } from "../api/types";

/** To every host; only to those that have an older one; only to those that have a newer one. */
export const MOVES = ["deploy", "upgrade", "downgrade"] as const satisfies Action[];
export type Move = (typeof MOVES)[number];

/** What an address says of it: nothing for the ordinary one. */
export const moveOf = (action: Action): Exclude<Move, "deploy"> | undefined => (action === "upgrade" || action === "downgrade" ? action : undefined);
