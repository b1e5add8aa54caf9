import { expect, it } from "vitest";

import type { StorageStats } from "../api/types";
import { savingOf } from "./saving";

const stats = (content_bytes: number, pack_bytes: number, original_bytes: number) => ({ content_bytes, pack_bytes, original_bytes }) as StorageStats;

it("counts packs and archives against the content", () => {
  expect(savingOf(stats(1000, 200, 50))).toEqual({ stored: 250, saved: 0.75 });
  expect(savingOf(stats(100, 200, 0))).toEqual({ stored: 200, saved: 0 });
  expect(savingOf(stats(0, 0, 0))).toEqual({ stored: 0, saved: undefined });
});
