// What pages read. The first part of every key is the noun, so that a change invalidates all that shows it.

import { queryOptions } from "@tanstack/react-query";

import { get, post, queryText, seg, type Query } from "./client";
import type {
  AuditVerdict,
  DeploymentDetail,
  Host,
  Overview,
  Page,
  PackageSummary,
  PlanPreview,
  RenderedFile,
  Session,
  TargetHost,
  TargetQuery,
  Topology,
  UnitDetail,
  VersionDetail,
  VersionSummary,
} from "./types";

/** Lists and counts that move by themselves are looked at again this often. */
const POLL = 10_000;
/** The most rows that the server gives in one page. */
export const MOST = 500;

async function allPages<T>(read: (cursor: string | null | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await read(cursor);
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

/** All pages of a list, for places that need the whole (a deployment's units). */
export const getAll = <T>(path: string, query: Query, signal?: AbortSignal): Promise<T[]> =>
  allPages((cursor) => get<Page<T>>(path, { ...query, cursor, limit: MOST }, signal));

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: ({ signal }) => get<Session>("/session", {}, signal),
  staleTime: 5 * 60_000,
});

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: ({ signal }) => get<Overview>("/overview", {}, signal),
  refetchInterval: POLL / 2,
});

export const topologyQuery = queryOptions({
  queryKey: ["topology"],
  queryFn: ({ signal }) => get<Topology>("/topology", {}, signal),
  refetchInterval: POLL,
});

export const listQuery = <T>(noun: string, path: string, query: Query) =>
  queryOptions({
    queryKey: [noun, "list", path, query],
    queryFn: ({ signal }) => get<Page<T>>(path, query, signal),
    refetchInterval: POLL,
    placeholderData: (before) => before,
  });

export const packageQuery = (name: string) =>
  queryOptions({
    queryKey: ["packages", name],
    queryFn: ({ signal }) => get<PackageSummary>(`/packages/${seg(name)}`, {}, signal),
  });

export const versionQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ["packages", name, "versions", version],
    queryFn: ({ signal }) => get<VersionDetail>(`/packages/${seg(name)}/versions/${seg(version)}`, {}, signal),
  });

/** The versions among which a person chooses, newest first. */
export const versionChoicesQuery = (name: string) =>
  queryOptions({
    queryKey: ["packages", name, "choices"],
    queryFn: ({ signal }) =>
      get<Page<VersionSummary>>(`/packages/${seg(name)}/versions`, { state: "published", limit: MOST }, signal),
    enabled: name !== "",
  });

/** The packages among which a person chooses. */
export const packageChoicesQuery = (search: string) =>
  queryOptions({
    queryKey: ["packages", "choices", search],
    queryFn: ({ signal }) => get<Page<PackageSummary>>("/packages", { search, limit: 50 }, signal),
    placeholderData: (before) => before,
  });

const readTargets = (query: TargetQuery, page: Query) => post<Page<TargetHost>>(`/deployments/targets${queryText(page)}`, query);

/** The hosts at which a deployment would be aimed: what is on each, and why it cannot be chosen. */
export const targetsQuery = (query: TargetQuery, page: Query) =>
  queryOptions({
    queryKey: ["hosts", "targets", query, page],
    queryFn: () => readTargets(query, page),
    refetchInterval: POLL,
    placeholderData: (before) => before,
  });

/** All of them, for a choice that the server has no words for. */
export const allTargets = (query: TargetQuery): Promise<TargetHost[]> => allPages((cursor) => readTargets(query, { cursor, limit: MOST }));

export const hostSearchQuery = (search: string) =>
  queryOptions({
    queryKey: ["hosts", "search", search],
    queryFn: ({ signal }) => get<Page<Host>>("/hosts", { search, limit: 50 }, signal),
    placeholderData: (before) => before,
  });

export const hostQuery = (name: string) =>
  queryOptions({
    queryKey: ["hosts", name],
    queryFn: ({ signal }) => get<Host>(`/hosts/${seg(name)}`, {}, signal),
    refetchInterval: POLL,
  });

export const planQuery = (id: string) =>
  queryOptions({
    queryKey: ["plans", id],
    queryFn: ({ signal }) => get<PlanPreview>(`/plans/${seg(id)}`, {}, signal),
    staleTime: Infinity,
  });

/** A rendered file on a host, before and after a plan. */
export const planFileQuery = (plan: string, host: string, path: string) =>
  queryOptions({
    queryKey: ["plans", plan, "files", host, path],
    queryFn: ({ signal }) => get<RenderedFile>(`/plans/${seg(plan)}/files`, { host, path }, signal),
    staleTime: Infinity,
  });

export const deploymentQuery = (id: string) =>
  queryOptions({
    queryKey: ["deployments", id],
    queryFn: async ({ signal, client, queryKey }) => {
      const read = await get<DeploymentDetail>(`/deployments/${seg(id)}`, {}, signal);
      // An event may have told something newer while this was on its way.
      const known = client.getQueryData<DeploymentDetail>(queryKey);
      return known && known.revision > read.revision ? known : read;
    },
  });

/** Whether the audit log is as it was written; asked for by a person, since the whole log is read for it. */
export const auditVerdictQuery = queryOptions({
  queryKey: ["audit", "verdict"],
  queryFn: ({ signal }) => get<AuditVerdict>("/audit/verdict", {}, signal),
  enabled: false,
  staleTime: Infinity,
});

export const unitQuery = (id: string) =>
  queryOptions({
    queryKey: ["units", id],
    queryFn: ({ signal }) => get<UnitDetail>(`/units/${seg(id)}`, {}, signal),
  });
