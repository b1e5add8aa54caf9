// A text filter that goes into the address when the typing rests.

import { SearchOutlined } from "@ant-design/icons";
import { Input } from "antd";
import { useEffect, useState } from "react";

const REST = 250;

interface Props {
  value: string | undefined;
  label: string;
  onChange: (value: string | undefined) => void;
}

export function SearchBox({ value, label, onChange }: Props) {
  const [typed, setTyped] = useState(value ?? "");
  const [seen, setSeen] = useState(value);
  // A change from outside (cleared filters, the way back) shows in the box.
  if (value !== seen) {
    setSeen(value);
    setTyped(value ?? "");
  }
  useEffect(() => {
    const next = typed.trim() || undefined;
    if (next === value) return;
    const timer = setTimeout(() => onChange(next), REST);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <Input
      allowClear
      className="search-box"
      prefix={<SearchOutlined />}
      placeholder={label}
      aria-label={label}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
