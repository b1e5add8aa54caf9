// The hosts whose failure turned a deployment back. The board shows the way back, which has units of its own.

import { Button } from "antd";

import type { Unit } from "../api/types";
import { useT } from "../i18n";
import { Prose } from "../ui/Prose";
import { followed } from "./companion";
import { unitPlace } from "./unitPlace";

export function Causes({ units, onChoose }: { units: Unit[]; onChoose: (unit: string) => void }) {
  const t = useT();
  return (
    <dl className="facts facts-1">
      {units.map((unit) => (
        <div key={unit.id}>
          <dt>
            <Button type="link" size="small" className="cause-host" onClick={() => onChoose(unit.id)}>
              {unit.host_name}
            </Button>
          </dt>
          <dd>
            {unitPlace(unit, t)}
            {unit.failure && !followed(unit, t) && (
              <p className="failure-message faint">
                <Prose text={unit.failure.message} />
              </p>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
