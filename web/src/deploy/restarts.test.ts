import { expect, it } from "vitest";

import type { Step, StepKind } from "../api/types";
import { interruptionOf } from "./restarts";

const steps = (kinds: StepKind[], phase: Step["phase"] = "switch"): Step[] => kinds.map((kind) => ({ kind, phase, nature: "opaque" }));

it("says what becomes of what runs", () => {
  expect(interruptionOf(steps(["stop", "switch", "start", "validate"]))).toBe("restart");
  expect(interruptionOf(steps(["restart"]))).toBe("restart");
  expect(interruptionOf(steps(["switch", "start"]))).toBe("start");
  expect(interruptionOf(steps(["pre_stop", "stop"]))).toBe("stop");
  expect(interruptionOf(steps(["switch"]))).toBe("none");
});

it("leaves out what only happens on failure", () => {
  expect(interruptionOf([...steps(["switch"]), ...steps(["start_previous", "stop"], "restore")])).toBe("none");
});
