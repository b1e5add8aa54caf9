// The top of a page: where one is, what it is, and what can be done.

import { useEffect, type ReactNode } from "react";

import { useT } from "../i18n";

interface Props {
  title: ReactNode;
  /** For the browser's tab, where the title is not plain text. */
  name?: string;
  crumbs?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
}

export function PageHead({ title, name, crumbs, note, actions }: Props) {
  const t = useT();
  const plain = name ?? (typeof title === "string" ? title : undefined);
  useEffect(() => {
    document.title = plain ? `${plain} · ${t.product}` : t.product;
  }, [plain, t]);
  return (
    <header className="page-head">
      <div className="page-head-text">
        {crumbs && <nav className="crumbs">{crumbs}</nav>}
        <h1>{title}</h1>
        {note && <div className="page-note">{note}</div>}
      </div>
      {actions && <div className="page-actions">{actions}</div>}
    </header>
  );
}
