// Databases to which database packages are applied, and what their ledgers said when a host last looked.

import { getRouteApi } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";

import type { DatabaseTarget } from "../api/types";
import { ModuleSelect } from "../forms/ModuleSelect";
import { useAsk } from "../guards/useAsk";
import { useT } from "../i18n";
import { HostLink, ModuleLinks, PackageLink } from "../table/links";
import { QueryTable, type Column } from "../table/QueryTable";
import { useFilters } from "../table/useFilters";
import { TargetDialog } from "../targets/TargetDialog";
import { useTargetRemoval } from "../targets/queries";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { SecretLink } from "../variables/ValueWords";

const route = getRouteApi("/shell/database-targets");

export function DatabaseTargets() {
  const t = useT();
  const ask = useAsk();
  const { module } = route.useSearch();
  const { set, clear } = useFilters();
  const [edited, setEdited] = useState<DatabaseTarget | "new">();
  const removal = useTargetRemoval();
  const columns: Column<DatabaseTarget>[] = [
    {
      key: "name",
      title: t.targets.name,
      render: (row) => (
        <div className="two-lines">
          <strong>{row.name}</strong>
          <span className="faint clip">{row.description}</span>
        </div>
      ),
    },
    { key: "engine", title: t.database.engine, render: (row) => t.database.engines[row.engine] },
    { key: "database", title: t.targets.database, render: (row) => <code>{[row.database, row.address].filter(Boolean).join(" @ ")}</code> },
    { key: "module", title: t.topology.module, optional: true, render: (row) => <ModuleLinks paths={[row.module]} /> },
    { key: "host", title: t.targets.host, render: (row) => (row.host ? <HostLink name={row.host} /> : <State tone="bad">{t.targets.noHost}</State>) },
    { key: "secret", title: t.targets.password, optional: true, render: (row) => row.secret && <SecretLink name={row.secret} /> },
    { key: "ledgers", title: t.targets.ledger, render: (row) => <Ledgers target={row} /> },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <span className="row-actions">
          <Button type="text" size="small" aria-label={t.values.changeTitle(row.name)} onClick={() => setEdited(row)}>
            {t.values.change}
          </Button>
          <Button
            type="text"
            size="small"
            danger
            aria-label={t.vault.removeTitle(row.name)}
            onClick={() => ask(t.vault.removeTitle(row.name), t.targets.removeText, () => removal.mutateAsync(row))}
          >
            {t.common.remove}
          </Button>
        </span>
      ),
    },
  ];
  const add = (
    <Button type="primary" onClick={() => setEdited("new")}>
      {t.targets.add}
    </Button>
  );
  return (
    <>
      <PageHead title={t.targets.title} note={<span className="faint">{t.targets.intro}</span>} actions={add} />
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<DatabaseTarget>
        noun="database-targets"
        path="/database-targets"
        filters={{ module }}
        rowKey={(row) => row.id}
        columns={columns}
        onClear={clear}
        toolbar={<ModuleSelect value={module} label={t.instances.anyModule} onChange={(next) => set({ module: next })} />}
        empty={<Blank title={t.targets.empty} hint={t.targets.emptyHint} action={add} />}
      />
      {edited && <TargetDialog target={edited === "new" ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}

function Ledgers({ target: { ledgers } }: { target: DatabaseTarget }) {
  const t = useT();
  if (ledgers.length === 0) return <span className="faint">{t.targets.neverLooked}</span>;
  return ledgers.map(({ package: name, version, stopped }) => (
    <div key={name}>
      <PackageLink name={name} /> <span className="num">{version ?? t.database.emptyDatabase}</span>
      {stopped && (
        <>
          {" "}
          <State tone="bad">{t.targets.stoppedAt(stopped.script, stopped.line, stopped.statement, stopped.statements)}</State>
        </>
      )}
    </div>
  ));
}
