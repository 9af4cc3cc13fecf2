/** Dates as people type them: as exact as they are known, in any digits, and never guessed. */
import { westernDigits } from "../../i18n";

export type Precision = "day" | "week" | "month" | "year";
export interface Typed {
  iso: string;
  precision: Precision;
}

function real(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.toISOString().slice(0, 10);
}

/** What was typed: a date, `ambiguous` where day and month could be exchanged, or null where it is none. */
export function readDate(typed: string): Typed | "ambiguous" | null {
  const text = westernDigits(typed).trim().replace(/[/.\u200e\u200f]/g, "-").replace(/\s*-\s*/g, "-");
  const exact = (iso: string | null, precision: Precision) => (iso ? { iso, precision } : null);
  let found = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (found) return exact(real(Number(found[1]), Number(found[2]), Number(found[3])), "day");
  found = /^(\d{1,2})-(\d{1,2})-(\d{4})$/.exec(text);
  if (found) {
    const [day, month, year] = [Number(found[1]), Number(found[2]), Number(found[3])];
    if (day <= 12 && month <= 12 && day !== month) return "ambiguous";
    return exact(day > 12 ? real(year, month, day) : real(year, day, month), "day");
  }
  found = /^(\d{4})-[Ww](\d{1,2})$/.exec(text);
  if (found) return exact(monday(Number(found[1]), Number(found[2])), "week");
  found = /^(\d{4})-(\d{1,2})$/.exec(text);
  if (found) return exact(real(Number(found[1]), Number(found[2]), 1), "month");
  found = /^(\d{4})$/.exec(text);
  return found ? exact(real(Number(found[1]), 1, 1), "year") : null;
}

/** The first day of a week of the year, as ISO counts them. */
function monday(year: number, week: number): string | null {
  if (week < 1 || week > 53) return null;
  const fourth = new Date(Date.UTC(year, 0, 4));
  const first = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * 86_400_000;
  const date = new Date(first + (week - 1) * 7 * 86_400_000);
  // The 53rd week that a year does not have is the first one of the next.
  const thursday = new Date(date.getTime() + 3 * 86_400_000);
  return thursday.getUTCFullYear() === year ? date.toISOString().slice(0, 10) : null;
}

/** How a date would have been typed. */
export function typedDate(iso: string | null | undefined, precision: string | null | undefined): string {
  if (!iso) return "";
  if (precision === "year") return iso.slice(0, 4);
  if (precision === "month") return iso.slice(0, 7);
  if (precision === "week") {
    const date = new Date(`${iso}T00:00:00Z`);
    const thursday = new Date(date.getTime() + 3 * 86_400_000);
    const year = thursday.getUTCFullYear();
    const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 86_400_000)) + 1;
    return `${year}-W${String(week).padStart(2, "0")}`;
  }
  return iso;
}

/** The last day that something that has happened can lie on. */
export function tomorrow(): string {
  return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
}
