// How the console talks to the server: JSON over fetch, errors as ProblemError, every POST with an idempotency key.

import { ProblemError, problemOfAnswer, UNREACHABLE } from "./problem";

export const BASE = "/api/v1";

export type Query = Record<string, string | number | string[] | null | undefined>;

/** Builds `?a=1&b=2`; leaves out what is empty, repeats the key for lists. */
export function queryText(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(key, String(one));
  }
  const text = params.toString();
  return text && `?${text}`;
}

/** A segment of a path, escaped. */
export const seg = encodeURIComponent;

/** A key for one intent. Not `randomUUID`, which browsers have on secure origins only. */
export function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(method: string, path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(BASE + path, { ...init, method, credentials: "same-origin" });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ProblemError({ status: 0, code: UNREACHABLE, title: "" });
  }
  if (!response.ok) throw new ProblemError(problemOfAnswer(response.status, await response.text()));
  return response;
}

async function json<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export async function get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  return json(await send("GET", path + queryText(query), signal ? { signal } : {}));
}

export async function getText(path: string, query?: Query, signal?: AbortSignal): Promise<{ text: string; headers: Headers }> {
  const response = await send("GET", path + queryText(query), signal ? { signal } : {});
  return { text: await response.text(), headers: response.headers };
}

/** Sends an intent. When the answer is lost on the way it is sent once more under the same key, so it happens once. */
export async function post<T>(path: string, body?: unknown): Promise<T> {
  return postText(path, body === undefined ? undefined : JSON.stringify(body), "application/json");
}

/** Sends an intent that is a document of its own kind. */
export async function postText<T>(path: string, text: string | undefined, mediaType: string): Promise<T> {
  const headers: Record<string, string> = { "Idempotency-Key": idempotencyKey() };
  if (text !== undefined) headers["Content-Type"] = mediaType;
  const init: RequestInit = { headers, ...(text === undefined ? {} : { body: text }) };
  try {
    return await json(await send("POST", path, init));
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === UNREACHABLE) return json(await send("POST", path, init));
    throw error;
  }
}

export async function put<T>(path: string, body: unknown): Promise<T> {
  return json(await send("PUT", path, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
}

/** Changes a part of something, if it is still as the entity tag says. */
export async function patch<T>(path: string, body: unknown, ifMatch: string): Promise<T> {
  const headers = { "Content-Type": "application/json", "If-Match": ifMatch };
  return json(await send("PATCH", path, { headers, body: JSON.stringify(body) }));
}

export async function remove(path: string): Promise<void> {
  await send("DELETE", path, {});
}
