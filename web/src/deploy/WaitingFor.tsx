// What a deployment waits for, in words that a person can act on.

import type { DeploymentDetail, Waiting } from "../api/types";
import { useI18n } from "../i18n";
import { formatRelative } from "../i18n/format";
import { useNow } from "../ui/Ago";
import { useBatchName } from "./PlanBatches";

export function WaitingFor({ deployment }: { deployment: DeploymentDetail }) {
  const { t, language } = useI18n();
  const now = useNow();
  const nameOf = useBatchName(deployment.batches);
  const soon = (at: string) => formatRelative(Math.max(Date.parse(at), now), now, language);
  const words = (waiting: Waiting): string => {
    switch (waiting.waits_for) {
      case "preparing":
        return t.deployment.waits.preparing(waiting.hosts, waiting.more);
      case "switching":
        return t.deployment.waits.switching(waiting.hosts, waiting.more);
      case "slot":
        return t.deployment.waits.slot(waiting.limit, waiting.down, waiting.more);
      case "bake":
        return t.deployment.waits.bake(nameOf(waiting.batch), soon(waiting.until));
      case "promote":
        return t.deployment.waits.promote(nameOf(waiting.batch));
      case "pause":
        return t.deployment.waits.pause(nameOf(waiting.batch), soon(waiting.until));
      case "answer":
        return t.deployment.waits.answer(waiting.failed, waiting.more);
      case "approval":
        return t.deployment.waits.approval(waiting.given, waiting.needed);
      case "lock":
        return t.deployment.waits.lock(waiting.message, waiting.by);
      case "freeze":
        return t.deployment.waits.freeze(waiting.name, waiting.message, soon(waiting.until));
      case "schedule":
        return t.deployment.waits.schedule(soon(waiting.at));
      case "turn":
        return t.deployment.waits.turn(waiting.business, waiting.limit, waiting.ahead.length);
      case "unreachable":
        return t.deployment.waits.unreachable(waiting.hosts, waiting.more);
      case "decision":
        return t.deployment.waits.decision(waiting.failed, waiting.more);
      case "resume":
        return t.deployment.waits.resume;
    }
  };
  if (deployment.waiting.length === 0) return null;
  return (
    <ul className="waiting-for" aria-live="polite">
      {deployment.waiting.map((waiting, index) => (
        <li key={index}>{words(waiting)}</li>
      ))}
    </ul>
  );
}
