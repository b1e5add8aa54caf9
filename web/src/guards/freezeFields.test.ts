import { expect, it } from "vitest";

import type { Freeze } from "../api/types";
import { fieldsOf, localOf, momentOf, scheduleOf } from "./freezeFields";

const freeze = (schedule: Freeze["schedule"]): Freeze => ({ name: "x", scope: "global", schedule, message: "", updated_by: "admin", updated_at: "2026-11-20T10:00:00Z" });

it("goes from a schedule to a form and back", () => {
  const weekly = { kind: "weekly", days: ["fri", "sat"], start: "18:00", end: "08:00", time_zone: "Asia/Shanghai" } as const;
  const once = { kind: "once", from: "2026-12-24T10:00:00.000Z", until: "2026-12-27T10:00:00.000Z" } as const;
  for (const schedule of [{ ...weekly, days: [...weekly.days] }, once]) expect(scheduleOf(fieldsOf(freeze(schedule), "UTC"))).toEqual(schedule);
});

it("keeps moments through an input of the browser", () => {
  expect(momentOf(localOf("2026-12-24T10:30:00Z"))).toBe("2026-12-24T10:30:00.000Z");
});
