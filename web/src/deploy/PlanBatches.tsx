// Who is in which batch. Large batches show some of their hosts and unfold.

import { Button } from "antd";
import { useState } from "react";

import type { PreviewBatch } from "../api/types";
import { useT } from "../i18n";

const SOME = 12;

/** Batches are counted without the canary, which has a name of its own. */
export function useBatchName(batches: readonly { kind: PreviewBatch["kind"] }[]) {
  const t = useT();
  const canaries = batches.filter(({ kind }) => kind === "canary").length;
  return (index: number) => (batches[index]?.kind === "canary" ? t.plan.canary : t.plan.batch(index - canaries + 1));
}

export function PlanBatches({ batches }: { batches: PreviewBatch[] }) {
  const nameOf = useBatchName(batches);
  return (
    <ol className="plan-batches">
      {batches.map((batch, index) => (
        <Batch key={index} name={nameOf(index)} hosts={batch.hosts} />
      ))}
    </ol>
  );
}

function Batch({ name, hosts }: { name: string; hosts: string[] }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const shown = open ? hosts : hosts.slice(0, SOME);
  return (
    <li>
      <h3>{name}</h3>
      <span className="faint num">{t.common.hosts(hosts.length)}</span>
      <p className="host-names">
        {shown.join(", ")}
        {shown.length < hosts.length && (
          <Button type="link" size="small" onClick={() => setOpen(true)}>
            {`+${hosts.length - shown.length}`}
          </Button>
        )}
      </p>
    </li>
  );
}
