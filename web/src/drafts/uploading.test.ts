import { describe, expect, it } from "vitest";

import { ProblemError, UNREACHABLE } from "../api/problem";
import { PIECE, sendAll, type Transport } from "./uploading";

const cut = () => new ProblemError({ status: 0, code: UNREACHABLE, title: "" });

/** A server that keeps what arrives, and whose connection is cut as a test says: before or after a piece has arrived. */
function line(cuts: ("before" | "after" | undefined)[]): { transport: Transport; kept: () => number; rests: number[] } {
  let kept = 0;
  const rests: number[] = [];
  const transport: Transport = {
    offset: () => Promise.resolve(kept),
    piece: (offset, bytes) => {
      const fate = cuts.shift();
      if (fate === "before") return Promise.reject(cut());
      if (offset !== kept) return Promise.reject(new ProblemError({ status: 409, code: "upload_offset", title: "" }));
      kept += bytes.size;
      return fate === "after" ? Promise.reject(cut()) : Promise.resolve(kept);
    },
    rest: (attempt) => {
      rests.push(attempt);
      return Promise.resolve();
    },
  };
  return { transport, kept: () => kept, rests };
}

const file = new Blob([new Uint8Array(2 * PIECE + 5)]);
const quiet = new AbortController().signal;

describe("an upload", () => {
  it("goes on where it was cut, whether the piece had arrived or not", async () => {
    const { transport, kept, rests } = line(["before", undefined, "after", "before"]);
    const seen: number[] = [];
    await sendAll(file, transport, (sent) => seen.push(sent), quiet);
    expect(kept()).toBe(file.size);
    expect(seen.at(-1)).toBe(file.size);
    expect(rests).toEqual([1, 1, 2]);
  });

  it("waits for a person when it is refused, or cut again and again", async () => {
    const refused: Transport = { ...line([]).transport, piece: () => Promise.reject(new ProblemError({ status: 413, code: "upload_quota", title: "" })) };
    await expect(sendAll(file, refused, () => undefined, quiet)).rejects.toThrow();
    const { transport, kept } = line(Array.from({ length: 20 }, () => "before"));
    await expect(sendAll(file, transport, () => undefined, quiet)).rejects.toThrow();
    expect(kept()).toBe(0);
  });

  it("sends nothing of an empty file", async () => {
    await sendAll(new Blob([]), line([]).transport, () => undefined, quiet);
  });
});
