import { expect, it } from "vitest";

import type { Aftermath, Unit, UnitState } from "../api/types";
import { en } from "../i18n/en";
import { zh } from "../i18n/zh";
import { followed } from "./companion";

const unit = (state: UnitState, aftermath: Aftermath | null, companion?: string): Pick<Unit, "state" | "failure"> => ({
  state,
  failure: { attempt: "a", step: "validate", message: "it goes back with another package", aftermath, ...(companion ? { companion } : {}) },
});

it("names the package because of which another one did not stay", () => {
  expect(followed(unit("failed", "restored", "web"), en)).toBe("Went back with web");
  expect(followed(unit("failed", "removed", "web"), zh)).toBe("随 web 一起回退");
  expect(followed(unit("failed", "untouched", "web"), en)).toBe("Not begun because of web");
  expect(followed(unit("restoring", null, "web"), en)).toBe("Going back with web");
});

it("says nothing of what failed itself, or could not be put back", () => {
  expect(followed(unit("failed", "restored"), en)).toBeUndefined();
  expect(followed(unit("failed", "broken", "web"), en)).toBeUndefined();
  expect(followed({ state: "succeeded", failure: null }, en)).toBeUndefined();
});
