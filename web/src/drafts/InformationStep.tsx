// What is said of a draft besides its files: the number that it is to have, a line about it, and the package's settings.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Form, Input } from "antd";

import { put } from "../api/client";
import type { Draft, DraftAccepted } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { accept } from "./changes";
import { draftPath } from "./queries";

interface Fields {
  version?: string;
  build?: string;
  description?: string;
}

export function VersionFields({ draft }: { draft: Draft }) {
  const t = useT();
  const client = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const update = useMutation({
    mutationFn: ({ version, build, description }: Fields) =>
      put<DraftAccepted>(draftPath(draft.id), {
        version: version?.trim() || null,
        build: build?.trim() || null,
        description: description?.trim() ?? "",
        seen: draft.revision,
      }),
    onSuccess: (accepted) => accept(client, accepted),
  });
  return (
    <Form
      form={form}
      name="version"
      layout="vertical"
      disabled={draft.state !== "open"}
      initialValues={{ version: draft.version ?? "", build: draft.build ?? "", description: draft.description }}
      onBlur={() => {
        const fields = form.getFieldsValue();
        const isSame = (fields.version ?? "") === (draft.version ?? "") && (fields.build ?? "") === (draft.build ?? "") && (fields.description ?? "") === draft.description;
        if (!isSame) update.mutate(fields);
      }}
    >
      <div className="fields-2">
        <Form.Item name="version" label={t.package.number}>
          <Input spellCheck={false} placeholder="1.0.0" />
        </Form.Item>
        <Form.Item name="build" label={t.draft.build}>
          <Input spellCheck={false} placeholder="20261101001" />
        </Form.Item>
      </div>
      <Form.Item name="description" label={t.draft.versionDescription}>
        <Input maxLength={500} />
      </Form.Item>
      {update.isError && <ProblemView error={update.error} />}
    </Form>
  );
}
