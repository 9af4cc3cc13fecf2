/** The language of the page: how it is chosen, its texts, and how numbers, dates and ranges are said in it. */
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { signal } from "@preact/signals";
import type { Vocabulary } from "./words";

export type Language = "en" | "ar";
export const LANGUAGES: Language[] = ["en", "ar"];

/**
 * Arabic as in Syria, so that months have their Levantine names, with Western digits: the sheets that figures come from and go
 * to have them, in both languages, and so one page never shows two kinds. Arabic-Indic digits are read wherever people type.
 */
const LOCALES: Record<Language, string> = { en: "en-GB", ar: "ar-SY-u-nu-latn" };
const STORED = "homeward.language";

export const language = signal<Language>("en");

interface Loaded {
  bundle: FluentBundle;
  whole: Intl.NumberFormat;
  rough: Intl.NumberFormat;
  percent: Intl.NumberFormat;
}
const loaded = new Map<Language, Loaded>();
let current: Loaded | undefined;

const sources: Record<Language, () => Promise<{ default: string }>> = {
  en: () => import("../texts/en.ftl?raw"),
  ar: () => import("../texts/ar.ftl?raw"),
};
/** The texts of the pages on which one works; what problems mean in English, the service says itself. */
const further: Record<Language, () => Promise<{ default: string }[]>> = {
  en: async () => [await import("../texts/en.work.ftl?raw")],
  ar: () => Promise.all([import("../texts/ar.work.ftl?raw"), import("../texts/ar.problems.ftl?raw")]),
};

/** The address, then the stored choice, then what the browser asks for. */
export function chosen(): Language {
  const asked = new URLSearchParams(location.search).get("lang");
  if (isLanguage(asked)) return asked;
  const stored = read(STORED);
  if (isLanguage(stored)) return stored;
  const first = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage);
  return first ?? "en";
}

function isLanguage(text: string | null | undefined): text is Language {
  return text === "en" || text === "ar";
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

let work = false;
const working = new Set<Language>();

/** Loads the texts of a language and shows the page in it. */
export async function speak(to: Language): Promise<void> {
  let texts = loaded.get(to);
  if (!texts) {
    // Arabic text isolates all that is put into it. English only needs that around Arabic, see `t`; otherwise its invisible marks
    // would come along whenever somebody copies a number.
    const bundle = new FluentBundle(LOCALES[to], { useIsolating: to === "ar" });
    bundle.addResource(new FluentResource((await sources[to]()).default));
    texts = {
      bundle,
      whole: new Intl.NumberFormat(LOCALES[to]),
      rough: new Intl.NumberFormat(LOCALES[to], { notation: "compact", maximumFractionDigits: 1 }),
      percent: new Intl.NumberFormat(LOCALES[to], { style: "percent", maximumFractionDigits: 1 }),
    };
    loaded.set(to, texts);
  }
  if (work && !working.has(to)) {
    for (const one of await further[to]()) texts.bundle.addResource(new FluentResource(one.default));
    working.add(to);
  }
  current = texts;
  document.documentElement.lang = to;
  document.documentElement.dir = to === "ar" ? "rtl" : "ltr";
  language.value = to;
}

/** The texts of the pages on which one works, which the front page need not wait for. */
export async function loadWork(): Promise<void> {
  work = true;
  await speak(language.value);
}

/** Chooses a language, for this visit and the next ones. */
export function choose(to: Language): Promise<void> {
  try {
    localStorage.setItem(STORED, to);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  return speak(to);
}

/** A text in the language of the page. */
export function t(id: string, values?: Record<string, FluentVariable>): string {
  const message = current?.bundle.getMessage(id);
  if (!message?.value || !current) return id;
  return current.bundle.formatPattern(message.value, values && language.value === "en" ? apart(values) : (values ?? null), []);
}

const ARABIC = /[\u0590-\u08ff\ufb50-\ufeff]/;

function apart(values: Record<string, FluentVariable>): Record<string, FluentVariable> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === "string" && ARABIC.test(value) ? isolated(value) : value]));
}

/** Text that keeps its own order among other text: in Arabic 2017-04-03 would read as the third of 2017-04. */
export function isolated(text: string): string {
  return ARABIC.test(text) ? `\u2068${text}\u2069` : `\u2066${text}\u2069`;
}

