// What was done to the storage, the newest first.

import type { StorageJob } from "../api/types";
import { useI18n } from "../i18n";
import { formatDuration } from "../i18n/format";
import { QueryTable, type Column } from "../table/QueryTable";
import { Ago } from "../ui/Ago";
import { Blank } from "../ui/Blank";
import { JobOutcome, JobState, titleOf } from "./JobWords";

export function Jobs() {
  const { t, language } = useI18n();
  const columns: Column<StorageJob>[] = [
    { key: "what", title: t.storage.job, render: (row) => titleOf(row, t) },
    { key: "state", title: t.package.state, render: (row) => <JobState job={row} /> },
    { key: "outcome", title: t.storage.outcome, render: (row) => <JobOutcome job={row} /> },
    {
      key: "took",
      title: t.deployments.took,
      align: "right",
      optional: true,
      render: (row) =>
        row.ended_at && <span className="num">{formatDuration(Date.parse(row.ended_at) - Date.parse(row.created_at), language)}</span>,
    },
    { key: "by", title: t.storage.by, optional: true, render: (row) => (row.creator === "server" ? t.storage.daily : row.creator) },
    { key: "at", title: t.deployments.started, render: (row) => <Ago at={row.created_at} /> },
  ];
  return (
    <QueryTable<StorageJob>
      noun="storage"
      name="storage jobs"
      path="/storage/jobs"
      rowKey={(row) => row.id}
      columns={columns}
      empty={<Blank title={t.storage.noJobs} hint={t.storage.noJobsHint} />}
    />
  );
}
