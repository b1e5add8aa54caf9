// The rules by which scripts and SQL are looked at: those that come with Packhorse, and the site's own.

import { App, Button, Switch, Tag } from "antd";
import { useState } from "react";

import type { DangerRule } from "../api/types";
import { specOf, useRuleChange, useRuleRemoval } from "../danger/queries";
import { RuleDialog } from "../danger/RuleDialog";
import { TestDrawer } from "../danger/TestDrawer";
import { useT } from "../i18n";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import type { Tone } from "../ui/tone";

const TONES: Record<DangerRule["level"], Tone> = { low: "idle", medium: "active", high: "warn", critical: "bad" };

export function DangerRules() {
  const t = useT();
  const { modal } = App.useApp();
  const [open, setOpen] = useState<{ is: "new" } | { is: "test" } | { is: "edit"; rule: DangerRule }>();
  const change = useRuleChange();
  const removal = useRuleRemoval();
  const close = () => setOpen(undefined);
  const ask = ({ name }: DangerRule) =>
    void modal.confirm({
      title: t.danger.removeTitle(name),
      content: t.danger.removeText,
      okText: t.common.remove,
      okButtonProps: { danger: true },
      cancelText: t.common.cancel,
      // A refusal closes the question; the page says why.
      onOk: () => removal.mutateAsync(name).catch(() => undefined),
    });
  const columns: Column<DangerRule>[] = [
    {
      key: "name",
      title: t.danger.name,
      render: (row) => (
        <div className="two-lines">
          <code>{row.name}</code>
          <span className="faint rule-message">{t.danger.messageOf(row.name) ?? row.message}</span>
        </div>
      ),
    },
    { key: "level", title: t.danger.level, render: (row) => <State tone={TONES[row.level]}>{t.danger.levels[row.level]}</State> },
    { key: "action", title: t.danger.action, render: (row) => t.danger.actions[row.action] },
    {
      key: "languages",
      title: t.danger.languages,
      optional: true,
      render: (row) => (
        <div className="tags">
          {row.languages.map((language) => (
            <Tag key={language} variant="outlined">
              {t.danger.language[language]}
            </Tag>
          ))}
        </div>
      ),
    },
    { key: "origin", title: t.danger.origin, optional: true, render: (row) => t.danger.origins[row.origin] },
    {
      key: "updated",
      title: t.danger.updated,
      optional: true,
      render: (row) => (row.updated_at ? <Ago at={row.updated_at} /> : <span className="faint">{t.danger.asItCame}</span>),
    },
    {
      key: "enabled",
      title: t.danger.enabled,
      render: (row) => (
        <Switch
          size="small"
          aria-label={t.danger.switchOff(row.name)}
          checked={row.is_enabled ?? true}
          loading={change.isPending && change.variables?.name === row.name}
          onChange={(isEnabled) => change.mutate({ name: row.name, spec: { ...specOf(row), is_enabled: isEnabled } })}
        />
      ),
    },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <span className="row-actions">
          <Button type="text" size="small" aria-label={t.danger.editOf(row.name)} onClick={() => setOpen({ is: "edit", rule: row })}>
            {t.danger.edit}
          </Button>
          {row.origin === "own" && (
            <Button type="text" size="small" danger onClick={() => ask(row)}>
              {t.common.remove}
            </Button>
          )}
        </span>
      ),
    },
  ];
  return (
    <>
      <PageHead
        title={t.danger.title}
        note={<span className="faint">{t.danger.intro}</span>}
        actions={
          <>
            <Button onClick={() => setOpen({ is: "test" })}>{t.danger.test}</Button>
            <Button type="primary" onClick={() => setOpen({ is: "new" })}>
              {t.danger.add}
            </Button>
          </>
        }
      />
      {change.isError && <ProblemView error={change.error} />}
      {removal.isError && <ProblemView error={removal.error} />}
      <QueryTable<DangerRule> noun="danger-rules" path="/danger-rules" rowKey={(row) => row.name} columns={columns} empty={<Blank title={t.danger.empty} />} />
      {open?.is === "new" && <RuleDialog onClose={close} />}
      {open?.is === "edit" && <RuleDialog rule={open.rule} onClose={close} />}
      {open?.is === "test" && <TestDrawer onClose={close} />}
    </>
  );
}
