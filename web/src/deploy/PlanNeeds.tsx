// What hosts of equal change notice and need: what becomes of what runs, what is fetched, room on their disks, and their data.

import type { HostChange } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { Facts, type Fact } from "../ui/Facts";
import { interruptionOf } from "./restarts";

export function PlanNeeds({ change }: { change: HostChange }) {
  const t = useT();
  const { fetch, room, data, interruption } = change;
  const runs = interruption
    ? `${t.plan.interruptions[interruption.kind]} · ${t.plan.causes[interruption.cause]}`
    : t.plan.interruptions[interruptionOf(change.steps)];
  const facts: Fact[] = [
    [t.plan.runs, runs],
    ...(fetch ? [[t.plan.fetches, t.plan.fetchSize[fetch.certainty](formatBytes(fetch.bytes))] satisfies Fact] : []),
    ...(room
      ? [
          [
            t.plan.room,
            room.least_free == null ? t.plan.roomNeeded(formatBytes(room.needed)) : t.plan.roomOf(formatBytes(room.needed), formatBytes(room.least_free), room.tightest ?? ""),
          ] satisfies Fact,
        ]
      : []),
    ...(data ? [[t.plan.data[data.fate], <code key="d">{data.directories.join(", ")}</code>] satisfies Fact] : []),
  ];
  return (
    <div className="plan-needs">
      <Facts facts={facts} columns={3} />
    </div>
  );
}
