// The settings of a package as a form has them, and back. What a form does not show stays as it was.

import type { Engine, HealthCheck, Interpreter, LifecycleName, Manifest, ParameterType } from "../api/types";

export type ProbeKind = "process" | "port" | "http" | "command";

export interface CommandFields {
  command?: string;
  args?: string[];
  timeout?: number | null;
  user?: string;
  env?: { name?: string; value?: string }[];
}

export interface ParameterFields {
  name?: string;
  type?: ParameterType;
  description?: string;
  default?: string | null;
  required?: boolean;
  choices?: string[];
}

export interface Fields {
  description?: string;
  layout?: NonNullable<Manifest["layout"]>;
  install_root?: string;
  owner?: string;
  keep?: number | null;
  render?: string[];
  tags?: string[];
  metadata?: Record<string, string | number | boolean | null | undefined>;
  lifecycle?: Partial<Record<LifecycleName, CommandFields>>;
  process?: { name?: string; min?: number | null; max?: number | null; ports?: string[] }[];
  health?: { kind?: ProbeKind; value?: string; interval?: number | null; timeout?: number | null; within?: number | null }[];
  cleanup?: Partial<NonNullable<Manifest["cleanup"]>[number]>[];
  script?: { entry?: string; interpreter?: Interpreter; timeout?: number | null; user?: string; parameter?: ParameterFields[] };
  database?: { engine?: Engine; from?: string; user?: string };
}

const PROBES: ProbeKind[] = ["http", "port", "process", "command"];

/** The order in which the life cycle commands are shown. */
export const COMMANDS: LifecycleName[] = [
  "install", "update", "start", "post_start", "restart", "pre_stop", "stop", "validate", "uninstall", "on_failure", "on_rollback",
];

/** The commands of a config package. */
export const CONFIG_COMMANDS = ["pre", "post", "validate"] as const satisfies LifecycleName[];

const ALL_COMMANDS = [...new Set<LifecycleName>([...COMMANDS, ...CONFIG_COMMANDS])];

function probeOf(check: HealthCheck): { kind: ProbeKind; value: string } {
  const values = check as unknown as Partial<Record<ProbeKind, string | number>>;
  const kind = PROBES.find((one) => values[one] !== undefined) ?? "http";
  return { kind, value: String(values[kind] ?? "") };
}

/** The attributes that have a field of their own. */
function attributesOf(manifest: Manifest): NonNullable<Fields["metadata"]> {
  const simple = Object.entries(manifest.metadata ?? {}).flatMap(([name, value]) => (typeof value === "object" ? [] : [[name, value] as const]));
  return Object.fromEntries(simple);
}

export function fieldsOf(manifest: Manifest): Fields {
  const lifecycle: NonNullable<Fields["lifecycle"]> = {};
  for (const name of ALL_COMMANDS) {
    const command = manifest.lifecycle?.[name];
    if (!command) continue;
    const env = Object.entries(command.env ?? {}).map(([key, value]) => ({ name: key, value }));
    lifecycle[name] = { command: command.command, args: command.args ?? [], timeout: command.timeout ?? null, user: command.user ?? "", env };
  }
  return {
    description: manifest.description ?? "",
    ...(manifest.layout ? { layout: manifest.layout } : {}),
    install_root: manifest.install_root ?? "",
    owner: manifest.owner ?? "",
    keep: manifest.keep ?? 0,
    render: manifest.render ?? [],
    tags: manifest.tags ?? [],
    metadata: attributesOf(manifest),
    lifecycle,
    process: (manifest.process ?? []).map(({ name, min, max, ports }) => ({ name, min: min ?? 1, max: max ?? null, ports: (ports ?? []).map(String) })),
    health: (manifest.health ?? []).map((check) => ({ ...probeOf(check), interval: check.interval ?? null, timeout: check.timeout ?? null, within: check.within ?? null })),
    cleanup: manifest.cleanup ?? [],
    ...(manifest.script ? { script: scriptFields(manifest.script) } : {}),
    ...(manifest.database ? { database: filled(manifest.database) as NonNullable<Fields["database"]> } : {}),
  };
}

