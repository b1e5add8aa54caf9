import { describe, expect, it } from "vitest";

import { byKindAndName, isWithin, joined, nameOf, outermost, parentOf } from "./paths";

describe("paths", () => {
  it("come apart and together", () => {
    expect([parentOf("a/b/c"), nameOf("a/b/c"), joined("a/b", "c")]).toEqual(["a/b", "c", "a/b/c"]);
    expect([parentOf("a"), nameOf("a"), joined("", "a")]).toEqual(["", "a", "a"]);
  });

  it("know what lies below", () => {
    expect(isWithin("conf/a", "conf")).toBe(true);
    expect(isWithin("conf.d/a", "conf")).toBe(false);
    expect(isWithin("a", "")).toBe(true);
  });

  it("are named by the outermost", () => {
    expect(outermost(["a/b", "a", "ab", "c/d", "c/d"])).toEqual(["a", "ab", "c/d"]);
  });

  it("stand with directories first and numbers in order", () => {
    const entries = [
      { path: "x/10.sql", kind: "file" },
      { path: "x/9.sql", kind: "file" },
      { path: "x/z", kind: "directory" },
    ];
    expect(entries.sort(byKindAndName).map(({ path }) => path)).toEqual(["x/z", "x/9.sql", "x/10.sql"]);
  });
});
