// Instances that have yet to get the values of now, by what is deployed to reach them. Pure.

import type { AffectedInstance } from "../api/types";

export interface AffectedGroup {
  package: string;
  version: string;
  hosts: string[];
}

/** A version of a package is what one deployment brings. */
export function groupsOf(instances: readonly AffectedInstance[]): AffectedGroup[] {
  const groups = new Map<string, AffectedGroup>();
  for (const { package: name, version, host } of instances) {
    const key = `${name}@${version}`;
    const group = groups.get(key) ?? { package: name, version, hosts: [] };
    group.hosts.push(host);
    groups.set(key, group);
  }
  return [...groups.values()];
}
