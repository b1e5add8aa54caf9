// How the run of a script ended, to the eye. Pure.

import type { ScriptExit } from "../api/types";
import type { Tone } from "../ui/tone";

export function exitTone(exit: ScriptExit): Tone {
  switch (exit.how) {
    case "code":
      return exit.code === 0 ? "good" : "bad";
    case "stopped":
      return "idle";
    case "signal":
    case "timed_out":
    case "not_started":
      return "bad";
  }
}
