// Chooses a package; the server looks for the letters that are typed.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";

import { packageChoicesQuery } from "../api/queries";
import type { PackageSummary } from "../api/types";

interface Props {
  value: string | undefined;
  label: string;
  allowClear?: boolean;
  onChange: (name: string | undefined, found: PackageSummary | undefined) => void;
}

export function PackageSelect({ value, label, allowClear, onChange }: Props) {
  const [search, setSearch] = useState("");
  const packages = useQuery(packageChoicesQuery(search));
  const found = packages.data?.items ?? [];
  return (
    <Select
      showSearch={{ filterOption: false, onSearch: setSearch }}
      allowClear={allowClear ?? false}
      value={value ?? null}
      placeholder={label}
      aria-label={label}
      className="choice"
      popupMatchSelectWidth={260}
      loading={packages.isFetching}
      options={found.map((one) => ({ value: one.name, label: one.name, latest: one.latest }))}
      optionRender={({ data }) => (
        <span className="option-line">
          {data.label}
          <span className="faint num">{data.latest}</span>
        </span>
      )}
      onChange={(name: string | null) => onChange(name ?? undefined, found.find((one) => one.name === name))}
    />
  );
}
