import { expect, it } from "vitest";

import { exitTone } from "./exits";

it("is good only when the script says so", () => {
  expect(exitTone({ how: "code", code: 0 })).toBe("good");
  expect(exitTone({ how: "code", code: 2 })).toBe("bad");
  expect(exitTone({ how: "timed_out" })).toBe("bad");
  expect(exitTone({ how: "stopped" })).toBe("idle");
});
