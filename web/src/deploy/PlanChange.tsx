// What happens to hosts of equal change: versions, files, what is fetched, what runs, steps.

import { Collapse, Tooltip } from "antd";
import { useState } from "react";

import type { Change, HostChange, PlanPreview, Step } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { Panel } from "../ui/Panel";
import { countOf } from "./hostCounts";
import { PlanFileDialog } from "./PlanFileDialog";
import { Migrations } from "./Migrations";
import { PlanFiles } from "./PlanFiles";
import { PlanNeeds } from "./PlanNeeds";

const SIGNS: Record<Change, string> = { added: "+", changed: "~", removed: "−" };
const PHASES = ["prepare", "switch", "retire", "restore"] as const;

export function PlanChange({ plan, change }: { plan: PlanPreview; change: HostChange }) {
  const t = useT();
  const [shown, setShown] = useState<string>();
  const { files, paths } = change;
  const total = files.added + files.changed + files.removed;
  return (
    <Panel
      title={
        <>
          {t.unitActions[change.action]} <VersionMove from={change.from} to={change.to} />
        </>
      }
      extra={
        <Tooltip title={<span className="host-names">{change.hosts.join(", ")}</span>}>
          <span className="faint num" tabIndex={0}>
            {t.common.hosts(countOf(change))}
          </span>
        </Tooltip>
      }
    >
      <p className="change-counts num">
        <span className="tone-good">{`+${files.added} ${t.plan.changeKinds.added}`}</span>
        <span className="tone-warn">{`~${files.changed} ${t.plan.changeKinds.changed}`}</span>
        <span className="tone-bad">{`−${files.removed} ${t.plan.changeKinds.removed}`}</span>
        {change.disk_bytes > 0 && <span className="faint">{t.plan.disk(formatBytes(change.disk_bytes))}</span>}
      </p>
      <PlanNeeds change={change} />
      <PlanFiles change={change} onShow={setShown} />
      <Migrations change={change} />
      <h3>{t.plan.steps}</h3>
      <Steps steps={change.steps} />
      {paths.length > 0 && (
        <Collapse
          ghost
          className="change-paths"
          items={[
            {
              key: "paths",
              label: paths.length < total ? `${t.plan.paths} · ${t.plan.firstPaths(paths.length, total)}` : `${t.plan.paths} · ${total}`,
              children: (
                <ul className="paths">
                  {paths.map(({ path, change: kind }) => (
                    <li key={path} className={`path-${kind}`}>
                      <span aria-label={t.plan.changeKinds[kind]} role="img">
                        {SIGNS[kind]}
                      </span>
                      <button type="button" className="path-button" onClick={() => setShown(path)}>
                        <code>{path}</code>
                      </button>
                    </li>
                  ))}
                </ul>
              ),
            },
          ]}
        />
      )}
      {shown !== undefined && <PlanFileDialog plan={plan} change={change} first={shown} onClose={() => setShown(undefined)} />}
    </Panel>
  );
}

export function VersionMove({ from, to }: { from: string | null | undefined; to: string | null | undefined }) {
  const t = useT();
  if (from === to) return <span className="num">{to}</span>;
  return (
    <span className="num version-move">
      {from ?? <span className="faint">{t.deployment.fresh}</span>}
      <i aria-hidden>→</i>
      {to ?? <span className="faint">{t.deployment.gone}</span>}
    </span>
  );
}

function Steps({ steps }: { steps: Step[] }) {
  const t = useT();
  return (
    <div className="plan-steps">
      {PHASES.map((phase) => {
        const own = steps.filter((step) => step.phase === phase);
        return (
          own.length > 0 && (
            <div key={phase} className={`plan-phase plan-phase-${phase}`}>
              <p className="faint">{t.plan.phases[phase]}</p>
              <ol>
                {own.map((step, index) => (
                  <li key={index}>
                    <Tooltip title={step.nature === "opaque" ? t.plan.opaqueHint : undefined}>
                      <span className="step-name">{t.steps[step.kind]}</span>
                    </Tooltip>
                    {step.command && <code>{[step.command.command, ...(step.command.args ?? [])].join(" ")}</code>}
                  </li>
                ))}
              </ol>
            </div>
          )
        );
      })}
    </div>
  );
}
