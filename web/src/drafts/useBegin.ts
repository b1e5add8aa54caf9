// Beginning a draft of a new package, and going to it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import type { Draft } from "../api/types";

export function useBegin<Fields>(make: (fields: Fields) => Promise<Draft>) {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: make,
    onSuccess: async (draft) => {
      void client.invalidateQueries({ queryKey: ["drafts"] });
      await navigate({ to: "/drafts/$id", params: { id: draft.id } });
    },
  });
}
