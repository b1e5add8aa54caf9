// How a database comes from one published version of a package to another, and back.

import { useQuery } from "@tanstack/react-query";
import { Alert, Select, Skeleton, Tag } from "antd";
import { useState } from "react";

import { versionChoicesQuery } from "../api/queries";
import type { ChainStep } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { chainQuery } from "../versions/queries";

interface Props {
  name: string;
  /** The version at the end; chosen by the person if it is not given. */
  to?: string;
}

const EMPTY = "";

export function Chain({ name, to: given }: Props) {
  const t = useT();
  const versions = useQuery({ ...versionChoicesQuery(name), retry: false });
  const numbers = versions.data?.items.map(({ version }) => version) ?? [];
  const [from, setFrom] = useState(EMPTY);
  const [chosen, setChosen] = useState<string>();
  const to = given ?? chosen ?? numbers[0];
  const chain = useQuery({ ...chainQuery(name, from || undefined, to ?? EMPTY), enabled: to !== undefined });
  const options = numbers.map((value) => ({ value, label: value }));
  return (
    <div className="sections">
      <p className="faint">{t.database.chainHint}</p>
      <div className="row-actions chain-ends">
        <Select
          value={from}
          aria-label={t.database.chainFrom}
          prefix={t.database.chainFrom}
          popupMatchSelectWidth={false}
          options={[{ value: EMPTY, label: t.database.emptyDatabase }, ...options.filter(({ value }) => value !== given)]}
          onChange={setFrom}
        />
        {given === undefined ? (
          <Select value={to} aria-label={t.database.chainTo} prefix={t.database.chainTo} popupMatchSelectWidth={false} options={options} onChange={setChosen} />
        ) : (
          <span className="num">→ {given}</span>
        )}
      </div>
      {chain.isLoading && <Skeleton active paragraph={{ rows: 2 }} />}
      {chain.isError && <ProblemView error={chain.error} />}
      {chain.data && (
        <>
          {chain.data.steps.length === 0 ? <p>{t.database.nothingToDo}</p> : <ChainSteps steps={chain.data.steps} />}
          {from !== EMPTY && (
            <section>
              <h3>{t.database.wayBack}</h3>
              {chain.data.way_back ? <ChainSteps steps={chain.data.way_back} /> : <Alert type="warning" showIcon title={t.database.noWayBack} />}
            </section>
          )}
        </>
      )}
    </div>
  );
}

/** The steps of a chain in order, each with its files. */
export function ChainSteps({ steps }: { steps: readonly ChainStep[] }) {
  const t = useT();
  return (
    <ol className="database-chain">
      {steps.map(({ kind, from, to, version, files }, index) => (
        <li key={index}>
          <Tag variant="outlined">{t.database.steps[kind]}</Tag>
          <strong>{t.database.increment(from ?? t.database.emptyDatabase, to ?? t.database.emptyDatabase)}</strong>
          <span className="faint">{t.database.by(version)}</span>
          <ul>
            {files.map((file) => (
              <li key={file}>
                <code>{file}</code>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}
