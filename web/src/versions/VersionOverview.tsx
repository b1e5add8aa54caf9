// What a version is: its content, its archive, its commands and checks.

import { Alert } from "antd";

import type { Command, HealthCheck, LifecycleName, VersionDetail } from "../api/types";
import { useT } from "../i18n";
import type { Dictionary } from "../i18n/en";
import { formatBytes, shortDigest } from "../i18n/format";
import { Ago } from "../ui/Ago";
import { CopyInline } from "../ui/Copyable";
import { Facts, type Fact } from "../ui/Facts";
import { State } from "../ui/State";
import { versionTone } from "../ui/tone";

export function VersionOverview({ detail }: { detail: VersionDetail }) {
  const t = useT();
  const { summary, archive, manifest, state_change: change } = detail;
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
      {change && summary.state !== "published" && (
        <Alert
          type={summary.state === "banned" ? "error" : "warning"}
          showIcon
          title={<>{t.version.changedBy(t.package.states[summary.state], change.by)} <Ago at={change.at} /></>}
          description={change.reason}
        />
      )}
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
              {typeof command.timeout === "number" && <span className="faint">{t.version.timeout(command.timeout)}</span>}
            </>,
          ])}
        />
      </section>
      <section>
        <h3>{t.version.health}</h3>
        {manifest.health.length === 0 && <p className="faint">{t.version.noHealth}</p>}
        <Facts facts={manifest.health.map((check) => healthFact(check, t))} />
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
