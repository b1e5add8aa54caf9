import { describe, expect, it } from "vitest";

import { formatBytes, formatDuration, formatRelative, sentence } from "./format";

describe("format", () => {
  it("writes sizes with three digits and never with four", () => {
    expect([0, 999, 1000, 1420, 999_499, 999_500, 12_345_678, 349_000_000].map(formatBytes)).toEqual([
      "0 B",
      "999 B",
      "1.00 kB",
      "1.42 kB",
      "999 kB",
      "1.00 MB",
      "12.3 MB",
      "349 MB",
    ]);
  });

  it("writes times from now in both languages", () => {
    const now = Date.parse("2026-11-20T12:00:00Z");
    expect(formatRelative(now - 2000, now, "en")).toBe("now");
    expect(formatRelative(now - 185_000, now, "en")).toBe("3 minutes ago");
    expect(formatRelative(now + 20_000, now, "en")).toBe("in 20 seconds");
    expect(formatRelative(now - 86_400_000, now, "zh")).toBe("昨天");
  });

  it("writes durations in the units that matter", () => {
    expect([12, 12_400, 60_000, 185_000, 7_440_000].map((millis) => formatDuration(millis, "en"))).toEqual([
      "12 ms",
      "12.4 s",
      "1 min",
      "3 min 5 s",
      "2 h 4 min",
    ]);
    expect(formatDuration(185_000, "zh")).toBe("3 分 5 秒");
  });
});

describe("sentence", () => {
  it("begins with a capital", () => {
    expect(sentence("nothing to do")).toBe("Nothing to do");
    expect(sentence("plan: none")).toBe("Plan: none");
  });

  it("leaves a name as it is", () => {
    for (const clause of ["shop-web has no health check", "web1 is down", "shop@1.0.0 was yanked", "a/b is not bound"]) {
      expect(sentence(clause)).toBe(clause);
    }
  });
});
