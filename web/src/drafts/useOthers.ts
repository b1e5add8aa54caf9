// What other people do to a draft while one looks at it.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { get } from "../api/client";
import type { Draft, DraftChange, Page } from "../api/types";
import { renew } from "./changes";
import { draftPath, draftQuery } from "./queries";

/** Seconds that the server may hold the question. */
const WAIT = 20;
/** Milliseconds of rest after a failed one. */
const REST = 5000;

/** Follows a draft from a revision on; gives the last change that somebody else made. */
export function useOthers(draft: Draft | undefined, me: string | undefined): DraftChange | undefined {
  const client = useQueryClient();
  const [last, setLast] = useState<DraftChange>();
  const id = draft?.state === "open" ? draft.id : undefined;
  useEffect(() => {
    if (!id || !me) return undefined;
    const abort = new AbortController();
    const known = () => client.getQueryData<Draft>(draftQuery(id).queryKey)?.revision ?? 0;
    const follow = async () => {
      while (!abort.signal.aborted) {
        try {
          const page = await get<Page<DraftChange>>(draftPath(id, "/changes"), { after: known(), wait: WAIT, limit: 50 }, abort.signal);
          const newest = page.items.at(-1);
          if (!newest || newest.revision <= known()) continue;
          await client.invalidateQueries({ queryKey: draftQuery(id).queryKey, exact: true });
          renew(client, id);
          const foreign = page.items.findLast((change) => change.by !== me);
          if (foreign) setLast(foreign);
        } catch {
          // The page's own requests tell what is wrong with the connection.
          await new Promise((resolve) => setTimeout(resolve, REST));
        }
      }
    };
    void follow();
    return () => abort.abort();
  }, [client, id, me]);
  return last;
}
