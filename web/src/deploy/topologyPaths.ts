import type { Topology } from "../api/types";

/** Whether a key of the tree is a module: BUSINESS/SYSTEM/MODULE, and no name holds a slash. */
export const isModule = (key: string) => key.split("/").length === 3;

export const modulePaths = (topology: Topology): string[] =>
  topology.businesses.flatMap(({ systems }) => systems.flatMap(({ modules }) => modules.map(({ path }) => path)));
