// The variables for which a plan was refused, as its problem names them. Pure.

import type { Problem, UnresolvedVariable } from "../api/types";

export const UNRESOLVED = "variables_unresolved";

/** The uses that the problem names; nothing if it is another problem. */
export const unresolvedUses = ({ code, unresolved = [] }: Problem): UnresolvedVariable[] | undefined =>
  code === UNRESOLVED && unresolved.length > 0 ? unresolved : undefined;

/** Whether a value of its own would mend it; what stands where others see it is written otherwise, and what Packhorse gives cannot be given. */
export const canBeGiven = ({ reason_code: reason }: UnresolvedVariable): boolean => reason !== "secret_seen" && reason !== "not_given";
