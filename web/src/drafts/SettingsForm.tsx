// The settings of a draft in a form, which saves itself into packhorse.toml.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Skeleton } from "antd";
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";

import { put } from "../api/client";
import type { DraftAccepted, DraftManifest } from "../api/types";
import { useT } from "../i18n";
import { fieldsOf, manifestOf, type Fields } from "../manifest/fields";
import { ProblemView } from "../ui/ProblemView";
import { accept, conflictsOf } from "./changes";
import { draftPath, manifestQuery } from "./queries";
import { saver, type Saver, type SaveState } from "./saving";

interface Props {
  draft: string;
  readOnly: boolean;
  onState: (state: SaveState["is"]) => void;
  children: ReactNode;
}

const REST = 700;

export function SettingsForm(props: Props) {
  const query = useQuery({ ...manifestQuery(props.draft), staleTime: 0, gcTime: 0, refetchOnWindowFocus: false });
  const [first, setFirst] = useState<DraftManifest>();
  // The form stands for what the person writes; only a conflict makes it read anew.
  if (query.data && !first) setFirst(query.data);
  if (query.isError && !first) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  if (!first) return <Skeleton active />;
  const reload = async () => {
    const { data } = await query.refetch();
    if (data) setFirst(data);
  };
  return <Settings key={first.digest ?? "none"} {...props} first={first} onReload={() => void reload()} />;
}

function Settings({ draft, readOnly, onState, children, first, onReload }: Props & { first: DraftManifest; onReload: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const [state, setState] = useState<SaveState>({ is: "saved" });
  const saving = useRef<Saver>(null);
  const show = useEffectEvent((next: SaveState) => {
    setState(next);
    onState(next.is);
  });
  useEffect(() => {
    const text = JSON.stringify(manifestOf(fieldsOf(first.manifest), first.manifest));
    const made = saver(
      { digest: first.digest ?? undefined, text },
      {
        write: async (written, expected) => {
          const body = { manifest: JSON.parse(written) as unknown, expect: expected ?? "absent" };
          const accepted = accept(client, await put<DraftAccepted>(draftPath(draft, "/manifest"), body));
          return accepted.changed.find(({ path }) => path === "packhorse.toml")?.digest ?? expected ?? "absent";
        },
        conflictOf: (error) => (conflictsOf(error) ? { conflict: conflictsOf(error)?.[0] } : undefined),
        show,
        rest: REST,
      },
    );
    saving.current = made;
    return () => made.close();
  }, [client, draft, first]);
  return (
    <Form<Fields>
      form={form}
      name="settings"
      layout="vertical"
      disabled={readOnly}
      initialValues={fieldsOf(first.manifest)}
      onValuesChange={() => saving.current?.changed(JSON.stringify(manifestOf(form.getFieldsValue(true) as Fields, first.manifest)))}
      className="settings-form"
    >
      {state.is === "failed" && <ProblemView error={state.error} onRetry={() => saving.current?.flush()} />}
      {state.is === "conflict" && (
        <Alert type="warning" showIcon title={t.draft.settingsConflict} action={<Button onClick={onReload}>{t.draft.reload}</Button>} />
      )}
      {children}
    </Form>
  );
}
