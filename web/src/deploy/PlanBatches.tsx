// Who is in which batch. Large batches show some of their hosts and unfold.

import type { PreviewBatch } from "../api/types";
import { useT } from "../i18n";
import { countOf } from "./hostCounts";
import { HostNames } from "./HostNames";

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
        <Batch key={index} name={nameOf(index)} batch={batch} />
      ))}
    </ol>
  );
}

function Batch({ name, batch }: { name: string; batch: PreviewBatch }) {
  const t = useT();
  return (
    <li>
      <h3>{name}</h3>
      <span className="faint num">{t.common.hosts(countOf(batch))}</span>
      <HostNames hosts={batch.hosts} total={countOf(batch)} />
    </li>
  );
}
