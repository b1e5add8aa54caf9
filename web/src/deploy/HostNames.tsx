// The names of many hosts: some of them, and the rest when they are asked for.

import { Button } from "antd";
import { useState } from "react";

const SOME = 12;

interface Props {
  hosts: readonly string[];
  /** How many there are, where not all are given. */
  total?: number;
}

export function HostNames({ hosts, total = hosts.length }: Props) {
  const [open, setOpen] = useState(false);
  const shown = open ? hosts : hosts.slice(0, SOME);
  return (
    <span className="host-names">
      {shown.join(", ")}
      {shown.length < hosts.length && (
        <Button type="link" size="small" onClick={() => setOpen(true)}>
          {`+${total - shown.length}`}
        </Button>
      )}
      {shown.length === hosts.length && shown.length < total && <span className="faint num">{` +${total - shown.length}`}</span>}
    </span>
  );
}
