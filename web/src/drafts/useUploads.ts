// The uploads of a draft: what goes, what waits, what the server has half of from before.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";

import { post, remove, seg } from "../api/client";
import type { DraftAccepted, DraftUpload, UploadPlace } from "../api/types";
import { accept } from "./changes";
import { draftPath, uploadsQuery } from "./queries";
import { transportOf } from "./transport";
import { sendAll } from "./uploading";

export interface UploadTask {
  key: string;
  name: string;
  place: UploadPlace;
  size: number;
  sent: number;
  state: "queued" | "sending" | "paused" | "done" | "failed";
  error?: unknown;
  /** The upload's identity at the server, once it is announced. */
  id?: string | undefined;
  /** The file, unless it has to be chosen again after the page was loaded anew. */
  file?: File | undefined;
}

export interface Uploads {
  tasks: UploadTask[];
  add: (files: { file: File; place: UploadPlace }[]) => void;
  pause: (key: string) => void;
  /** Goes on, with the file if it was chosen again, and elsewhere or over what is there if a place is given. */
  resume: (key: string, change?: { file?: File; place?: UploadPlace }) => void;
  cancel: (key: string) => void;
  clear: () => void;
}

const nameOfPlace = (place: UploadPlace) => (place.as === "file" ? place.path : place.file_name);

/** What the server still has of an upload from before. */
const leftOver = (upload: DraftUpload): UploadTask => ({
  key: upload.id,
  id: upload.id,
  name: nameOfPlace(upload.place),
  place: upload.place,
  size: upload.size,
  sent: upload.received,
  state: "paused",
});

export function useUploads(draft: string): Uploads {
  const client = useQueryClient();
  const [tasks, setTasks] = useState<UploadTask[]>([]);
  const aborts = useRef(new Map<string, AbortController>());
  const number = useRef(0);
  const { data: known } = useQuery(uploadsQuery(draft));

  const change = useCallback((key: string, part: Partial<UploadTask>) => {
    setTasks((all) => all.map((task) => (task.key === key ? { ...task, ...part } : task)));
  }, []);

  const run = useCallback(
    async (task: UploadTask) => {
      const { file } = task;
      if (!file) return;
      const abort = new AbortController();
      aborts.current.set(task.key, abort);
      change(task.key, { state: "sending", error: undefined, file });
      try {
        const id = task.id ?? (await post<DraftUpload>(draftPath(draft, "/uploads"), { place: task.place, size: file.size })).id;
        change(task.key, { id });
        await sendAll(file, transportOf(draft, id), (sent) => change(task.key, { sent }), abort.signal);
        accept(client, await post<DraftAccepted>(draftPath(draft, `/uploads/${seg(id)}/finish`), { place: task.place }));
        change(task.key, { state: "done", sent: file.size });
      } catch (error) {
        change(task.key, abort.signal.aborted ? { state: "paused" } : { state: "failed", error });
      } finally {
        aborts.current.delete(task.key);
      }
    },
    [change, client, draft],
  );

  // One at a time: the pieces of one file fill the line, and the order is the one that a person sees.
  useEffect(() => {
    if (tasks.some((task) => task.state === "sending")) return undefined;
    const next = tasks.find((task) => task.state === "queued");
    if (!next) return undefined;
    const begin = setTimeout(() => void run(next));
    return () => clearTimeout(begin);
  }, [tasks, run]);

  useEffect(() => {
    const running = aborts.current;
    return () => running.forEach((abort) => abort.abort());
  }, []);

  const half = (known?.items ?? []).filter((upload) => !upload.revision && !tasks.some((task) => task.id === upload.id)).map(leftOver);
  const all = [...tasks, ...half];

  return {
    tasks: all,
    add: (files) =>
      setTasks((before) => [
        ...before,
        ...files.map(({ file, place }) => {
          number.current += 1;
          return { key: `new-${number.current}`, name: nameOfPlace(place), place, size: file.size, sent: 0, state: "queued" as const, file };
        }),
      ]),
    pause: (key) => aborts.current.get(key)?.abort(),
    resume: (key, { file, place } = {}) => {
      const task = all.find((one) => one.key === key);
      if (!task || !(file ?? task.file)) return;
      const next: UploadTask = { ...task, state: "queued", error: undefined, file: file ?? task.file, place: place ?? task.place };
      setTasks((before) => (before.some((one) => one.key === key) ? before.map((one) => (one.key === key ? next : one)) : [...before, next]));
    },
    cancel: (key) => {
      const task = all.find((one) => one.key === key);
      aborts.current.get(key)?.abort();
      setTasks((before) => before.filter((one) => one.key !== key));
      if (task?.id && task.state !== "done") {
        void remove(draftPath(draft, `/uploads/${seg(task.id)}`)).finally(() => void client.invalidateQueries({ queryKey: ["drafts", draft, "uploads"] }));
      }
    },
    clear: () => setTasks((before) => before.filter((task) => task.state !== "done")),
  };
}
