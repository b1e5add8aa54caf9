// All that can be done with one version: as buttons where it is done often, in a menu where it is not.

import { DownloadOutlined, MoreOutlined, RocketOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Dropdown, Tooltip, type MenuProps } from "antd";

import { post } from "../api/client";
import type { VersionDetail, VersionSummary } from "../api/types";
import { useNewVersion } from "../drafts/NewVersionButton";
import { useT } from "../i18n";
import { ButtonLink } from "../shell/ButtonLink";
import { wordsOf } from "../ui/ProblemView";
import { archiveUrl, versionPath } from "./addresses";
import { STATE_ACTIONS, type StateAction } from "./StateDialog";
import type { VersionQuestion } from "./VersionDialog";

interface Props {
  version: VersionSummary;
  /** The drawer of a version has the words on its buttons; a row has icons. */
  look: "row" | "words";
  /** What is asked before it is done is asked by the page: a question must not end with the row in which it began. */
  onAsk: (question: VersionQuestion) => void;
}

const isStateAction = (key: string): key is StateAction => ["yank", "unyank", "ban", "unban"].includes(key);

export function VersionActions({ version: summary, look, onAsk }: Props) {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { notification } = App.useApp();
  const { package: name, version, state, is_protected: isProtected = false } = summary;
  const begin = useNewVersion(name);
  const protection = useMutation({
    mutationFn: () => post<VersionDetail>(versionPath(name, version, isProtected ? "/unprotect" : "/protect")),
    onSettled: () => client.invalidateQueries({ queryKey: ["packages"] }),
    onError: (error) => {
      const { title, hint } = wordsOf(error, t);
      notification.error({ title, description: hint });
    },
  });
  const items: MenuProps["items"] = [
    { key: "new", label: t.drafts.newVersionFrom(version) },
    { key: "compare", label: t.versions.compareWith },
    { type: "divider" },
    ...(["tar.gz", "zip"] as const).map((form) => ({
      key: form,
      label: (
        <a href={archiveUrl(name, version, form)} download>
          {t.versions.downloadAs(form)}
        </a>
      ),
    })),
    { type: "divider" },
    ...STATE_ACTIONS[state].map((action) => ({ key: action, label: `${t.versions.actions[action]}…`, danger: action === "ban" })),
    { key: "protect", label: isProtected ? t.versions.unprotect : t.versions.protect },
    { key: "delete", label: `${t.common.remove}…`, danger: true },
  ];
  const onClick: MenuProps["onClick"] = ({ key }) => {
    if (key === "new") begin.mutate(version);
    else if (key === "compare") void navigate({ to: "/packages/$name/compare", params: { name }, search: { to: version } });
    else if (key === "protect") protection.mutate();
    else if (key === "delete" || isStateAction(key)) onAsk({ version: summary, asks: key });
  };
  const inRow = look === "row";
  const size = inRow ? { size: "small" as const } : {};
  return (
    <span className={inRow ? "row-actions" : "page-actions"}>
      <Tooltip title={t.package.download}>
        <Button
          {...size}
          type={inRow ? "text" : "default"}
          icon={<DownloadOutlined />}
          aria-label={inRow ? `${t.package.download}: ${version}` : t.version.download}
          href={archiveUrl(name, version)}
          download
        />
      </Tooltip>
      {inRow ? (
        <Tooltip title={t.package.deployVersion(version)}>
          <ButtonLink
            {...size}
            look="text"
            icon={<RocketOutlined />}
            aria-label={t.package.deployVersion(version)}
            disabled={state !== "published"}
            to="/deploy"
            search={{ package: name, version }}
          />
        </Tooltip>
      ) : (
        <ButtonLink look="primary" disabled={state !== "published"} to="/deploy" search={{ package: name, version }}>
          {t.package.deploy}
        </ButtonLink>
      )}
      <Dropdown trigger={["click"]} menu={{ items, onClick }}>
        <Button
          {...size}
          type={inRow ? "text" : "default"}
          icon={<MoreOutlined />}
          loading={begin.isPending}
          aria-label={t.versions.more(version)}
        />
      </Dropdown>
    </span>
  );
}
