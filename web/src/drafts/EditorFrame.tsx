// The frame of the editors: what there is at the left, what is open in the middle, what is found in it at the right.

import type { ReactNode } from "react";

interface Props {
  /** What can be opened; an editor of one file has none. */
  choice?: ReactNode;
  /** What is found in what is open. */
  notes: ReactNode;
  notesLabel: string;
  children: ReactNode;
}

export function EditorFrame({ choice, notes, notesLabel, children }: Props) {
  return (
    <div className={choice ? "editor-frame" : "editor-frame editor-frame-single"}>
      {choice && <aside className="editor-choice">{choice}</aside>}
      <div className="editor-open">{children}</div>
      <aside className="editor-notes" aria-label={notesLabel} aria-live="polite">
        {notes}
      </aside>
    </div>
  );
}
