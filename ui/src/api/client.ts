/** The API, typed by its own document: what a path answers is what `openapi/v1.json` says. */
import type { components, paths } from "./schema";
import { session, signOut } from "./session";

export type Schemas = components["schemas"];
export type Row<Name extends keyof Schemas> = Schemas[Name];

type Get<Path extends keyof paths> = paths[Path] extends { get: infer Operation } ? Operation : never;
type Answer<Operation> = Operation extends { responses: { 200: { content: { "application/json": infer Body } } } }
  ? Body
  : never;
type Query<Operation> = Operation extends { parameters: { query?: infer Parameters } } ? Parameters : never;
type Named = { [name: string]: string };

/** What the service refused, or that it could not be reached. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Schemas["Problem"]> & Partial<Schemas["SheetProblem"]>,
  ) {
    super(problem.detail ?? problem.title ?? String(status));
  }

  /** Nobody answered: the line is down, or the service is. */
  get unreached(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** An answer, with its entity tag and the day it is of where it was kept by the browser. */
export interface Reply<Body> {
  body: Body;
  status: number;
  etag: string | null;
  kept: string | null;
}

export interface Sending {
  method?: string;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** The one place where a request leaves the page. */
export async function call<Body>(address: string, sending: Sending = {}): Promise<Reply<Body>> {
  const headers: Record<string, string> = { Accept: "application/json", ...sending.headers };
  const token = session.value?.token;
  if (token) headers.Authorization = `Bearer ${token}`;
  let { body } = sending;
  if (sending.json !== undefined) {
    headers["Content-Type"] ??= "application/json";
    body = JSON.stringify(sending.json);
  }
  let response: Response;
  try {
    response = await fetch(address, {
      method: sending.method ?? "GET",
      headers,
      credentials: "omit",
      ...(body === undefined ? {} : { body }),
      ...(sending.signal ? { signal: sending.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal(0, { code: "unreached" });
  }
  const text = await response.text();
  let answered: unknown = null;
  if (text) {
    try {
      answered = JSON.parse(text);
    } catch {
      throw new Refusal(response.ok ? 502 : response.status, { code: "unreadable" });
    }
  }
  if (!response.ok) {
    if (response.status === 401 && token && session.value?.token === token) signOut(true);
    throw new Refusal(response.status, (answered ?? {}) as Refusal["problem"]);
  }
  return {
    body: answered as Body,
    status: response.status,
    etag: response.headers.get("ETag"),
    kept: response.headers.get("X-Kept"),
  };
}

/** The address of a path with its parameters; a parameter without a value is left out. */
export function addressOf(path: string, query: object = {}, named: Named = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(named[name] ?? ""));
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return filled + (text ? `?${text}` : "");
}

/** Reads a path of the document. */
export async function get<Path extends keyof paths>(
  path: Path,
  query: Partial<NonNullable<Query<Get<Path>>>> = {},
  named: Named = {},
  signal?: AbortSignal,
): Promise<Reply<Answer<Get<Path>>>> {
  return call(addressOf(path, query, named), { signal });
}
