// One file of a plan, before and after, side by side: as it comes in the package, or as it is rendered on a host, with secrets masked.

import { useQuery } from "@tanstack/react-query";
import { Alert, Modal, Select, Skeleton } from "antd";
import { useState } from "react";

import { planFileQuery } from "../api/queries";
import type { HostChange, PlanPreview, RenderedFile } from "../api/types";
import { languageOf } from "../editor/languages";
import { TextDiff } from "../editor/TextDiff";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { fileQuery } from "../versions/queries";

interface Props {
  plan: PlanPreview;
  change: HostChange;
  first: string;
  onClose: () => void;
}

const optionsOf = (values: readonly string[]) => values.map((value) => ({ value, label: value }));

export function PlanFileDialog({ plan, change, first, onClose }: Props) {
  const t = useT();
  const [path, setPath] = useState(first);
  const [host, setHost] = useState(change.hosts[0] ?? "");
  const { rendered = [], paths } = change;
  const isRendered = rendered.includes(path);
  const all = [...new Set([...rendered, ...paths.map((one) => one.path)])];
  return (
    <Modal open width="min(1200px, 94vw)" title={t.plan.fileTitle} footer={null} onCancel={onClose}>
      <div className="toolbar dialog-lead">
        <Select showSearch value={path} aria-label={t.plan.file} prefix={t.plan.file} popupMatchSelectWidth={false} options={optionsOf(all)} onChange={setPath} />
        {isRendered && (
          <>
            <Select
              showSearch
              value={host}
              aria-label={t.deploy.host}
              prefix={t.deploy.host}
              popupMatchSelectWidth={false}
              options={optionsOf(change.hosts)}
              onChange={setHost}
            />
            <span className="faint">{t.plan.masked}</span>
          </>
        )}
      </div>
      {isRendered ? <Rendered plan={plan} change={change} host={host} path={path} /> : <Packed plan={plan} change={change} path={path} />}
    </Modal>
  );
}

function Rendered({ plan, change, host, path }: Omit<Props, "first" | "onClose"> & { host: string; path: string }) {
  const file = useQuery(planFileQuery(plan.id, host, path));
  if (file.isPending) return <Skeleton active />;
  if (file.isError) return <ProblemView error={file.error} onRetry={() => void file.refetch()} />;
  const { unresolved = [] } = file.data;
  if (unresolved.length > 0) return <Unrendered host={host} uses={unresolved} />;
  return <Sides path={path} change={change} before={file.data.before ?? undefined} after={file.data.after ?? undefined} />;
}

/** In place of a file that cannot be rendered: what it lacks there. */
function Unrendered({ host, uses }: { host: string; uses: NonNullable<RenderedFile["unresolved"]> }) {
  const t = useT();
  return (
    <Alert
      type="error"
      showIcon
      title={t.plan.unrendered(host)}
      description={
        <ul className="plain-list">
          {uses.map(({ line, token }, index) => (
            <li key={index}>
              {line != null && `${t.plan.line(line)} `}
              <code>{token}</code>
            </li>
          ))}
        </ul>
      }
    />
  );
}

/** A file that comes to hosts as it is in its version. */
function Packed({ plan, change, path }: Omit<Props, "first" | "onClose"> & { path: string }) {
  const t = useT();
  const name = plan.spec.package;
  const kind = change.paths.find((one) => one.path === path)?.change;
  const before = useQuery({ ...fileQuery(name, change.from ?? "", path), enabled: change.from != null && kind !== "added" });
  const after = useQuery({ ...fileQuery(name, change.to ?? "", path), enabled: change.to != null && kind !== "removed" });
  const sides = [before, after];
  if (sides.some(({ isLoading }) => isLoading)) return <Skeleton active />;
  const failed = sides.find(({ isError }) => isError);
  if (failed) return <ProblemView error={failed.error} onRetry={() => void failed.refetch()} />;
  if (sides.some(({ data, isFetched }) => isFetched && data?.is !== "text")) return <Alert type="info" showIcon title={t.compare.binary} />;
  const text = ({ data }: typeof before) => (data?.is === "text" ? data.text : undefined);
  return <Sides path={path} change={change} before={text(before)} after={text(after)} />;
}

interface SidesProps {
  path: string;
  change: HostChange;
  /** Nothing where the file is not there. */
  before: string | undefined;
  after: string | undefined;
}

function Sides({ path, change: { from, to }, before, after }: SidesProps) {
  const t = useT();
  const label = (text: string | undefined, when: string, version: string | null | undefined) =>
    [when, text === undefined ? t.plan.absent : version].filter(Boolean).join(" · ");
  return (
    <>
      {before === after && <Alert type="info" showIcon className="problem" title={t.plan.sameFile} />}
      <div className="conflict-texts">
        <TextDiff
          left={before ?? ""}
          right={after ?? ""}
          leftLabel={label(before, t.plan.before, from)}
          rightLabel={label(after, t.plan.after, to)}
          language={languageOf(path)}
        />
      </div>
    </>
  );
}
