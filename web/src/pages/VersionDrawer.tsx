// Everything about one version: its archive, its commands and checks, its files.

import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Skeleton, Table } from "antd";

import { treeQuery, versionQuery } from "../api/queries";
import type { Command, HealthCheck, LifecycleName, TreeEntry, VersionDetail } from "../api/types";
import { useT } from "../i18n";
import type { Dictionary } from "../i18n/en";
import { formatBytes, shortDigest } from "../i18n/format";
import { ButtonLink } from "../shell/ButtonLink";
import { Ago } from "../ui/Ago";
import { CopyInline } from "../ui/Copyable";
import { Facts, type Fact } from "../ui/Facts";
import { ProblemView } from "../ui/ProblemView";
import { State } from "../ui/State";
import { versionTone } from "../ui/tone";
import { archiveUrl } from "./PackageVersions";

interface Props {
  name: string;
  version: string;
  onClose: () => void;
}

export function VersionDrawer({ name, version, onClose }: Props) {
  const t = useT();
  const query = useQuery(versionQuery(name, version));
  return (
    <Drawer
      open
      size={680}
      onClose={onClose}
      title={`${name}@${version}`}
      extra={
        query.data && (
          <span className="page-actions">
            <Button href={archiveUrl(name, version)} download>
              {t.version.download}
            </Button>
            <ButtonLink
              look="primary"
              to="/deploy"
              search={{ package: name, version }}
              disabled={query.data.summary.state !== "published"}
            >
              {t.package.deploy}
            </ButtonLink>
          </span>
        )
      }
    >
      {query.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <Contents detail={query.data} />}
    </Drawer>
  );
}

function Contents({ detail }: { detail: VersionDetail }) {
  const t = useT();
  const { summary, archive, manifest } = detail;
  const commands = (Object.entries(manifest.lifecycle) as [LifecycleName, Command | null][]).flatMap(([name, command]) =>
    command ? [{ name, command }] : [],
  );
  const content: Fact[] = [
    [t.package.state, <State key="s" tone={versionTone[summary.state]}>{t.package.states[summary.state]}</State>],
    [t.package.pushed, <><Ago at={summary.created_at} /> · {summary.creator}</>],
    [t.package.size, `${formatBytes(summary.size)}, ${t.common.files(summary.files)}`],
    [t.package.newBytes, formatBytes(summary.new_bytes)],
    [t.version.layout, t.version.layouts[detail.layout]],
    [t.version.installRoot, <code key="r">{manifest.install_root ?? t.version.byDefault(`/data/app/${summary.package}`)}</code>],
    [t.version.owner, manifest.owner ?? t.version.agentUser],
    ...(summary.build ? [[t.version.build, summary.build] satisfies Fact] : []),
    [t.version.treeDigest, <CopyInline key="t" text={summary.tree} shown={shortDigest(summary.tree)} />],
  ];
  const kept: Fact[] = [
    [t.version.archive, archive.file_name],
    [t.package.size, formatBytes(archive.size)],
    [t.version.keptAs, t.version.kept[archive.kept_as]],
    [t.version.sha256, <CopyInline key="s" text={archive.sha256} />],
    [t.version.md5, <CopyInline key="m" text={archive.md5} />],
  ];
  return (
    <div className="sections">
      {summary.description && <p>{summary.description}</p>}
      <section>
        <h3>{t.version.content}</h3>
        <Facts facts={content} columns={2} />
      </section>
      <section>
        <h3>{t.version.archive}</h3>
        <Facts facts={kept} />
      </section>
      <section>
        <h3>{t.version.lifecycle}</h3>
        {commands.length === 0 && <p className="faint">{t.version.noLifecycle}</p>}
        <Facts
          facts={commands.map(({ name, command }) => [
            t.steps[name],
            <>
              <code>{[command.command, ...(command.args ?? [])].join(" ")}</code>{" "}
              {command.timeout !== undefined && <span className="faint">{t.version.timeout(command.timeout)}</span>}
            </>,
          ])}
        />
      </section>
      <section>
        <h3>{t.version.health}</h3>
        {manifest.health.length === 0 && <p className="faint">{t.version.noHealth}</p>}
        <Facts facts={manifest.health.map((check) => healthFact(check, t))} />
      </section>
      <section>
        <h3>{t.version.files}</h3>
        <Files name={summary.package} version={summary.version} />
      </section>
    </div>
  );
}

function healthFact(check: HealthCheck, t: Dictionary): Fact {
  const [probe, what] = probeOf(check);
  const { within, interval } = check;
  return [
    t.version.probes[probe],
    <>
      <code>{what}</code>{" "}
      {within !== undefined && interval !== undefined && <span className="faint">{t.version.within(within, interval)}</span>}
    </>,
  ];
}

function probeOf(check: HealthCheck): [keyof Dictionary["version"]["probes"], string | number] {
  if ("http" in check) return ["http", check.http];
  if ("port" in check) return ["port", check.port];
  if ("process" in check) return ["process", check.process];
  return ["command", check.command];
}

function Files({ name, version }: { name: string; version: string }) {
  const t = useT();
  const query = useQuery(treeQuery(name, version));
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  const entries = query.data?.items ?? [];
  const total = query.data?.total ?? 0;
  return (
    <>
      <Table<TreeEntry>
        size="small"
        virtual={entries.length > 50}
        scroll={entries.length > 50 ? { y: 420 } : {}}
        loading={query.isPending}
        rowKey="path"
        pagination={false}
        dataSource={entries}
        columns={[
          {
            key: "path",
            title: t.version.path,
            ellipsis: true,
            render: (_, entry) => (
              <code title={entry.path}>
                {entry.path}
                {entry.kind === "directory" && "/"}
                {entry.kind === "symlink" && ` → ${entry.target}`}
              </code>
            ),
          },
          { key: "mode", title: t.version.mode, width: 80, render: (_, entry) => <code>{entry.mode}</code> },
          {
            key: "size",
            title: t.package.size,
            width: 110,
            align: "right",
            render: (_, entry) => entry.kind === "file" && <span className="num">{formatBytes(entry.size)}</span>,
          },
        ]}
      />
      {total > entries.length && <p className="faint">{t.version.firstFiles(entries.length, total)}</p>}
    </>
  );
}
