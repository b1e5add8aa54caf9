// What is different between two versions, path by path; one of them is chosen, by mouse or by keys.

import { useEffect, useId, useRef, type KeyboardEvent } from "react";

import type { ChangeKind, TreeChange } from "../api/types";
import { useT } from "../i18n";
import { pathOf, steppedTo } from "./comparison";

const MARKS: Record<ChangeKind, string> = { added: "A", removed: "D", changed: "M", renamed: "R", mode: "m" };
const TONES: Record<ChangeKind, string> = {
  added: "tone-good",
  removed: "tone-bad",
  changed: "tone-warn",
  renamed: "tone-active",
  mode: "tone-odd",
};

interface Props {
  changes: readonly TreeChange[];
  chosen: string | undefined;
  onChoose: (path: string) => void;
}

export function ChangeList({ changes, chosen, onChoose }: Props) {
  const t = useT();
  const list = useId();
  const at = changes.findIndex((change) => pathOf(change) === chosen);
  const active = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Browsers begin to answer with a promise here, which is no clean-up.
    active.current?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = changes[steppedTo(event.key, at, changes.length) ?? -1];
    if (!next) return;
    event.preventDefault();
    onChoose(pathOf(next));
  };
  return (
    <div
      className="change-list"
      role="listbox"
      tabIndex={0}
      aria-label={t.compare.list}
      aria-activedescendant={at < 0 ? undefined : `${list}-${at}`}
      onKeyDown={onKeyDown}
    >
      {changes.map((change, index) => {
        const path = pathOf(change);
        return (
          <div
            key={`${change.change} ${path}`}
            id={`${list}-${index}`}
            ref={index === at ? active : undefined}
            role="option"
            aria-selected={index === at}
            aria-label={`${t.compare.kinds[change.change]}: ${path}`}
            className="change-row"
            title={change.change === "renamed" ? `${change.old?.path ?? ""} → ${path}` : path}
            onClick={() => onChoose(path)}
          >
            <span className={`change-mark ${TONES[change.change]}`} aria-hidden>
              {MARKS[change.change]}
            </span>
            <span className="change-path">{path}</span>
          </div>
        );
      })}
    </div>
  );
}
