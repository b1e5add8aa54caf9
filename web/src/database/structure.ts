// What stands where in a draft of a database package: full load, increments with their rollbacks, and files that have no place. Only to
// show it; what refuses a package is the server's to say. The three arrangements are those of docs/database.md. Pure.

export interface Increment {
  /** The version from which it leads; absent if its name does not say it. */
  from: string | undefined;
  /** The version to which it leads; absent for that of the package. */
  to: string | undefined;
  upgrade: string[];
  rollback: string[];
}

export interface Structure {
  fullLoad: string | undefined;
  increments: Increment[];
  /** SQL files of which nothing is known at their place. */
  aside: string[];
}

export const FULL_LOAD = "full-load/1_fullload.sql";
export const incrementPath = (from: string) => `increment/${from}_increment.sql`;
export const rollbackPath = (from: string) => `increment/${from}_rollback.sql`;

/** The rollback that belongs to an increment, and the other way round. */
export const counterpart = (path: string) =>
  path.endsWith("_increment.sql") ? path.replace(/_increment\.sql$/, "_rollback.sql") : path.replace(/_rollback\.sql$/, "_increment.sql");

type Found = { is: "full" } | { is: "step"; key: string; side: "upgrade" | "rollback"; from?: string | undefined; to?: string | undefined };

const VERSION = /v?(\d+(?:\.\d+)+)/;

/** What a path says; `from` is what the package says where a name does not. */
function read(path: string, from: string | undefined): Found | undefined {
  if (/^full-load\/[^/]*fullload\.sql$/.test(path)) return { is: "full" };
  const single = /^increment\/([^/]*?)_?(increment|rollback)\.sql$/.exec(path);
  if (single) {
    const [, stem = "", side] = single;
    return { is: "step", key: `1 ${stem}`, side: side === "rollback" ? "rollback" : "upgrade", from: VERSION.exec(stem)?.[1] ?? from };
  }
  const numbered = /^[^/]*_v?(\d+(?:\.\d+)+)\/(increment|rollback)\/\d[^/]*\.sql$/.exec(path);
  if (numbered) {
    const [, to = "", side] = numbered;
    return { is: "step", key: `2 ${to}`, side: side === "rollback" ? "rollback" : "upgrade", to };
  }
  const both = /^sql\/(upgrade|downgrade)\/v?([^/]*)\.sql$/.exec(path);
  if (both) {
    const [, side, to = ""] = both;
    return { is: "step", key: `3 ${to}`, side: side === "downgrade" ? "rollback" : "upgrade", to };
  }
  return undefined;
}

const byVersion = (a: string | undefined, b: string | undefined) => (a ?? "").localeCompare(b ?? "", undefined, { numeric: true });

export function structureOf(paths: readonly string[], from?: string): Structure {
  const steps = new Map<string, Increment>();
  const structure: Structure = { fullLoad: undefined, increments: [], aside: [] };
  for (const path of [...paths].filter((one) => one.endsWith(".sql")).sort(byVersion)) {
    const found = read(path, from);
    if (found?.is === "full" && structure.fullLoad === undefined) {
      structure.fullLoad = path;
    } else if (found?.is === "step") {
      const step = steps.get(found.key) ?? { from: found.from, to: found.to, upgrade: [], rollback: [] };
      step[found.side].push(path);
      steps.set(found.key, step);
    } else {
      structure.aside.push(path);
    }
  }
  structure.increments = [...steps.values()].sort((a, b) => byVersion(a.to, b.to) || byVersion(a.from, b.from));
  // Where a package holds the steps of all versions so far, each leads from the one before it.
  let before: string | undefined;
  for (const step of structure.increments) {
    if (step.to === undefined) continue;
    step.from = before;
    before = step.to;
  }
  return structure;
}
