// Hosts of a batch as cells in the tone of their state. Named cells while they can be read, squares beyond.

import { Tooltip } from "antd";

import type { Unit } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { unitTone } from "../ui/tone";
import { UnitIcon } from "../ui/UnitIcon";
import { followed } from "./companion";
import { unitPlace } from "./unitPlace";

interface Props {
  units: readonly Unit[];
  /** Whether they are shown as squares. */
  dense: boolean;
  /** Whether a host has several cells, each with its package. */
  several: boolean;
  chosen: string | undefined;
  onChoose: (unit: string) => void;
}

export function UnitCells({ units, dense, several, chosen, onChoose }: Props) {
  const cell = (unit: Unit) => <Cell key={unit.id} unit={unit} dense={dense} several={several} chosen={unit.id === chosen} onChoose={onChoose} />;
  return (
    <div className="cells">
      {several && !dense
        ? byHost(units).map(([host, own]) => (
            <div key={host} className="cell-group" role="group" aria-label={host}>
              <h4>{host}</h4>
              {own.map(cell)}
            </div>
          ))
        : units.map(cell)}
    </div>
  );
}

/** The parts of each host, in the order in which they go. */
function byHost(units: readonly Unit[]): [string, Unit[]][] {
  const hosts = new Map<string, Unit[]>();
  for (const unit of units) hosts.set(unit.host_name, [...(hosts.get(unit.host_name) ?? []), unit]);
  return [...hosts];
}

interface CellProps {
  unit: Unit;
  dense: boolean;
  /** Whether a host has several cells, each with its package. */
  several: boolean;
  chosen: boolean;
  onChoose: (unit: string) => void;
}

function Cell({ unit, dense, several, chosen, onChoose }: CellProps) {
  const t = useT();
  const place = unitPlace(unit, t);
  const because = followed(unit, t);
  const tone = because ? "warn" : unitTone[unit.state];
  const name = several ? (unit.package ?? "") : unit.host_name;
  const label = `${several ? `${unit.host_name} ${name}` : name}: ${place}`;
  const cell = (
    <button
      type="button"
      className={`cell tone-${tone} cell-${unit.state}`}
      aria-label={label}
      aria-pressed={chosen}
      onClick={() => onChoose(unit.id)}
    >
      <UnitIcon state={unit.state} />
      {!dense && (
        <>
          <span className="cell-host">{name}</span>
          <span className="cell-place">{place}</span>
        </>
      )}
    </button>
  );
  const more = [
    dense ? label : undefined,
    because ? t.deployment.followed.text : unit.failure?.message,
    unit.fetched_bytes == null ? undefined : t.deployment.fetched(formatBytes(unit.fetched_bytes)),
  ].filter(Boolean);
  return more.length > 0 ? <Tooltip title={more.map((line) => <div key={line}>{line}</div>)}>{cell}</Tooltip> : cell;
}
