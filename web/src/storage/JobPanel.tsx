// The job that works on the storage now. The server knows it, so it is here again after a reload and on every other screen.

import { Progress } from "antd";

import type { StorageJob } from "../api/types";
import { useT } from "../i18n";
import { Ago } from "../ui/Ago";
import { Panel } from "../ui/Panel";
import { phaseOf, titleOf } from "./JobWords";

export function JobPanel({ job }: { job: StorageJob }) {
  const t = useT();
  const { done, total } = job.progress;
  const percent = total ? Math.min(100, Math.floor((done / total) * 100)) : undefined;
  return (
    <Panel title={titleOf(job, t)}>
      <div className="job" role="status">
        <Progress percent={percent ?? 100} status="active" size="small" showInfo={percent !== undefined} aria-label={titleOf(job, t)} />
        <span className="faint">
          {phaseOf(job, t)} · {t.storage.startedBy(job.creator)} <Ago at={job.created_at} />
        </span>
      </div>
    </Panel>
  );
}
