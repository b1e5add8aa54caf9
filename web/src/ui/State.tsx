// A state: a dot in its tone and its word.

import { Tooltip } from "antd";
import type { ReactNode } from "react";

import type { Tone } from "./tone";

export function State({ tone, children, hint }: { tone: Tone; children: ReactNode; hint?: ReactNode }) {
  const state = (
    <span className={`state tone-${tone}`} tabIndex={hint ? 0 : undefined}>
      <span className="state-dot" aria-hidden />
      {children}
    </span>
  );
  return hint ? <Tooltip title={hint}>{state}</Tooltip> : state;
}
