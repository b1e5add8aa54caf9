import { expect, it } from "vitest";

import { toggled } from "./toggled";

const key = (row: string) => row;

it("adds what is new at the end, and takes away what is not wanted any more", () => {
  expect(toggled(["a", "b"], ["b", "c"], true, key)).toEqual(["a", "b", "c"]);
  expect(toggled(["a", "b"], ["b", "c"], false, key)).toEqual(["a"]);
  expect(toggled([], [], true, key)).toEqual([]);
});
