/** Places, sources and agreements by their beginnings: asked of the service, or, without a line, of what was seen before. */
import { addressOf, call, Refusal } from "../api/client";
import { has, language, t, word } from "../i18n";

export type Kind = "locations" | "sources" | "agreements";

/** What the members that hold a code refer to. */
export const REFERENCES: Record<string, Kind> = {
  origin: "locations", destination: "locations", from: "locations", to: "locations", parent: "locations", location: "locations", source: "sources", agreement: "agreements",
};

export interface Known {
  code: string;
  name: string;
  name_ar?: string | null;
  kind?: string;
  parent_name?: string | null;
  p_code?: string | null;
  aliases?: string[];
}

const STORED = "homeward.gazetteer";
const MOST = 1_000;
const REMEMBERED = "homeward.gazetteer-at";
const HALF_A_DAY = 43_200_000;
type Store = Partial<Record<Kind, Known[]>>;

function stored(): Store {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}") as Store;
  } catch {
    return {};
  }
}

function keep(kind: Kind, rows: Known[]): void {
  const store = stored();
  const fresh = new Map((store[kind] ?? []).map((row) => [row.code, row]));
  for (const { code, name, name_ar, kind: sort, parent_name, p_code, aliases } of rows) {
    fresh.delete(code);
    fresh.set(code, { code, name, name_ar: name_ar ?? null, kind: sort ?? "", parent_name: parent_name ?? null, p_code: p_code ?? null, aliases: aliases ?? [] });
  }
  store[kind] = [...fresh.values()].slice(-MOST);
  try {
    localStorage.setItem(STORED, JSON.stringify(store));
  } catch {
    // A full store only means fewer suggestions without a line.
  }
}

/** Remembers the gazetteer for the time without a line. */
export async function remember(): Promise<void> {
  try {
    if (Date.now() - Number(localStorage.getItem(REMEMBERED) ?? 0) < HALF_A_DAY && localStorage.getItem(STORED)) return;
  } catch {
    return;
  }
  for (const kind of ["locations", "sources", "agreements"] as Kind[]) {
    try {
      keep(kind, (await call<{ data: Known[] }>(addressOf(`/v1/${kind}`, { limit: MOST }))).body.data);
    } catch {
      return;
    }
  }
  localStorage.setItem(REMEMBERED, String(Date.now()));
}

/** A row that was made here and may not have been sent yet. */
export function add(kind: Kind, row: Known): void {
  keep(kind, [row]);
}

/** Text as it is compared: without case, accents and the variants of Arabic letters. */
export function folded(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, "")
    .toLowerCase()
    .replace(/[أإآٱ]/g, "ا")
    .replace(/ى/g, "ي")
    .replace(/ة/g, "ه")
    .replace(/['’`ʼʿʾ]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

function fits(row: Known, wanted: string[]): boolean {
  const words = folded([row.code, row.p_code ?? "", row.name, row.name_ar ?? "", ...(row.aliases ?? [])].join(" ")).split(" ");
  return wanted.every((begin) => words.some((word) => word.startsWith(begin)));
}

/** The first rows that fit what was typed so far. */
export async function search(kind: Kind, typed: string, signal?: AbortSignal): Promise<Known[]> {
  try {
    const address = addressOf(`/v1/${kind}`, { q: typed.trim() || undefined, limit: 8, labels: language.value });
    const rows = (await call<{ data: Known[] }>(address, { signal })).body.data;
    return rows;
  } catch (error) {
    if (!(error instanceof Refusal) || !error.unreached) throw error;
    const wanted = folded(typed).split(" ").filter(Boolean);
    return (stored()[kind] ?? []).filter((row) => fits(row, wanted)).slice(-8).reverse();
  }
}

const found = new Map<string, Known>();

/** The row of a code. */
export async function find(kind: Kind, code: string): Promise<Known | null> {
  const key = `${kind}/${code}/${language.value}`;
  const known = found.get(key);
  if (known) return known;
  try {
    const row = (await call<Known>(addressOf(`/v1/${kind}/{code}`, { labels: language.value }, { code }))).body;
    found.set(key, row);
    return row;
  } catch {
    return (stored()[kind] ?? []).find((row) => row.code === code) ?? null;
  }
}

/** The name of a row in the reader's language. */
export function nameOf(row: Known): string {
  return (language.value === "ar" && row.name_ar) || row.name;
}

/** What tells a row from others of its name. */
export function detailOf(kind: Kind, row: Known): string {
  const vocabulary = kind === "locations" ? "location_kind" : "source_kind";
  const id = `word-${vocabulary}-${row.kind ?? ""}`.replaceAll("_", "-");
  const sort = kind !== "agreements" && has(id) ? word(vocabulary, row.kind ?? "") : "";
  return [sort, row.parent_name].filter(Boolean).join(t("list-separator"));
}
