/** What a form holds, as it was typed; what that is as a body of the API; and what is remarkable about it. */
import { t, typedNumber } from "../../i18n";
import { readDate, tomorrow, typedDate } from "./dates";

export type Kind = "batches" | "returns" | "locations" | "sources" | "agreements";
export type Value = string | boolean | string[] | Values[];
export interface Values {
  [member: string]: Value | undefined;
}
export type Marks = Record<string, string>;

const NUMBERS = new Set([
  "number", "households", "households_high", "individuals", "individuals_high", "men", "women", "children", "infants", "civilians",
  "fighters", "members_remaining",
]);
const DATES = new Set(["scheduled_on", "reported_on", "as_of", "signed_on"]);
const PERIODS = new Set(["departed_on", "arrived_on", "returned_on"]);
const DECIMALS = new Set(["latitude", "longitude"]);
const HAPPENED = new Set(["departed_on", "arrived_on", "returned_on"]);
/** What only the page needs. */
const OWN = new Set(["open"]);

export function emptyFigure(): Values {
  return { stage: "departed" };
}

export function emptyMovement(): Values {
  return { figures: [emptyFigure()] };
}

export function empty(kind: Kind): Values {
  if (kind === "batches") return { movements: [emptyMovement()] };
  if (kind === "returns") return { figures: [{ stage: "arrived" }] };
  return {};
}

/** The body of what was typed, and what of it cannot be read, by pointer. */
export function toBody(values: Values, at = "", whole = false): { body: Record<string, unknown>; errors: Marks } {
  const body: Record<string, unknown> = {};
  const errors: Marks = {};
  for (const [member, value] of Object.entries(values)) {
    if (OWN.has(member) || value === undefined) continue;
    const pointer = `${at}/${member}`;
    if (Array.isArray(value)) {
      if (value.every((one) => typeof one === "string")) {
        if (value.length > 0 || whole) body[member] = value;
        continue;
      }
      const parts = (value as Values[]).map((part, index) => toBody(part, `${pointer}/${index}`, whole));
      for (const part of parts) Object.assign(errors, part.errors);
      const kept = parts.map((part) => part.body);
      body[member] = member === "figures" ? kept.filter((figure) => !hollow(figure)) : kept;
      continue;
    }
    if (typeof value === "boolean") {
      body[member] = value;
      continue;
    }
    const text = (value as string).trim();
    if (text === "") {
      // A quantifier of nothing says nothing.
      if (whole) body[member] = null;
      if (whole && PERIODS.has(member)) delete body[`${member}_precision`];
      continue;
    }
    if (NUMBERS.has(member)) {
      const number = typedNumber(text);
      if (number === null) errors[pointer] = t("not-a-number", { text });
      else body[member] = number;
    } else if (DECIMALS.has(member)) {
      const decimal = Number(text.replace(",", "."));
      if (Number.isNaN(decimal)) errors[pointer] = t("not-a-number", { text });
      else body[member] = decimal;
    } else if (DATES.has(member) || PERIODS.has(member)) {
      const read = readDate(text);
      if (read === "ambiguous") errors[pointer] = t("date-ambiguous");
      else if (read === null) errors[pointer] = t("not-a-date", { text });
      else if (DATES.has(member) && read.precision !== "day") errors[pointer] = t("date-not-a-day");
      else if (HAPPENED.has(member) && read.iso > tomorrow()) errors[pointer] = t("date-in-future");
      else {
        body[member] = read.iso;
        if (PERIODS.has(member)) body[`${member}_precision`] = read.precision;
      }
    } else if (member === "aliases") {
      body[member] = text.split(/[;؛\n]/).map((alias) => alias.trim()).filter(Boolean);
    } else body[member] = text;
  }
  for (const unit of ["individuals", "households"]) {
    if (body[unit] === undefined || body[unit] === null) {
      if (!(`${at}/${unit}` in errors)) {
        delete body[`${unit}_quantifier`];
        delete body[`${unit}_high`];
      }
    } else if (body[`${unit}_quantifier`] !== "between") {
      if (whole) body[`${unit}_high`] = null;
      else delete body[`${unit}_high`];
    }
  }
  return { body, errors };
}

const PARTS = ["men", "women", "children", "infants", "civilians", "fighters"];

/** A figure in which nothing was filled in but what stood there already. */
function hollow(figure: Record<string, unknown>): boolean {
  return !Object.entries(figure).some(([member, value]) => value !== null && member !== "stage");
}

