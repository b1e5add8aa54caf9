// Starts the real server on an empty data directory and free ports, signs in, makes a topology and joins one real agent with a
// root folder of its own. Tests find what they need in the environment; everything is stopped and removed afterwards.

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { HOST, MODULE, sessionFile } from "./world";

interface Started {
  url: string;
  user: string;
  password: string;
}

function binary(name: string): string {
  const path = process.env[name];
  if (!path) throw new Error(`${name} must name a built binary, as in ${name}=../target/debug/packhorse npm run e2e`);
  return path;
}

/** The first JSON document that the server writes says where it listens and, on its first start, who may sign in. */
function startServer(data: string): Promise<{ server: ChildProcess; started: Started }> {
  const args = ["serve", "--output", "json", "--data", data, "--listen", "127.0.0.1:0", "--agent-listen", "127.0.0.1:0"];
  const server = spawn(binary("PACKHORSE_BIN"), args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    let text = "";
    server.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      try {
        resolve({ server, started: JSON.parse(text) as Started });
      } catch {
        // Not the whole document yet.
      }
    });
    server.once("exit", (code) => reject(new Error(`the server ended with ${code} before it listened`)));
  });
}

/** Signs in as a browser does, and keeps the session for the browser. */
async function signIn({ url, user, password }: Started, folder: string) {
  const headers = { Origin: url, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json" };
  const reply = await fetch(`${url}/api/v1/session`, { method: "POST", headers, body: JSON.stringify({ user, password }) });
  const [pair = ""] = reply.headers.getSetCookie();
  const [cookie = ""] = pair.split(";");
  const [name = "", value = ""] = cookie.split("=");
  const session = { name, value, domain: "127.0.0.1", path: "/", expires: -1, httpOnly: true, secure: false, sameSite: "Strict" };
  writeFileSync(sessionFile(folder), JSON.stringify({ cookies: [session], origins: [] }));
  return async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers: { ...headers, Cookie: cookie }, ...init });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
}

export default async function setup() {
  const folder = mkdtempSync(join(tmpdir(), "packhorse-e2e-"));
  const children: ChildProcess[] = [];
  const { server, started } = await startServer(join(folder, "data"));
  children.push(server);

  const call = await signIn(started, folder);
  const [business, system, module] = MODULE.split("/");
  await call("PUT", "/topology", {
    business: [{ name: business, system: [{ name: system, environment: "prod", module: [{ name: module }] }] }],
  });
  const token = (await call("POST", "/join-tokens", { host: HOST, modules: [MODULE] })) as { token: string; agent_url: string };
  const agent = binary("PACKHORSE_AGENT_BIN");
  const root = join(folder, "root");
  const joined = spawnSync(agent, ["join", token.agent_url, "--token", token.token, "--root", root], { stdio: "inherit" });
  if (joined.status !== 0) throw new Error("the agent did not join");
  children.push(spawn(agent, ["run", "--root", root], { stdio: ["ignore", "inherit", "inherit"] }));
  for (;;) {
    const host = (await call("GET", `/hosts/${HOST}`)) as { state: string; last_seen_at: string | null };
    if (host.state === "online" && host.last_seen_at) break;
    await setTimeout(100);
  }

  process.env["E2E_URL"] = started.url;
  process.env["E2E_USER"] = started.user;
  process.env["E2E_PASSWORD"] = started.password;
  process.env["E2E_FOLDER"] = folder;
  return async () => {
    for (const child of children.reverse()) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.kill("SIGTERM")) await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
}
