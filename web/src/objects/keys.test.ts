import { expect, it } from "vitest";

import { exactly, keyOf, keyText } from "./keys";

it("names an object and reads the name again", () => {
  const key = { type: "zip", name: "shop web-1.0.zip" };
  expect(keyOf(keyText(key))).toEqual(key);
  expect(keyOf("zip")).toBeUndefined();
  expect(keyOf("zip ")).toBeUndefined();
});

it("means one name, whatever characters it has", () => {
  const pattern = new RegExp(exactly("a+b (1.0).zip"));
  expect(pattern.test("a+b (1.0).zip")).toBe(true);
  expect(pattern.test("aab (1x0).zip")).toBe(false);
});
