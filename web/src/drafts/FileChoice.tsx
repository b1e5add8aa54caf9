// Files from which one is opened, under a title.

import type { ReactNode } from "react";

interface Props {
  title: string;
  items: { path: string; note?: ReactNode }[];
  chosen: string | undefined;
  onChoose: (path: string) => void;
}

export function FileChoice({ title, items, chosen, onChoose }: Props) {
  return (
    <section className="file-choice">
      <h2>{title}</h2>
      <ul>
        {items.map(({ path, note }) => (
          <li key={path}>
            <button type="button" className="file-choice-item" aria-current={path === chosen ? "true" : undefined} onClick={() => onChoose(path)}>
              <span className="clip">{path}</span>
              {note && <span className="faint clip">{note}</span>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
