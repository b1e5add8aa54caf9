// What a version of a database package consists of, what should be better about it, and how a database comes to it.

import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton, Table } from "antd";
import type { ReactNode } from "react";

import type { VersionDatabase as Structure } from "../api/types";
import { Chain } from "../database/Chain";
import { useT } from "../i18n";
import { Facts } from "../ui/Facts";
import { Findings } from "../ui/Findings";
import { ProblemView } from "../ui/ProblemView";
import { databaseQuery } from "./queries";

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
        <Chain name={name} to={version} />
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
