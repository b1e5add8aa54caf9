// What a job on the storage did, does, or came to, in words.

import { useT } from "../i18n";
import type { GcReport, StorageJob, VerifyReport } from "../api/types";
import { formatBytes } from "../i18n/format";
import type { Dictionary } from "../i18n/en";
import { State } from "../ui/State";
import type { Tone } from "../ui/tone";

const TONES: Record<StorageJob["state"], Tone> = { running: "active", done: "good", failed: "bad", interrupted: "warn" };

/** What a job is called; a dry one says that it is. */
export const titleOf = ({ request }: StorageJob, t: Dictionary) =>
  request.dry_run ? t.storage.dryKinds[request.kind] : t.storage.kinds[request.kind];

export function JobState({ job }: { job: StorageJob }) {
  const t = useT();
  return <State tone={TONES[job.state]}>{t.storage.states[job.state]}</State>;
}

export function JobOutcome({ job }: { job: StorageJob }) {
  const t = useT();
  const { report, failure, request } = job;
  if (failure) return <span className="missing">{failure}</span>;
  if (!report) return <span className="faint">{job.state === "interrupted" ? t.storage.interrupted : phaseOf(job, t)}</span>;
  if (report.kind === "verify") {
    const repaired = (report as VerifyReport).repaired_segments ?? 0;
    return (
      <span>
        {repaired > 0 && `${t.storage.repaired(repaired)} `}
        {report.damaged_segments > 0 ? (
          <span className="missing">{t.storage.foundDamage(report.damaged_segments, report.damaged_ranges)}</span>
        ) : (
          t.storage.foundNothing(formatBytes(report.bytes), report.segments)
        )}
      </span>
    );
  }
  const rewritten = (report as GcReport).rewritten_packs ?? 0;
  const words = request.dry_run ? t.storage.wouldFree : t.storage.freed;
  return (
    <span>
      {words(formatBytes(report.freed_bytes), report.removed_segments, report.removed_packs)}
      {rewritten > 0 && ` ${t.storage.rewritten(rewritten)}`}
      {report.condemned_segments > 0 && <span className="faint"> {t.storage.condemned(report.condemned_segments)}</span>}
    </span>
  );
}

/** What a running job is at. */
export function phaseOf({ progress: { phase, done, total } }: StorageJob, t: Dictionary): string {
  const name = isKnown(phase, t) ? t.storage.phases[phase] : phase;
  return total === null || total === undefined ? t.storage.at(name, done) : t.storage.atOf(name, done, total);
}

/** A newer server may have phases that there are no words for. */
const isKnown = (phase: string, t: Dictionary): phase is keyof Dictionary["storage"]["phases"] => Object.hasOwn(t.storage.phases, phase);
