// The variables without a value, as the problem of a refusal or the cautions of a plan name them. Pure.

import type { Caution, PlanPreview, Problem, UnresolvedVariable } from "../api/types";

export const UNRESOLVED = "variables_unresolved";

/** The uses that the problem names; nothing if it is another problem. */
export const unresolvedUses = ({ code, unresolved = [] }: Problem): UnresolvedVariable[] | undefined =>
  code === UNRESOLVED && unresolved.length > 0 ? unresolved : undefined;

/** The uses for which a plan cannot be applied, each with all of the hosts that are told. */
export const lackingUses = ({ cautions = [] }: Pick<PlanPreview, "cautions">): UnresolvedVariable[] => cautions.flatMap(({ unresolved }) => unresolved ?? []);

/** Whether the plan cannot be applied. */
export const isBlocked = ({ cautions = [] }: Pick<PlanPreview, "cautions">): boolean => cautions.some(({ effect }) => effect === "blocks");

/** What else there is to know of a plan. */
export const otherCautions = ({ cautions }: Pick<PlanPreview, "cautions">): Caution[] | undefined => cautions?.filter(({ unresolved }) => !unresolved);

/** Whether a value of its own would mend it; what stands where others see it is written otherwise, and what Packhorse gives cannot be given. */
export const canBeGiven = ({ reason_code: reason }: UnresolvedVariable): boolean => reason !== "secret_seen" && reason !== "not_given";
