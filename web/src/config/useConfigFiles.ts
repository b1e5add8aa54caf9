// The files of a config package, as packhorse.toml names them, and changing them. A file and its entry come and go together.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import type { ConfigFile, Manifest } from "../api/types";
import { accept, operate, useManifestChange } from "../drafts/changes";
import { manifestQuery } from "../drafts/queries";
import { sendFile } from "../drafts/sendFile";
import { CONFIG_COMMANDS } from "../manifest/fields";
import { placed, type PlaceFields } from "./place";

/** Files of the package that a config package runs: the commands that are no programs of the host. */
export const scriptsOf = ({ lifecycle }: Manifest): string[] => [
  ...new Set(CONFIG_COMMANDS.flatMap((name) => lifecycle?.[name]?.command ?? []).filter((command) => !command.startsWith("/"))),
];

export function useConfigFiles(draft: string) {
  const client = useQueryClient();
  const query = useQuery(manifestQuery(draft));
  const change = useManifestChange(draft);
  const manifest = query.data?.manifest;
  const files = manifest?.config ?? [];
  const write = (config: ConfigFile[]) => {
    if (!query.data || !manifest) throw new Error("the settings are changed once they were read");
    return change.mutateAsync({ manifest: { ...manifest, config }, digest: query.data.digest });
  };

  const add = useMutation({
    mutationFn: async ({ content, ...fields }: PlaceFields & { content: Blob | string }) => {
      const file = placed(fields);
      accept(client, await sendFile(draft, { path: file.file, content }, "absent"));
      try {
        await write([...files, file]);
      } catch (error) {
        accept(client, await operate(draft, [{ op: "delete", path: file.file, expect: "present" }]));
        throw error;
      }
      return file.file;
    },
  });
  const move = useMutation({
    mutationFn: (fields: PlaceFields) => write(files.map((one) => (one.file === fields.file ? placed(fields) : one))),
  });
  const remove = useMutation({
    mutationFn: async (file: string) => {
      await write(files.filter((one) => one.file !== file));
      accept(client, await operate(draft, [{ op: "delete", path: file, expect: "any" }]));
    },
  });
  return { query, manifest, files, add, move, remove };
}
