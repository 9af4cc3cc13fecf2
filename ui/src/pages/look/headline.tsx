/** The three numbers, each with its range in words and a mark for what nobody knows. */
import type { ComponentChildren } from "preact";
import { type Claimed, date, known, percent, range, t } from "../../i18n";
import { claimed, type Flow, type Summary, type Unit } from "./view";
import { Segments } from "../../parts/basics";
import { go, withQuery } from "../../router";

interface Props {
  row: Summary | undefined;
  flow: Flow | undefined;
  dated: boolean;
  unit: Unit;
  stale: boolean;
  children?: ComponentChildren;
}

export function Headline({ row, flow, dated, unit, stale, children }: Props) {
  const happened = dated ? flow : row;
  const left = happened && claimed(happened, "displaced", unit);
  const back = happened && claimed(happened, "returned", unit);
  const away = row && claimed(row, "remaining", unit);
  const most = Math.max(1, left?.high ?? 0, away?.high ?? 0, back?.high ?? 0);
  // Numbers of hundreds of millions leave no room for themselves at the size of thousands.
  const long = most >= 10_000_000;
  return (
    <section class={`headline${stale && row ? " stale" : ""}${long ? " long" : ""}`} aria-labelledby="headline-title" aria-busy={stale}>
      <h2 id="headline-title" class="hidden">{t("headline-title")}</h2>
      <Segments
        label={t("unit")}
        name="unit"
        value={unit}
        choices={[
          { value: "individuals", label: t("unit-individuals") },
          { value: "households", label: t("unit-households") },
        ]}
        change={(value) => go(withQuery({ unit: value === "individuals" ? null : value }), true)}
      />
      <dl>
        <One tone="left" label={t("headline-left")} claim={left} most={most} unit={unit} lacking={happened && [happened[`movements_without_${unit}`], happened.movements]} what="movements" />
        <One tone="back" label={t("headline-back")} claim={back} most={most} unit={unit} lacking={happened && [happened[`returns_without_${unit}`], happened.returns]} what="returns" />
        <One
          tone="away"
          label={t("headline-away")}
          claim={away}
          most={most}
          unit={unit}
          more={
            row?.as_of
              ? t(row.over_return && unit === "individuals" ? "headline-over" : "headline-as-of", { date: date(row.as_of) }) +
                (unit === "individuals" && row.return_rate !== null && !row.over_return && !dated ? ` ${t("headline-rate", { rate: percent(row.return_rate) })}` : "")
              : undefined
          }
        />
      </dl>
      {dated && <p class="aside">{t("headline-dated")}</p>}
      {children}
      <Reading />
    </section>
  );
}

/** The words of this page, for who reads them for the first time. */
function Reading() {
  const words: [string, string][] = [
    [t("headline-left"), t("reading-left")],
    [t("headline-back"), t("reading-back")],
    [t("headline-away"), t("reading-away")],
    [t("reading-value"), t("reading-value-is")],
    [t("reading-range"), t("reading-range-is")],
    [t("reading-unknown"), t("reading-unknown-is")],
  ];
  return (
    <details class="reading">
      <summary>{t("reading-title")}</summary>
      <dl>
        {words.map(([name, meaning]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function One(props: {
  tone: "left" | "back" | "away";
  label: string;
  claim: Claimed | undefined;
  most: number;
  unit: Unit;
  lacking?: [number, number] | undefined;
  what?: string;
  more?: string | undefined;
}) {
  const { tone, label, claim, most, unit, lacking, what, more } = props;
  const [without, all] = lacking ?? [0, 0];
  return (
    <div class={`one ${tone}`}>
      <dt>{label}</dt>
      <dd>
        <p class={`big${claim?.value === null ? " nobody" : ""}${claim ? "" : " bones"}`}>
          {claim ? known(claim.value) : " "}
          {claim && claim.value !== null && <span class="unit"> {t(`unit-of-${unit}`, { n: claim.value })}</span>}
        </p>
        <Bracket claim={claim} most={most} />
        <p class="range">{claim ? (claim.value === 0 && claim.high === 0 ? t("range-none") : range(claim)) : " "}</p>
        {without > 0 && (
          <p class="nobody-knows">
            <span class="mark" aria-hidden="true">?</span>
            {t(`nobody-knows-${what}`, { without, all })}
          </p>
        )}
        {more && <p class="more">{more}</p>}
      </dd>
    </div>
  );
}

/** The value, and how far the claims reach, on the scale that all three share. */
function Bracket({ claim, most }: { claim: Claimed | undefined; most: number }) {
  const at = (value: number) => `${Math.max(0, Math.min(100, (value / most) * 100))}%`;
  const { value, low, high } = claim ?? { value: null, low: null, high: null };
  return (
    <svg class="bracket" width="100%" height="14" aria-hidden="true">
      <rect class="track" width="100%" y="5" height="4" rx="2" />
      {value !== null && <rect class="fill" width={at(value)} y="5" height="4" rx="2" />}
      {value !== null && low !== null && high !== null && high > low && (
        <>
          <rect class="spread" x={at(low)} width={at(high - low)} y="2" height="10" rx="2" />
          <line class="mid" x1={at(value)} x2={at(value)} y1="0" y2="14" />
        </>
      )}
    </svg>
  );
}

