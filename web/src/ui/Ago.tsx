// A moment, relative to now; exact on hover and focus.

import { Tooltip } from "antd";
import { useSyncExternalStore } from "react";

import { useI18n } from "../i18n";
import { formatExact, formatRelative } from "../i18n/format";

const TICK = 1000;

let time = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

// One timer for all moments of a page, and none when there are no moments.
function subscribe(listener: () => void) {
  listeners.add(listener);
  if (!timer) {
    time = Date.now();
    timer = setInterval(() => {
      time = Date.now();
      for (const one of listeners) one();
    }, TICK);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time by a clock that ticks every second. */
export const useNow = () => useSyncExternalStore(subscribe, () => time);

export function Ago({ at }: { at: string }) {
  const { language } = useI18n();
  const then = Date.parse(at);
  const now = useNow();
  return (
    <Tooltip title={formatExact(then, language)}>
      <time dateTime={at} className="ago">
        {formatRelative(then, now, language)}
      </time>
    </Tooltip>
  );
}
