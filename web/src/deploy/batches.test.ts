import { describe, expect, it } from "vitest";

import { batchSizes, isAmount } from "./batches";

describe("batches", () => {
  it("follows the rolling expression as the server does", () => {
    expect(batchSizes("10", 25)).toEqual([10, 10, 5]);
    expect(batchSizes("25%", 10)).toEqual([3, 3, 3, 1]);
    expect(batchSizes("1 *3", 20)).toEqual([1, 3, 9, 7]);
    expect(batchSizes("1 +2", 9)).toEqual([1, 3, 5]);
    expect(batchSizes("*2", 7)).toEqual([2, 4, 1]);
    expect(batchSizes("10% +10%", 30)).toEqual([3, 6, 9, 12]);
    expect(batchSizes("100%", 0)).toEqual([]);
  });

  it("refuses what is no expression, and too many batches", () => {
    for (const text of ["", "0", "-1", "101%", "0%", "1  2", " 1", "+0", "*0", "a", "1.5", "99999999999"]) {
      expect(batchSizes(text, 5), text).toBeUndefined();
    }
    expect(batchSizes("1", 501)).toBeUndefined();
  });

  it("knows amounts", () => {
    expect(["1", "25%", "100%"].every(isAmount)).toBe(true);
    expect(["", "0", "101%", "+1", "1 2"].some(isAmount)).toBe(false);
  });
});
