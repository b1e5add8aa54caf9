// Loads a ControlTier project.xml: shown first what it would do to each object, then done, all of it or nothing.

import { ImportOutlined } from "@ant-design/icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Checkbox, Radio, Skeleton, Upload } from "antd";
import { useState } from "react";

import { postText, queryText } from "../api/client";
import type { LoadReport } from "../api/types";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { Report } from "../objects/Report";
import { ButtonLink } from "../shell/ButtonLink";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";

/** How relations are taken of which the file does not say it. */
type Relations = "supplement" | "replace";

interface Options {
  relations: Relations;
  strict: boolean;
}

interface Chosen {
  name: string;
  size: number;
  text: string;
  /** Files are told apart by when they were chosen: one may be corrected and dropped again under its name. */
  at: number;
}

const load = ({ text }: Chosen, { relations, strict }: Options, dry_run: boolean) =>
  postText<LoadReport>(`/projects/import${queryText({ relations, strict: String(strict), dry_run: String(dry_run) })}`, text, "application/xml");

export function ImportProject() {
  const t = useT();
  const [chosen, setChosen] = useState<Chosen>();
  const [options, setOptions] = useState<Options>({ relations: "supplement", strict: false });
  return (
    <>
      <PageHead title={t.importProject.title} crumbs={<Link to="/objects">{t.objects.title}</Link>} note={<span className="faint">{t.importProject.intro}</span>} />
      <div className="sections">
        <Upload.Dragger
          accept=".xml,application/xml,text/xml"
          showUploadList={false}
          beforeUpload={async (file) => {
            setChosen({ name: file.name, size: file.size, text: await file.text(), at: Date.now() });
            return false;
          }}
        >
          <p className="ant-upload-drag-icon">
            <ImportOutlined />
          </p>
          <p className="ant-upload-text">{chosen ? chosen.name : t.importProject.drop}</p>
          <p className="ant-upload-hint">{chosen ? `${formatBytes(chosen.size)} · ${t.push.chooseOther}` : t.importProject.dropHint}</p>
        </Upload.Dragger>
        <div className="import-options">
          <Radio.Group
            value={options.relations}
            aria-label={t.importProject.unsaid}
            options={(["supplement", "replace"] as const).map((value) => ({ value, label: t.importProject.relationsOf[value] }))}
            onChange={({ target }) => setOptions({ ...options, relations: target.value as Relations })}
          />
          <Checkbox checked={options.strict} onChange={({ target }) => setOptions({ ...options, strict: target.checked })}>
            {t.importProject.strict}
          </Checkbox>
        </div>
        {chosen && <Trial key={`${chosen.at} ${options.relations} ${options.strict}`} chosen={chosen} options={options} />}
      </div>
    </>
  );
}

function Trial({ chosen, options }: { chosen: Chosen; options: Options }) {
  const t = useT();
  const client = useQueryClient();
  const trial = useQuery({
    queryKey: ["import", chosen.at, options],
    queryFn: () => load(chosen, options, true),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const loading = useMutation({
    mutationFn: () => load(chosen, options, false),
    onSuccess: () => Promise.all(["objects", "packages", "hosts"].map((noun) => client.invalidateQueries({ queryKey: [noun] }))),
  });
  if (loading.data) return <Loaded report={loading.data} />;
  if (trial.isPending) return <Skeleton active paragraph={{ rows: 6 }} />;
  if (trial.isError) return <ProblemView error={trial.error} onRetry={() => void trial.refetch()} />;
  const changes = trial.data.objects.filter(({ outcome, added, removed }) => outcome !== "unchanged" || added.length + removed.length > 0);
  return (
    <Panel
      title={t.importProject.trial}
      extra={
        <Button type="primary" disabled={changes.length === 0} loading={loading.isPending} onClick={() => loading.mutate()}>
          {changes.length === 0 ? t.importProject.nothing : t.importProject.load(changes.length)}
        </Button>
      }
    >
      {loading.isError && <ProblemView error={loading.error} />}
      <Report report={trial.data} />
    </Panel>
  );
}

function Loaded({ report }: { report: LoadReport }) {
  const t = useT();
  return (
    <>
      <Alert
        type="success"
        showIcon
        title={t.importProject.loaded(report.objects.length)}
        action={<ButtonLink to="/objects">{t.importProject.toObjects}</ButtonLink>}
      />
      <Panel title={t.importProject.done}>
        <Report report={report} />
      </Panel>
    </>
  );
}
