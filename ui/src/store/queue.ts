/**
 * What was entered and has to reach the service: kept in the browser until the service has confirmed it.
 *
 * Every entry lies under a key of its own, so that two tabs never write over each other's, and carries one idempotency key
 * and a code made here: sent twice, it is one row.
 */
import { computed, signal } from "@preact/signals";
import { call, Refusal, type Row } from "../api/client";
import { session } from "../api/session";

export type State = "waiting" | "sending" | "sent" | "refused" | "conflict";

export interface Entry {
  id: string;
  /** The idempotency key; a changed body gets a new one. */
  key: string;
  at: string;
  state: State;
  title: string;
  resource: string;
  method: "POST" | "PATCH";
  path: string;
  body: Record<string, unknown>;
  /** The revision that a change was made on. */
  etag?: string | null;
  /** What stood there when the change was begun. */
  before?: Record<string, unknown>;
  /** The draft that can be opened again. */
  draft?: string;
  tries: number;
  refusal?: { status: number; problem: Refusal["problem"] };
  warnings?: Row<"Warning">[];
  code?: string;
}

const PREFIX = "homeward.queue.";
const KEPT_SENT = 20;

function load(): Entry[] {
  const found: Entry[] = [];
  try {
    for (let index = 0; index < localStorage.length; index++) {
      const name = localStorage.key(index) ?? "";
      if (!name.startsWith(PREFIX)) continue;
      const entry = JSON.parse(localStorage.getItem(name) ?? "null") as Entry | null;
      if (entry) found.push(entry);
    }
  } catch {
    // A browser without storage has no queue; sending still works.
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export const entries = signal<Entry[]>(load());
/** Whether the browser refused to keep an entry: then it lives as long as the page. */
export const unkept = signal(false);
export const waiting = computed(() => entries.value.filter(({ state }) => state !== "sent").length);

/** An id that sorts by time: UUIDv7, which the service would make as well. Works without a secure context. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let at = 5; at >= 0; at--) {
    bytes[at] = now % 256;
    now = Math.floor(now / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Writes an entry down. */
function put(entry: Entry): void {
  entries.value = [...entries.value.filter(({ id }) => id !== entry.id), entry].sort((a, b) => (a.id < b.id ? -1 : 1));
  try {
    localStorage.setItem(PREFIX + entry.id, JSON.stringify(entry));
  } catch {
    unkept.value = true;
  }
}

export function drop(id: string): void {
  entries.value = entries.value.filter((entry) => entry.id !== id);
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // It was not there.
  }
}

type New = Pick<Entry, "title" | "resource" | "method" | "path" | "body"> & Partial<Entry>;

/** Adds an entry and tries to send it; what comes back is how it stands then. */
export async function add(entry: New): Promise<Entry> {
  const full: Entry = { id: newId(), key: newId(), at: new Date().toISOString(), state: "waiting", tries: 0, ...entry };
  put(full);
  await send();
  return entries.value.find(({ id }) => id === full.id) ?? full;
}

/** Changes an entry that was refused, and tries again. */
export async function retry(id: string, changes: Partial<Entry> = {}): Promise<Entry | undefined> {
  const entry = entries.value.find((one) => one.id === id);
  if (!entry) return undefined;
  const key = changes.body ? newId() : entry.key;
  const { refusal: _, ...rest } = entry;
  put({ ...rest, key, state: "waiting", ...changes });
  await send();
  return entries.value.find((one) => one.id === id);
}

let running: Promise<void> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let pause = 5_000;

/** Sends what waits, oldest first, until nobody answers. */
export function send(): Promise<void> {
  const next = (running ?? Promise.resolve()).then(run, run);
  running = next;
  return next;
}

async function run(): Promise<void> {
  clearTimeout(timer);
  for (const { id } of [...entries.value]) {
    // Another tab may have sent or changed it meanwhile.
    const entry = load().find((one) => one.id === id) ?? entries.value.find((one) => one.id === id);
    if (!entry || (entry.state !== "waiting" && entry.state !== "sending")) continue;
    if (!session.value) break;
    put({ ...entry, state: "sending", tries: entry.tries + 1 });
    const after = await attempt({ ...entry, tries: entry.tries + 1 });
    put(after);
    if (after.state === "waiting") {
      timer = setTimeout(send, pause);
      pause = Math.min(pause * 2, 120_000);
      return;
    }
    pause = 5_000;
  }
  const sent = entries.value.filter(({ state }) => state === "sent");
  for (const { id } of sent.slice(0, Math.max(0, sent.length - KEPT_SENT))) drop(id);
}

async function attempt(entry: Entry): Promise<Entry> {
  const headers: Record<string, string> =
    entry.method === "POST" ? { "Idempotency-Key": entry.key } : entry.etag ? { "If-Match": entry.etag } : {};
  const { refusal: _, ...rest } = entry;
  try {
    const { body } = await call<{ code?: string; warnings?: Row<"Warning">[] }>(entry.path, {
      method: entry.method,
      json: entry.body,
      headers,
    });
    return { ...rest, state: "sent", code: body.code ?? "", warnings: body.warnings ?? [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.unreached || error.status === 401 || error.status === 429) return { ...rest, state: "waiting" };
    const { status, problem } = error;
    // The first answer was lost on the way, and the key is no longer known: the code was made here, so the row is ours.
    if (status === 409 && entry.method === "POST" && entry.tries > 1 && (await stands(entry))) {
      return { ...rest, state: "sent", code: String(entry.body.code), warnings: [] };
    }
    if (status === 409 && problem.code === "still_running") return { ...rest, state: "waiting" };
    return { ...rest, state: status === 412 ? "conflict" : "refused", refusal: { status, problem } };
  }
}

/** Whether the row of an entry's own code is there already. */
async function stands(entry: Entry): Promise<boolean> {
  const { code } = entry.body;
  if (typeof code !== "string") return false;
  try {
    await call(`${entry.path}/${encodeURIComponent(code)}`);
    return true;
  } catch {
    return false;
  }
}

/** Sends what an earlier visit left, and whatever waits when the line comes back. */
export function start(): void {
  // An entry that was under way when the page closed may have arrived or not: its key makes asking again safe.
  for (const entry of entries.value) if (entry.state === "sending") put({ ...entry, state: "waiting" });
  addEventListener("online", () => {
    pause = 5_000;
    send();
  });
  addEventListener("storage", (event) => {
    if (event.key === null || event.key.startsWith(PREFIX)) entries.value = load();
  });
  session.subscribe((now) => now && send());
}
