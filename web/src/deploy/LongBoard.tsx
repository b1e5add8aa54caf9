// The batches of a deployment on many hosts, one under another: how each stands by numbers, and its hosts for whoever opens it.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Collapse, Select, Skeleton } from "antd";
import { useState } from "react";

import { unitsOf } from "../api/deploymentUnits";
import type { DeploymentDetail, UnitCounts, UnitState } from "../api/types";
import { unitPagesQuery } from "../api/useDeployment";
import { useT } from "../i18n";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { doneUnits, UnitBar } from "../ui/UnitBar";
import type { BoardProps } from "./BatchBoard";
import { openedFirst, statesOf, totalOf } from "./longBatches";
import { isSeveral } from "./parts";
import { useBatchName } from "./PlanBatches";
import { UnitCells } from "./UnitCells";

export function LongBoard({ deployment, chosen, onChoose }: BoardProps) {
  const t = useT();
  const nameOf = useBatchName(deployment.batches);
  const [first] = useState(() => openedFirst(deployment.batches));
  return (
    <Collapse
      ghost
      className="long-board"
      aria-label={t.deployment.batchesLabel}
      defaultActiveKey={first === undefined ? [] : [first]}
      destroyOnHidden
      items={deployment.batches.map(({ number, units }) => ({
        key: number,
        label: <BatchLine name={nameOf(number)} units={units} />,
        children: <Batch deployment={deployment} number={number} units={units} chosen={chosen} onChoose={onChoose} />,
      }))}
    />
  );
}

function BatchLine({ name, units }: { name: string; units: UnitCounts }) {
  const t = useT();
  const total = totalOf(units);
  return (
    <div className="long-batch">
      <strong>{name}</strong>
      <UnitBar units={units} total={total} />
      <span className="faint num">{t.deployment.done(doneUnits(units), total)}</span>
    </div>
  );
}

interface BatchProps extends BoardProps {
  deployment: DeploymentDetail;
  number: number;
  units: UnitCounts;
}

function Batch({ deployment, number, units, chosen, onChoose }: BatchProps) {
  const t = useT();
  const [state, setState] = useState<UnitState>();
  const read = useInfiniteQuery({
    ...unitPagesQuery(deployment.summary.id, { batch: number, state }),
    // Events tell what becomes of the units that were read, and not which others come into a state.
    refetchInterval: state === undefined ? false : 5_000,
  });
  const found = unitsOf(read.data);
  const shown = state === undefined ? found : found.filter((unit) => unit.state === state);
  const total = read.data?.pages.at(-1)?.total ?? 0;
  return (
    <>
      <Select
        allowClear
        className="state-select"
        placeholder={t.deployment.inState}
        aria-label={t.deployment.inState}
        value={state ?? null}
        options={statesOf(units).map(([value, count]) => ({ value, label: `${t.deployment.unitStates[value]} · ${t.common.count(count)}` }))}
        onChange={(next: UnitState | null | undefined) => setState(next ?? undefined)}
      />
      {read.isPending && <Skeleton active />}
      {read.isError && <ProblemView error={read.error} onRetry={() => void read.refetch()} />}
      {read.data && shown.length === 0 && <Blank title={t.common.nothingFound} />}
      <div className="board-dense">
        <UnitCells units={shown} dense several={isSeveral(deployment.summary)} chosen={chosen} onChoose={onChoose} />
      </div>
      {read.hasNextPage && (
        <Button className="more-hosts" loading={read.isFetchingNextPage} onClick={() => void read.fetchNextPage()}>
          {t.deployment.moreHosts(Math.max(total - found.length, 1))}
        </Button>
      )}
    </>
  );
}
