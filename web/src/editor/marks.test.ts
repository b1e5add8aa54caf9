import { Text } from "@codemirror/state";
import { describe, expect, it } from "vitest";

import { diagnosticsOf, offsetOf } from "./marks";

const text = Text.of(["rm -rf /", "", "true"]);
const place = (mark: { line: number; from?: number; to?: number }) => {
  const [found] = diagnosticsOf([{ ...mark, severity: "error", message: "" }], text);
  return [found?.from, found?.to];
};

describe("marks", () => {
  it("stand at their columns, or over their line", () => {
    expect(place({ line: 1 })).toEqual([0, 8]);
    expect(place({ line: 1, from: 4, to: 7 })).toEqual([3, 6]);
    expect(place({ line: 3, from: 2 })).toEqual([11, 14]);
  });

  it("lead to their places", () => {
    expect([offsetOf({ line: 1, column: 4 }, text), offsetOf({ line: 3 }, text), offsetOf({ line: 9, column: 99 }, text)]).toEqual([3, 10, 14]);
  });

  it("never leave the text", () => {
    expect(place({ line: 9, from: 100, to: 200 })).toEqual([14, 14]);
    expect(place({ line: 0, from: 5, to: 2 })).toEqual([4, 4]);
    expect(place({ line: 2 })).toEqual([9, 9]);
  });
});
