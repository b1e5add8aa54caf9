// What a version of a database package consists of, what should be better about it, and how a database comes to it.

import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton, Table } from "antd";
import { useState, type ReactNode } from "react";

import type { ChainStep, VersionDatabase as Structure } from "../api/types";
import { useT } from "../i18n";
import { Facts } from "../ui/Facts";
import { Findings } from "../ui/Findings";
import { ProblemView } from "../ui/ProblemView";
import { chainQuery, databaseQuery } from "./queries";
import { VersionSelect } from "./VersionSelect";

interface Props {
  name: string;
  version: string;
  onFile: (path: string) => void;
}

export function VersionDatabase({ name, version, onFile }: Props) {
  const t = useT();
  const query = useQuery(databaseQuery(name, version));
  if (query.isPending) return <Skeleton active paragraph={{ rows: 8 }} />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  const { layout, engine, full_load, increments, findings } = query.data;
  return (
    <div className="sections">
      <section>
        <Facts
          facts={[
            [t.versionDatabase.engine, engine ?? <span className="faint">{t.versionDatabase.anyEngine}</span>],
            [t.version.layout, layout ? t.versionDatabase.layouts[layout] : <span className="faint">{t.versionDatabase.noLayout}</span>],
            [
              t.versionDatabase.fullLoad,
              full_load ? <Files paths={[full_load]} onFile={onFile} /> : <span className="faint">{t.common.none}</span>,
            ],
          ]}
        />
      </section>
      <section>
        <h3>{t.versionDatabase.increments}</h3>
        <Table<Structure["increments"][number]>
          size="small"
          pagination={false}
          rowKey={(row) => `${row.from ?? ""} ${row.to}`}
          dataSource={increments}
          locale={{ emptyText: t.versionDatabase.noIncrements }}
          columns={[
            { key: "way", title: t.versionDatabase.way, width: 180, render: (_, row) => <Way from={row.from} to={row.to} /> },
            { key: "upgrade", title: t.versionDatabase.upgrade, render: (_, row) => <Files paths={row.upgrade} onFile={onFile} /> },
            {
              key: "rollback",
              title: t.versionDatabase.rollback,
              render: (_, row) =>
                row.rollback.length > 0 ? <Files paths={row.rollback} onFile={onFile} /> : <span className="missing">{t.versionDatabase.noRollback}</span>,
            },
          ]}
        />
      </section>
      {findings.length > 0 && (
        <section>
          <h3>{t.versionDatabase.findings}</h3>
          <Findings findings={findings} onPlace={({ place }) => place && onFile(place.path)} />
        </section>
      )}
      <section>
        <h3>{t.versionDatabase.chain}</h3>
        <Chain name={name} version={version} />
      </section>
    </div>
  );
}

function Way({ from, to }: { from: string | null | undefined; to: string | null | undefined }): ReactNode {
  const t = useT();
  const nothing = <span className="faint">{t.versionDatabase.empty}</span>;
  return (
    <span className="num">
      {from ?? nothing} → {to ?? nothing}
    </span>
  );
}

function Files({ paths, onFile }: { paths: readonly string[]; onFile: (path: string) => void }) {
  return paths.map((path) => (
    <div key={path}>
      <Button type="link" size="small" className="file-link" onClick={() => onFile(path)}>
        <code>{path}</code>
      </Button>
    </div>
  ));
}

function Chain({ name, version }: { name: string; version: string }) {
  const t = useT();
  const [from, setFrom] = useState<string>();
  const query = useQuery(chainQuery(name, from, version));
  return (
    <>
      <div className="toolbar">
        <VersionSelect allowClear name={name} value={from} without={version} label={t.versionDatabase.fromEmpty} onChange={setFrom} />
        <span aria-hidden>→</span>
        <span className="num">{version}</span>
      </div>
      {query.isPending && <Skeleton active paragraph={{ rows: 2 }} />}
      {query.isError && <ProblemView error={query.error} />}
      {query.data && (
        <>
          <Steps steps={query.data.steps} />
          {from && <h3>{t.versionDatabase.wayBack}</h3>}
          {from && (query.data.way_back ? <Steps steps={query.data.way_back} /> : <p className="missing">{t.versionDatabase.noWayBack}</p>)}
        </>
      )}
    </>
  );
}

function Steps({ steps }: { steps: readonly ChainStep[] }) {
  const t = useT();
  if (steps.length === 0) return <p className="faint">{t.versionDatabase.nothingToDo}</p>;
  return (
    <ol className="chain">
      {steps.map((step, index) => (
        <li key={index}>
          <strong>{t.versionDatabase.steps[step.kind]}</strong> <Way from={step.from} to={step.to} />
          <span className="faint"> {t.versionDatabase.filesOf(step.version)} </span>
          {step.files.map((path) => (
            <code key={path}>{path}</code>
          ))}
        </li>
      ))}
    </ol>
  );
}
