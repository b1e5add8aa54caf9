// The sixteen attributes that ControlTier knows a version by, and where each is from.

import { useQuery } from "@tanstack/react-query";
import { Alert, Skeleton, Table, Tag } from "antd";

import type { MetadataAttribute } from "../api/types";
import { useT } from "../i18n";
import { ProblemView } from "../ui/ProblemView";
import { metadataQuery } from "./queries";

export function VersionMetadata({ name, version }: { name: string; version: string }) {
  const t = useT();
  const query = useQuery(metadataQuery(name, version));
  if (query.isPending) return <Skeleton active paragraph={{ rows: 8 }} />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  const { attributes, has_content } = query.data;
  const missing = attributes.filter(({ is_required, value }) => is_required && value === "").map((attribute) => attribute.name);
  return (
    <div className="sections">
      {!has_content && <Alert type="warning" showIcon title={t.metadata.noContent} />}
      {missing.length > 0 && <Alert type="warning" showIcon title={t.metadata.missing(missing)} description={t.metadata.missingHint} />}
      <Table<MetadataAttribute>
        size="small"
        rowKey="name"
        pagination={false}
        dataSource={attributes}
        columns={[
          {
            key: "name",
            title: t.metadata.attribute,
            width: 220,
            render: (_, row) => (
              <>
                <code>{row.name}</code> {row.is_required && <Tag variant="outlined">{t.metadata.required}</Tag>}
              </>
            ),
          },
          {
            key: "value",
            title: t.metadata.value,
            render: (_, row) => (row.value === "" ? <span className="faint">{t.common.none}</span> : <code className="wrapping">{row.value}</code>),
          },
          {
            key: "source",
            title: t.metadata.source,
            width: 220,
            render: (_, row) => row.source && <span className="faint">{t.metadata.sources[row.source]}</span>,
          },
        ]}
      />
    </div>
  );
}
