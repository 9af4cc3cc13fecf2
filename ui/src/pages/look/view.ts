/** What the front page shows, as its address says it. */
import { computed } from "@preact/signals";
import { addressOf, type Row } from "../../api/client";
import { type Claimed, language } from "../../i18n";
import { query } from "../../router";

export type Unit = "individuals" | "households";
export type Grain = "day" | "week" | "month" | "quarter" | "year";
export type Level = "place" | "admin2" | "admin1" | "country";
export const GRAINS: Grain[] = ["day", "week", "month", "quarter", "year"];
export const LEVELS: Level[] = ["place", "admin2", "admin1", "country"];

const ISO = /^\d{4}-\d{2}-\d{2}$/;

function one<Word extends string>(name: string, words: readonly Word[]): Word | null {
  const given = query.value.get(name);
  return words.includes(given as Word) ? (given as Word) : null;
}

export const view = computed(() => {
  const text = (name: string) => query.value.get(name) || undefined;
  const day = (name: string) => {
    const given = query.value.get(name);
    return given && ISO.test(given) ? given : undefined;
  };
  return {
    origin: text("origin"),
    destination: text("destination"),
    agreement: text("agreement"),
    from: day("from"),
    to: day("to"),
    unit: one<Unit>("unit", ["individuals", "households"]) ?? "individuals",
    grain: one("period", GRAINS),
    level: one("level", LEVELS),
    movement: text("movement"),
    return: text("return"),
  };
});

/** The filters of places and agreements, as every path takes them. */
export function places() {
  const { origin, destination, agreement } = view.value;
  return { origin, destination, agreement, labels: language.value };
}

/** The filters with their dates, for what happened between two days. */
export function between() {
  const { from, to } = view.value;
  return { ...places(), from, to };
}

/** The filters for what stands at the end of a day. */
export function until() {
  return { ...places(), as_of: view.value.to };
}

/** Where the same rows can be had as a file. */
export function fileOf(path: string, format: "xlsx" | "csv", parameters: object): string {
  const more = format === "xlsx" ? { lang: language.value } : { bom: true };
  return addressOf(`${path}.${format}`, { ...parameters, ...more });
}

/** The four members of a count in a row: `displaced_individuals` and what is beside it. */
export function claimed(row: object, prefix: "displaced" | "returned" | "remaining" | "", unit: Unit): Claimed {
  const name = prefix ? `${prefix}_${unit}` : unit;
  const members = row as Record<string, number | boolean | null>;
  return {
    value: (members[name] ?? null) as number | null,
    low: (members[`${name}_low`] ?? null) as number | null,
    high: (members[`${name}_high`] ?? null) as number | null,
    open: (members[`${name}_high_open`] ?? null) as boolean | null,
  };
}

const DAY = 86_400_000;

/** A grain in which the whole span makes a readable number of bars. */
export function grainFor(first: string | null, last: string | null): Grain {
  if (!first || !last) return "month";
  const days = (Date.parse(last) - Date.parse(first)) / DAY + 1;
  if (days <= 45) return "day";
  if (days <= 200) return "week";
  if (days <= 5 * 366) return "month";
  return days <= 16 * 366 ? "quarter" : "year";
}

/** How many bars a span makes. */
export function bars(grain: Grain, first: string, last: string): number {
  const days = (Date.parse(last) - Date.parse(first)) / DAY + 1;
  return days / { day: 1, week: 7, month: 30.4, quarter: 91, year: 365 }[grain];
}

/** The level at which this many rows can be looked at. */
export function levelFor(rows: number): Level {
  return rows > 400 ? "admin1" : "place";
}

export type Flow = Row<"FlowRow">;
export type Stock = Row<"StockRow">;
export type Summary = Row<"SummaryRow">;
