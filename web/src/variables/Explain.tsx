// Where a value comes from: every scope that has one for a package on a host, and which of them decides.

import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Button, Skeleton, Table } from "antd";
import { useCallback, useState } from "react";

import type { Explanation, Variable } from "../api/types";
import { HostSelect } from "../forms/HostSelect";
import { PackageSelect } from "../forms/PackageSelect";
import { useT } from "../i18n";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Blank } from "../ui/Blank";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { explanationQuery } from "./queries";
import { ScopeWords } from "./ScopeWords";
import { SecretLink, ValueWords } from "./ValueWords";
import { VariableDialog } from "./VariableDialog";

const route = getRouteApi("/shell/variables");

type Candidate = Explanation["candidates"][number];

export function Explain({ onChanged }: { onChanged: (variable: Variable) => void }) {
  const t = useT();
  const { name, package: pkg, host } = route.useSearch();
  const { set } = useFilters();
  const onName = useCallback((next: string | undefined) => set({ name: next }), [set]);
  const [setting, isSetting] = useState(false);
  const isAsked = name !== undefined && pkg !== undefined && host !== undefined;
  const query = useQuery({ ...explanationQuery(name ?? "", pkg ?? "", host ?? ""), enabled: isAsked });
  return (
    <div className="stack">
      <div className="toolbar">
        <SearchBox value={name} label={t.values.name} onChange={onName} />
        <PackageSelect allowClear value={pkg} label={t.deploy.packageHint} onChange={(next) => set({ package: next })} />
        <HostSelect value={host} label={t.values.chooseWhich.host} onChange={(next) => set({ host: next })} />
      </div>
      {!isAsked && (
        <Panel>
          <Blank title={t.values.explainWhat} hint={t.values.explainHint} />
        </Panel>
      )}
      {isAsked && query.isPending && <Skeleton active />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {isAsked && query.data && (
        <Panel
          title={t.values.explainTitle(name, pkg, host)}
          extra={<Button onClick={() => isSetting(true)}>{query.data.outcome.outcome === "unresolved" ? t.values.give : t.values.change}</Button>}
        >
          <Outcome outcome={query.data.outcome} />
          <h3>{t.values.candidates}</h3>
          <Candidates explanation={query.data} />
        </Panel>
      )}
      {setting && <VariableDialog start={{ name, scope: host && `host:${host}` }} onClose={() => isSetting(false)} onSaved={onChanged} />}
    </div>
  );
}

function Outcome({ outcome }: { outcome: Explanation["outcome"] }) {
  const t = useT();
  switch (outcome.outcome) {
    case "value":
      return (
        <p className="explained">
          {t.values.comesTo} <ValueWords value={{ type: "text", value: outcome.text }} />
        </p>
      );
    case "secret":
      return (
        <p className="explained">
          {t.values.comesToSecret(outcome.version)} <SecretLink name={outcome.secret} />
        </p>
      );
    case "unresolved":
      return <Alert type="warning" showIcon className="problem" title={t.values.comesToNothing} description={<Prose text={outcome.reason} />} />;
  }
}

/** From the narrowest scope to the widest. The first decides, unless nothing comes of it. */
function Candidates({ explanation: { candidates, outcome } }: { explanation: Explanation }) {
  const t = useT();
  return (
    <Table<Candidate>
      size="small"
      pagination={false}
      rowKey="scope"
      dataSource={candidates}
      locale={{ emptyText: t.values.noCandidates }}
      columns={[
        { key: "scope", title: t.values.scope, render: (_, row) => <ScopeWords scope={row.scope} /> },
        { key: "value", title: t.values.value, render: (_, row) => <ValueWords value={row} /> },
        {
          key: "decides",
          title: t.values.decides,
          render: (_value, _row, index) =>
            index === 0 && outcome.outcome !== "unresolved" ? <strong>{t.values.isDeciding}</strong> : <span className="faint">{t.values.isOverruled}</span>,
        },
      ]}
    />
  );
}
