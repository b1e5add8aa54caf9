// What is read of versions.

import { queryOptions } from "@tanstack/react-query";

import { get, seg } from "../api/client";
import { partsQuery } from "../api/parts";
import type { Comparison, DatabaseChain, FoundVariable, Instance, Page, TreeEntry, VersionDatabase, VersionMetadata, VersionSummary } from "../api/types";
import { readFileAt } from "../drafts/texts";
import { fileUrl, versionPath } from "./addresses";

/** Rows of trees and comparisons that are read at once. */
const PART = 500;
/** Hosts that are named where a version is in use. */
const NAMED = 5;

/** What is different between two versions, part by part. `to` may name another package: `shop-api@1.0.0`. */
export const comparisonQuery = (name: string, from: string, to: string) =>
  partsQuery(["packages", name, "compare", from, to], (cursor, signal) =>
    get<Comparison>(versionPath(name, from, `/compare/${seg(to)}`), { cursor, limit: PART }, signal),
  );

/** The entries of a version, part by part. */
export const entriesQuery = (name: string, version: string) =>
  partsQuery(["packages", name, "versions", version, "entries"], (cursor, signal) =>
    get<Page<TreeEntry>>(versionPath(name, version, "/tree"), { cursor, limit: PART }, signal),
  );

/** A file of a version as a text, or that it is none. */
export const fileQuery = (name: string, version: string, path: string) =>
  queryOptions({
    queryKey: ["packages", name, "versions", version, "file", path],
    queryFn: async ({ signal }) => (await readFileAt(fileUrl(name, version, path), signal)) ?? null,
    staleTime: Infinity,
    gcTime: 60_000,
  });

export const metadataQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ["packages", name, "versions", version, "metadata"],
    queryFn: ({ signal }) => get<VersionMetadata>(versionPath(name, version, "/metadata"), {}, signal),
  });

/** Variables, or what only looks like one. */
export type Certainty = "variables" | "doubts";

/** Variables of a version, or what only looks like one, part by part. */
export const variablesQuery = (name: string, version: string, certainty: Certainty) =>
  partsQuery(["packages", name, "versions", version, "variables", certainty], (cursor, signal) =>
    get<Page<FoundVariable>>(versionPath(name, version, "/variables"), { which: certainty, cursor, limit: PART }, signal),
  );

export const databaseQuery = (name: string, version: string) =>
  queryOptions({
    queryKey: ["packages", name, "versions", version, "database"],
    queryFn: ({ signal }) => get<VersionDatabase>(versionPath(name, version, "/database"), {}, signal),
    staleTime: Infinity,
  });

/** How a database comes from one version to another; from nothing if `from` is absent. */
export const chainQuery = (name: string, from: string | undefined, to: string) =>
  queryOptions({
    queryKey: ["packages", name, "chain", from, to],
    queryFn: ({ signal }) => get<DatabaseChain>(`/packages/${seg(name)}/database-chain`, { from, to }, signal),
  });

/** Versions of every state, newest first, for places where a person chooses one to look at. */
export const allVersionsQuery = (name: string) =>
  queryOptions({
    queryKey: ["packages", name, "all versions"],
    queryFn: ({ signal }) => get<Page<VersionSummary>>(`/packages/${seg(name)}/versions`, { limit: PART }, signal),
    enabled: name !== "",
  });

/** Some of the hosts that have a package, or one version of it, and how many there are. */
export const holdersQuery = (name: string, version?: string) =>
  queryOptions({
    queryKey: ["instances", "holders", name, version],
    queryFn: ({ signal }) => get<Page<Instance>>("/instances", { package: name, version, limit: NAMED }, signal),
    staleTime: 0,
  });
