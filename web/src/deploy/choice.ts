// Which of the hosts that are meant a person wants. Fleets are large, so what is kept are the few that are named, not the many that are not. Pure.

import type { Page, TargetHost } from "../api/types";

export type Choice = { is: "all"; but: ReadonlySet<string> } | { is: "only"; hosts: ReadonlySet<string> };

export const ALL: Choice = { is: "all", but: new Set() };
export const NONE: Choice = { is: "only", hosts: new Set() };

export const only = (hosts: Iterable<string>): Choice => ({ is: "only", hosts: new Set(hosts) });

export const isSelectable = ({ prospect }: TargetHost): boolean => prospect !== "excluded";

export const isChosen = (choice: Choice, host: string): boolean => (choice.is === "all" ? !choice.but.has(host) : choice.hosts.has(host));

/** These are chosen as well, or not any more. */
export function choose(choice: Choice, hosts: readonly string[], on: boolean): Choice {
  const named = new Set(choice.is === "all" ? choice.but : choice.hosts);
  const names = (choice.is === "only") === on;
  for (const host of hosts) {
    if (names) named.add(host);
    else named.delete(host);
  }
  return choice.is === "all" ? { is: "all", but: named } : { is: "only", hosts: named };
}

/** Of a page, those that are chosen and can be. */
export const chosenOf = (choice: Choice, hosts: readonly TargetHost[]): string[] =>
  hosts.filter((host) => isSelectable(host) && isChosen(choice, host.host)).map(({ host }) => host);

/** How many are chosen. Of what has more pages, those that cannot be chosen are not known, and count. */
export function countChosen(choice: Choice, page: Page<TargetHost>): number {
  if (!page.next && page.items.length === page.total) return chosenOf(choice, page.items).length;
  return choice.is === "all" ? Math.max(page.total - choice.but.size, 0) : choice.hosts.size;
}
