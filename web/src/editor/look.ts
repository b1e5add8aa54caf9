// How an editor looks: AntD's tokens, so that light and dark need no rules of their own.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const frame = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--ant-color-text)",
    backgroundColor: "var(--ant-color-bg-container)",
    fontSize: "12.5px",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--ant-font-family-code, monospace)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ant-color-text)", paddingBlock: "8px" },
  ".cm-cursor": { borderLeftColor: "var(--ant-color-text)" },
  ".cm-gutters": {
    color: "var(--ant-color-text-tertiary)",
    backgroundColor: "var(--ant-color-bg-layout)",
    borderRight: "1px solid var(--ant-color-border-secondary)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--ant-color-fill-quaternary)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection": {
    backgroundColor: "var(--ant-color-primary-bg-hover)",
  },
  ".cm-searchMatch": { backgroundColor: "var(--ant-color-warning-bg)", outline: "1px solid var(--ant-color-warning-border)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--ant-color-warning-border)" },
  ".cm-panels": { color: "var(--ant-color-text)", backgroundColor: "var(--ant-color-bg-elevated)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--ant-color-border-secondary)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--ant-color-border-secondary)" },
  ".cm-tooltip": {
    color: "var(--ant-color-text)",
    backgroundColor: "var(--ant-color-bg-elevated)",
    border: "1px solid var(--ant-color-border)",
    borderRadius: "6px",
  },
  ".cm-diagnostic": { padding: "6px 10px", fontFamily: "var(--ant-font-family)" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--ant-color-error)", backgroundImage: "none" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--ant-color-warning)", backgroundImage: "none" },
  ".cm-lintRange-info": { textDecoration: "underline dotted var(--ant-color-info)", backgroundImage: "none" },
  ".cm-changedLine": { backgroundColor: "var(--ant-color-warning-bg)" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--ant-color-error-bg)" },
  "&.cm-merge-b .cm-changedLine": { backgroundColor: "var(--ant-color-success-bg)" },
  "&.cm-merge-a .cm-changedText": { background: "var(--ant-color-error-border)" },
  "&.cm-merge-b .cm-changedText": { background: "var(--ant-color-success-border)" },
  ".cm-collapsedLines": {
    color: "var(--ant-color-text-tertiary)",
    background: "var(--ant-color-fill-tertiary)",
  },
});

const words = HighlightStyle.define([
  { tag: [tags.comment, tags.meta], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-value)" },
  { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.variableName)], color: "var(--code-name)" },
  { tag: [tags.typeName, tags.className, tags.tagName, tags.heading], color: "var(--code-type)" },
  { tag: [tags.function(tags.variableName), tags.standard(tags.variableName)], color: "var(--code-name)" },
  { tag: tags.invalid, color: "var(--ant-color-error)" },
]);

export const look = [frame, syntaxHighlighting(words)];
