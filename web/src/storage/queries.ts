// What is read of the storage.

import { queryOptions } from "@tanstack/react-query";

import { get } from "../api/client";
import type { StorageStats } from "../api/types";

/** While a job works its progress is looked at each second; else now and then. */
const BUSY = 1000;
const IDLE = 10_000;

export const storageQuery = queryOptions({
  queryKey: ["storage", "stats"],
  queryFn: ({ signal }) => get<StorageStats>("/storage", {}, signal),
  refetchInterval: ({ state }) => (state.data?.running ? BUSY : IDLE),
});
