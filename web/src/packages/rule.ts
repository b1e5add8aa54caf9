// A retention rule as a form has it, and back. Pure.

import type { RetentionRule } from "../api/types";

/** What a form holds; null is a field that says nothing. */
export interface RuleFields {
  last: number | null;
  deployed: number | null;
  days: number | null;
  tags: string[];
}

export const NO_FIELDS: RuleFields = { last: null, deployed: null, days: null, tags: [] };

export const fieldsOf = (rule: RetentionRule | null | undefined): RuleFields => ({
  last: rule?.keep_last ?? null,
  deployed: rule?.keep_last_deployed ?? null,
  days: rule?.keep_used_days ?? null,
  tags: rule?.keep_tags ?? [],
});

/** The rule that the fields say; none if they say nothing by which anything may be deleted. */
export function ruleOf({ last, deployed, days, tags }: RuleFields): RetentionRule | undefined {
  if (last === null && deployed === null && days === null) return undefined;
  return {
    ...(last === null ? {} : { keep_last: last }),
    ...(deployed === null ? {} : { keep_last_deployed: deployed }),
    ...(days === null ? {} : { keep_used_days: days }),
    ...(tags.length === 0 ? {} : { keep_tags: tags }),
  };
}
