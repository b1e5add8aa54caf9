// How far a deployment is: one bar, a piece for each kind of state.

import { Tooltip } from "antd";

import type { UnitCounts, UnitState } from "../api/types";
import { useT } from "../i18n";
import { unitTone } from "./tone";

const ORDER: UnitState[] = [
  "succeeded",
  "baking",
  "retiring",
  "switching",
  "restoring",
  "prepared",
  "preparing",
  "failed",
  "unknown",
  "cancelled",
  "skipped",
  "pending",
];

export const doneUnits = (units: UnitCounts) => (units.succeeded ?? 0) + (units.skipped ?? 0);

export function UnitBar({ units, total }: { units: UnitCounts; total: number }) {
  const t = useT();
  const pieces = ORDER.map((state) => ({ state, count: units[state] ?? 0 })).filter(({ count }) => count > 0);
  const words = pieces.map(({ state, count }) => `${t.deployment.unitStates[state]} ${count}`).join(", ");
  return (
    <Tooltip title={words}>
      <div className="unit-bar" role="img" aria-label={`${t.deployment.done(doneUnits(units), total)}. ${words}`}>
        {pieces.map(({ state, count }) => (
          <span key={state} className={`tone-${unitTone[state]} unit-bar-${state}`} style={{ flexGrow: count }} />
        ))}
      </div>
    </Tooltip>
  );
}
