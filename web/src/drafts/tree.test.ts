import { expect, it } from "vitest";

import type { DraftEntry } from "../api/types";
import { directoriesToRead, nodesOf, stillOpen } from "./useTree";

const entry = (path: string, kind: "file" | "directory", difference: DraftEntry["difference"] = "unchanged") =>
  ({ path, kind, difference, mode: "644", size: 0, revision: 0 }) as DraftEntry;

it("shows what was read, and nothing below what was removed", () => {
  const children = new Map([
    ["", [entry("b.txt", "file"), entry("bin", "directory"), entry("old", "directory", "removed")]],
    ["bin", [entry("bin/run", "file")]],
    ["old", [entry("old/x", "file", "removed")]],
  ]);
  const shown = nodesOf("", children).map((node) => [node.key, node.children?.map(({ key }) => key)]);
  expect(shown).toEqual([
    ["bin", ["bin/run"]],
    ["old", undefined],
    ["b.txt", undefined],
  ]);
});

it("reads all that is above what is open", () => {
  expect(directoriesToRead(["a/b/c"])).toEqual(["", "a", "a/b", "a/b/c"]);
  expect(stillOpen(["a", "a/b", "ab"], "a")).toEqual(["ab"]);
});