/** Whether there is such a text. */
export function has(id: string): boolean {
  return current?.bundle.hasMessage(id) ?? false;
}

/** What a word of a vocabulary is called. */
export function word(vocabulary: Vocabulary, one: string): string {
  return t(`word-${vocabulary.replaceAll("_", "-")}-${one.replaceAll("_", "-")}`);
}

export function number(value: number): string {
  return current?.whole.format(value) ?? String(value);
}

/** A number for an axis, all of one kind: 5K and 12K where the axis goes so far, else 5,000. */
export function rough(value: number, most: number): string {
  return most < 10_000 || value === 0 ? number(value) : (current?.rough.format(value) ?? String(value));
}

export function percent(value: number): string {
  return current?.percent.format(value) ?? String(value);
}

const dates = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language.value + JSON.stringify(options);
  let format = dates.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALES[language.value], { timeZone: "UTC", ...options });
    dates.set(key, format);
  }
  return format;
}

export type Precision = "day" | "week" | "month" | "year";

/** A date in words, no more exact than it is known. */
export function date(iso: string | null | undefined, precision: Precision = "day"): string {
  if (!iso) return t("unknown-date");
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  if (precision === "year") return dateFormat({ year: "numeric" }).format(day);
  if (precision === "month") return dateFormat({ year: "numeric", month: "long" }).format(day);
  const text = dateFormat({ year: "numeric", month: "long", day: "numeric" }).format(day);
  return precision === "week" ? t("week-of", { date: text }) : text;
}

/** A date as short as it can be told from its neighbours. */
export function shortDate(iso: string, grain: string): string {
  const day = new Date(`${iso}T00:00:00Z`);
  if (grain === "year") return dateFormat({ year: "numeric" }).format(day);
  if (grain === "quarter") {
    return t("quarter-short", { quarter: Math.floor(day.getUTCMonth() / 3) + 1, year: String(day.getUTCFullYear()) });
  }
  if (grain === "month") return dateFormat({ month: "short", year: "numeric" }).format(day);
  return dateFormat({ day: "numeric", month: "short" }).format(day);
}

/** A period as a table names it. */
export function periodName(start: string | null | undefined, grain: string): string {
  if (!start) return t("period-inexact");
  if (grain === "day") return date(start);
  if (grain === "week") return date(start, "week");
  if (grain === "quarter") return shortDate(start, grain);
  return date(start, grain as Precision);
}

export function time(stamp: string | null | undefined): string {
  if (!stamp) return "";
  const options: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short", timeZone: undefined };
  return dateFormat(options).format(new Date(stamp));
}

/** A count with what is claimed around it. */
export interface Claimed {
  value: number | null;
  low: number | null;
  high: number | null;
  open: boolean | null;
}

/** How far the claims lie apart, in words; never a number where nobody knows one. */
export function range({ value, low, high, open }: Claimed): string {
  if (value === null || low === null || high === null) return t("range-unknown");
  const values = { low: number(low), high: number(high) };
  if (open) return low === high ? t("range-more-than", values) : t("range-open", values);
  if (low === high) return t("range-one");
  if (low === 0 && value > 0) return t("range-at-most", values);
  return t("range-between", values);
}

/** A number, or the mark for a number that nobody knows. */
export function known(value: number | null | undefined): string {
  return value === null || value === undefined ? t("unknown-number") : number(value);
}

/** Text for a drawing, which runs from left to right whatever the language: Arabic keeps its own order inside. */
export function drawn(text: string): string {
  return language.value === "ar" ? `\u2067${text}\u2069` : text;
}

const EASTERN = /[\u0660-\u0669\u06f0-\u06f9]/g;

/** Text with the digits that programs read: ٤٢ becomes 42. */
export function westernDigits(text: string): string {
  return text.replace(EASTERN, (digit) => String(digit.charCodeAt(0) & 0xf));
}

/** The whole number that was typed, in any digits and with any separators: null where it is none. */
export function typedNumber(text: string): number | null {
  const plain = westernDigits(text).replace(/[\s\u00a0\u202f\u2009\u066c,\u060c'’_]/g, "");
  return /^\d{1,12}$/.test(plain) ? Number(plain) : null;
}
