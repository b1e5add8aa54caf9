// A text that is edited: coloured, searched, undone, and with what was found in it marked at its place.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";

import { useI18n } from "../i18n";
import { grammarOf, type EditorLanguage } from "./languages";
import { separatorOf } from "./lines";
import { look } from "./look";
import { diagnosticsOf, offsetOf, type Mark, type Place } from "./marks";
import { phrases } from "./phrases";

interface Props {
  value: string;
  onChange?: (value: string) => void;
  language?: EditorLanguage;
  readOnly?: boolean;
  marks?: readonly Mark[];
  /** A place that is shown; the same place again if it is another object. */
  shown?: Place | undefined;
  /** What the text is, for people who do not see it. */
  label: string;
}

const NO_MARKS: readonly Mark[] = [];

export function CodeEditor({ value, onChange, language = "text", readOnly = false, marks = NO_MARKS, shown, label }: Props) {
  const { language: spoken } = useI18n();
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const parts = useRef({
    ends: new Compartment(),
    grammar: new Compartment(),
    writing: new Compartment(),
    label: new Compartment(),
    words: new Compartment(),
  });
  const changed = useEffectEvent((text: string) => onChange?.(text));
  const first = useEffectEvent((): Extension => {
    const { ends, grammar, writing, label: name, words } = parts.current;
    return [ends.of(ending(value)), grammar.of([]), writing.of(writable(readOnly)), name.of(named(label)), words.of(phrases(spoken))];
  });
  const begin = useEffectEvent(() => value);

  useEffect(() => {
    if (!place.current) return undefined;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: begin(),
        extensions: [
          lineNumbers(),
          highlightSpecialChars(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          search({ top: true }),
          lintGutter(),
          keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
          look,
          first(),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.sliceDoc());
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.sliceDoc() === value) return;
    // A text is split into lines by the separator that holds before it comes in.
    editor.dispatch({ effects: parts.current.ends.reconfigure(ending(value)) });
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    let current = true;
    void grammarOf(language).then((grammar) => {
      if (current) view.current?.dispatch({ effects: parts.current.grammar.reconfigure(grammar) });
    });
    return () => {
      current = false;
    };
  }, [language]);

  useEffect(() => {
    view.current?.dispatch({
      effects: [
        parts.current.writing.reconfigure(writable(readOnly)),
        parts.current.label.reconfigure(named(label)),
        parts.current.words.reconfigure(phrases(spoken)),
      ],
    });
  }, [readOnly, label, spoken]);

  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(marks, editor.state.doc)));
  }, [marks]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !shown) return;
    const anchor = offsetOf(shown, editor.state.doc);
    editor.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    editor.focus();
  }, [shown]);

  return <div ref={place} className="code-editor" />;
}

const ending = (text: string): Extension => EditorState.lineSeparator.of(separatorOf(text));

const writable = (readOnly: boolean): Extension => [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];

const named = (label: string): Extension => EditorView.contentAttributes.of({ "aria-label": label });
