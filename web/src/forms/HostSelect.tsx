// Chooses a host; the server looks for the letters that are typed.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";

import { hostSearchQuery } from "../api/queries";

interface Props {
  value: string | undefined;
  label: string;
  onChange: (name: string | undefined) => void;
}

export function HostSelect({ value, label, onChange }: Props) {
  const [search, setSearch] = useState("");
  const hosts = useQuery(hostSearchQuery(search));
  return (
    <Select
      showSearch={{ filterOption: false, onSearch: setSearch }}
      allowClear
      value={value ?? null}
      placeholder={label}
      aria-label={label}
      className="choice"
      popupMatchSelectWidth={280}
      loading={hosts.isFetching}
      options={(hosts.data?.items ?? []).map(({ name, facts }) => ({ value: name, label: name, address: facts.address }))}
      optionRender={({ data }) => (
        <span className="option-line">
          {data.label}
          <span className="faint num">{data.address}</span>
        </span>
      )}
      onChange={(name: string | null) => onChange(name ?? undefined)}
    />
  );
}
