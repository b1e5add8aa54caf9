// The steps of an attempt in the order in which they ran. A step opens its output; the one that runs or failed is open.

import { CheckOutlined, CloseOutlined, LoadingOutlined, QuestionOutlined, RightOutlined } from "@ant-design/icons";
import { useState } from "react";

import type { Attempt, StepRecord } from "../api/types";
import { useI18n } from "../i18n";
import { formatDuration } from "../i18n/format";
import { useNow } from "../ui/Ago";
import type { Tone } from "../ui/tone";
import { StepOutput } from "./StepOutput";

/** Longer words than this are cut off in the line and shown whole below it. */
const ONE_LINE = 60;

function look(step: StepRecord): { tone: Tone; icon: React.ReactNode; words: string } {
  switch (step.outcome?.result) {
    case undefined:
      return { tone: "active", icon: <LoadingOutlined aria-hidden />, words: "" };
    case "done":
      return { tone: "good", icon: <CheckOutlined aria-hidden />, words: step.outcome.note };
    case "failed":
      return { tone: "bad", icon: <CloseOutlined aria-hidden />, words: step.outcome.message };
    case "unknown":
      return { tone: "odd", icon: <QuestionOutlined aria-hidden />, words: step.outcome.evidence };
  }
}

export function StepList({ attempt }: { attempt: Attempt }) {
  return (
    <ol className="steps">
      {attempt.steps.map((step) => (
        <StepItem key={step.index} attempt={attempt.id} step={step} />
      ))}
    </ol>
  );
}

function StepItem({ attempt, step }: { attempt: string; step: StepRecord }) {
  const { t, language } = useI18n();
  const now = useNow();
  const [chosen, setOpen] = useState<boolean>();
  const { tone, icon, words } = look(step);
  const hasOutput = step.output_bytes > 0;
  const open = chosen ?? (!step.outcome || (step.outcome.result !== "done" && hasOutput));
  const millis = step.millis ?? (step.outcome ? undefined : now - Date.parse(step.started_at));
  return (
    <li className={`step tone-${tone}`}>
      <button type="button" className="step-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="step-icon">{icon}</span>
        <span className="step-name">{t.steps[step.kind]}</span>
        <span className="step-words" title={words}>
          {step.outcome ? words : t.deployment.runs}
        </span>
        <span className="num faint">{millis !== undefined && formatDuration(millis, language)}</span>
        <RightOutlined className="step-arrow" aria-hidden />
      </button>
      {open && (
        <div className="step-body">
          {words.length > ONE_LINE && <p className="failure-message">{words}</p>}
          <StepOutput attempt={attempt} index={step.index} running={!step.outcome} empty={!hasOutput} />
        </div>
      )}
    </li>
  );
}
