// Who did what to a draft, the newest first; each edit can be taken back where nothing later stands in its way.

import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton, Tag } from "antd";

import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";
import { useUndo } from "./changes";
import { historyQuery } from "./queries";

export function History({ draft, readOnly }: { draft: string; readOnly: boolean }) {
  const t = useT();
  const query = useQuery(historyQuery(draft));
  const undo = useUndo(draft, "undo");
  if (query.isPending) return <Skeleton active />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.items.length === 0) return <Blank title={t.draft.noHistory} />;
  return (
    <>
      {undo.isError && <ProblemView error={undo.error} />}
      <ul className="history">
        {query.data.items.map((change) => (
          <li key={change.revision}>
            <span className="num faint">{change.revision}</span>
            <code className={change.undone_by ? "entry-removed" : ""}>{change.title}</code>
            {change.count > 1 && <Tag variant="outlined">{t.draft.paths(change.count)}</Tag>}
            <span className="faint">
              {change.by} · <Ago at={change.at} />
            </span>
            {!readOnly && change.kind === "edit" && !change.undone_by && (
              <Button size="small" type="text" loading={undo.isPending && undo.variables === change.revision} onClick={() => undo.mutate(change.revision)}>
                {t.draft.undo}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
