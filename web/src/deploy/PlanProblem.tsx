// Why there is no plan. Variables without a value are listed, each with the way to give it one.

import { Alert, Button, Tag } from "antd";
import { useState } from "react";

import { problemOf } from "../api/problem";
import type { DeploymentRequest } from "../api/types";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { ProblemView, wordsOf } from "../ui/ProblemView";
import { Prose } from "../ui/Prose";
import { reachOf } from "../variables/scope";
import { unresolvedUses, type UnresolvedUse } from "../variables/unresolved";
import { VariableDialog } from "../variables/VariableDialog";
import { SecretDialog } from "../vault/SecretDialog";

interface Props {
  error: unknown;
  /** What was to be planned; it says where a value has to hold. */
  request: Pick<DeploymentRequest, "package" | "targets">;
  onRetry: () => void;
}

export function PlanProblem({ error, request, onRetry }: Props) {
  const uses = unresolvedUses(problemOf(error));
  return uses ? <Unresolved error={error} uses={uses} request={request} onRetry={onRetry} /> : <ProblemView error={error} />;
}

function Unresolved({ error, uses, request, onRetry }: Props & { uses: UnresolvedUse[] }) {
  const t = useT();
  const [asked, setAsked] = useState<UnresolvedUse>();
  const [given, setGiven] = useState<ReadonlySet<string>>(new Set());
  const close = () => setAsked(undefined);
  const give = ({ name }: UnresolvedUse) => setGiven(new Set([...given, name.toLowerCase()]));
  const isGiven = ({ name }: UnresolvedUse) => given.has(name.toLowerCase());
  return (
    <>
      <Alert
        type="error"
        showIcon
        className="problem"
        title={<Prose text={wordsOf(error, t).title} />}
        description={
          <ul className="unresolved">
            {uses.map((use) => (
              <li key={`${use.place} ${use.token}`}>
                <span>
                  <code>{use.token}</code> <span className="faint">{use.place}</span>
                  <br />
                  <Why use={use} /> <span className="faint">{use.hosts}</span>
                </span>
                <span className="row-actions">
                  {isGiven(use) ? (
                    <Tag color="success">{t.values.given}</Tag>
                  ) : (
                    <ButtonLink to="/variables" look="text" search={{ tab: "explain", name: use.name, package: request.package, host: use.firstHost }}>
                      {t.values.tabs.explain}
                    </ButtonLink>
                  )}
                  {!isGiven(use) && use.reason.is !== "seen" && (
                    <Button aria-label={t.values.giveTo(use.name)} onClick={() => setAsked(use)}>
                      {use.reason.is === "no_secret" ? t.vault.add : t.values.give}
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
      {asked?.reason.is === "no_secret" && <SecretDialog start={asked.reason.secret} onClose={close} onSaved={() => give(asked)} />}
      {asked && asked.reason.is !== "no_secret" && (
        <VariableDialog start={{ name: asked.name, scope: reachOf(request) }} onClose={close} onSaved={() => give(asked)} />
      )}
    </>
  );
}

function Why({ use: { reason, name } }: { use: UnresolvedUse }) {
  const t = useT();
  switch (reason.is) {
    case "none":
      return t.values.reasons.none;
    case "ambiguous":
      return t.values.reasons.ambiguous(reason.scopes);
    case "no_secret":
      return t.values.reasons.noSecret(reason.secret);
    case "seen":
      return t.values.reasons.seen(name);
    case "other":
      return <Prose text={reason.words} />;
  }
}
