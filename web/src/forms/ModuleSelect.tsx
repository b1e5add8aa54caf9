// Chooses one module of the topology, or several.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";

import { topologyQuery } from "../api/queries";
import { modulePaths } from "../deploy/topologyPaths";
import { ModuleName } from "../table/links";

interface OneProps {
  value: string | undefined;
  label: string;
  onChange: (path: string | undefined) => void;
}

function useOptions() {
  const { data } = useQuery(topologyQuery);
  return (data ? modulePaths(data) : []).map((path) => ({ value: path, label: <ModuleName path={path} /> }));
}

export function ModuleSelect({ value, label, onChange }: OneProps) {
  return (
    <Select
      showSearch={{ optionFilterProp: "value" }}
      allowClear
      value={value ?? null}
      placeholder={label}
      aria-label={label}
      className="choice"
      popupMatchSelectWidth={false}
      options={useOptions()}
      onChange={(path: string | null) => onChange(path ?? undefined)}
    />
  );
}

interface ManyProps {
  id?: string;
  value?: string[];
  onChange?: (paths: string[]) => void;
}

/** As a field of a form, which gives it value and onChange. */
export function ModulesField({ id, value, onChange }: ManyProps) {
  return (
    <Select
      {...(id ? { id } : {})}
      mode="multiple"
      showSearch={{ optionFilterProp: "value" }}
      value={value ?? []}
      options={useOptions()}
      onChange={(paths: string[]) => onChange?.(paths)}
    />
  );
}
