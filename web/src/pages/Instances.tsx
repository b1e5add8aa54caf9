// Which package is on which host, and what is to be done to many of them at once.

import { getRouteApi } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState } from "react";

import type { Health, Instance, InstanceState } from "../api/types";
import { BulkDialog, type BulkAction } from "../forms/BulkDialog";
import { HostSelect } from "../forms/HostSelect";
import { ModuleSelect } from "../forms/ModuleSelect";
import { PackageSelect } from "../forms/PackageSelect";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { instanceKey, useInstanceColumns } from "../table/instanceColumns";
import { QueryTable } from "../table/QueryTable";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";

const route = getRouteApi("/shell/instances");
const STATES: InstanceState[] = ["running", "stopped"];
const HEALTHS: Health[] = ["healthy", "unhealthy", "unknown"];
const ACTIONS: BulkAction[] = ["start", "stop", "restart", "uninstall"];

export function Instances() {
  const t = useT();
  const { package: name, module, host, version, state, health } = route.useSearch();
  const { set, clear } = useFilters();
  const [chosen, setChosen] = useState<Instance[]>([]);
  const [asked, setAsked] = useState<BulkAction>();
  return (
    <>
      <PageHead title={t.instances.title} />
      <QueryTable<Instance>
        noun="instances"
        path="/instances"
        filters={{ package: name, module, host, version, state, health }}
        rowKey={instanceKey}
        columns={useInstanceColumns()}
        onClear={clear}
        selection={{ keys: chosen.map(instanceKey), onChange: (_, rows) => setChosen(rows) }}
        toolbar={
          chosen.length > 0 ? (
            <div className="bulk" role="toolbar" aria-label={t.common.selected(chosen.length)}>
              <span className="num">{t.common.selected(chosen.length)}</span>
              {ACTIONS.map((action) => (
                <Button key={action} danger={action === "uninstall"} onClick={() => setAsked(action)}>
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
