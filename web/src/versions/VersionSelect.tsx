// Chooses a version of a package to look at, of whatever state; one that is not among the newest can still be the value.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";

import { useT } from "../i18n";
import { allVersionsQuery } from "./queries";

interface Props {
  name: string;
  value: string | undefined;
  label: string;
  /** Versions that make no sense here. */
  without?: string | undefined;
  allowClear?: boolean;
  onChange: (version: string | undefined) => void;
}

export function VersionSelect({ name, value, label, without, allowClear = false, onChange }: Props) {
  const t = useT();
  const versions = useQuery(allVersionsQuery(name));
  const items = (versions.data?.items ?? []).filter(({ version }) => version !== without);
  return (
    <Select
      showSearch
      allowClear={allowClear}
      value={value ?? null}
      placeholder={label}
      aria-label={label}
      className="version-select"
      popupMatchSelectWidth={260}
      loading={versions.isFetching}
      options={items.map(({ version, state }) => ({ value: version, label: version, state }))}
      optionRender={({ data }) => (
        <span className="option-line">
          {data.label}
          {data.state !== "published" && <span className="faint">{t.package.states[data.state]}</span>}
        </span>
      )}
      onChange={(version: string | null) => onChange(version ?? undefined)}
    />
  );
}
