// The settings of a package as a form has them, and back. What a form does not show stays as it was.

import type { HealthCheck, LifecycleName, Manifest } from "../api/types";

export type ProbeKind = "process" | "port" | "http" | "command";

export interface CommandFields {
  command?: string;
  args?: string[];
  timeout?: number | null;
  user?: string;
  env?: { name?: string; value?: string }[];
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
}

const PROBES: ProbeKind[] = ["http", "port", "process", "command"];

/** The order in which the life cycle commands are shown. */
export const COMMANDS: LifecycleName[] = [
  "install", "update", "start", "post_start", "restart", "pre_stop", "stop", "validate", "uninstall", "on_failure", "on_rollback",
];

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
  for (const name of COMMANDS) {
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
  };
}

const words = (text: string | undefined) => text?.trim() || undefined;

/** Leaves out what was not filled in. */
function filled<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined && one !== null && one !== "")) as T;
}

function commandOf(fields: CommandFields | undefined) {
  const command = words(fields?.command);
  if (!fields || !command) return undefined;
  const named = (fields.env ?? []).flatMap(({ name, value }) => (words(name) ? [[words(name) ?? "", value ?? ""] as const] : []));
  const env: Record<string, string> = Object.fromEntries(named);
  return filled({ command, args: fields.args ?? [], timeout: fields.timeout, user: words(fields.user), env });
}

export function manifestOf(fields: Fields, before: Manifest): Manifest {
  const lifecycle: Record<string, unknown> = { ...before.lifecycle };
  for (const name of COMMANDS) {
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
  };
  return next as unknown as Manifest;
}
