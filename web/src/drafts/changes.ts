// Changing a draft: every accepted change makes what is shown of it anew, and a refused one says who was faster.

import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { post, put } from "../api/client";
import { ProblemError } from "../api/problem";
import type { DraftAccepted, DraftOperation, Draft, Manifest, PathConflict } from "../api/types";
import { draftPath, draftQuery, manifestQuery } from "./queries";

/** Takes over what the server answered to a change. */
export function accept(client: QueryClient, accepted: DraftAccepted): DraftAccepted {
  const { queryKey } = draftQuery(accepted.draft.id);
  const known = client.getQueryData<Draft>(queryKey);
  if (!known || known.revision <= accepted.draft.revision) client.setQueryData(queryKey, accepted.draft);
  renew(client, accepted.draft.id);
  return accepted;
}

/** Reads anew what depends on the content of a draft. */
export function renew(client: QueryClient, id: string): void {
  for (const part of ["entries", "manifest", "history"]) void client.invalidateQueries({ queryKey: ["drafts", id, part] });
}

export const operate = (id: string, operations: DraftOperation[], seen?: number) =>
  post<DraftAccepted>(draftPath(id, "/operations"), { operations, ...(seen === undefined ? {} : { seen }) });

/** Reads open texts anew, after they were changed by other means than the editor. Nothing that is not saved may be open. */
export function renewTexts(client: QueryClient, id: string): void {
  void client.resetQueries({ queryKey: ["drafts", id, "file"] });
}

/** Operations on the tree. `seen` guards what lies below a directory: it is refused if somebody changed that meanwhile. */
export function useOperations(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ operations, seen }: { operations: DraftOperation[]; seen?: number }) => operate(id, operations, seen),
    onSuccess: (accepted) => accept(client, accepted),
  });
}

/** Takes back the person's last change, or does it again. */
export function useUndo(id: string, way: "undo" | "redo") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (revision?: number) => post<DraftAccepted>(draftPath(id, `/${way}`), revision === undefined ? {} : { revision }),
    onSuccess: (accepted) => accept(client, accepted),
  });
}

/** Writes the settings into the draft's packhorse.toml. */
export function useManifestChange(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ manifest, digest }: { manifest: Manifest; digest: string | null | undefined }) =>
      put<DraftAccepted>(draftPath(id, "/manifest"), { manifest, expect: digest ?? "absent" }),
    onSuccess: (accepted, { manifest }) => {
      const digest = accepted.changed.find(({ path }) => path === "packhorse.toml")?.digest;
      // A change right after this one expects what this one left.
      if (digest) client.setQueryData(manifestQuery(id).queryKey, { manifest, digest });
      accept(client, accepted);
    },
  });
}

/** What stood in the way of a change, if that is why it was refused. */
export function conflictsOf(error: unknown): PathConflict[] | undefined {
  if (!(error instanceof ProblemError) || error.problem.code !== "draft_conflict") return undefined;
  const { conflicts } = error.problem as { conflicts?: PathConflict[] };
  return conflicts ?? [];
}
