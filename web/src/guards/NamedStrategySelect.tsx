// Chooses a strategy by its name; what it says is filled into the form, where it can be changed.

import { Select } from "antd";

import type { NamedStrategy } from "../api/types";
import { useT } from "../i18n";

interface Props {
  strategies: readonly NamedStrategy[];
  value: string | undefined;
  onChange: (strategy: NamedStrategy | undefined) => void;
}

export function NamedStrategySelect({ strategies, value, onChange }: Props) {
  const t = useT();
  if (strategies.length === 0) return null;
  return (
    <Select
      allowClear
      showSearch={{ optionFilterProp: "value" }}
      className="choice"
      value={value ?? null}
      placeholder={t.guards.choose}
      aria-label={t.guards.choose}
      popupMatchSelectWidth={false}
      options={strategies.map(({ name, environment }) => ({ value: name, label: name, environment }))}
      optionRender={({ data }) => (
        <span className="option-line">
          {data.label}
          <span className="faint">{data.environment ? t.topology.environments[data.environment] : t.guards.anyEnvironment}</span>
        </span>
      )}
      onChange={(name: string | null) => onChange(strategies.find((one) => one.name === name))}
    />
  );
}
