import { expect, it } from "vitest";

import { fieldsOf, NO_FIELDS, ruleOf } from "./rule";

it("goes from a rule to a form and back", () => {
  const rule = { keep_last: 3, keep_used_days: 30, keep_tags: ["lts"] };
  expect(ruleOf(fieldsOf(rule))).toEqual(rule);
  expect(fieldsOf(null)).toEqual(NO_FIELDS);
});

it("is no rule if it keeps nothing but tags", () => {
  expect(ruleOf({ ...NO_FIELDS, tags: ["lts"] })).toBeUndefined();
  expect(ruleOf(NO_FIELDS)).toBeUndefined();
});