const words = (text: string | undefined) => text?.trim() || undefined;

/** Leaves out what was not filled in. */
function filled<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined && one !== null && one !== "")) as T;
}

const scriptFields = (script: NonNullable<Manifest["script"]>): NonNullable<Fields["script"]> => ({
  entry: script.entry,
  interpreter: script.interpreter,
  timeout: script.timeout ?? null,
  user: script.user ?? "",
  parameter: script.parameter ?? [],
});

/** Whether a default is one of its type; one that is not was written before another type was chosen. */
function isOfType(value: string, type: ParameterType, choices: readonly string[]): boolean {
  switch (type) {
    case "secret":
      return false;
    case "integer":
      return /^-?\d+$/.test(value);
    case "boolean":
      return value === "true" || value === "false";
    case "choice":
      return choices.includes(value);
    case "text":
      return true;
  }
}

function parameterOf({ name, type = "text", description, default: value, required, choices = [] }: ParameterFields) {
  if (!words(name)) return [];
  const most = { name: words(name), type, description: words(description), required: required ?? false };
  return [filled({ ...most, default: value && isOfType(value, type, choices) ? value : undefined, choices: type === "choice" ? choices : undefined })];
}

/** How a script is run; as it was while the file that is run has no name. */
function scriptOf(fields: Fields["script"], before: Manifest["script"]) {
  const entry = words(fields?.entry);
  if (!fields || !entry) return before;
  const parameters = (fields.parameter ?? []).flatMap(parameterOf);
  return filled({
    ...before,
    entry,
    interpreter: fields.interpreter ?? "bash",
    timeout: fields.timeout,
    user: words(fields.user),
    parameter: parameters.length > 0 ? parameters : undefined,
  });
}

const databaseOf = (fields: Fields["database"], before: Manifest["database"]) =>
  fields?.engine ? filled({ engine: fields.engine, from: words(fields.from), user: words(fields.user) }) : before;

function commandOf(fields: CommandFields | undefined) {
  const command = words(fields?.command);
  if (!fields || !command) return undefined;
  const named = (fields.env ?? []).flatMap(({ name, value }) => (words(name) ? [[words(name) ?? "", value ?? ""] as const] : []));
  const env: Record<string, string> = Object.fromEntries(named);
  return filled({ command, args: fields.args ?? [], timeout: fields.timeout, user: words(fields.user), env });
}

export function manifestOf(fields: Fields, before: Manifest): Manifest {
  const lifecycle: Record<string, unknown> = { ...before.lifecycle };
  for (const name of ALL_COMMANDS) {
    const command = commandOf(fields.lifecycle?.[name]);
    if (command) lifecycle[name] = command;
    else delete lifecycle[name];
  }
  const next = {
    ...before,
    description: words(fields.description) ?? "",
    layout: fields.layout ?? null,
    install_root: words(fields.install_root) ?? null,
    owner: words(fields.owner) ?? null,
    keep: fields.keep ?? 0,
    render: fields.render ?? [],
    tags: fields.tags ?? [],
    metadata: filled({ ...fields.metadata, more: before.metadata?.more }),
    lifecycle,
    process: (fields.process ?? []).flatMap(({ name, min, max, ports }) =>
      words(name) ? [filled({ name: words(name), min, max, ports: (ports ?? []).map(Number).filter((port) => port > 0) })] : [],
    ),
    health: (fields.health ?? []).flatMap(({ kind = "http", value, ...times }) =>
      words(value) ? [filled({ [kind]: kind === "port" ? Number(value) : words(value), ...times })] : [],
    ),
    cleanup: (fields.cleanup ?? []).flatMap((rule) => (words(rule.directory) ? [filled({ ...rule, glob: words(rule.glob) ?? "*", action: rule.action ?? "warn" })] : [])),
    script: scriptOf(fields.script, before.script),
    database: databaseOf(fields.database, before.database),
  };
  return next as unknown as Manifest;
}
