// Paths of a package: relative, with slashes, the top being the empty one.

export const parentOf = (path: string) => path.slice(0, Math.max(path.lastIndexOf("/"), 0));

export const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

export const joined = (directory: string, name: string) => (directory === "" ? name : `${directory}/${name}`);

/** Whether a path is another one, or lies below it. */
export const isWithin = (path: string, directory: string) =>
  directory === "" || path === directory || path.startsWith(`${directory}/`);

/** Of several paths, those that lie below no other of them: what has to be named to mean them all. */
export function outermost(paths: readonly string[]): string[] {
  const sorted = [...new Set(paths)].sort();
  return sorted.filter((path) => !sorted.some((other) => other !== path && isWithin(path, other)));
}

/** Directories first, then by name, numbers as numbers. */
export function byKindAndName(a: { path: string; kind: string }, b: { path: string; kind: string }): number {
  const rank = (kind: string) => (kind === "directory" ? 0 : 1);
  return rank(a.kind) - rank(b.kind) || nameOf(a.path).localeCompare(nameOf(b.path), undefined, { numeric: true });
}
