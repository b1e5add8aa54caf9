// A titled part of a page.

import type { ReactNode } from "react";

interface Props {
  title?: ReactNode;
  extra?: ReactNode;
  /** The content reaches to the edge, as a table's does. */
  flush?: boolean;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, extra, flush, className, children }: Props) {
  return (
    <section className={["panel", flush && "panel-flush", className].filter(Boolean).join(" ")}>
      {(title || extra) && (
        <header className="panel-head">
          <h2>{title}</h2>
          {extra}
        </header>
      )}
      <div className="panel-body">{children}</div>
    </section>
  );
}
