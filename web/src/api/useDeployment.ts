// A deployment and its units, live: read once, then kept current by the server's events.

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { BASE, seg } from "./client";
import { mergeUnits, replaceUnits, type Units } from "./deploymentUnits";
import { deploymentQuery, getAll } from "./queries";
import type { DeploymentDetail, DeploymentEvent, Unit } from "./types";

const unitsKey = (id: string) => ["deployments", id, "units"];

const unitsQuery = (id: string) =>
  queryOptions({
    queryKey: unitsKey(id),
    queryFn: async ({ signal, client, queryKey }): Promise<Units> => {
      const read = await getAll<Unit>(`/deployments/${seg(id)}/units`, {}, signal);
      return replaceUnits(client.getQueryData<Units>(queryKey) ?? new Map(), read);
    },
  });

export type Connection = "live" | "connecting";

export function useDeployment(id: string) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");

  useEffect(() => {
    const source = new EventSource(`${BASE}/deployments/${seg(id)}/events`);
    const take = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as DeploymentEvent;
      if (event.type === "units") {
        client.setQueryData<Units>(unitsKey(id), (known) => mergeUnits(known ?? new Map(), event.units));
        for (const unit of event.units) void client.invalidateQueries({ queryKey: ["units", unit.id] });
        return;
      }
      const before = client.getQueryData<DeploymentDetail>(deploymentQuery(id).queryKey);
      if (before && before.revision > event.deployment.revision) return;
      client.setQueryData(deploymentQuery(id).queryKey, event.deployment);
      const isNewPlan = before && before.plan !== event.deployment.plan;
      const hasEnded = !before?.summary.ended_at && event.deployment.summary.ended_at;
      if (isNewPlan || hasEnded) void client.invalidateQueries({ queryKey: unitsKey(id) });
    };
    source.addEventListener("deployment", take);
    source.addEventListener("units", take);
    source.onopen = () => setConnection("live");
    source.onerror = () => {
      setConnection("connecting");
      // What has ended never changes again; a stream that ends after it is not taken up.
      if (client.getQueryData<DeploymentDetail>(deploymentQuery(id).queryKey)?.summary.ended_at) return source.close();
      // The browser tries again by itself, unless the server refused: then a plain read says why (signed out, gone).
      if (source.readyState === EventSource.CLOSED) void client.invalidateQueries({ queryKey: ["deployments", id] });
    };
    return () => source.close();
  }, [client, id]);

  const deployment = useQuery(deploymentQuery(id));
  const units = useQuery(unitsQuery(id));
  return { deployment, units, connection };
}
