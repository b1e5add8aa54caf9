import { DownloadOutlined, RocketOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";

import { BASE, seg } from "../api/client";
import type { VersionSummary } from "../api/types";
import { useI18n } from "../i18n";
import { formatBytes, formatNumber, shortDigest } from "../i18n/format";
import { ButtonLink } from "../shell/ButtonLink";
import { VersionLink } from "../table/links";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { CopyInline } from "../ui/Copyable";
import { State } from "../ui/State";
import { versionTone } from "../ui/tone";

export const archiveUrl = (name: string, version: string) =>
  `${BASE}/packages/${seg(name)}/versions/${seg(version)}/archive`;

export function PackageVersions({ name }: { name: string }) {
  const { t, language } = useI18n();
  const number = (value: number) => <span className="num">{formatNumber(value, language)}</span>;
  const columns: Column<VersionSummary>[] = [
    {
      key: "version",
      title: t.package.number,
      render: (row) => (
        <div className="two-lines">
          <VersionLink name={row.package} version={row.version} />
          {(row.build ?? row.description) && (
            <span className="faint clip">{[row.build, row.description].filter(Boolean).join(" · ")}</span>
          )}
        </div>
      ),
    },
    {
      key: "state",
      title: t.package.state,
      render: (row) => (
        <State tone={versionTone[row.state]} hint={t.package.statesHint[row.state]}>
          {t.package.states[row.state]}
        </State>
      ),
    },
    { key: "tree", title: t.package.tree, optional: true, render: (row) => <CopyInline text={row.tree} shown={shortDigest(row.tree)} /> },
    { key: "files", title: t.package.files, align: "right", optional: true, render: (row) => number(row.files) },
    { key: "size", title: t.package.size, align: "right", render: (row) => <span className="num">{formatBytes(row.size)}</span> },
    {
      key: "new",
      title: t.package.newBytes,
      align: "right",
      render: (row) => (
        <Tooltip title={t.package.newBytesHint}>
          <span className="num">{formatBytes(row.new_bytes)}</span>
        </Tooltip>
      ),
    },
    { key: "instances", title: t.packages.instances, align: "right", render: (row) => number(row.instances) },
    { key: "by", title: t.package.by, optional: true, render: (row) => row.creator },
    { key: "pushed", title: t.package.pushed, render: (row) => <Ago at={row.created_at} /> },
    {
      key: "actions",
      title: t.package.actions,
      align: "right",
      render: (row) => (
        <span className="row-actions">
          <Tooltip title={t.package.download}>
            <Button
              type="text"
              size="small"
              icon={<DownloadOutlined />}
              aria-label={`${t.package.download}: ${row.version}`}
              href={archiveUrl(row.package, row.version)}
              download
            />
          </Tooltip>
          <Tooltip title={t.package.deployVersion(row.version)}>
            <ButtonLink
              look="text"
              size="small"
              icon={<RocketOutlined />}
              aria-label={t.package.deployVersion(row.version)}
              disabled={row.state !== "published"}
              to="/deploy"
              search={{ package: row.package, version: row.version }}
            />
          </Tooltip>
        </span>
      ),
    },
  ];
  return (
    <QueryTable<VersionSummary>
      noun="packages"
      path={`/packages/${seg(name)}/versions`}
      rowKey={(row) => row.id}
      columns={columns}
      empty={<Blank title={t.package.empty} hint={t.package.emptyHint} action={<ButtonLink to="/push">{t.nav.push}</ButtonLink>} />}
    />
  );
}
