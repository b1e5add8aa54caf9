// Interpreters of scripts: what their scripts are written in, and what a new one begins with.

import type { Interpreter, ScriptLanguage } from "../api/types";

export const INTERPRETERS: Interpreter[] = ["bash", "sh", "python", "perl", "powershell"];

/** The language, as danger rules and editors tell them apart. */
export function languageOfInterpreter(interpreter: Interpreter): Exclude<ScriptLanguage, "sql"> {
  return interpreter === "bash" || interpreter === "sh" ? "shell" : interpreter;
}

const ENTRIES: Record<Interpreter, string> = { bash: "run.sh", sh: "run.sh", python: "run.py", perl: "run.pl", powershell: "run.ps1" };

/** The name of a script's file if nobody says another. */
export const entryOf = (interpreter: Interpreter) => ENTRIES[interpreter];

const BEGINNINGS: Record<Interpreter, string> = {
  bash: "#!/bin/bash\nset -euo pipefail\n\n",
  sh: "#!/bin/sh\nset -eu\n\n",
  python: "#!/usr/bin/env python3\n\n",
  perl: "#!/usr/bin/env perl\nuse strict;\nuse warnings;\n\n",
  powershell: "$ErrorActionPreference = 'Stop'\n\n",
};

/** What a new script begins with: a failure ends it instead of being passed over. */
export const beginningOf = (interpreter: Interpreter) => BEGINNINGS[interpreter];
