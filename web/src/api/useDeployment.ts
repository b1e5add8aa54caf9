// A deployment, live: read once, then kept current by the server's events. Its units are read page by page, where somebody looks at them, and
// kept current by the same events.

import { infiniteQueryOptions, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { BASE, get, seg } from "./client";
import { keepNewer, mergeUnits, remember, type Told, type UnitFilter, type UnitPages } from "./deploymentUnits";
import { deploymentQuery, MOST } from "./queries";
import type { DeploymentDetail, DeploymentEvent, Page, Unit, UnitState } from "./types";

/** Units of a page: as many as are looked at together. */
export const UNITS_AT_ONCE = 200;

const unitsKey = (id: string) => ["deployments", id, "units"];
const toldKey = (id: string) => ["deployments", id, "told"];
const NOTHING: Told = new Map();
const pathOf = (id: string) => `/deployments/${seg(id)}/units`;

/** Units of a deployment, in its order. */
export const unitPagesQuery = (id: string, filter: UnitFilter) =>
  infiniteQueryOptions({
    queryKey: [...unitsKey(id), "pages", filter],
    queryFn: async ({ signal, client, pageParam }): Promise<Page<Unit>> => {
      const page = await get<Page<Unit>>(pathOf(id), { ...filter, cursor: pageParam, limit: UNITS_AT_ONCE }, signal);
      return { ...page, items: keepNewer(page.items, client.getQueryData<Told>(toldKey(id)) ?? NOTHING) };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });

/** The first units in a state, and how many there are. */
export const unitsInStateQuery = (id: string, state: UnitState) =>
  queryOptions({
    queryKey: [...unitsKey(id), "first", state],
    queryFn: ({ signal }) => get<Page<Unit>>(pathOf(id), { state, limit: MOST }, signal),
  });

export type Connection = "live" | "connecting";

export function useDeployment(id: string) {
  const client = useQueryClient();
  const [connection, setConnection] = useState<Connection>("connecting");

  useEffect(() => {
    const source = new EventSource(`${BASE}/deployments/${seg(id)}/events?units=changing`);
    const read = () => void client.invalidateQueries({ queryKey: unitsKey(id) });
    let wasOpen = false;
    const take = (message: MessageEvent<string>) => {
      const event = JSON.parse(message.data) as DeploymentEvent;
      if (event.type === "units") {
        client.setQueryData<Told>(toldKey(id), (told) => remember(told ?? NOTHING, event.units, Date.now()));
        client.setQueriesData<UnitPages>({ queryKey: [...unitsKey(id), "pages"] }, (known) => known && mergeUnits(known, event.units));
        for (const unit of event.units) void client.invalidateQueries({ queryKey: ["units", unit.id] });
        return;
      }
      const before = client.getQueryData<DeploymentDetail>(deploymentQuery(id).queryKey);
      if (before && before.revision > event.deployment.revision) return;
      client.setQueryData(deploymentQuery(id).queryKey, event.deployment);
      const isNewPlan = before && before.plan !== event.deployment.plan;
      const hasEnded = !before?.summary.ended_at && event.deployment.summary.ended_at;
      if (isNewPlan || hasEnded) read();
    };
    source.addEventListener("deployment", take);
    source.addEventListener("units", take);
    source.onopen = () => {
      setConnection("live");
      // What changed between a first reading and the first event is told by neither; afterwards the browser takes the events up where it was.
      if (!wasOpen) read();
      wasOpen = true;
    };
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
  return { deployment, connection };
}
