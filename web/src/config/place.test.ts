import { expect, it } from "vitest";

import { isSamePlace, placed } from "./place";

it("says nothing of what was not filled in", () => {
  expect(placed({ file: " a.yaml ", target: "/etc/a.yaml", owner: " ", mode: null })).toEqual({ file: "a.yaml", target: "/etc/a.yaml" });
  expect(placed({ file: "a", target: "/a", owner: "shop:web", mode: "640" })).toEqual({ file: "a", target: "/a", owner: "shop:web", mode: "640" });
});

it("tells a change from none", () => {
  const place = { file: "a", target: "/a" };
  expect(isSamePlace(place, { ...place, owner: null })).toBe(true);
  expect(isSamePlace(place, { ...place, mode: "600" })).toBe(false);
});
