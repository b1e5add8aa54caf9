import { getRouteApi } from "@tanstack/react-router";
import { Select, Tag } from "antd";
import { useCallback } from "react";

import type { PackageKind, PackageSummary } from "../api/types";
import { WordSelect } from "../forms/WordSelect";
import { useI18n } from "../i18n";
import { formatNumber } from "../i18n/format";
import { CreateMenu } from "../shell/CreateMenu";
import { PackageLink, VersionLink } from "../table/links";
import { QueryTable, type Column } from "../table/QueryTable";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { attribute, packageQuery } from "./packageFilters";

const route = getRouteApi("/shell/packages");

const KINDS: PackageKind[] = ["file", "config", "script", "database", "image", "app"];

export function Packages() {
  const { t, language } = useI18n();
  const { search, kind, creator, tag, meta } = route.useSearch();
  const { set, clear } = useFilters();
  const onSearch = useCallback((value: string | undefined) => set({ search: value }), [set]);
  const number = (value: number) => <span className="num">{formatNumber(value, language)}</span>;
  const columns: Column<PackageSummary>[] = [
    {
      key: "name",
      title: t.packages.name,
      sort: { ascend: "name", descend: "-name" },
      render: (row) => (
        <div className="two-lines">
          <PackageLink name={row.name} />
          {row.description && <span className="faint clip">{row.description}</span>}
        </div>
      ),
    },
    { key: "kind", title: t.packages.kind, optional: true, sort: { ascend: "kind", descend: "-kind" }, render: (row) => t.packages.kinds[row.kind] },
    {
      key: "latest",
      title: t.packages.latest,
      render: (row) =>
        row.latest ? <VersionLink name={row.name} version={row.latest} /> : <span className="faint">{t.packages.noVersion}</span>,
    },
    { key: "versions", title: t.packages.versions, align: "right", optional: true, sort: { ascend: "versions", descend: "-versions" }, render: (row) => number(row.versions) },
    { key: "modules", title: t.packages.modules, align: "right", optional: true, render: (row) => number(row.modules) },
    { key: "instances", title: t.packages.instances, align: "right", optional: true, sort: { ascend: "instances", descend: "-instances" }, render: (row) => number(row.instances) },
    {
      key: "tags",
      title: t.packages.tags,
      optional: true,
      render: (row) => (
        <div className="tags">
          {row.tags.map((name) => (
            <Tag key={name} variant="outlined">
              <button type="button" className="plain" title={t.packages.of(name)} onClick={() => set({ tag: [...new Set([...(tag ?? []), name])] })}>
                {name}
              </button>
            </Tag>
          ))}
        </div>
      ),
    },
    {
      key: "creator",
      title: t.packages.creator,
      optional: true,
      render: (row) => (
        <button type="button" className="plain" title={t.packages.by(row.creator)} onClick={() => set({ creator: row.creator })}>
          {row.creator}
        </button>
      ),
    },
    {
      key: "updated",
      title: t.packages.updated,
      optional: true,
      sort: { ascend: "updated", descend: "-updated" },
      render: (row) => <Ago at={row.updated_at} />,
    },
  ];
  return (
    <>
      <PageHead
        title={t.packages.title}
        actions={<CreateMenu />}
      />
      <QueryTable<PackageSummary>
        noun="packages"
        path="/packages"
        filters={packageQuery({ search, kind, creator, tag, meta })}
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
            <WordSelect value={tag} label={t.packages.tagHint} onChange={(value) => set({ tag: value })} />
            <WordSelect
              value={meta}
              label={t.packages.attributeHint}
              wrong={(word) => (attribute(word) ? undefined : t.packages.attributeForm)}
              onChange={(value) => set({ meta: value })}
            />
            {creator && (
              <Tag closable onClose={() => set({ creator: undefined })}>
                {t.packages.creator}: {creator}
              </Tag>
            )}
          </>
        }
        empty={<Blank title={t.packages.empty} hint={t.packages.emptyHint} action={<CreateMenu />} />}
      />
    </>
  );
}
