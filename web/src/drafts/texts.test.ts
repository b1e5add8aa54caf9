import { expect, it } from "vitest";

import { textOf } from "./texts";

const bytes = (...values: number[]) => new Uint8Array(values).buffer;

it("takes for a text only what comes back as the same bytes", () => {
  expect(textOf(bytes(0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a))).toBe("\ufeffa\r\n");
  expect(textOf(bytes(0xff, 0x61))).toBeUndefined();
  expect(textOf(bytes(0x61, 0))).toBeUndefined();
  expect(textOf(bytes())).toBe("");
});
