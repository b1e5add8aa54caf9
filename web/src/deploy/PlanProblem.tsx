// Why there is no plan, or why it cannot be applied. Variables without a value are listed, each with the way to give it one.

import { Alert, Button, Tag } from "antd";
import { useState } from "react";

import { problemOf } from "../api/problem";
import type { DeploymentRequest, UnresolvedVariable } from "../api/types";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { ProblemView, wordsOf } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { reachOf } from "../variables/scope";
import { canBeGiven, unresolvedUses } from "../variables/unresolved";
import { VariableDialog } from "../variables/VariableDialog";
import { SecretDialog } from "../vault/SecretDialog";

interface Props {
  error: unknown;
  /** What was to be planned; it says where a value has to hold. */
  request: Pick<DeploymentRequest, "package" | "targets">;
  onRetry: () => void;
}

export function PlanProblem({ error, request, onRetry }: Props) {
  const t = useT();
  const uses = unresolvedUses(problemOf(error));
  if (!uses) return <ProblemView error={error} />;
  return <UnresolvedUses title={wordsOf(error, t).title} uses={uses} request={request} onRetry={onRetry} />;
}

interface UsesProps extends Omit<Props, "error"> {
  title: string;
  uses: readonly UnresolvedVariable[];
}

export function UnresolvedUses({ title, uses, request, onRetry }: UsesProps) {
  const t = useT();
  const [asked, setAsked] = useState<UnresolvedVariable>();
  const [given, setGiven] = useState<ReadonlySet<string>>(new Set());
  const close = () => setAsked(undefined);
  const give = ({ name }: UnresolvedVariable) => setGiven(new Set([...given, name.toLowerCase()]));
  const isGiven = ({ name }: UnresolvedVariable) => given.has(name.toLowerCase());
  return (
    <>
      <Alert
        type="error"
        showIcon
        className="problem"
        title={<Prose text={title} />}
        description={
          <ul className="unresolved">
            {uses.map((use) => (
              <li key={`${use.place} ${use.token}`}>
                <span>
                  <code>{use.token}</code> <span className="faint">{use.place}</span>
                  <br />
                  <Why use={use} /> <span className="faint">{t.values.onHosts(use.hosts, use.hosts_more)}</span>
                </span>
                <span className="row-actions">
                  {isGiven(use) ? (
                    <Tag color="success">{t.values.given}</Tag>
                  ) : (
                    <ButtonLink to="/variables" look="text" search={{ tab: "explain", name: use.name, package: request.package, host: use.hosts[0] }}>
                      {t.values.tabs.explain}
                    </ButtonLink>
                  )}
                  {!isGiven(use) && canBeGiven(use) && (
                    <Button aria-label={t.values.giveTo(use.name)} onClick={() => setAsked(use)}>
                      {use.secret ? t.vault.add : t.values.give}
                    </Button>
                  )}
                </span>
              </li>
            ))}
          </ul>
        }
        action={
          <Button type={uses.every(isGiven) ? "primary" : "default"} onClick={onRetry}>
            {t.plan.again}
          </Button>
        }
      />
      {asked?.secret && <SecretDialog start={asked.secret} onClose={close} onSaved={() => give(asked)} />}
      {asked && !asked.secret && (
        <VariableDialog start={{ name: asked.name, scope: reachOf(request) }} onClose={close} onSaved={() => give(asked)} />
      )}
    </>
  );
}

function Why({ use: { reason_code: code, reason, name, scopes = [], secret } }: { use: UnresolvedVariable }) {
  const t = useT();
  switch (code) {
    case "undefined":
      return t.values.reasons.none;
    case "ambiguous":
      return t.values.reasons.ambiguous(scopes.join(", "));
    case "secret_missing":
      return t.values.reasons.noSecret(secret ?? "");
    case "secret_seen":
      return t.values.reasons.seen(name);
    case "not_given":
    case "key_unusable":
    case "too_long":
      return <Prose text={reason} />;
  }
}