/** What is remarkable, by pointer, as the service will say too; it stands in nobody's way. */
export function warnings(values: Values, kind: Kind): Marks {
  const marks: Marks = {};
  const figures = (list: Value | undefined, at: string) => {
    for (const [index, figure] of ((list as Values[] | undefined) ?? []).entries()) {
      const { body } = toBody(figure);
      const number = (member: string) => (typeof body[member] === "number" ? (body[member] as number) : null);
      const [people, families] = [number("individuals"), number("households")];
      const pointer = `${at}/figures/${index}`;
      if ((people !== null || families !== null) && !body.source) marks[`${pointer}/source`] = t("warn-no-source");
      if (people !== null && families !== null && families > 0 && (people / families < 1.5 || people / families > 10)) {
        marks[`${pointer}/households`] = t("warn-household-size", { size: people / families });
      }
      if (people !== null) {
        const sum = (members: string[]) => members.reduce((all, member) => all + (number(member) ?? 0), 0);
        const all = (members: string[]) => members.every((member) => number(member) !== null);
        const ages = sum(["men", "women", "children", "infants"]);
        if (ages > people) marks[`${pointer}/children`] = t("warn-parts-above", { sum: ages, whole: people });
        else if (all(["men", "women", "children"]) && ages !== people) marks[`${pointer}/children`] = t("warn-parts-unequal", { sum: ages, whole: people });
        const sides = sum(["civilians", "fighters"]);
        if (sides > people) marks[`${pointer}/fighters`] = t("warn-parts-above", { sum: sides, whole: people });
        else if (all(["civilians", "fighters"]) && sides !== people) marks[`${pointer}/fighters`] = t("warn-parts-unequal", { sum: sides, whole: people });
      }
    }
  };
  if (kind === "returns") figures(values.figures, "");
  if (kind === "batches") {
    for (const [index, movement] of ((values.movements as Values[] | undefined) ?? []).entries()) {
      figures(movement.figures, `/movements/${index}`);
      if (movement.destination && movement.destination === values.origin) {
        marks[`/movements/${index}/destination`] = t("warn-same-place");
      }
    }
  }
  return marks;
}

/** Members of each resource that people fill in, as a row that is read has them. */
export const MEMBERS: Record<Kind, string[]> = {
  batches: ["code", "origin", "departed_on", "number", "agreement", "scheduled_on", "kind", "cancelled", "reasons", "visibility", "notes", "movements"],
  returns: ["code", "from", "to", "returned_on", "movement", "agreement", "scheduled_on", "from_as_reported", "household_completeness", "members_remaining", "cancelled", "reasons", "visibility", "notes", "figures"],
  locations: ["code", "name", "name_ar", "kind", "parent", "p_code", "latitude", "longitude", "settlement_type", "aliases"],
  sources: ["code", "name", "name_ar", "kind", "reliability", "url", "confidential"],
  agreements: ["code", "name", "name_ar", "name_as_reported", "signed_on", "location", "url", "notes"],
};
const MOVEMENT = ["destination", "arrived_on", "destination_as_reported", "settlement_type", "notes", "figures"];
const FIGURE = [
  "code", "stage", "role", "scope", "source", "url", "title", "reported_on", "as_of", "excerpt", "term_as_reported", "place_as_reported", "notes",
  "households", "households_quantifier", "households_high", "individuals", "individuals_quantifier", "individuals_high", ...PARTS,
];

/** A row of the service as it would have been typed. */
export function toValues(row: Record<string, unknown>, members: string[]): Values {
  const values: Values = {};
  for (const member of members) {
    const value = row[member];
    if (member === "movements") values[member] = (value as Record<string, unknown>[]).map((one) => toValues(one, MOVEMENT));
    else if (member === "figures") values[member] = (value as Record<string, unknown>[]).map((one) => toValues(one, FIGURE));
    else if (member === "aliases") values[member] = ((value as string[] | null) ?? []).join("; ");
    else if (PERIODS.has(member)) values[member] = typedDate(value as string | null, row[`${member}_precision`] as string);
    else if (Array.isArray(value)) values[member] = value as string[];
    else if (typeof value === "boolean") values[member] = value;
    else values[member] = value === null || value === undefined ? "" : String(value);
  }
  return values;
}

/** What differs between what stood there and what is wanted now: the body of a change. */
export function changes(before: Values, now: Values): { body: Record<string, unknown>; errors: Marks } {
  const changed: Values = {};
  for (const member of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (member === "code" || OWN.has(member)) continue;
    if (JSON.stringify(strip(before[member])) !== JSON.stringify(strip(now[member]))) changed[member] = now[member] ?? "";
  }
  return toBody(changed, "", true);
}

/** Without what only the page needs, and without empty text, so that untouched and emptied are one. */
function strip(value: Value | undefined): unknown {
  if (Array.isArray(value)) return value.map((one) => (typeof one === "string" ? one : stripped(one)));
  return value === "" ? undefined : value;
}

function stripped(values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([member, value]) => !OWN.has(member) && value !== "" && value !== undefined).map(([member, value]) => [member, strip(value)]).sort());
}
