/** What sources published for a whole agreement, beside the sum of the movements on record: compared, never added. */
import { useState } from "preact/hooks";
import { addressOf, call, type Row } from "../../api/client";
import { useLoaded } from "../../api/loaded";
import { type Claim, Claims } from "../../charts/claims";
import { Frame } from "../../charts/frame";
import { date, language, number, percent, t, word } from "../../i18n";
import { Publication } from "./publication";
import { claimed, fileOf, type Summary, type Unit, view } from "./view";
import { differences, said } from "./why";

type Total = Row<"FigureView">;
interface Rows<Row> {
  data: Row[];
  next_cursor?: string | null;
}
export interface Published {
  code: string;
  name: string;
  totals: Total[];
  sum: Summary | undefined;
  /** How many figures of the agreement were looked through, where there are more. */
  searched: number | null;
  search: () => void;
}

const PAGE = 1000;

/** The figures on the agreement itself; the list gives them among those of its movements. */
async function totalsOf(agreement: string, pages: number, signal: AbortSignal) {
  const totals: Total[] = [];
  let [cursor, searched]: [string | null, number] = [null, 0];
  for (let page = 0; page < pages; page += 1) {
    const at: string = addressOf("/v1/figures", { agreement, labels: language.value, limit: PAGE, cursor });
    const { body } = await call<Rows<Total>>(at, { signal });
    totals.push(...body.data.filter((figure) => figure.agreement));
    cursor = body.next_cursor ?? null;
    searched += body.data.length;
    if (!cursor) break;
  }
  return { body: { totals, searched: cursor ? searched : null }, status: 200, etag: null, kept: null };
}

/** Of the agreement that the view is filtered by, or of the only one on record. */
export function usePublished(): Published | undefined {
  const chosen = view.value.agreement;
  const [pages, setPages] = useState(2);
  const listAt = chosen ? null : addressOf("/v1/agreements", { labels: language.value, limit: 2 });
  const list = useLoaded<Rows<Row<"AgreementView">>>(listAt, (signal) => call(listAt ?? "", { signal }));
  const only = list.body?.data.length === 1 ? list.body.data[0] : undefined;
  const code = chosen ?? only?.code;
  const found = useLoaded(code ? `totals ${code} ${pages} ${language.value}` : null, (signal) => totalsOf(code ?? "", pages, signal));
  const any = code && (found.body?.totals.length || found.body?.searched);
  const sumAt = any ? addressOf("/v1/stats/summary", { agreement: code }) : null;
  const sum = useLoaded<Rows<Summary>>(sumAt, (signal) => call(sumAt ?? "", { signal }));
  if (!any || !found.body || found.stale) return undefined;
  const { totals, searched } = found.body;
  const name = totals[0]?.agreement_name ?? (language.value === "ar" ? only?.name_ar : null) ?? only?.name ?? code;
  return { code, name, totals, sum: sum.body?.data[0], searched, search: () => setPages(pages * 4) };
}

/** Whether a total speaks of what the sum adds up: of all who left, or arrived, by this agreement. */
function comparable(total: Total, unit: Unit): boolean {
  return ["departed", "arrived"].includes(total.stage) && total.scope === "whole" && !total.destination && typeof total[unit] === "number";
}

/** One line for the headline, with the way to the rest. */
export function PublishedLine({ published, unit }: { published: Published; unit: Unit }) {
  const alike = published.totals.filter((total) => comparable(total, unit)).sort((a, b) => (a[unit] ?? 0) - (b[unit] ?? 0));
  const [lowest, highest] = [alike[0], alike.at(-1)];
  if (!lowest || !highest) return null;
  return (
    <p class="aside">
      {t("published-line", { count: alike.length, low: said(lowest, unit) ?? "", high: said(highest, unit) ?? "" })} <a href="#published-title">{t("published-compare")}</a>
    </p>
  );
}

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
