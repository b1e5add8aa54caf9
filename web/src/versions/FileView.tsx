// One file of a version, to be read: its text, or what can be said of other files.

import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Skeleton } from "antd";

import type { TreeEntry } from "../api/types";
import { MOST_BYTES } from "../drafts/texts";
import { CodeEditor } from "../editor/CodeEditor";
import { languageOf } from "../editor/languages";
import type { Mark } from "../editor/marks";
import { useT } from "../i18n";
import { formatBytes } from "../i18n/format";
import { ProblemView } from "../ui/ProblemView";
import { fileUrl } from "./addresses";
import { fileQuery } from "./queries";

interface Props {
  name: string;
  version: string;
  entry: TreeEntry;
  marks?: readonly Mark[] | undefined;
}

export function FileView({ name, version, entry, marks }: Props) {
  const t = useT();
  if (entry.kind === "directory") return <Alert type="info" title={t.files.directory} />;
  if (entry.kind === "symlink") return <Alert type="info" title={t.files.link(entry.target ?? "")} />;
  if (entry.size > MOST_BYTES) return <NoText name={name} version={version} entry={entry} words={t.files.large} />;
  return <Text name={name} version={version} entry={entry} marks={marks} />;
}

function Text({ name, version, entry, marks }: Props) {
  const t = useT();
  const query = useQuery(fileQuery(name, version, entry.path));
  if (query.isPending) return <Skeleton active className="file-wait" />;
  if (query.isError) return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data?.is !== "text") return <NoText name={name} version={version} entry={entry} words={t.files.binary} />;
  return (
    <CodeEditor
      readOnly
      value={query.data.text}
      language={languageOf(entry.path)}
      label={t.files.textOf(entry.path)}
      {...(marks ? { marks } : {})}
    />
  );
}

/** A file that is no text to be shown: how large it is, and a way to have it. */
export function NoText({ name, version, entry, words }: { name: string; version: string; entry: TreeEntry; words: string }) {
  const t = useT();
  return (
    <Alert
      type="info"
      title={words}
      description={`${version}: ${formatBytes(entry.size)}`}
      action={
        <Button href={fileUrl(name, version, entry.path)} download>
          {t.files.download}
        </Button>
      }
    />
  );
}
