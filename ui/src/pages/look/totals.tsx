/** The panel of an agreement's published totals: every one on a scale with the sum, and in a table with its source. */
import { type Claim, Claims } from "../../charts/claims";
import { Frame } from "../../charts/frame";
import { date, number, percent, t, word } from "../../i18n";
import { comparable, type Published, type Total } from "./published";
import { Publication } from "./publication";
import { claimed, fileOf, type Summary, type Unit } from "./view";
import { differences, said } from "./why";

function beside(total: Total, sum: Summary | undefined, unit: Unit): string[] {
  const reasons: string[] = [];
  const [value, own] = [total[unit], sum && claimed(sum, "displaced", unit).value];
  if (comparable(total, unit) && typeof value === "number" && own) {
    const values = { n: number(Math.abs(value - own)), percent: percent(Math.abs(value - own) / own) };
    reasons.push(value === own ? t("published-same") : t(value > own ? "published-more" : "published-fewer", values));
  }
  if (total.destination) reasons.push(t("published-of", { place: total.destination_name ?? total.destination }));
  return [...reasons, ...differences({ ...total, role: null }, undefined, unit, null)];
}

export function PublishedTotals({ published, unit }: { published: Published; unit: Unit }) {
  const { code, name, totals, sum, searched, search } = published;
  const nameOf = (total: Total) => total.source_name ?? t("no-source");
  const own = sum && claimed(sum, "displaced", unit);
  const claims: Claim[] = totals
    .filter((total) => typeof total[unit] === "number")
    .map((total) => ({
      code: total.code,
      name: `${nameOf(total)} · ${total.destination_name ?? word("stage", total.stage)} · ${said(total, unit)}`,
      value: total[unit] ?? 0,
      high: total[`${unit}_high`] ?? null,
      quantifier: total[`${unit}_quantifier`] ?? "exact",
      recommended: false,
      counted: comparable(total, unit),
    }));
  if (own && own.value !== null) {
    claims.unshift({ code: "", name: `${t("published-sum")} · ${number(own.value)}`, value: own.value, low: own.low, high: own.high, quantifier: "between", recommended: true, counted: true });
  }
  const without = sum?.[`movements_without_${unit}`] ?? 0;
  return (
    <Frame
      id="published"
      title={t("published-title")}
      meaning={t("published-meaning", { agreement: name })}
      note={name}
      files={{ xlsx: fileOf("/v1/figures", "xlsx", { agreement: code }), csv: fileOf("/v1/figures", "csv", { agreement: code }) }}
      open
      table={() => <Table totals={totals} sum={sum} unit={unit} name={nameOf} />}
      chart={
        claims.length > 1
          ? (width) => (
              <>
                <Claims claims={claims} width={width} />
                {sum && without > 0 && <p class="aside">{t("published-uncounted", { without, all: sum.movements })}</p>}
              </>
            )
          : null
      }
      empty={totals.length > 0 ? t(`published-no-${unit}`) : t("published-none-yet")}
      controls={
        searched !== null && (
          <p class="aside">
            {t("published-some", { count: searched })} <button type="button" class="quiet" onClick={search}>{t("published-search")}</button>
          </p>
        )
      }
    />
  );
}

function Table({ totals, sum, unit, name }: { totals: Total[]; sum: Summary | undefined; unit: Unit; name: (total: Total) => string }) {
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">{t("field-source")}</th>
          <th scope="col" class="count">{t(`unit-${unit}`)}</th>
          <th scope="col">{t("field-stage")}</th>
          <th scope="col">{t("field-reported-on")}</th>
          <th scope="col">{t("column-beside")}</th>
          <th scope="col">{t("publication")}</th>
        </tr>
      </thead>
      <tbody>
        {totals.map((total) => (
          <tr key={total.code}>
            <th scope="row" dir="auto">{name(total)}</th>
            <td class="count" data-label={t(`unit-${unit}`)}>{said(total, unit) ?? t("unknown-number")}</td>
            <td data-label={t("field-stage")}>{word("stage", total.stage)}</td>
            <td class="when" data-label={t("field-reported-on")}>{total.reported_on ? date(total.reported_on) : t("unknown-date")}</td>
            <td class="wide" data-label={t("column-beside")}>{beside(total, sum, unit).join(" ")}</td>
            <td class="wide"><Publication figure={total} /></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
