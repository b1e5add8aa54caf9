// Chooses where a value holds: what kind of place, and which. As a field of a form, or as a filter.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";

import { topologyQuery } from "../api/queries";
import type { Environment, Topology } from "../api/types";
import { modulePaths } from "../deploy/topologyPaths";
import { HostSelect } from "../forms/HostSelect";
import { PackageSelect } from "../forms/PackageSelect";
import { useT } from "../i18n";
import { SCOPE_KINDS, scopeOf, scopeText, type ScopeKind } from "./scope";

interface Props {
  id?: string;
  value?: string | undefined;
  /** Gives every choice, also one that says only the kind: see `isWhole`. */
  onChange?: (scope: string | undefined) => void;
  /** Said while nothing is chosen, which is a choice then. */
  anywhere?: string;
  /** The kinds among which is chosen; all, if not said. */
  kinds?: readonly ScopeKind[];
}

const ENVIRONMENTS: Environment[] = ["dev", "test", "staging", "prod"];

/** What there is of a kind, as the topology has it. */
function pathsOf(kind: ScopeKind, topology: Topology): string[] {
  if (kind === "business") return topology.businesses.map(({ name }) => name);
  if (kind === "system") return topology.businesses.flatMap((business) => business.systems.map(({ name }) => `${business.name}/${name}`));
  return modulePaths(topology);
}

export function ScopeField({ id, value, onChange, anywhere, kinds = SCOPE_KINDS }: Props) {
  const t = useT();
  const scope = value === undefined ? undefined : scopeOf(value);
  return (
    <div className="scope-field">
      <Select
        {...(id ? { id } : {})}
        allowClear={anywhere !== undefined}
        value={scope?.kind ?? null}
        placeholder={anywhere}
        aria-label={t.values.scope}
        popupMatchSelectWidth={false}
        options={kinds.map((kind) => ({ value: kind, label: t.values.scopes[kind] }))}
        onChange={(kind: ScopeKind | null) => onChange?.(kind ? scopeText({ kind, name: "" }) : undefined)}
      />
      {scope && scope.kind !== "global" && (
        <Which kind={scope.kind} name={scope.name} onChange={(name) => onChange?.(scopeText({ kind: scope.kind, name: name ?? "" }))} />
      )}
    </div>
  );
}

interface WhichProps {
  kind: Exclude<ScopeKind, "global">;
  name: string;
  onChange: (name: string | undefined) => void;
}

function Which({ kind, name, onChange }: WhichProps) {
  const t = useT();
  const topology = useQuery(topologyQuery);
  const label = t.values.chooseWhich[kind];
  if (kind === "host") return <HostSelect value={name || undefined} label={label} onChange={onChange} />;
  if (kind === "package") return <PackageSelect value={name || undefined} label={label} onChange={onChange} />;
  const options =
    kind === "environment"
      ? ENVIRONMENTS.map((value) => ({ value: value, label: t.topology.environments[value] }))
      : (topology.data ? pathsOf(kind, topology.data) : []).map((path) => ({ value: path, label: path.replaceAll("/", " › ") }));
  return (
    <Select
      showSearch={{ optionFilterProp: "label" }}
      className="choice"
      value={name || null}
      placeholder={label}
      aria-label={label}
      loading={topology.isFetching}
      popupMatchSelectWidth={false}
      options={options}
      onChange={(next: string | null) => onChange(next ?? undefined)}
    />
  );
}
