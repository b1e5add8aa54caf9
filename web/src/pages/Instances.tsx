// Which package is on which host, and what is to be done to many of them at once.

import { getRouteApi } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState } from "react";

import type { Health, Instance, InstanceState } from "../api/types";
import { InstanceHistory } from "../deploy/InstanceHistory";
import { BRINGS, type BulkAction } from "../forms/bulk";
import { BulkDialog } from "../forms/BulkDialog";
import { HostSelect } from "../forms/HostSelect";
import { ModuleSelect } from "../forms/ModuleSelect";
import { PackageSelect } from "../forms/PackageSelect";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { instanceKey, useInstanceColumns } from "../table/instanceColumns";
import { QueryTable, type Column } from "../table/QueryTable";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";

const route = getRouteApi("/shell/instances");
const STATES: InstanceState[] = ["running", "stopped"];
const HEALTHS: Health[] = ["healthy", "unhealthy", "unknown"];
const ACTIONS: BulkAction[] = ["start", "stop", "restart", "upgrade", "downgrade", "uninstall"];

export function Instances() {
  const t = useT();
  const { package: name, module, host, version, state, health } = route.useSearch();
  const { set, clear } = useFilters();
  const [chosen, setChosen] = useState<Instance[]>([]);
  const [asked, setAsked] = useState<BulkAction>();
  const [told, setTold] = useState<Instance>();
  const severalPackages = new Set(chosen.map((one) => one.package)).size > 1;
  const columns: Column<Instance>[] = [
    ...useInstanceColumns(),
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <Button type="text" size="small" aria-label={t.instances.historyOf(row.package, row.host_name)} onClick={() => setTold(row)}>
          {t.instances.history}
        </Button>
      ),
    },
  ];
  return (
    <>
      <PageHead title={t.instances.title} />
      <QueryTable<Instance>
        noun="instances"
        path="/instances"
        filters={{ package: name, module, host, version, state, health }}
        rowKey={instanceKey}
        columns={columns}
        onClear={clear}
        selection={{ keys: chosen.map(instanceKey), onChange: (_, rows) => setChosen(rows) }}
        toolbar={
          chosen.length > 0 ? (
            <div className="bulk" role="toolbar" aria-label={t.common.selected(chosen.length)}>
              <span className="num">{t.common.selected(chosen.length)}</span>
              {ACTIONS.map((action) => (
                <Button
                  key={action}
                  danger={action === "uninstall"}
                  disabled={BRINGS.includes(action) && severalPackages}
                  title={BRINGS.includes(action) && severalPackages ? t.instances.onePackage : undefined}
                  onClick={() => setAsked(action)}
                >
                  {t.actions[action]}
                </Button>
              ))}
              <Button type="text" onClick={() => setChosen([])}>
                {t.common.cancel}
              </Button>
            </div>
          ) : (
            <>
              <HostSelect value={host} label={t.instances.anyHost} onChange={(next) => set({ host: next })} />
              <PackageSelect allowClear value={name} label={t.instances.anyPackage} onChange={(next) => set({ package: next })} />
              <ModuleSelect value={module} label={t.instances.anyModule} onChange={(next) => set({ module: next })} />
              <Select
                allowClear
                value={state}
                placeholder={t.instances.anyState}
                aria-label={t.instances.state}
                popupMatchSelectWidth={false}
                options={STATES.map((value) => ({ value, label: t.instances.states[value] }))}
                onChange={(next: InstanceState | undefined) => set({ state: next })}
              />
              <Select
                allowClear
                value={health}
                placeholder={t.instances.anyHealth}
                aria-label={t.instances.health}
                popupMatchSelectWidth={false}
                options={HEALTHS.map((value) => ({ value, label: t.instances.healths[value] }))}
                onChange={(next: Health | undefined) => set({ health: next })}
              />
            </>
          )
        }
        empty={
          <Blank
            title={t.instances.empty}
            hint={t.instances.emptyHint}
            action={
              <ButtonLink to="/deploy" look="primary">
                {t.nav.deploy}
              </ButtonLink>
            }
          />
        }
      />
      {told && <InstanceHistory host={told.host_name} name={told.package} onClose={() => setTold(undefined)} />}
      {asked && (
        <BulkDialog
          action={asked}
          instances={chosen}
          onClose={() => setAsked(undefined)}
          onDone={() => {
            setAsked(undefined);
            setChosen([]);
          }}
        />
      )}
    </>
  );
}
