// Versions in the making.

import { getRouteApi, Link } from "@tanstack/react-router";

import type { Draft } from "../api/types";
import { useI18n } from "../i18n";
import { formatBytes, formatNumber } from "../i18n/format";
import { CreateMenu } from "../shell/CreateMenu";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";

const route = getRouteApi("/shell/drafts");

export function useDraftColumns(): Column<Draft>[] {
  const { t, language } = useI18n();
  return [
    {
      key: "package",
      title: t.drafts.package,
      render: (row) => (
        <Link to="/drafts/$id" params={{ id: row.id }} className="entity">
          {row.package}
        </Link>
      ),
    },
    { key: "kind", title: t.packages.kind, render: (row) => t.packages.kinds[row.kind] },
    { key: "version", title: t.package.number, render: (row) => row.version ?? <span className="faint">{t.drafts.noNumber}</span> },
    { key: "base", title: t.drafts.base, optional: true, render: (row) => row.base ?? <span className="faint">{t.common.none}</span> },
    { key: "entries", title: t.drafts.entries, align: "right", render: (row) => <span className="num">{formatNumber(row.entries, language)}</span> },
    { key: "size", title: t.package.size, align: "right", optional: true, render: (row) => <span className="num">{formatBytes(row.size)}</span> },
    { key: "creator", title: t.packages.creator, optional: true, render: (row) => row.creator },
    {
      key: "updated",
      title: t.packages.updated,
      render: (row) => (
        <>
          <Ago at={row.updated_at} /> <span className="faint">{row.updated_by}</span>
        </>
      ),
    },
  ];
}

export function Drafts() {
  const { t } = useI18n();
  const { package: name } = route.useSearch();
  return (
    <>
      <PageHead
        title={t.drafts.title}
        crumbs={<Link to="/packages">{t.packages.title}</Link>}
        actions={<CreateMenu />}
      />
      <QueryTable<Draft>
        noun="drafts"
        path="/drafts"
        scope={{ state: "open", package: name }}
        rowKey={(row) => row.id}
        columns={useDraftColumns()}
        empty={<Blank title={t.drafts.empty} hint={t.drafts.emptyHint} action={<CreateMenu />} />}
      />
    </>
  );
}
