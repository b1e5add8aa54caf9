// The retention rule of all packages that have none of their own.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Radio, Skeleton } from "antd";
import { useState } from "react";

import { put } from "../api/client";
import type { SiteRetention as Retention } from "../api/types";
import { useT } from "../i18n";
import { siteRetentionQuery } from "../packages/queries";
import { fieldsOf, ruleOf } from "../packages/rule";
import { RuleForm } from "../packages/RuleForm";
import { Ago } from "../ui/Ago";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";

export function SiteRetention() {
  const query = useQuery(siteRetentionQuery);
  if (query.isPending) return <Skeleton active paragraph={{ rows: 6 }} />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  return <Contents key={JSON.stringify(query.data.stored)} retention={query.data} />;
}

type Choice = "own" | "all";

function Contents({ retention: { stored, applied_at } }: { retention: Retention }) {
  const t = useT();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [choice, setChoice] = useState<Choice>(stored?.rule ? "own" : "all");
  const [fields, setFields] = useState(fieldsOf(stored?.rule));
  const rule = ruleOf(fields);
  const save = useMutation({
    mutationFn: () => put<Retention>("/retention", { rule: choice === "own" ? rule : null }),
    onSuccess: async () => {
      void message.success(t.retention.saved);
      await Promise.all([client.invalidateQueries({ queryKey: ["retention"] }), client.invalidateQueries({ queryKey: ["packages"] })]);
    },
  });
  return (
    <Panel title={t.retention.siteTitle}>
      <p className="faint">{t.retention.siteIntro}</p>
      <Radio.Group
        className="choices"
        value={choice}
        aria-label={t.retention.siteTitle}
        options={(["own", "all"] as const).map((value) => ({ value, label: t.retention.siteChoices[value] }))}
        onChange={({ target }) => setChoice(target.value as Choice)}
      />
      {choice === "own" && <RuleForm value={fields} onChange={setFields} />}
      <p className="faint">
        {stored && (
          <>
            {t.retention.setBy(stored.updated_by)} <Ago at={stored.updated_at} />.{" "}
          </>
        )}
        {applied_at && (
          <>
            {t.retention.applied} <Ago at={applied_at} />.
          </>
        )}
      </p>
      {save.isError && <ProblemView error={save.error} />}
      <div className="form-actions">
        <Button type="primary" disabled={choice === "own" && rule === undefined} loading={save.isPending} onClick={() => save.mutate()}>
          {t.retention.save}
        </Button>
      </div>
    </Panel>
  );
}
