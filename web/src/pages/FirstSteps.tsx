// What to do on an empty server.

import { Link } from "@tanstack/react-router";

import { useT } from "../i18n";
import { Panel } from "../ui/Panel";

export function FirstSteps() {
  const t = useT();
  return (
    <Panel title={t.overview.firstSteps}>
      <p>{t.overview.firstStepsIntro}</p>
      <ol className="first-steps">
        <li>
          <Link to="/topology">{t.overview.stepTopology}</Link>
        </li>
        <li>
          <Link to="/hosts" search={{ join: "1" }}>
            {t.overview.stepHost}
          </Link>
        </li>
        <li>
          <Link to="/push">{t.overview.stepPush}</Link>
        </li>
      </ol>
    </Panel>
  );
}
