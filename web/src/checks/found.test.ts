import { describe, expect, it } from "vitest";

import { foundInConfig, foundInScript, marksOf, severityOf } from "./found";

const span = { line: 3, column: 4, end_line: 3, end_column: 7 };
const danger = { rule: "rm-root", message: "deletes", level: "critical", action: "block", span, text: "rm -rf /" } as const;

describe("what was found", () => {
  it("is as grave as what becomes of it", () => {
    expect(severityOf({ action: "block", level: "low" })).toBe("error");
    expect(severityOf({ action: "warn", level: "critical" })).toBe("warning");
    expect(severityOf({ action: "warn", level: "low" })).toBe("advice");
  });

  it("is said in the console's own words where it has any", () => {
    expect(foundInScript(danger, () => undefined).message).toBe("deletes");
    expect(foundInScript(danger, () => "删除").message).toBe("删除");
  });

  it("is marked over its stretch, or the rest of its first line", () => {
    const marked = (place: typeof span) => marksOf([foundInScript({ ...danger, span: place }, () => undefined)]);
    expect(marked(span)).toEqual([{ line: 3, from: 4, to: 7, severity: "error", message: "deletes" }]);
    expect(marked({ ...span, end_line: 5 })).toMatchObject([{ line: 3, from: 4, to: undefined }]);
  });

  it("is marked where its place is known", () => {
    const finding = { rule: "CONFIG_SYNTAX", severity: "warning" as const, message: "no", hint: "" };
    const marks = (place?: { path: string; line?: number; column?: number }) => marksOf([foundInConfig({ ...finding, ...(place ? { place } : {}) })]);
    expect(marks({ path: "a", line: 3, column: 2 })).toMatchObject([{ line: 3, from: 2, severity: "warning" }]);
    expect(marks({ path: "a" })).toEqual([]);
    expect(marks()).toEqual([]);
  });
});
