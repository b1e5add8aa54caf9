// Which versions of a package are kept: the rule that holds, its change, and what a rule would do before it holds.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Radio, Skeleton } from "antd";
import { useState } from "react";

import { put, remove } from "../api/client";
import type { PackageRetention as Retention } from "../api/types";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { packagePath, retentionQuery } from "./queries";
import { RetentionPreview } from "./RetentionPreview";
import { fieldsOf, ruleOf } from "./rule";
import { RuleForm } from "./RuleForm";
import { RuleWords } from "./RuleWords";

/** Where the rule is to come from: the site's default, one of its own, or none that deletes anything. */
type Choice = "site" | "own" | "all";

const CHOICES: Choice[] = ["site", "own", "all"];

const choiceOf = ({ own }: Retention): Choice => (!own ? "site" : own.rule ? "own" : "all");

export function PackageRetention({ name }: { name: string }) {
  const query = useQuery(retentionQuery(name));
  if (query.isPending) return <Skeleton active paragraph={{ rows: 6 }} />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  return <Contents key={JSON.stringify(query.data.own)} name={name} retention={query.data} />;
}

function Contents({ name, retention }: { name: string; retention: Retention }) {
  const t = useT();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [choice, setChoice] = useState(choiceOf(retention));
  const [fields, setFields] = useState(fieldsOf(retention.own?.rule));
  const [previewed, setPreviewed] = useState<{ rule: ReturnType<typeof ruleOf>; asked: number }>();
  const rule = ruleOf(fields);
  const path = packagePath(name, "/retention");
  const save = useMutation({
    mutationFn: async () => {
      if (choice === "site") await remove(path);
      else await put<Retention>(path, { rule: choice === "own" ? rule : null });
    },
    onSuccess: async () => {
      void message.success(t.retention.saved);
      await client.invalidateQueries({ queryKey: ["packages", name, "retention"] });
    },
  });
  const isUnsaid = choice === "own" && rule === undefined;
  const tried = choice === "own" ? rule : (retention.site?.rule ?? undefined);
  return (
    <div className="sections">
      <Panel title={t.retention.title}>
        <p className="faint">{t.retention.intro}</p>
        <Radio.Group
          className="choices"
          value={choice}
          aria-label={t.retention.title}
          options={CHOICES.map((value) => ({ value, label: t.retention.choices[value] }))}
          onChange={({ target }) => {
            setChoice(target.value as Choice);
            setPreviewed(undefined);
          }}
        />
        {choice === "site" && (
          <p>
            {t.retention.siteSays} <RuleWords rule={retention.site?.rule} />
          </p>
        )}
        {choice === "own" && (
          <RuleForm
            value={fields}
            onChange={(next) => {
              setFields(next);
              setPreviewed(undefined);
            }}
          />
        )}
        {retention.own && (
          <p className="faint">
            {t.retention.setBy(retention.own.updated_by)} <Ago at={retention.own.updated_at} />
          </p>
        )}
        {save.isError && <ProblemView error={save.error} />}
        <div className="form-actions">
          {choice !== "all" && tried && (
            <Button disabled={isUnsaid} onClick={() => setPreviewed({ rule: tried, asked: Date.now() })}>
              {t.retention.preview}
            </Button>
          )}
          <Button type="primary" disabled={isUnsaid} loading={save.isPending} onClick={() => save.mutate()}>
            {t.retention.save}
          </Button>
        </div>
      </Panel>
      {previewed && (
        <Panel title={t.retention.previewTitle}>
          <RetentionPreview key={previewed.asked} name={name} rule={previewed.rule} asked={previewed.asked} />
        </Panel>
      )}
    </div>
  );
}
