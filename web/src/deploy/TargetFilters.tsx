// Narrows the hosts that are meant: by label, by what is on them, or to those at which an earlier deployment failed.

import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useCallback } from "react";

import { listQuery, versionChoicesQuery } from "../api/queries";
import type { DeploymentSummary, Health, InstanceState } from "../api/types";
import { useI18n } from "../i18n";
import { formatRelative } from "../i18n/format";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { useNow } from "../ui/Ago";
import { HEALTHS, INSTANCE_STATES, isFiltered, NO_FILTERS, type Aim } from "./aim";
import { hasFailures } from "./failures";

interface Props {
  /** Of which package. */
  name: string;
  aim: Partial<Aim>;
}

export function TargetFilters({ name, aim }: Props) {
  const { t } = useI18n();
  const { set } = useFilters();
  const onLabels = useCallback((labels: string | undefined) => set({ labels }), [set]);
  const versions = useQuery(versionChoicesQuery(name));
  return (
    <div className="toolbar target-filters" role="group" aria-label={t.aim.filters}>
      <SearchBox value={aim.labels} label={t.aim.labels} onChange={onLabels} />
      <Select
        allowClear
        value={aim.state ?? null}
        placeholder={t.instances.anyState}
        aria-label={t.aim.state}
        popupMatchSelectWidth={false}
        options={INSTANCE_STATES.map((value) => ({ value, label: t.instances.states[value] }))}
        onChange={(state: InstanceState | null) => set({ state: state ?? undefined })}
      />
      <Select
        allowClear
        value={aim.health ?? null}
        placeholder={t.instances.anyHealth}
        aria-label={t.aim.health}
        popupMatchSelectWidth={false}
        options={HEALTHS.map((value) => ({ value, label: t.instances.healths[value] }))}
        onChange={(health: Health | null) => set({ health: health ?? undefined })}
      />
      <Select
        allowClear
        showSearch
        value={aim.current ?? null}
        placeholder={t.aim.anyVersion}
        aria-label={t.aim.version}
        popupMatchSelectWidth={false}
        options={versions.data?.items.map(({ version }) => ({ value: version, label: version })) ?? []}
        onChange={(current: string | null) => set({ current: current ?? undefined })}
      />
      <FailedIn name={name} value={aim.failed_in} onChange={(id) => set({ failed_in: id })} />
      {isFiltered(aim) && (
        <Button type="text" onClick={() => set(NO_FILTERS)}>
          {t.common.clearFilters}
        </Button>
      )}
    </div>
  );
}

/** So many deployments are looked through for failures. */
const RECENT = 50;

interface FailedInProps {
  name: string;
  value: string | undefined;
  onChange: (deployment: string | undefined) => void;
}

/** The latest deployment of the package that failed somewhere comes first: "last time". */
function FailedIn({ name, value, onChange }: FailedInProps) {
  const { t, language } = useI18n();
  const now = useNow();
  const recent = useQuery(listQuery<DeploymentSummary>("deployments", "/deployments", { package: name, limit: RECENT }));
  const failed = (recent.data?.items ?? []).filter(hasFailures);
  const options = failed.map(({ id, action, version, created_at: at, state }) => ({
    value: id,
    label: [t.actions[action], version].filter(Boolean).join(" "),
    note: `${formatRelative(Date.parse(at), now, language)}, ${t.deployments.states[state]}`,
  }));
  const isKnown = value === undefined || options.some((one) => one.value === value);
  return (
    <Select
      allowClear
      value={value ?? null}
      placeholder={t.aim.failedIn}
      aria-label={t.aim.failedIn}
      className="choice"
      popupMatchSelectWidth={false}
      notFoundContent={t.aim.noFailures}
      options={isKnown ? options : [...options, { value, label: t.aim.earlier, note: value }]}
      labelRender={({ label, value: id }) => (typeof label === "string" ? t.aim.failedInOf(label) : id)}
      optionRender={({ data }) => (
        <span className="option-line">
          {data.label}
          <span className="faint">{data.note}</span>
        </span>
      )}
      onChange={(id: string | null) => onChange(id ?? undefined)}
    />
  );
}
