import { expect, it } from "vitest";

import type { TreeEntry } from "../api/types";
import { above, entriesWith, treeOf, type EntryNode } from "./entryTree";

const entry = (path: string, kind: TreeEntry["kind"] = "file"): TreeEntry => ({ path, kind, mode: "644", size: 1, digest: null, target: null });

const drawn = (nodes: EntryNode[], indent = ""): string[] =>
  nodes.flatMap(({ name, children }) => [indent + name, ...drawn(children, `${indent}  `)]);

it("puts entries below their directories, directories first", () => {
  const entries = [entry("app.toml"), entry("bin", "directory"), entry("bin/run10"), entry("bin/run2"), entry("lib/deep/a.jar")];
  expect(drawn(treeOf(entries))).toEqual(["bin", "  run2", "  run10", "lib", "  deep", "    a.jar", "app.toml"]);
});

it("takes a directory's own entry, wherever it comes in the list", () => {
  const [lib] = treeOf([entry("lib/a"), { ...entry("lib", "directory"), mode: "700" }]);
  expect(lib?.entry.mode).toBe("700");
  expect(lib?.children).toHaveLength(1);
});

it("finds entries by a part of their paths", () => {
  expect(entriesWith([entry("bin/Run"), entry("lib/a")], "run").map(({ path }) => path)).toEqual(["bin/Run"]);
  expect(above("a/b/c.txt")).toEqual(["a", "a/b"]);
});
