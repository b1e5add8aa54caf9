// Begins a draft from a version, and opens it.

import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, type ButtonProps } from "antd";

import { post } from "../api/client";
import type { CreateDraft, Draft } from "../api/types";
import { useT } from "../i18n";
import { wordsOf } from "../ui/ProblemView";

/** Begins a draft from the version that it is given. */
export function useNewVersion(name: string) {
  const t = useT();
  const navigate = useNavigate();
  const { notification } = App.useApp();
  return useMutation({
    mutationFn: (version: string) => post<Draft>("/drafts", { package: name, start: { with: "version", version } } satisfies Partial<CreateDraft>),
    onSuccess: (draft) => navigate({ to: "/drafts/$id", params: { id: draft.id }, search: { step: "files" } }),
    onError: (error) => {
      const { title, hint } = wordsOf(error, t);
      notification.error({ title, description: hint });
    },
  });
}

export function NewVersionButton({ name, version, ...look }: { name: string; version: string } & Pick<ButtonProps, "size" | "type">) {
  const t = useT();
  const begin = useNewVersion(name);
  return (
    <Button {...look} loading={begin.isPending} onClick={() => begin.mutate(version)}>
      {t.drafts.newVersionFrom(version)}
    </Button>
  );
}
