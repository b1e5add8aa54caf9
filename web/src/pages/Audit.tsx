// Who did what, to what, when; and whether the log is still what was written.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Input } from "antd";

import { auditVerdictQuery } from "../api/queries";
import type { AuditEntry, AuditVerdict } from "../api/types";
import { useI18n, useT } from "../i18n";
import { formatExact } from "../i18n/format";
import { QueryTable, type Column } from "../table/QueryTable";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { PageHead } from "../ui/PageHead";
import { ProblemView } from "../ui/ProblemView";

const route = getRouteApi("/shell/audit");

export function Audit() {
  const { t, language } = useI18n();
  const { actor, action, object, since, until } = route.useSearch();
  const { set, clear } = useFilters();
  const verdict = useQuery(auditVerdictQuery);
  const columns: Column<AuditEntry>[] = [
    { key: "sequence", title: t.audit.number, align: "right", render: (row) => <span className="num">{row.sequence}</span> },
    { key: "at", title: t.audit.time, render: (row) => <time dateTime={row.at}>{formatExact(Date.parse(row.at), language)}</time> },
    { key: "actor", title: t.audit.actor, render: (row) => <Only text={row.actor} onChoose={() => set({ actor: row.actor })} /> },
    { key: "action", title: t.audit.action, render: (row) => <code>{row.action}</code> },
    { key: "object", title: t.audit.object, render: (row) => row.object },
    { key: "detail", title: t.audit.detail, optional: true, render: (row) => <Detail detail={row.detail} /> },
  ];
  const verify = (
    <Button loading={verdict.isFetching} onClick={() => void verdict.refetch()}>
      {t.audit.verify}
    </Button>
  );
  return (
    <>
      <PageHead title={t.audit.title} note={<span className="faint">{t.audit.intro}</span>} actions={verify} />
      {verdict.isError && <ProblemView error={verdict.error} />}
      {verdict.data && <Verdict verdict={verdict.data} />}
      <QueryTable<AuditEntry>
        noun="audit"
        path="/audit"
        filters={{ actor, action, object, since, until }}
        rowKey={(row) => String(row.sequence)}
        columns={columns}
        onClear={clear}
        toolbar={
          <>
            <SearchBox value={actor} label={t.audit.actorFilter} onChange={(next) => set({ actor: next })} />
            <SearchBox value={action} label={t.audit.actionFilter} onChange={(next) => set({ action: next })} />
            <SearchBox value={object} label={t.audit.objectFilter} onChange={(next) => set({ object: next })} />
            <Moment value={since} label={t.audit.since} onChange={(next) => set({ since: next })} />
            <Moment value={until} label={t.audit.until} onChange={(next) => set({ until: next })} />
          </>
        }
        empty={<Blank title={t.audit.empty} />}
      />
    </>
  );
}

/** A value that filters the list by itself. */
function Only({ text, onChoose }: { text: string; onChoose: () => void }) {
  return (
    <Button type="link" size="small" className="audit-only" onClick={onChoose}>
      {text}
    </Button>
  );
}

function Verdict({ verdict }: { verdict: AuditVerdict }) {
  const t = useT();
  return verdict.verdict === "intact" ? (
    <Alert type="success" showIcon className="problem" title={t.audit.intact(verdict.entries)} />
  ) : (
    <Alert type="error" showIcon className="problem" title={t.audit.broken(verdict.sequence)} description={t.audit.brokenHint} />
  );
}

/** What an entry says further, as it is stored: its names are those of the API. */
function Detail({ detail }: { detail: unknown }) {
  const text = JSON.stringify(detail);
  return text === "{}" || text === "null" ? null : <code className="audit-detail">{text}</code>;
}

const pad = (value: number) => String(value).padStart(2, "0");

/** A moment as the browser's own field takes it: local time to the minute. */
function toField(moment: string | undefined): string {
  const at = new Date(moment ?? Number.NaN);
  if (Number.isNaN(at.getTime())) return "";
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

interface MomentProps {
  value: string | undefined;
  label: string;
  onChange: (value: string | undefined) => void;
}

function Moment({ value, label, onChange }: MomentProps) {
  return (
    <label className="moment">
      <span>{label}</span>
      <Input
        type="datetime-local"
        value={toField(value)}
        onChange={({ target }) => onChange(target.value ? new Date(target.value).toISOString() : undefined)}
      />
    </label>
  );
}
