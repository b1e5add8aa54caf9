// The storage: what it holds and saves, whether it is sound, and work on it.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, App, Button, Skeleton, Tabs } from "antd";
import { useEffect } from "react";

import { post } from "../api/client";
import type { JobRequest, StorageJob, StorageStats } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { Damage } from "../storage/Damage";
import { JobPanel } from "../storage/JobPanel";
import { Jobs } from "../storage/Jobs";
import { JobOutcome } from "../storage/JobWords";
import { storageQuery } from "../storage/queries";
import { savingOf } from "../storage/saving";
import { SiteRetention } from "../storage/SiteRetention";
import { Ago } from "../ui/Ago";
import { PageHead } from "../ui/PageHead";
import { ProblemView, wordsOf } from "../ui/ProblemView";

const route = getRouteApi("/shell/storage");

export function Storage() {
  const t = useT();
  const client = useQueryClient();
  const start = useStart();
  const navigate = route.useNavigate();
  const { tab = "jobs" } = route.useSearch();
  const query = useQuery(storageQuery);
  const stats = query.data;
  const running = stats?.running ?? undefined;
  // What a job did shows when it has ended, whoever began it.
  const at = running?.id;
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ["storage", "list"] });
  }, [client, at]);
  if (query.isError && !stats) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <PageHead title={t.storage.title} note={<span className="faint">{t.storage.intro}</span>} actions={<Actions isBusy={running !== undefined} />} />
      {!stats && <Skeleton active paragraph={{ rows: 6 }} />}
      {stats && <Numbers stats={stats} />}
      {stats && stats.damaged_segments > 0 && (
        <Alert
          type="error"
          showIcon
          title={t.storage.damaged(stats.damaged_segments)}
          description={t.storage.damageIntro}
          action={
            <span className="page-actions">
              <Button onClick={() => void navigate({ search: { tab: "damage" } })}>{t.storage.showDamage}</Button>
              <Button disabled={running !== undefined || start.isPending} onClick={() => start.mutate({ kind: "verify", repair: true })}>
                {t.storage.repair}
              </Button>
            </span>
          }
        />
      )}
      {running && <JobPanel job={running} />}
      <Tabs
        activeKey={tab}
        destroyOnHidden
        onChange={(key) => void navigate({ search: { tab: key as typeof tab } })}
        items={[
          { key: "jobs", label: t.storage.jobs, children: <Jobs /> },
          { key: "damage", label: t.storage.damage, children: <Damage /> },
          { key: "retention", label: t.retention.title, children: <SiteRetention /> },
        ]}
      />
    </>
  );
}

/** Begins a job; what it does shows in the numbers and the list. */
function useStart() {
  const t = useT();
  const client = useQueryClient();
  const { notification } = App.useApp();
  return useMutation({
    mutationFn: (request: JobRequest) => post<StorageJob>("/storage/jobs", request),
    onSettled: () => client.invalidateQueries({ queryKey: ["storage"] }),
    onError: (error) => {
      const { title, hint } = wordsOf(error, t);
      notification.warning({ title, description: hint });
    },
  });
}

function Actions({ isBusy }: { isBusy: boolean }) {
  const t = useT();
  const { modal } = App.useApp();
  const start = useStart();
  const disabled = isBusy || start.isPending;
  const collect = () =>
    modal.confirm({
      title: t.storage.gcTitle,
      content: t.storage.gcText,
      okText: t.storage.kinds.gc,
      okButtonProps: { danger: true },
      onOk: () => start.mutateAsync({ kind: "gc" }).catch(() => undefined),
    });
  return (
    <>
      <Button disabled={disabled} onClick={() => start.mutate({ kind: "verify" })}>
        {t.storage.kinds.verify}
      </Button>
      <Button disabled={disabled} onClick={() => start.mutate({ kind: "gc", dry_run: true })}>
        {t.storage.dryKinds.gc}
      </Button>
      <Button danger disabled={disabled} onClick={() => void collect()}>
        {t.storage.kinds.gc}…
      </Button>
    </>
  );
}

function Numbers({ stats }: { stats: StorageStats }) {
  const t = useT();
  const { stored, saved } = savingOf(stats);
  const { last_gc, last_verify } = stats;
  return (
    <section className="numbers" aria-label={t.storage.title}>
      <div className="number">
        <h2>{t.storage.content}</h2>
        <strong>{formatBytes(stats.content_bytes)}</strong>
        <span>{t.storage.ofVersions(stats.versions, stats.packages)}</span>
      </div>
      <div className="number">
        <h2>{t.storage.stored}</h2>
        <strong>{formatBytes(stored)}</strong>
        <span>{t.storage.storedAs(stats.packs, stats.originals)}</span>
      </div>
      <div className="number">
        <h2>{t.overview.storage}</h2>
        <strong>{saved === undefined ? "–" : `${(saved * 100).toFixed(saved > 0.99 ? 2 : 1)} %`}</strong>
        <span>{t.storage.savedHint}</span>
      </div>
      <div className="number">
        <h2>{t.storage.garbage}</h2>
        <strong>{last_gc?.report?.kind === "gc" ? formatBytes(last_gc.report.freed_bytes) : "–"}</strong>
        <span>
          {last_gc ? (
            <>
              {last_gc.request.dry_run ? t.storage.foundAt : t.storage.freedAt} <Ago at={last_gc.created_at} />
            </>
          ) : (
            t.storage.neverLooked
          )}
        </span>
      </div>
      <div className="number">
        <h2>{t.storage.soundness}</h2>
        <strong>{last_verify ? (stats.damaged_segments > 0 ? t.storage.isDamaged : t.storage.isSound) : "–"}</strong>
        <span>
          {last_verify ? (
            <>
              <JobOutcome job={last_verify} /> <Ago at={last_verify.created_at} />
            </>
          ) : (
            t.storage.neverLooked
          )}
        </span>
      </div>
    </section>
  );
}
