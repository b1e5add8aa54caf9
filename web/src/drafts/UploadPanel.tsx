// What is being uploaded into a draft. What was cut off goes on; what stands in the way is named, and the person decides.

import { CaretRightOutlined, CloseOutlined, PauseOutlined } from "@ant-design/icons";
import { Button, Progress, Tooltip } from "antd";
import { useRef } from "react";

import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { ProblemView } from "../ui/ProblemView";
import { conflictsOf } from "./changes";
import type { UploadTask, Uploads } from "./useUploads";

export function UploadPanel({ uploads }: { uploads: Uploads }) {
  const t = useT();
  const { tasks, clear } = uploads;
  if (tasks.length === 0) return null;
  const done = tasks.filter((task) => task.state === "done").length;
  return (
    <section className="uploads" aria-label={t.draft.uploads} role="status">
      <header>
        <strong>{t.draft.uploadsDone(done, tasks.length)}</strong>
        {done > 0 && (
          <Button size="small" type="text" onClick={clear}>
            {t.draft.clearDone}
          </Button>
        )}
      </header>
      <ul>
        {tasks.map((task) => (
          <Task key={task.key} task={task} uploads={uploads} />
        ))}
      </ul>
    </section>
  );
}

const STATUS = { queued: "normal", sending: "active", paused: "normal", done: "success", failed: "exception" } as const;

function Task({ task, uploads }: { task: UploadTask; uploads: Uploads }) {
  const t = useT();
  const again = useRef<HTMLInputElement>(null);
  const { key, name, size, sent, state, error, file, place } = task;
  const conflicts = conflictsOf(error);
  const replace = () =>
    uploads.resume(key, { place: place.as === "file" ? { ...place, expect: "any" } : { ...place, existing: "replace" } });
  return (
    <li>
      <div className="upload-line">
        <span className="clip" title={name}>
          {name}
        </span>
        <span className="faint num">
          {formatBytes(sent)} / {formatBytes(size)}
        </span>
        {state === "sending" && (
          <Tooltip title={t.draft.pause}>
            <Button size="small" type="text" icon={<PauseOutlined />} aria-label={t.draft.pause} onClick={() => uploads.pause(key)} />
          </Tooltip>
        )}
        {(state === "paused" || state === "failed") && !conflicts && (
          <Tooltip title={file ? t.draft.goOn : t.draft.chooseAgain}>
            <Button
              size="small"
              type="text"
              icon={<CaretRightOutlined />}
              aria-label={file ? t.draft.goOn : t.draft.chooseAgain}
              onClick={() => (file ? uploads.resume(key) : again.current?.click())}
            />
          </Tooltip>
        )}
        <Tooltip title={state === "done" ? t.draft.hide : t.common.cancel}>
          <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t.draft.cancelUpload(name)} onClick={() => uploads.cancel(key)} />
        </Tooltip>
      </div>
      <Progress size="small" showInfo={false} percent={size > 0 ? (sent / size) * 100 : state === "done" ? 100 : 0} status={STATUS[state]} />
      {!file && state === "paused" && <p className="faint">{t.draft.chooseAgainHint}</p>}
      {error !== undefined && state === "failed" && (
        <>
          <ProblemView error={error} />
          {conflicts && (
            <Button size="small" danger onClick={replace}>
              {t.draft.replaceThere}
            </Button>
          )}
        </>
      )}
      <input
        ref={again}
        type="file"
        hidden
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          if (chosen && chosen.size === size) uploads.resume(key, { file: chosen });
          event.target.value = "";
        }}
      />
    </li>
  );
}
