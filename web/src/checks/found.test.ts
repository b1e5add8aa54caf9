import { describe, expect, it } from "vitest";

import { foundInConfig, markOfPlace, severityOf } from "./found";

describe("what was found", () => {
  it("is as grave as what becomes of it", () => {
    expect(severityOf({ action: "block", level: "low" })).toBe("error");
    expect(severityOf({ action: "warn", level: "critical" })).toBe("warning");
    expect(severityOf({ action: "warn", level: "low" })).toBe("advice");
  });

  it("is marked where its place is known", () => {
    const finding = { rule: "CONFIG_SYNTAX", severity: "error" as const, message: "no", hint: "" };
    const marks = (place?: { path: string; line?: number; column?: number }) => markOfPlace(foundInConfig({ ...finding, ...(place ? { place } : {}) }));
    expect(marks({ path: "a", line: 3, column: 2 })).toEqual([{ line: 3, from: 2, severity: "error", message: "no" }]);
    expect(marks({ path: "a" })).toEqual([]);
    expect(marks()).toEqual([]);
  });
});
