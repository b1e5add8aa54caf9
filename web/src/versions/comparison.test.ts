import { describe, expect, it } from "vitest";

import type { TreeChange, TreeEntry } from "../api/types";
import { MOST_BYTES } from "../drafts/texts";
import { pathOf, shownOf, sideOf, sightOf, steppedTo } from "./comparison";

const file = (path: string, digest: string, size = 10): TreeEntry => ({ path, kind: "file", mode: "644", size, digest, target: null });

const added: TreeChange = { change: "added", old: null, new: file("conf/new.toml", "a") };
const changed: TreeChange = { change: "changed", old: file("bin/run", "a"), new: file("bin/run", "b") };
const renamed: TreeChange = { change: "renamed", old: file("lib/Old.jar", "a"), new: file("lib/new.jar", "a") };

describe("a comparison", () => {
  it("knows a row by where the entry is now, or was", () => {
    expect([added, renamed, { change: "removed" as const, old: file("gone", "a"), new: null }].map(pathOf)).toEqual([
      "conf/new.toml",
      "lib/new.jar",
      "gone",
    ]);
  });

  it("shows rows by kind and by either path", () => {
    const all = [added, changed, renamed];
    expect(shownOf(all, {})).toEqual(all);
    expect(shownOf(all, { kind: "changed" })).toEqual([changed]);
    expect(shownOf(all, { text: "old" })).toEqual([renamed]);
    expect(shownOf(all, { kind: "added", text: "jar" })).toEqual([]);
  });

  it("says what there is to see", () => {
    expect(sightOf(changed)).toMatchObject({ is: "texts", old: { digest: "a" }, new: { digest: "b" } });
    expect(sightOf(added)).toMatchObject({ is: "texts", old: undefined });
    expect(sightOf(renamed)).toEqual({ is: "same" });
    const large = file("data.bin", "b", MOST_BYTES + 1);
    expect(sightOf({ change: "changed", old: file("data.bin", "a"), new: large })).toEqual({ is: "large", size: MOST_BYTES + 1 });
    const link = (target: string): TreeEntry => ({ path: "current", kind: "symlink", mode: "777", size: 0, digest: null, target });
    expect(sightOf({ change: "changed", old: link("a"), new: link("b") })).toEqual({ is: "links", old: "a", new: "b" });
    expect(sightOf({ change: "changed", old: link("a"), new: file("current", "b") })).toMatchObject({ is: "texts", old: undefined });
  });

  it("moves by keys and stays inside", () => {
    expect(steppedTo("ArrowDown", -1, 3)).toBe(0);
    expect(steppedTo("ArrowDown", 2, 3)).toBe(2);
    expect(steppedTo("ArrowUp", 0, 3)).toBe(0);
    expect(steppedTo("End", 0, 3)).toBe(2);
    expect(steppedTo("x", 0, 3)).toBeUndefined();
    expect(steppedTo("Home", 0, 0)).toBeUndefined();
  });

  it("reads sides of other packages", () => {
    expect(sideOf("shop", "1.0.0")).toEqual({ name: "shop", version: "1.0.0" });
    expect(sideOf("shop", "api@2.0")).toEqual({ name: "api", version: "2.0" });
  });
});
