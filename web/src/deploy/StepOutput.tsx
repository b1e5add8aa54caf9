// What a step wrote, as it writes it; stays at the end unless a person has scrolled up to read.

import { useLayoutEffect, useRef } from "react";

import { useStepOutput } from "../api/useStepOutput";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { Waiting } from "../ui/Waiting";

interface Props {
  attempt: string;
  index: number;
  running: boolean;
  empty: boolean;
}

/** So near to the end counts as at the end. */
const NEAR = 24;

export function StepOutput({ attempt, index, running, empty }: Props) {
  const t = useT();
  if (empty && !running) return <p className="faint">{t.deployment.noOutput}</p>;
  return <Tail attempt={attempt} index={index} running={running} />;
}

function Tail({ attempt, index, running }: Omit<Props, "empty">) {
  const t = useT();
  const output = useStepOutput(attempt, index);
  const box = useRef<HTMLPreElement>(null);
  const follows = useRef(true);
  const text = output.data?.text;
  useLayoutEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight;
  }, [text]);
  if (output.isError && !output.data) return <ProblemView error={output.error} onRetry={() => void output.refetch()} />;
  if (text === undefined) return <Waiting />;
  return (
    <pre
      ref={box}
      className="output"
      tabIndex={0}
      aria-label={t.deployment.output}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
      }}
    >
      {text || <span className="faint">{running ? t.deployment.waitingForOutput : t.deployment.noOutput}</span>}
    </pre>
  );
}
