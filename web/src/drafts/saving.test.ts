import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { saver, type SaveState } from "./saving";

class Conflict extends Error {}

/** A file on a server that answers when it is told to. */
function server(text: string) {
  let version = 1;
  let content = text;
  const answers: (() => void)[] = [];
  return {
    digest: () => `d${version}`,
    content: () => content,
    change: (next: string) => {
      content = next;
      version += 1;
    },
    answer: async () => {
      answers.shift()?.();
      await vi.advanceTimersByTimeAsync(0);
    },
    write: (next: string, expected: string | undefined) =>
      new Promise<string>((resolve, reject) =>
        answers.push(() => {
          if (expected !== `d${version}`) return reject(new Conflict());
          content = next;
          version += 1;
          return resolve(`d${version}`);
        }),
      ),
  };
}

function opened(file: ReturnType<typeof server>) {
  const states: SaveState["is"][] = [];
  const saving = saver(
    { digest: file.digest(), text: file.content() },
    {
      write: file.write,
      conflictOf: (error) => (error instanceof Conflict ? { conflict: undefined } : undefined),
      show: ({ is }) => states.push(is),
      rest: 500,
    },
  );
  return { saving, states };
}

describe("a saver", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("saves once a person rests, and what came meanwhile right after", async () => {
    const file = server("a");
    const { saving, states } = opened(file);
    saving.changed("ab");
    saving.changed("abc");
    await vi.advanceTimersByTimeAsync(500);
    saving.changed("abcd");
    await file.answer();
    await file.answer();
    expect(file.content()).toBe("abcd");
    expect(states.at(-1)).toBe("saved");
  });

  it("never writes over another person's words", async () => {
    const file = server("a");
    const { saving, states } = opened(file);
    saving.changed("mine");
    file.change("theirs");
    saving.flush();
    await file.answer();
    expect([file.content(), states.at(-1)]).toEqual(["theirs", "conflict"]);
    saving.changed("mine still");
    await vi.advanceTimersByTimeAsync(5000);
    expect(file.content()).toBe("theirs");
    saving.resolve(file.digest(), "both", false);
    await file.answer();
    expect([file.content(), states.at(-1)]).toEqual(["both", "saved"]);
  });

  it("sends what waits when it is closed", async () => {
    const file = server("a");
    const { saving } = opened(file);
    saving.changed("b");
    saving.close();
    await file.answer();
    expect(file.content()).toBe("b");
  });
});
