// A fleet of real agents, each with a root folder of its own, in a module of their own; shared by the stories that stand one after the other.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { request as api, type APIRequestContext } from "@playwright/test";

import { fromSetup, sessionFile, test as base } from "./world";

export const FLEET_MODULE = "Shop/Staging/Fleet";
export const FLEET = Array.from({ length: 12 }, (_, index) => `fleet-${index + 1}`);

const HEADERS = { "Sec-Fetch-Site": "same-origin" };

/** Calls the API past the console. */
export async function call<T>(request: APIRequestContext, method: string, path: string, data?: unknown): Promise<T> {
  const headers = { ...HEADERS, "Idempotency-Key": `${method} ${path} ${Date.now()} ${Math.random()}` };
  const reply = await request.fetch(`/api/v1${path}`, { method, headers, ...(data === undefined ? {} : { data }) });
  if (!reply.ok()) throw new Error(`${method} ${path}: ${reply.status()} ${await reply.text()}`);
  return (reply.status() === 204 ? undefined : await reply.json()) as T;
}

/** Joins and starts the agents, waits until the server hears from all of them, and gives what stops them. */
async function startFleet(request: APIRequestContext): Promise<() => Promise<void>> {
  const [business, system, module] = FLEET_MODULE.split("/");
  await call(request, "PUT", "/topology", {
    business: [{ name: business, system: [{ name: system, environment: "staging", module: [{ name: module }] }] }],
  });
  const agent = process.env["PACKHORSE_AGENT_BIN"] ?? "";
  const children: ChildProcess[] = [];
  for (const host of FLEET) {
    const token = await call<{ token: string; agent_url: string }>(request, "POST", "/join-tokens", { host, modules: [FLEET_MODULE] });
    // A fleet that is started anew, after a story that failed, joins anew.
    const root = join(fromSetup("E2E_FOLDER"), `${host}-${process.pid}`);
    const joined = spawnSync(agent, ["join", token.agent_url, "--token", token.token, "--root", root], { stdio: "inherit" });
    if (joined.status !== 0) throw new Error(`${host} did not join`);
    children.push(spawn(agent, ["run", "--root", root], { stdio: ["ignore", "ignore", "inherit"] }));
  }
  for (;;) {
    const { items } = await call<{ items: { state: string; last_seen_at?: string | null }[] }>(
      request,
      "GET",
      `/hosts?module=${encodeURIComponent(FLEET_MODULE)}`,
    );
    if (items.length === FLEET.length && items.every(({ state, last_seen_at: seen }) => state === "online" && seen)) break;
    await setTimeout(100);
  }
  return async () => {
    for (const child of children) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.kill("SIGTERM")) await ended;
    }
  };
}

/** A signed-in page, with the fleet running. */
export const test = base.extend<object, { fleet: void }>({
  fleet: [
    async ({}, use) => {
      const request = await api.newContext({ baseURL: fromSetup("E2E_URL"), storageState: sessionFile(fromSetup("E2E_FOLDER")) });
      const stop = await startFleet(request);
      await use();
      await stop();
      await request.dispose();
    },
    { scope: "worker", auto: true, timeout: 120_000 },
  ],
});
