import { getRouteApi } from "@tanstack/react-router";
import { Select } from "antd";
import { useCallback } from "react";

import type { PackageKind, PackageSummary } from "../api/types";
import { useI18n, useT } from "../i18n";
import { formatNumber } from "../i18n/format";
import { ButtonLink } from "../shell/ButtonLink";
import { PackageLink, VersionLink } from "../table/links";
import { QueryTable, type Column } from "../table/QueryTable";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";

const route = getRouteApi("/shell/packages");

const KINDS: PackageKind[] = ["file", "config", "script", "database", "image", "app"];

function PushButton() {
  const t = useT();
  return (
    <ButtonLink to="/push" look="primary">
      {t.nav.push}
    </ButtonLink>
  );
}

export function Packages() {
  const { t, language } = useI18n();
  const { search, kind } = route.useSearch();
  const { set, clear } = useFilters();
  const onSearch = useCallback((value: string | undefined) => set({ search: value }), [set]);
  const number = (value: number) => <span className="num">{formatNumber(value, language)}</span>;
  const columns: Column<PackageSummary>[] = [
    {
      key: "name",
      title: t.packages.name,
      sort: { ascend: "name" },
      render: (row) => (
        <div className="two-lines">
          <PackageLink name={row.name} />
          {row.description && <span className="faint clip">{row.description}</span>}
        </div>
      ),
    },
    { key: "kind", title: t.packages.kind, optional: true, render: (row) => t.packages.kinds[row.kind] },
    {
      key: "latest",
      title: t.packages.latest,
      render: (row) =>
        row.latest ? <VersionLink name={row.name} version={row.latest} /> : <span className="faint">{t.packages.noVersion}</span>,
    },
    { key: "versions", title: t.packages.versions, align: "right", render: (row) => number(row.versions) },
    { key: "modules", title: t.packages.modules, align: "right", optional: true, render: (row) => number(row.modules) },
    { key: "instances", title: t.packages.instances, align: "right", render: (row) => number(row.instances) },
    { key: "creator", title: t.packages.creator, optional: true, render: (row) => row.creator },
    { key: "updated", title: t.packages.updated, sort: { descend: "newest" }, render: (row) => <Ago at={row.updated_at} /> },
  ];
  return (
    <>
      <PageHead title={t.packages.title} actions={<PushButton />} />
      <QueryTable<PackageSummary>
        noun="packages"
        path="/packages"
        filters={{ search, kind }}
        rowKey={(row) => row.id}
        columns={columns}
        onClear={clear}
        toolbar={
          <>
            <SearchBox value={search} label={t.packages.searchHint} onChange={onSearch} />
            <Select
              allowClear
              value={kind}
              placeholder={t.packages.kind}
              aria-label={t.packages.kind}
              popupMatchSelectWidth={false}
              options={KINDS.map((value) => ({ value, label: t.packages.kinds[value] }))}
              onChange={(value: PackageKind | undefined) => set({ kind: value })}
            />
          </>
        }
        empty={<Blank title={t.packages.empty} hint={t.packages.emptyHint} action={<PushButton />} />}
      />
    </>
  );
}
