// The output of one step, read on from where it was read to, until it is complete.

import { queryOptions, useQuery } from "@tanstack/react-query";

import { getText, seg } from "./client";

interface Output {
  text: string;
  next: number;
  complete: boolean;
}

const POLL = 1000;

const outputQuery = (attempt: string, index: number) =>
  queryOptions({
    queryKey: ["output", attempt, index],
    queryFn: async ({ signal, client, queryKey }): Promise<Output> => {
      const known = client.getQueryData<Output>(queryKey) ?? { text: "", next: 0, complete: false };
      if (known.complete) return known;
      const path = `/attempts/${seg(attempt)}/steps/${index}/output`;
      const { text, headers } = await getText(path, { offset: known.next }, signal);
      return {
        text: known.text + text,
        next: Number(headers.get("X-Next-Offset") ?? known.next),
        complete: headers.get("X-Complete") === "true",
      };
    },
    refetchInterval: (query) => (query.state.data?.complete ? false : POLL),
  });

export const useStepOutput = (attempt: string, index: number) => useQuery(outputQuery(attempt, index));
