// Where a value holds, as the API writes it: `global`, `environment:prod`, `module:Shop/Production/Web`. Pure.

import type { DeploymentRequest } from "../api/types";

/** From the widest to the narrowest; the narrowest that has a value decides. */
export const SCOPE_KINDS = ["global", "environment", "business", "system", "module", "host", "package"] as const;

export type ScopeKind = (typeof SCOPE_KINDS)[number];

export interface Scope {
  kind: ScopeKind;
  /** Of what it is about; empty for everywhere, and while it is not chosen yet. */
  name: string;
}

export function scopeOf(text: string): Scope | undefined {
  const [word = "", ...rest] = text.split(":");
  const kind = SCOPE_KINDS.find((one) => one === word);
  return kind && { kind, name: rest.join(":") };
}

export const scopeText = ({ kind, name }: Scope): string => (kind === "global" ? kind : `${kind}:${name}`);

/** Whether it says where, and not only what kind of place it means. */
export function isWhole(text: string): boolean {
  const scope = scopeOf(text);
  return scope !== undefined && (scope.kind === "global") === (scope.name === "");
}

/** The narrowest scope that reaches everything that a deployment is aimed at. */
export function reachOf({ package: name, targets: { modules, hosts } }: Pick<DeploymentRequest, "package" | "targets">): string {
  const [first, ...others] = modules.map((path) => path.split("/"));
  if (!first) return hosts.length === 1 ? `host:${hosts[0]}` : `package:${name}`;
  const shared = first.filter((_, depth) => others.every((path) => path.slice(0, depth + 1).join("/") === first.slice(0, depth + 1).join("/")));
  const kind = (["global", "business", "system", "module"] as const)[shared.length] ?? "module";
  return scopeText({ kind, name: shared.join("/") });
}
