import { NoSession, session, Stranger } from "./session.ts";
import type { Methods } from "./wire.ts";

/** What the host answered in place of a result; `message` is a sentence for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code = "",
    readonly field = "",
  ) {
    super(message);
  }

  /** It was understood: asking the same again changes nothing. */
  get isRefusal(): boolean {
    return this.status >= 400 && this.status < 500;
  }
}

const timeoutMs = 60_000;
const ended = "The session has ended. Run `hive-c0re open` and follow the address that it prints.";

export function get<T>(path: string): Promise<T> {
  return ask<T>(path, { method: "GET" });
}

/** `end` says that nobody waits for the answer any more. */
export function post<T = unknown>(path: string, body: object = {}, end?: AbortSignal): Promise<T> {
  return ask<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(end ? { signal: end } : {}),
  });
}

/** Any method that the operator may call. */
export function call<M extends keyof Methods>(method: M, params: Methods[M]["params"], end?: AbortSignal): Promise<Methods[M]["result"]> {
  return post(`/api/call/${method}`, params, end);
}

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  let answer = await send(path, init);
  if (answer.status === 401) {
    // The token is too old, or the host was started anew.
    session.forget();
    answer = await send(path, init);
  }
  if (!answer.ok) throw await problemOf(answer, path);
  if (answer.status === 204) return undefined as T;
  try {
    return (await answer.json()) as T;
  } catch {
    throw new Problem(answer.status, `The answer to ${path} is not JSON.`);
  }
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, {
      ...init,
      headers: { ...(init.headers as Record<string, string> | undefined), "x-hive-token": await session.token() },
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])]),
    });
  } catch (error) {
    if (error instanceof NoSession) throw new Problem(401, ended);
    if (error instanceof Stranger) throw new Problem(0, error.message);
    throw new Problem(0, whyUnsent(error, path));
  }
}

function whyUnsent(error: unknown, path: string): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return `The host has not answered ${path} in time.`;
  // What fetch says of the network is for nobody.
  return error instanceof TypeError || error instanceof DOMException ? "The host cannot be reached." : wordsOf(error);
}

async function problemOf(answer: Response, path: string): Promise<Problem> {
  if (answer.status === 401) return new Problem(401, ended);
  const body: unknown = await answer.json().catch(() => undefined);
  const text = (member: string): string => {
    const value = typeof body === "object" && body !== null ? (body as Record<string, unknown>)[member] : undefined;
    return typeof value === "string" ? value : "";
  };
  const words = text("detail") || text("title") || `${path} was answered with ${answer.status}.`;
  return new Problem(answer.status, words, text("code"), text("field"));
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
