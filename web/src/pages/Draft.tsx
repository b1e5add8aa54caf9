// One draft: a version in the making, step by step, by one person or several. Everything saves itself; publishing freezes it.

import { RedoOutlined, UndoOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Alert, App, Button, Skeleton, Steps, Tag, Tooltip } from "antd";
import { useEffect, useEffectEvent, useState } from "react";

import { remove } from "../api/client";
import { sessionQuery } from "../api/queries";
import { renewTexts, useUndo } from "../drafts/changes";
import { PublishDialog } from "../drafts/PublishDialog";
import { draftPath, draftQuery } from "../drafts/queries";
import type { SaveState } from "../drafts/saving";
import { stepsOf, type DraftStep } from "../drafts/steps";
import { useOthers } from "../drafts/useOthers";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { PageHead } from "../ui/PageHead";
import { ProblemView, wordsOf } from "../ui/ProblemView";
import { Step, titleOf } from "./DraftStep";

const route = getRouteApi("/shell/drafts/$id");

export function Draft() {
  const t = useT();
  const client = useQueryClient();
  const navigate = route.useNavigate();
  const { modal, notification } = App.useApp();
  const { id } = route.useParams();
  const search = route.useSearch();
  const { file } = search;
  const query = useQuery(draftQuery(id));
  const { data: session } = useQuery(sessionQuery);
  const [saving, setSaving] = useState<SaveState["is"]>("saved");
  const [publishing, setPublishing] = useState(false);
  // Editors and forms stand for what a person writes. What was taken back by other means they have to read anew.
  const [undone, setUndone] = useState(0);
  const undo = useUndo(id, "undo");
  const redo = useUndo(id, "redo");
  const draft = query.data;
  const others = useOthers(draft, session?.user);

  const tell = (error: unknown) => {
    const { title, detail, hint } = wordsOf(error, t);
    notification.warning({ title, description: [detail, hint].filter(Boolean).join(" ") });
  };
  const reread = () => {
    if (saving !== "saved") return;
    renewTexts(client, id);
    setUndone((count) => count + 1);
  };
  const takeBack = (way: typeof undo) => way.mutate(undefined, { onSuccess: reread, onError: tell });
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    // Inside a text, undo is the text's own.
    const inText = event.target instanceof HTMLElement && event.target.closest("input, textarea, [contenteditable], .cm-editor");
    if (inText || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    takeBack(event.shiftKey ? redo : undo);
  });
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  if (query.isError && !draft) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  if (!draft) return <Skeleton active />;
  const isOpen = draft.state === "open";
  const steps = stepsOf(draft.kind);
  const step = steps.find((one) => one === search.step) ?? "files";
  const go = (search: { step?: DraftStep; file?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...search }), replace: true });
  const discard = () =>
    void modal.confirm({
      title: t.draft.discardQuestion(draft.package),
      content: t.draft.discardHint(draft.entries),
      okText: t.draft.discard,
      okButtonProps: { danger: true },
      cancelText: t.common.cancel,
      onOk: async () => {
        await remove(draftPath(id));
        void client.invalidateQueries({ queryKey: ["drafts"] });
        await navigate({ to: "/drafts" });
      },
    });
  return (
    <div className="draft-page">
      <PageHead
        title={draft.package}
        name={`${draft.package} · ${t.draft.title}`}
        crumbs={
          <>
            <Link to="/packages">{t.packages.title}</Link> / <Link to="/drafts">{t.drafts.title}</Link>
          </>
        }
        note={
          <>
            <Tag variant="outlined">{t.packages.kinds[draft.kind]}</Tag>
            <span>{draft.base ? t.draft.basedOn(draft.base) : t.draft.fromNothing}</span>
            <span className={`faint save-state`} role="status">
              {isOpen ? t.draft.saveStates[saving] : t.draft.published}
            </span>
            {others && (
              <span className="faint">
                {t.draft.otherDid(others.by, others.title)} <Ago at={others.at} />
              </span>
            )}
          </>
        }
        actions={
          isOpen && (
            <>
              <Tooltip title={t.draft.undoHint}>
                <Button icon={<UndoOutlined />} aria-label={t.draft.undo} loading={undo.isPending} onClick={() => takeBack(undo)} />
              </Tooltip>
              <Tooltip title={t.draft.redoHint}>
                <Button icon={<RedoOutlined />} aria-label={t.draft.redo} loading={redo.isPending} onClick={() => takeBack(redo)} />
              </Tooltip>
              <Button danger onClick={discard}>
                {t.draft.discard}
              </Button>
              <Button type="primary" onClick={() => setPublishing(true)}>
                {t.draft.publish}…
              </Button>
            </>
          )
        }
      />
      {!isOpen && <Alert type="info" showIcon title={t.draft.closed} />}
      <Steps
        size="small"
        className="draft-steps"
        current={steps.indexOf(step)}
        onChange={(index) => go({ step: steps[index] ?? step })}
        items={steps.map((key) => ({ title: titleOf(key, draft.kind, t), status: key === step ? ("process" as const) : ("wait" as const) }))}
      />
      <Step key={undone} draft={draft} step={step} file={file} onFile={(path) => go({ file: path })} onState={setSaving} />
      {publishing && (
        <PublishDialog
          draft={draft}
          onCancel={() => setPublishing(false)}
          onPlace={({ rule, place }) => {
            setPublishing(false);
            go(rule === "COMMAND_MISSING" ? { step: "lifecycle" } : { step: "files", file: place?.path });
          }}
          onPublished={({ version }) =>
            void navigate({ to: "/packages/$name", params: { name: draft.package }, search: { version: version.summary.version } })
          }
        />
      )}
    </div>
  );
}
