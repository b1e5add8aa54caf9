// Pushes an archive from the browser: drop it, see it go, read what came of it.

import { InboxOutlined } from "@ant-design/icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Alert, Button, Collapse, Form, Input, Progress, Upload } from "antd";
import { useEffect, useRef, useState } from "react";

import type { PushReply } from "../api/types";
import { upload, type UploadOptions, type UploadProgress } from "../api/upload";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { ButtonLink } from "../shell/ButtonLink";
import { Findings } from "../ui/Findings";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import { ProblemView } from "../ui/ProblemView";

const EXTENSIONS = ".tar,.gz,.tgz,.bz2,.tbz2,.xz,.txz,.zst,.tzst,.zip,.jar,.war";

/** Leaves out fields that were not filled in, so that the file name says them. */
function given(fields: UploadOptions): UploadOptions {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => typeof value === "string" && value.trim() !== ""));
}

export function Push() {
  const t = useT();
  const client = useQueryClient();
  const [file, setFile] = useState<File>();
  const [progress, setProgress] = useState<UploadProgress>();
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const push = useMutation({
    mutationFn: ({ file, options }: { file: File; options: UploadOptions }) => {
      abort.current = new AbortController();
      return upload(file, options, setProgress, abort.current.signal);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["packages"] }),
    onSettled: () => setProgress(undefined),
  });
  const reset = () => {
    push.reset();
    setFile(undefined);
  };
  const cancelled = push.error instanceof DOMException;
  return (
    <>
      <PageHead title={t.push.title} crumbs={<Link to="/packages">{t.packages.title}</Link>} />
      <div className="narrow-page">
        {push.data ? (
          <Pushed reply={push.data} onAnother={reset} />
        ) : (
          <Form<UploadOptions>
            layout="vertical"
            disabled={push.isPending}
            onFinish={(fields) => file && push.mutate({ file, options: given(fields) })}
          >
            <Upload.Dragger
              accept={EXTENSIONS}
              showUploadList={false}
              disabled={push.isPending}
              beforeUpload={(chosen) => {
                push.reset();
                setFile(chosen);
                return false;
              }}
            >
              <p className="ant-upload-drag-icon">
                <InboxOutlined />
              </p>
              {file ? (
                <>
                  <p className="ant-upload-text">{file.name}</p>
                  <p className="ant-upload-hint">
                    {formatBytes(file.size)} · {t.push.chooseOther}
                  </p>
                </>
              ) : (
                <>
                  <p className="ant-upload-text">{t.push.drop}</p>
                  <p className="ant-upload-hint">{t.push.formats}</p>
                </>
              )}
            </Upload.Dragger>
            <Collapse
              ghost
              items={[
                {
                  key: "details",
                  label: t.push.details,
                  forceRender: true,
                  children: (
                    <>
                      <div className="fields-2">
                        <Form.Item name="package" label={t.push.package}>
                          <Input placeholder={t.push.fromName} spellCheck={false} />
                        </Form.Item>
                        <Form.Item name="version" label={t.push.version}>
                          <Input placeholder={t.push.fromName} spellCheck={false} />
                        </Form.Item>
                      </div>
                      <Form.Item name="description" label={t.push.description}>
                        <Input maxLength={500} />
                      </Form.Item>
                    </>
                  ),
                },
              ]}
            />
            {progress && <Sending progress={progress} />}
            {cancelled && <Alert type="info" showIcon title={t.push.cancelled} />}
            {push.isError && !cancelled && <ProblemView error={push.error} />}
            <div className="form-actions">
              <Button type="primary" htmlType="submit" disabled={!file} loading={push.isPending}>
                {t.push.submit}
              </Button>
              {push.isPending && (
                <Button disabled={false} onClick={() => abort.current?.abort()}>
                  {t.common.cancel}
                </Button>
              )}
            </div>
          </Form>
        )}
      </div>
    </>
  );
}

function Sending({ progress: { sent, total } }: { progress: UploadProgress }) {
  const t = useT();
  const percent = total > 0 ? Math.floor((sent / total) * 100) : 100;
  return (
    <div className="sending" role="status">
      <Progress percent={percent} status={percent < 100 ? "normal" : "active"} size="small" />
      <span className="faint">{percent < 100 ? t.push.sending(formatBytes(sent), formatBytes(total)) : t.push.reading}</span>
    </div>
  );
}

function Pushed({ reply: { version, outcome, warnings }, onAnother }: { reply: PushReply; onAnother: () => void }) {
  const t = useT();
  const { summary } = version;
  const name = `${summary.package}@${summary.version}`;
  return (
    <div className="sections">
      <Alert
        type="success"
        showIcon
        title={outcome === "created" ? t.push.created(name) : t.push.already(name)}
        description={`${t.push.added(formatBytes(summary.new_bytes), formatBytes(summary.size))}, ${t.common.files(summary.files)}`}
      />
      {warnings.length > 0 && (
        <Panel title={t.push.warnings}>
          <Findings findings={warnings} />
        </Panel>
      )}
      <div className="form-actions">
        <ButtonLink look="primary" to="/deploy" search={{ package: summary.package, version: summary.version }}>
          {t.package.deployVersion(summary.version)}
        </ButtonLink>
        <ButtonLink to="/packages/$name" params={{ name: summary.package }}>
          {t.push.toPackage}
        </ButtonLink>
        <Button onClick={onAnother}>{t.push.another}</Button>
      </div>
    </div>
  );
}
