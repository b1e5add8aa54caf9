// A person's word to a deployment. The answer is the deployment as it is then, of which an event may have told something newer; or another
// one, by which what was asked for happens.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { post, seg } from "../api/client";
import { deploymentQuery } from "../api/queries";
import type { DeploymentDetail } from "../api/types";

interface Word {
  /** The last part of the path: `pause`. */
  verb: string;
  body?: unknown;
}

export function useIntervention(deployment: string, onDone: () => void) {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ verb, body }: Word) => post<DeploymentDetail>(`/deployments/${seg(deployment)}/${verb}`, body),
    onSuccess: async (changed) => {
      onDone();
      const { id } = changed.summary;
      client.setQueryData(deploymentQuery(id).queryKey, (known) => (known && known.revision > changed.revision ? known : changed));
      void client.invalidateQueries({ queryKey: ["deployments"] });
      if (id !== deployment) await navigate({ to: "/deployments/$id", params: { id } });
    },
  });
}
