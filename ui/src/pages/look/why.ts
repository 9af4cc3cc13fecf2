/** Why one figure differs from the recommended one, as far as the record itself tells. */
import type { Row } from "../../api/client";
import { date, number, percent, t, word } from "../../i18n";
import type { Unit } from "./view";

export type Figure = Row<"FigurePart">;

/** What a figure says of one unit, in words. */
export function said(figure: Figure, unit: Unit): string | null {
  const value = figure[unit];
  if (value === null || value === undefined) return null;
  const quantifier = figure[`${unit}_quantifier`] ?? "exact";
  if (quantifier === "exact") return number(value);
  const high = figure[`${unit}_high`];
  const id = `said-${quantifier.replaceAll("_", "-")}`;
  return t(id, { n: number(value), high: number(high ?? value) });
}

export function differences(figure: Figure, best: Figure | undefined, unit: Unit, leftOn: string | null): string[] {
  const reasons: string[] = [];
  const [value, other] = [figure[unit], best?.[unit]];
  if (best && best.code !== figure.code && typeof value === "number" && typeof other === "number") {
    if (value === other) reasons.push(t("why-same"));
    else if (other > 0) {
      const apart = percent(Math.abs(value - other) / other);
      reasons.push(t(value > other ? "why-more" : "why-fewer", { n: number(Math.abs(value - other)), percent: apart }));
    }
  }
  if (figure.scope === "part") reasons.push(t("why-part"));
  if (best && figure.stage !== best.stage) {
    reasons.push(t("why-stage", { stage: word("stage", figure.stage), other: word("stage", best.stage) }));
  }
  if (figure.role === null && figure.stage !== "departed" && figure.stage !== "arrived") reasons.push(t("why-not-actual"));
  const quantifier = figure[`${unit}_quantifier`];
  if (value !== null && quantifier && quantifier !== "exact") reasons.push(t(`why-${quantifier.replaceAll("_", "-")}`));
  if (figure.as_of) reasons.push(t("why-as-of", { date: date(figure.as_of) }));
  if (figure.reported_on && leftOn && figure.reported_on < leftOn) reasons.push(t("why-early", { date: date(figure.reported_on) }));
  if (value === null || value === undefined) reasons.push(t(`why-no-${unit}`));
  const parts = [figure.men, figure.women, figure.children].every((part) => typeof part === "number")
    ? (figure.men ?? 0) + (figure.women ?? 0) + (figure.children ?? 0) + (figure.infants ?? 0)
    : null;
  if (parts !== null && typeof figure.individuals === "number" && parts !== figure.individuals) {
    reasons.push(t("why-parts", { parts: number(parts), whole: number(figure.individuals) }));
  }
  return reasons;
}
