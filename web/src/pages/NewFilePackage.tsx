// The first step of a file package: what it is. Then it is a draft, with its files, commands and rules as further steps.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Form, Input } from "antd";

import { get, post, put, remove } from "../api/client";
import type { CreateDraft, Draft, DraftManifest } from "../api/types";
import { draftPath } from "../drafts/queries";
import { useT } from "../i18n";
import { manifestOf, type Fields } from "../manifest/fields";
import { InformationFields } from "../manifest/InformationFields";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";

type NewPackage = Fields & { package: string; version?: string; directories?: boolean };

/** Begins a draft with its settings; a draft whose settings are refused is not left behind. */
async function begin({ package: name, version, directories, ...fields }: NewPackage): Promise<Draft> {
  const create: CreateDraft = {
    package: name.trim(),
    kind: "file",
    start: { with: directories ? "directories" : "empty" },
    version: version?.trim() || null,
    description: fields.description?.trim() ?? "",
  };
  const draft = await post<Draft>("/drafts", create);
  try {
    const { manifest, digest } = await get<DraftManifest>(draftPath(draft.id, "/manifest"));
    await put(draftPath(draft.id, "/manifest"), { manifest: manifestOf(fields, manifest), expect: digest ?? "absent" });
  } catch (error) {
    await remove(draftPath(draft.id));
    throw error;
  }
  return draft;
}

export function NewFilePackage() {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: begin,
    onSuccess: async (draft) => {
      void client.invalidateQueries({ queryKey: ["drafts"] });
      await navigate({ to: "/drafts/$id", params: { id: draft.id }, search: { step: "files" } });
    },
  });
  return (
    <>
      <PageHead title={t.newPackage.file} crumbs={<Link to="/packages">{t.packages.title}</Link>} note={<span>{t.newPackage.fileNote}</span>} />
      <div className="narrow-page">
        <Panel>
          <Form<NewPackage> layout="vertical" initialValues={{ directories: true }} disabled={create.isPending} onFinish={(fields) => create.mutate(fields)}>
            <div className="fields-2">
              <Form.Item name="package" label={t.packages.name} rules={[{ required: true, whitespace: true, message: t.newPackage.nameNeeded }]}>
                <Input autoFocus spellCheck={false} placeholder="shop-web" />
              </Form.Item>
              <Form.Item name="version" label={t.package.number}>
                <Input spellCheck={false} placeholder="1.0.0" />
              </Form.Item>
            </div>
            <InformationFields />
            <Form.Item name="directories" valuePropName="checked">
              <Checkbox>{t.newPackage.directories}</Checkbox>
            </Form.Item>
            {create.isError && <ProblemView error={create.error} />}
            <Button type="primary" htmlType="submit" loading={create.isPending}>
              {t.newPackage.next}
            </Button>
          </Form>
        </Panel>
      </div>
    </>
  );
}
