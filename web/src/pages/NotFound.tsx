import { Link, type ErrorComponentProps } from "@tanstack/react-router";

import { useT } from "../i18n";
import { Blank } from "../ui/Blank";
import { ProblemView } from "../ui/ProblemView";

export function NotFound() {
  const t = useT();
  return (
    <Blank title={t.errors.notFoundTitle} hint={t.errors.notFoundHint} action={<Link to="/">{t.errors.toOverview}</Link>} />
  );
}

export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <div className="page-error">
      <ProblemView error={error} onRetry={reset} />
    </div>
  );
}
