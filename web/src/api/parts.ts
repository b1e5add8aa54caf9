// Long lists that a page reads part by part, as far as a person wants to see.

import { infiniteQueryOptions, type QueryKey } from "@tanstack/react-query";

interface Part {
  next?: string | null;
}

/** Reads each part with the cursor that the one before gave out. */
export const partsQuery = <T extends Part>(queryKey: QueryKey, read: (cursor: string | undefined, signal: AbortSignal) => Promise<T>) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ signal, pageParam }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: Infinity,
  });
