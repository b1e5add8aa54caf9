// Two texts side by side, with what differs marked and what does not folded away.

import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, lineNumbers } from "@codemirror/view";
import { MergeView } from "@codemirror/merge";
import { useEffect, useEffectEvent, useRef } from "react";

import { useI18n } from "../i18n";
import { grammarOf, type EditorLanguage } from "./languages";
import { separatorOf } from "./lines";
import { look } from "./look";
import { phrases } from "./phrases";

interface Props {
  left: string;
  right: string;
  /** What the two sides are: `1.0.0`, `1.0.1`. */
  leftLabel: string;
  rightLabel: string;
  language?: EditorLanguage;
  /** The right side may be edited, and changes of the left one be taken over into it. */
  onRight?: (text: string) => void;
}

/** Unchanged lines that stay around a change. */
const CONTEXT = 4;
/** How long the search for differences may take before it becomes coarser, in milliseconds. */
const PATIENCE = 500;

export function TextDiff({ left, right, leftLabel, rightLabel, language = "text", onRight }: Props) {
  const { language: spoken } = useI18n();
  const place = useRef<HTMLDivElement>(null);
  const edited = useEffectEvent((text: string) => onRight?.(text));
  const editable = onRight !== undefined;
  useEffect(() => {
    let made: MergeView | undefined;
    let current = true;
    void grammarOf(language).then((grammar) => {
      if (!current || !place.current) return;
      const side = (doc: string, label: string, writing: Extension) => ({
        doc,
        extensions: [EditorState.lineSeparator.of(separatorOf(doc)), common(label), writing, grammar, phrases(spoken)],
      });
      const told = EditorView.updateListener.of((update) => {
        if (update.docChanged) edited(update.state.sliceDoc());
      });
      made = new MergeView({
        a: side(left, leftLabel, READING),
        b: side(right, rightLabel, editable ? told : READING),
        ...(editable ? { revertControls: "a-to-b" as const } : {}),
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
  }, [left, right, leftLabel, rightLabel, language, spoken, editable]);
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

const READING: Extension = [EditorState.readOnly.of(true), EditorView.editable.of(false)];

const common = (label: string): Extension => [
  lineNumbers(),
  highlightSpecialChars(),
  EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
  look,
];
