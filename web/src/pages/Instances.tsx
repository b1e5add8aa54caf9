// Which package is on which host, and what is to be done to many of them at once.

import { getRouteApi } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState, type ReactNode } from "react";

import type { Environment, Health, Instance, InstanceState, Page } from "../api/types";
import { HEALTHS, INSTANCE_STATES } from "../deploy/aim";
import { InstanceHistory } from "../deploy/InstanceHistory";
import { BRINGS, BULK_ACTIONS, countOf, packageOf, selectionOf, type BulkAction, type InstanceFilters, type Meant } from "../forms/bulk";
import { BulkDialog } from "../forms/BulkDialog";
import { HostSelect } from "../forms/HostSelect";
import { ModuleSelect } from "../forms/ModuleSelect";
import { PackageSelect } from "../forms/PackageSelect";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { instanceKey, useInstanceColumns } from "../table/instanceColumns";
import { QueryTable, type Column } from "../table/QueryTable";
import { toggled } from "../table/toggled";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";

const route = getRouteApi("/shell/instances");
const ENVIRONMENTS: Environment[] = ["dev", "test", "staging", "prod"];
const NOBODY: Meant = { are: "chosen", instances: [] };

export function Instances() {
  const t = useT();
  const { package: name, module, host, version, state, health, environment, drift } = route.useSearch();
  const filters = { package: name, module, host, version, state, health, environment, drift };
  const { clear } = useFilters();
  const [meant, setMeant] = useState<Meant>(NOBODY);
  const [asked, setAsked] = useState<BulkAction>();
  const [told, setTold] = useState<Instance>();
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
  const chosen = meant.are === "chosen" ? meant.instances : [];
  const keys = new Set(chosen.map(instanceKey));
  return (
    <>
      <PageHead title={t.instances.title} />
      <QueryTable<Instance>
        noun="instances"
        path="/instances"
        filters={filters}
        rowKey={instanceKey}
        columns={columns}
        onClear={clear}
        selection={{
          isChosen: (row) => meant.are === "matching" || keys.has(instanceKey(row)),
          onChoose: (rows, on) => setMeant({ are: "chosen", instances: toggled(chosen, rows, on, instanceKey) }),
          // All that match are chosen as they are; some of them by beginning anew.
          disabled: () => meant.are === "matching",
        }}
        toolbar={(page) =>
          countOf(meant) > 0 ? (
            <BulkBar meant={meant} onAsk={setAsked} onCancel={() => setMeant(NOBODY)}>
              <AllMatching page={page} meant={meant} filters={filters} onChoose={setMeant} />
            </BulkBar>
          ) : (
            <Filters />
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
          meant={meant}
          onClose={() => setAsked(undefined)}
          onDone={() => {
            setAsked(undefined);
            setMeant(NOBODY);
          }}
        />
      )}
    </>
  );
}

interface BulkBarProps {
  meant: Meant;
  onAsk: (action: BulkAction) => void;
  onCancel: () => void;
  children: ReactNode;
}

function BulkBar({ meant, onAsk, onCancel, children }: BulkBarProps) {
  const t = useT();
  const severalPackages = packageOf(meant) === undefined;
  return (
    <div className="bulk" role="toolbar" aria-label={t.common.selected(countOf(meant))}>
      <span className="num">{meant.are === "matching" ? t.instances.allMatching(countOf(meant)) : t.common.selected(countOf(meant))}</span>
      {children}
      {BULK_ACTIONS.map((action) => {
        const isRefused = BRINGS.includes(action) && severalPackages;
        return (
          <Button
            key={action}
            danger={action === "uninstall"}
            disabled={isRefused}
            title={isRefused ? t.instances.onePackage : undefined}
            onClick={() => onAsk(action)}
          >
            {t.actions[action]}
          </Button>
        );
      })}
      <Button type="text" onClick={onCancel}>
        {t.common.cancel}
      </Button>
    </div>
  );
}

interface AllMatchingProps {
  page: Page<Instance> | undefined;
  meant: Meant;
  filters: InstanceFilters;
  onChoose: (meant: Meant) => void;
}

/** From the rows that were chosen to all that match, also those that are on other pages. */
function AllMatching({ page, meant, filters, onChoose }: AllMatchingProps) {
  const t = useT();
  const filter = selectionOf(filters);
  if (!page || !filter || meant.are === "matching" || page.total <= meant.instances.length) return null;
  return (
    <Button type="link" onClick={() => onChoose({ are: "matching", filter, count: page.total })}>
      {t.instances.chooseMatching(page.total)}
    </Button>
  );
}

function Filters() {
  const t = useT();
  const { package: name, module, host, state, health, environment, drift } = route.useSearch();
  const { set } = useFilters();
  return (
    <>
      <HostSelect value={host} label={t.instances.anyHost} onChange={(next) => set({ host: next })} />
      <PackageSelect allowClear value={name} label={t.instances.anyPackage} onChange={(next) => set({ package: next })} />
      <ModuleSelect value={module} label={t.instances.anyModule} onChange={(next) => set({ module: next })} />
      <Select
        allowClear
        value={environment}
        placeholder={t.instances.anyEnvironment}
        aria-label={t.topology.environment}
        popupMatchSelectWidth={false}
        options={ENVIRONMENTS.map((value) => ({ value, label: t.topology.environments[value] }))}
        onChange={(next: Environment | undefined) => set({ environment: next })}
      />
      <Select
        allowClear
        value={state}
        placeholder={t.instances.anyState}
        aria-label={t.instances.state}
        popupMatchSelectWidth={false}
        options={INSTANCE_STATES.map((value) => ({ value, label: t.instances.states[value] }))}
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
      <Select
        allowClear
        value={drift}
        placeholder={t.instances.anyDrift}
        aria-label={t.instances.drift}
        popupMatchSelectWidth={false}
        options={(["some", "none"] as const).map((value) => ({ value, label: t.instances.drifts[value] }))}
        onChange={(next: "some" | "none" | undefined) => set({ drift: next })}
      />
    </>
  );
}
