// The hosts that keep something from being deleted, by name.

import { Alert } from "antd";
import { Link } from "@tanstack/react-router";

import type { Instance, Page } from "../api/types";
import { useT } from "../i18n";
import { HostLink } from "../table/links";

export function Holders({ name, version, page }: { name: string; version?: string | undefined; page: Page<Instance> }) {
  const t = useT();
  const more = page.total - page.items.length;
  return (
    <Alert
      type="warning"
      showIcon
      title={t.versions.inUse(page.total)}
      description={
        <>
          <p className="tags">
            {page.items.map(({ host_name }) => (
              <HostLink key={host_name} name={host_name} />
            ))}
            {more > 0 && <span className="faint">{t.versions.moreHosts(more)}</span>}
          </p>
          <p>{t.versions.inUseHint}</p>
          <Link to="/instances" search={{ package: name, version }}>
            {t.versions.toInstances}
          </Link>
        </>
      }
    />
  );
}
