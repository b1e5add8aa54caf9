// Everything about one version, over the page that named it: what it is, its files, attributes, variables and structure.

import { useQuery } from "@tanstack/react-query";
import { Drawer, Skeleton, Tabs } from "antd";
import { useState } from "react";

import { packageQuery, versionQuery } from "../api/queries";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { VersionActions } from "../versions/VersionActions";
import { VersionDatabase } from "../versions/VersionDatabase";
import { VersionDialog, type VersionQuestion } from "../versions/VersionDialog";
import { VersionFiles } from "../versions/VersionFiles";
import { VersionMetadata } from "../versions/VersionMetadata";
import { VersionOverview } from "../versions/VersionOverview";
import { VersionVariables } from "../versions/VersionVariables";
import type { VersionView } from "../versions/views";

interface Props {
  name: string;
  version: string;
  view: VersionView;
  file: string | undefined;
  onView: (view: VersionView, file?: string) => void;
  onClose: () => void;
}

export function VersionDrawer({ name, version, view, file, onView, onClose }: Props) {
  const t = useT();
  const query = useQuery(versionQuery(name, version));
  const kind = useQuery(packageQuery(name)).data?.kind;
  const [question, setQuestion] = useState<VersionQuestion>();
  const openFile = (path: string) => onView("files", path);
  const detail = query.data;
  return (
    <Drawer
      open
      size="min(1120px, 96vw)"
      className="version-drawer"
      onClose={onClose}
      title={`${name}@${version}`}
      extra={detail && <VersionActions version={detail.summary} look="words" onAsk={setQuestion} />}
    >
      {query.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {query.isError && <ProblemView error={query.error} onRetry={() => void query.refetch()} />}
      {detail && (
        <Tabs
          activeKey={view}
          destroyOnHidden
          onChange={(key) => onView(key as VersionView)}
          items={[
            { key: "overview", label: t.version.overview, children: <VersionOverview detail={detail} /> },
            {
              key: "files",
              label: t.version.files,
              children: <VersionFiles name={name} version={version} file={file} onFile={openFile} />,
            },
            { key: "metadata", label: t.version.metadata, children: <VersionMetadata name={name} version={version} /> },
            { key: "variables", label: t.version.variables, children: <VersionVariables name={name} version={version} onFile={openFile} /> },
            ...(kind === "database"
              ? [
                  {
                    key: "database",
                    label: t.version.database,
                    children: <VersionDatabase name={name} version={version} onFile={openFile} />,
                  },
                ]
              : []),
          ]}
        />
      )}
      <VersionDialog question={question} onClose={() => setQuestion(undefined)} onDeleted={onClose} />
    </Drawer>
  );
}
