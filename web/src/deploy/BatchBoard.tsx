// Batches as columns, hosts as cells. A deployment that can be looked at whole is read whole; of a longer one each batch says how it stands, and
// its hosts are read page by page where somebody opens it (LongBoard).

import { useInfiniteQuery } from "@tanstack/react-query";
import { Skeleton } from "antd";
import { useMemo } from "react";

import { byBatch, unitsOf } from "../api/deploymentUnits";
import type { DeploymentDetail } from "../api/types";
import { unitPagesQuery, UNITS_AT_ONCE } from "../api/useDeployment";
import { useT } from "../i18n";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { LongBoard } from "./LongBoard";
import { isSeveral } from "./parts";
import { useBatchName } from "./PlanBatches";
import { UnitCells } from "./UnitCells";

export interface BoardProps {
  deployment: DeploymentDetail;
  chosen: string | undefined;
  onChoose: (unit: string) => void;
}

/** More hosts than this in one batch are shown as squares. */
export const READABLE = 40;

export function BatchBoard(props: BoardProps) {
  const t = useT();
  const { total } = props.deployment.summary;
  if (total === 0) return <Blank title={t.deployment.noUnits} />;
  return total <= UNITS_AT_ONCE ? <WholeBoard {...props} /> : <LongBoard {...props} />;
}

function WholeBoard({ deployment, chosen, onChoose }: BoardProps) {
  const t = useT();
  const nameOf = useBatchName(deployment.batches);
  const read = useInfiniteQuery(unitPagesQuery(deployment.summary.id, {}));
  const batches = useMemo(() => byBatch(unitsOf(read.data)), [read.data]);
  if (read.isPending) return <Skeleton active />;
  if (read.isError && !read.data) return <ProblemView error={read.error} onRetry={() => void read.refetch()} />;
  const dense = batches.some((batch) => batch.length > READABLE);
  return (
    <div className={dense ? "board board-dense" : "board"} role="list" aria-label={t.deployment.batchesLabel}>
      {batches.map((batch, number) => {
        const done = batch.filter(({ state }) => state === "succeeded").length;
        return (
          <section key={number} className="batch" role="listitem">
            <header>
              <h3>{nameOf(number)}</h3>
              <span className="faint num">{`${done}/${batch.length}`}</span>
            </header>
            <UnitCells units={batch} dense={dense} several={isSeveral(deployment.summary)} chosen={chosen} onChoose={onChoose} />
          </section>
        );
      })}
    </div>
  );
}
