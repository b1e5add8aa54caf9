// Freezing a draft into a version: what lint says of it, what has changed, and under which number.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, Form, Input, Modal, Skeleton } from "antd";

import { post } from "../api/client";
import { problemOf } from "../api/problem";
import type { Draft, Finding, Published } from "../api/types";
import { useT } from "../i18n";
import { Findings } from "../ui/Findings";
import { ProblemView } from "../ui/ProblemView";
import { differencesQuery, draftPath, lintQuery } from "./queries";

interface Fields {
  version: string;
  build?: string;
  description?: string;
}

interface Props {
  draft: Draft;
  onPublished: (published: Published) => void;
  onCancel: () => void;
  onPlace: (finding: Finding) => void;
}

export function PublishDialog({ draft, onPublished, onCancel, onPlace }: Props) {
  const t = useT();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const lint = useQuery(lintQuery(draft.id, draft.revision));
  const differences = useQuery({ ...differencesQuery(draft.id), enabled: Boolean(draft.base) });
  const publish = useMutation({
    mutationFn: ({ version, build, description }: Fields) =>
      post<Published>(draftPath(draft.id, "/publish"), {
        version: version.trim(),
        build: build?.trim() || null,
        description: description?.trim() ?? "",
        seen: draft.revision,
      }),
    onSuccess: (published) => {
      void client.invalidateQueries({ queryKey: ["packages"] });
      void client.invalidateQueries({ queryKey: ["drafts"] });
      onPublished(published);
    },
  });
  const refused = publish.error ? (problemOf(publish.error) as { findings?: Finding[] }).findings : undefined;
  const findings = refused ?? lint.data?.findings ?? [];
  const errors = findings.filter(({ severity }) => severity === "error").length;
  return (
    <Modal
      open
      width={720}
      title={t.draft.publishTitle(draft.package)}
      okText={t.draft.publish}
      cancelText={t.common.cancel}
      confirmLoading={publish.isPending}
      okButtonProps={{ disabled: errors > 0 || lint.isPending }}
      onOk={() => form.submit()}
      onCancel={onCancel}
    >
      <Form
        form={form}
        name="publish"
        layout="vertical"
        initialValues={{ version: draft.version ?? "", build: draft.build ?? "", description: draft.description }}
        onFinish={(fields) => publish.mutate(fields)}
      >
        <div className="fields-2">
          <Form.Item name="version" label={t.package.number} rules={[{ required: true, whitespace: true, message: t.draft.versionNeeded }]}>
            <Input spellCheck={false} placeholder="1.0.0" autoFocus />
          </Form.Item>
          <Form.Item name="build" label={t.draft.build}>
            <Input spellCheck={false} placeholder="20261101001" />
          </Form.Item>
        </div>
        <Form.Item name="description" label={t.settings.description}>
          <Input maxLength={500} />
        </Form.Item>
      </Form>
      {draft.base && differences.data && <p className="dialog-lead">{t.draft.changedSince(differences.data.total, draft.base)}</p>}
      {lint.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
      {lint.isError && <ProblemView error={lint.error} onRetry={() => void lint.refetch()} />}
      {errors > 0 && <Alert type="error" showIcon title={t.draft.errorsFirst(errors)} />}
      {lint.data && findings.length === 0 && <Alert type="success" showIcon title={t.draft.nothingFound} />}
      <Findings findings={findings} onPlace={onPlace} />
      {publish.isError && !refused && <ProblemView error={publish.error} />}
    </Modal>
  );
}
