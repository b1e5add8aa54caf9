// What the server finds in a text that is being written. It changes nothing there, so the same text is asked about once.

import { queryOptions } from "@tanstack/react-query";

import { post } from "../api/client";
import type { ConfigCheck, Engine, ScriptCheck, ScriptLanguage, SqlCheck } from "../api/types";

/** The most bytes of a text that is looked at. */
const MOST_BYTES = 512 << 10;

/** Milliseconds of rest after which a text is looked at. */
export const REST = 400;

const answered = { staleTime: Infinity, gcTime: 60_000, refetchOnWindowFocus: false } as const;

/** Whether a text is looked at before it is published. */
export const isChecked = (text: string | undefined): text is string => text !== undefined && new Blob([text]).size <= MOST_BYTES;

export const scriptCheckQuery = (text: string, language: ScriptLanguage) =>
  queryOptions({
    queryKey: ["checks", "script", language, text],
    queryFn: () => post<ScriptCheck>("/scripts/check", { text, language }),
    placeholderData: (before) => before,
    ...answered,
  });

export const sqlCheckQuery = (text: string, engine: Engine) =>
  queryOptions({
    queryKey: ["checks", "sql", engine, text],
    queryFn: () => post<SqlCheck>("/database/check", { text, engine }),
    placeholderData: (before) => before,
    ...answered,
  });

export const configCheckQuery = (text: string, path: string) =>
  queryOptions({
    queryKey: ["checks", "config", path, text],
    queryFn: () => post<ConfigCheck>("/config/check", { text, path }),
    placeholderData: (before) => before,
    ...answered,
  });
