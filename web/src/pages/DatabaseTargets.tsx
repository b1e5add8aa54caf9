// Databases to which database packages are applied, and what their ledgers said when a host last looked.

import { getRouteApi } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";

import type { DatabaseTarget } from "../api/types";
import { ModuleSelect } from "../forms/ModuleSelect";
import { useT } from "../i18n";
import { EditableList } from "../table/EditableList";
import { HostLink, ModuleLinks, PackageLink } from "../table/links";
import { useFilters } from "../table/useFilters";
import { TargetDialog } from "../targets/TargetDialog";
import { TestDialog } from "../targets/TestDialog";
import { useTargetRemoval } from "../targets/queries";
import { State } from "../ui/State";
import { SecretLink } from "../variables/ValueWords";

const route = getRouteApi("/shell/database-targets");

export function DatabaseTargets() {
  const t = useT();
  const { module } = route.useSearch();
  const { set, clear } = useFilters();
  return (
    <EditableList<DatabaseTarget>
      page={{ title: t.targets.title, note: t.targets.intro }}
      noun="database-targets"
      path="/database-targets"
      filters={{ module }}
      onClear={clear}
      toolbar={<ModuleSelect value={module} label={t.instances.anyModule} onChange={(next) => set({ module: next })} />}
      words={{ add: t.targets.add, remove: t.targets.removeText, empty: t.targets.empty, emptyHint: t.targets.emptyHint }}
      rowKey={(row) => row.id}
      nameOf={(row) => row.name}
      columns={[
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
      ]}
      removal={useTargetRemoval()}
      actions={(row) => row.host && <TestButton target={row} />}
      dialog={(target, onClose) => <TargetDialog target={target} onClose={onClose} />}
    />
  );
}

function TestButton({ target }: { target: DatabaseTarget }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button type="text" size="small" aria-label={t.targets.testOf(target.name)} onClick={() => setOpen(true)}>
        {t.targets.test}
      </Button>
      {isOpen && <TestDialog target={target} onClose={() => setOpen(false)} />}
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
