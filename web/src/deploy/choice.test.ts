import { expect, it } from "vitest";

import type { TargetHost } from "../api/types";
import { ALL, choose, chosenOf, countChosen, isChosen, NONE, only } from "./choice";

const host = (name: string, prospect: TargetHost["prospect"] = "changes") => ({ host: name, prospect }) as TargetHost;

it("names those that are left out of all, and forgets them when they are chosen again", () => {
  const but = choose(ALL, ["a", "b"], false);
  expect(but).toEqual({ is: "all", but: new Set(["a", "b"]) });
  expect([isChosen(but, "a"), isChosen(but, "c")]).toEqual([false, true]);
  expect(choose(but, ["a", "b"], true)).toEqual(ALL);
});

it("names those that are chosen from none", () => {
  const few = choose(NONE, ["a", "b"], true);
  expect(few).toEqual(only(["a", "b"]));
  expect([isChosen(few, "a"), isChosen(few, "c")]).toEqual([true, false]);
  expect(choose(few, ["a"], false)).toEqual(only(["b"]));
});

it("counts exactly what it sees whole, and by the total what has more pages", () => {
  const items = [host("a"), host("b", "excluded"), host("c", "unchanged")];
  expect(chosenOf(ALL, items)).toEqual(["a", "c"]);
  expect(countChosen(ALL, { items, total: 3 })).toBe(2);
  expect(countChosen(choose(ALL, ["a"], false), { items, total: 3 })).toBe(1);
  const part = { items, next: "more", total: 4312 };
  expect(countChosen(choose(ALL, ["a"], false), part)).toBe(4311);
  expect(countChosen(only(["a", "x"]), part)).toBe(2);
});
