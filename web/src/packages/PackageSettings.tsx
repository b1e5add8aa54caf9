// What people say about a package, and its end.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input, Select, Skeleton } from "antd";
import { useState } from "react";

import { patch } from "../api/client";
import { ProblemError } from "../api/problem";
import type { PackageEdit, PackageSummary } from "../api/types";
import { useT } from "../i18n";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { DeletePackageDialog } from "./DeletePackageDialog";
import { editQuery, packagePath } from "./queries";

/** As many as the server takes. */
const LONGEST_DESCRIPTION = 2000;
const MOST_TAGS = 50;

export function PackageSettings({ name }: { name: string }) {
  const query = useQuery(editQuery(name));
  const [deleting, setDeleting] = useState(false);
  const t = useT();
  if (query.isPending) return <Skeleton active paragraph={{ rows: 5 }} />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  const { summary, tag } = query.data;
  return (
    <div className="narrow-page sections">
      <Panel title={t.packageSettings.texts}>
        <Texts key={tag} summary={summary} tag={tag} onAnew={() => void query.refetch()} />
      </Panel>
      <Panel title={t.packageSettings.end}>
        <p>{t.packageSettings.endText}</p>
        <div className="form-actions">
          <Button danger onClick={() => setDeleting(true)}>
            {t.packageSettings.remove}…
          </Button>
        </div>
      </Panel>
      {deleting && <DeletePackageDialog summary={summary} onClose={() => setDeleting(false)} />}
    </div>
  );
}

interface Fields {
  description: string;
  tags: string[];
}

const hasChanged = (error: unknown) => error instanceof ProblemError && error.problem.code === "package_changed";

function Texts({ summary, tag, onAnew }: { summary: PackageSummary; tag: string; onAnew: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const { message } = App.useApp();
  const save = useMutation({
    mutationFn: ({ description, tags }: Fields) =>
      patch<PackageSummary>(packagePath(summary.name), { description: description.trim(), tags } satisfies PackageEdit, tag),
    onSuccess: async () => {
      void message.success(t.packageSettings.saved);
      await client.invalidateQueries({ queryKey: ["packages"] });
    },
  });
  const ofVersion = summary.tags.filter((one) => !summary.own_tags.includes(one));
  return (
    <Form<Fields>
      layout="vertical"
      initialValues={{ description: summary.description, tags: summary.own_tags }}
      onFinish={(fields) => save.mutate(fields)}
    >
      <Form.Item name="description" label={t.packageSettings.description}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} maxLength={LONGEST_DESCRIPTION} showCount />
      </Form.Item>
      <Form.Item
        name="tags"
        label={t.packages.tags}
        extra={ofVersion.length > 0 ? t.packageSettings.tagsOfVersion(ofVersion) : t.packageSettings.tagsHint}
      >
        <Select mode="tags" maxCount={MOST_TAGS} suffixIcon={null} tokenSeparators={[",", " "]} options={[]} notFoundContent={null} />
      </Form.Item>
      {save.isError && <ProblemView error={save.error} onRetry={hasChanged(save.error) ? onAnew : undefined} />}
      <div className="form-actions">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t.packageSettings.save}
        </Button>
      </div>
    </Form>
  );
}
