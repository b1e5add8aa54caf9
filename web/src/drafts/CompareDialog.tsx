// A file of a draft beside what it was in the version that the draft began with.

import { useQuery } from "@tanstack/react-query";
import { Alert, Modal, Skeleton } from "antd";

import type { Draft, DraftEntry } from "../api/types";
import { languageOf } from "../editor/languages";
import { TextDiff } from "../editor/TextDiff";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { readFile } from "./texts";
import { readVersionFile } from "./versionFile";

export function CompareDialog({ draft, entry, onClose }: { draft: Draft; entry: DraftEntry; onClose: () => void }) {
  const t = useT();
  const query = useQuery({
    queryKey: ["drafts", draft.id, "compare", entry.path, draft.revision],
    queryFn: async ({ signal }) => {
      const [before, now] = await Promise.all([
        readVersionFile(draft.package, draft.base ?? "", entry.from ?? entry.path, signal),
        readFile(draft.id, entry.path, signal),
      ]);
      return { before: before?.is === "text" ? before.text : undefined, now: now?.is === "text" ? now.text : undefined };
    },
    gcTime: 0,
  });
  const { before, now } = query.data ?? {};
  return (
    <Modal open width="min(1200px, 94vw)" title={entry.path} footer={null} onCancel={onClose}>
      {query.isPending && <Skeleton active />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (before === undefined || now === undefined) && <Alert type="info" showIcon title={t.draft.noTexts} />}
      {before !== undefined && now !== undefined && (
        <div className="conflict-texts">
          <TextDiff left={before} right={now} leftLabel={draft.base ?? ""} rightLabel={t.draft.thisDraft} language={languageOf(entry.path)} />
        </div>
      )}
    </Modal>
  );
}
