// Objects of ControlTier projects, found by type and name as ControlTier finds them.

import { getRouteApi, Link } from "@tanstack/react-router";
import { Button, Tag } from "antd";

import { BASE, queryText } from "../api/client";
import type { ObjectSummary } from "../api/types";
import { useT } from "../i18n";
import { keyOf, keyText } from "../objects/keys";
import { ObjectDrawer } from "../objects/ObjectDrawer";
import { ButtonLink } from "../shell/ButtonLink";
import { VersionLink } from "../table/links";
import { QueryTable, type Column } from "../table/QueryTable";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";

const route = getRouteApi("/shell/objects");

export function Objects() {
  const t = useT();
  const navigate = route.useNavigate();
  const { type, name, object } = route.useSearch();
  const { set, clear } = useFilters();
  const opened = object ? keyOf(object) : undefined;
  const columns: Column<ObjectSummary>[] = [
    { key: "type", title: t.objects.type, render: (row) => <code>({row.type})</code> },
    {
      key: "name",
      title: t.objects.name,
      render: (row) => (
        <div className="two-lines">
          <Link className="entity" to="." search={(before) => ({ ...before, object: keyText(row) })}>
            {row.name}
          </Link>
          {row.attributes["description"] && <span className="faint clip">{row.attributes["description"]}</span>}
        </div>
      ),
    },
    { key: "element", title: t.objects.element, optional: true, render: (row) => t.objects.elements[row.element] },
    {
      key: "version",
      title: t.objects.version,
      render: (row) =>
        row.package && row.version ? (
          <>
            <VersionLink full name={row.package} version={row.version} />{" "}
            {!row.has_content && <Tag color="warning">{t.objects.noContent}</Tag>}
          </>
        ) : (
          <span className="faint">–</span>
        ),
    },
    {
      key: "rank",
      title: t.objects.rank,
      align: "right",
      optional: true,
      render: (row) => <span className="num">{row.attributes["installrank"] ?? ""}</span>,
    },
  ];
  return (
    <>
      <PageHead
        title={t.objects.title}
        note={<span className="faint">{t.objects.intro}</span>}
        actions={
          <>
            <Button href={BASE + "/projects/export" + queryText({ type, name })} download="project.xml">
              {type || name ? t.objects.exportFound : t.objects.exportAll}
            </Button>
            <ButtonLink to="/import" look="primary">
              {t.importProject.title}
            </ButtonLink>
          </>
        }
      />
      <QueryTable<ObjectSummary>
        noun="objects"
        path="/objects"
        isSearched
        filters={{ type, name }}
        rowKey={keyText}
        columns={columns}
        onClear={clear}
        toolbar={
          <>
            <SearchBox value={type} label={t.objects.typeHint} onChange={(next) => set({ type: next })} />
            <SearchBox value={name} label={t.objects.nameHint} onChange={(next) => set({ name: next })} />
          </>
        }
        empty={<Blank title={t.objects.empty} hint={t.objects.emptyHint} action={<ButtonLink to="/import">{t.importProject.title}</ButtonLink>} />}
      />
      {opened && <ObjectDrawer object={opened} onClose={() => void navigate({ search: (before) => ({ ...before, object: undefined }) })} />}
    </>
  );
}
