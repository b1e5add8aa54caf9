// Two texts side by side, with what differs marked and what does not folded away.

import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, lineNumbers } from "@codemirror/view";
import { MergeView } from "@codemirror/merge";
import { useEffect, useRef } from "react";

import { useI18n } from "../i18n";
import { grammarOf, type EditorLanguage } from "./languages";
import { look } from "./look";
import { phrases } from "./phrases";

interface Props {
  left: string;
  right: string;
  /** What the two sides are: `1.0.0`, `1.0.1`. */
  leftLabel: string;
  rightLabel: string;
  language?: EditorLanguage;
}

/** Unchanged lines that stay around a change. */
const CONTEXT = 4;
/** How long the search for differences may take before it becomes coarser, in milliseconds. */
const PATIENCE = 500;

export function TextDiff({ left, right, leftLabel, rightLabel, language = "text" }: Props) {
  const { language: spoken } = useI18n();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let made: MergeView | undefined;
    let current = true;
    void grammarOf(language).then((grammar) => {
      if (!current || !place.current) return;
      const side = (doc: string, label: string) => ({ doc, extensions: [common(label), grammar, phrases(spoken)] });
      made = new MergeView({
        a: side(left, leftLabel),
        b: side(right, rightLabel),
        parent: place.current,
        collapseUnchanged: { margin: CONTEXT, minSize: CONTEXT + 2 },
        diffConfig: { scanLimit: 10_000, timeout: PATIENCE },
        gutter: true,
      });
    });
    return () => {
      current = false;
      made?.destroy();
    };
  }, [left, right, leftLabel, rightLabel, language, spoken]);
  return (
    <div className="text-diff">
      <div className="text-diff-heads" aria-hidden>
        <span>{leftLabel}</span>
        <span>{rightLabel}</span>
      </div>
      <div ref={place} className="text-diff-body" />
    </div>
  );
}

const common = (label: string): Extension => [
  lineNumbers(),
  highlightSpecialChars(),
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  look,
];
