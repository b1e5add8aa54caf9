// The versions of a package: found, compared two by two, and acted on.

import { LockOutlined } from "@ant-design/icons";
import { getRouteApi } from "@tanstack/react-router";
import { Button, Select, Tag, Tooltip } from "antd";
import { useState } from "react";

import { seg } from "../api/client";
import type { VersionState, VersionSummary } from "../api/types";
import { useI18n } from "../i18n";
import { formatBytes, formatNumber, shortDigest } from "../i18n/format";
import { ButtonLink } from "../shell/ButtonLink";
import { VersionLink } from "../table/links";
import { QueryTable, type Column } from "../table/QueryTable";
import { toggled } from "../table/toggled";
import { SearchBox } from "../table/SearchBox";
import { useFilters } from "../table/useFilters";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { CopyInline } from "../ui/Copyable";
import { State } from "../ui/State";
import { versionTone } from "../ui/tone";
import { VersionActions } from "../versions/VersionActions";
import { VersionDialog, type VersionQuestion } from "../versions/VersionDialog";

const route = getRouteApi("/shell/packages/$name");

const STATES: VersionState[] = ["published", "yanked", "banned"];

interface Handlers {
  onCreator: (name: string) => void;
  onAsk: (question: VersionQuestion) => void;
}

function useVersionColumns({ onCreator, onAsk }: Handlers): Column<VersionSummary>[] {
  const { t, language } = useI18n();
  const number = (value: number) => <span className="num">{formatNumber(value, language)}</span>;
  return [
    {
      key: "version",
      title: t.package.number,
      sort: { ascend: "version", descend: "-version" },
      render: (row) => (
        <div className="two-lines">
          <span>
            <VersionLink name={row.package} version={row.version} />{" "}
            {row.is_protected && <LockOutlined className="faint" title={t.versions.isProtected} aria-label={t.versions.isProtected} />}
          </span>
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
    {
      key: "size",
      title: t.package.size,
      align: "right",
      sort: { ascend: "size", descend: "-size" },
      render: (row) => <span className="num">{formatBytes(row.size)}</span>,
    },
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
    {
      key: "instances",
      title: t.packages.instances,
      align: "right",
      render: (row) => number(row.instances),
    },
    { key: "modules", title: t.packages.modules, align: "right", optional: true, render: (row) => number(row.modules) },
    {
      key: "by",
      title: t.package.by,
      optional: true,
      render: (row) => (
        <button type="button" className="plain" title={t.versions.by(row.creator)} onClick={() => onCreator(row.creator)}>
          {row.creator}
        </button>
      ),
    },
    {
      key: "pushed",
      title: t.package.pushed,
      sort: { ascend: "created", descend: "-created" },
      render: (row) => <Ago at={row.created_at} />,
    },
    { key: "actions", title: t.package.actions, align: "right", render: (row) => <VersionActions version={row} look="row" onAsk={onAsk} /> },
  ];
}

export function PackageVersions({ name }: { name: string }) {
  const { t } = useI18n();
  const { state, creator, search, deployed } = route.useSearch();
  const { set } = useFilters();
  const [chosen, setChosen] = useState<VersionSummary[]>([]);
  const [question, setQuestion] = useState<VersionQuestion>();
  // The older one stands left.
  const [from, to] = [...chosen].sort((a, b) => Date.parse(a.created_at) - Date.parse(b.created_at));
  const isFull = chosen.length >= 2;
  const isChosen = (row: VersionSummary) => chosen.some(({ version }) => version === row.version);
  return (
    <>
      <QueryTable<VersionSummary>
        noun="packages"
        name="versions"
        path={`/packages/${seg(name)}/versions`}
        filters={{ state, creator, search, deployed }}
        rowKey={(row) => row.version}
        columns={useVersionColumns({ onCreator: (name) => set({ creator: name }), onAsk: setQuestion })}
        onClear={() => set({ state: undefined, creator: undefined, search: undefined, deployed: undefined })}
        selection={{
          isChosen,
          onChoose: (rows, on) => setChosen(toggled(chosen, rows, on, ({ version }) => version).slice(-2)),
          disabled: (row) => isFull && !isChosen(row),
        }}
        toolbar={
          chosen.length > 0 ? (
            <div className="bulk" role="toolbar" aria-label={t.common.selected(chosen.length)}>
              <span className="num">{chosen.map(({ version }) => version).join(", ")}</span>
              <ButtonLink
                look="primary"
                disabled={!isFull}
                to="/packages/$name/compare"
                params={{ name }}
                search={{ from: from?.version, to: to?.version }}
              >
                {t.versions.compare}
              </ButtonLink>
              {!isFull && <span className="faint">{t.versions.chooseAnother}</span>}
              <Button type="text" onClick={() => setChosen([])}>
                {t.common.cancel}
              </Button>
            </div>
          ) : (
            <>
              <SearchBox value={search} label={t.versions.searchHint} onChange={(next) => set({ search: next })} />
              <Select
                allowClear
                value={state}
                placeholder={t.package.state}
                aria-label={t.package.state}
                popupMatchSelectWidth={false}
                options={STATES.map((value) => ({ value, label: t.package.states[value] }))}
                onChange={(next: VersionState | undefined) => set({ state: next })}
              />
              <Select
                allowClear
                value={deployed}
                placeholder={t.versions.where}
                aria-label={t.versions.where}
                popupMatchSelectWidth={false}
                options={(["true", "false"] as const).map((value) => ({ value, label: t.versions.deployedOrNot[value] }))}
                onChange={(next: "true" | "false" | undefined) => set({ deployed: next })}
              />
              {creator && (
                <Tag closable onClose={() => set({ creator: undefined })}>
                  {t.package.by}: {creator}
                </Tag>
              )}
            </>
          )
        }
        empty={<Blank title={t.package.empty} hint={t.package.emptyHint} action={<ButtonLink to="/push">{t.nav.push}</ButtonLink>} />}
      />
      <VersionDialog question={question} onClose={() => setQuestion(undefined)} />
    </>
  );
}
