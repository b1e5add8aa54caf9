// How many hosts a part of a plan has. A long list names the first of them beside the number. Pure.

import type { PlanPreview } from "../api/types";

interface Hosts {
  hosts: readonly string[];
  host_count?: number;
}

export const countOf = ({ hosts, host_count: count }: Hosts): number => count ?? hosts.length;

/** The hosts that change. */
export const changingHosts = ({ batches }: PlanPreview): number => batches.reduce((all, batch) => all + countOf(batch), 0);
