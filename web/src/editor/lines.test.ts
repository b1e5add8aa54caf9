import { EditorState } from "@codemirror/state";
import { describe, expect, it } from "vitest";

import { separatorOf } from "./lines";

describe("lines", () => {
  it.each(["", "a", "a\n", "a\nb", "a\r\nb\r\n", "a\r\nb\n", "a\rb\n", "\r", "\r\n\n\r", "a\r\n\r\nb"])("keep their ends: %j", (text) => {
    const state = EditorState.create({ doc: text, extensions: EditorState.lineSeparator.of(separatorOf(text)) });
    expect(state.sliceDoc()).toBe(text);
  });
});
