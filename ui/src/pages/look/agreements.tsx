/** The record by agreement, where it has several: each name is the way to its view. */
import { addressOf, call } from "../../api/client";
import { useLoaded } from "../../api/loaded";
import { coverage } from "../../charts/timeline";
import { useFirst } from "../../charts/first";
import { known, percent, range, t } from "../../i18n";
import { Scroll } from "../../parts/basics";
import { withQuery } from "../../router";
import { claimed, type Stock, type Unit, until, view } from "./view";

const FIRST = 6;

export function Agreements({ unit }: { unit: Unit }) {
  const at = view.value.agreement ? null : addressOf("/v1/stats/stocks", { ...until(), by: "agreement" });
  const stocks = useLoaded<{ data: Stock[] }>(at, (signal) => call(at ?? "", { signal }));
  const rows = [...(stocks.body?.data ?? [])].sort(
    (a, b) => Number(a.agreement === null) - Number(b.agreement === null) || (claimed(b, "displaced", unit).value ?? -1) - (claimed(a, "displaced", unit).value ?? -1),
  );
  const { shown, more } = useFirst(rows, FIRST);
  if (rows.filter((row) => row.agreement).length < 2) return null;
  return (
    <section class="panel" aria-labelledby="agreements-title" aria-busy={stocks.stale}>
      <div>
        <h2 id="agreements-title">{t("agreements-title")}</h2>
        <p class="meaning">{t("agreements-meaning")}</p>
      </div>
      <Scroll label={t("agreements-title")}>
        <table class="cards thirds">
          <thead>
            <tr>
              <th scope="col">{t("column-agreement")}</th>
              <th scope="col" class="count">{t("column-left")}</th>
              <th scope="col">{t("column-range")}</th>
              <th scope="col" class="count">{t("column-away")}</th>
              <th scope="col" class="count">{t("column-rate")}</th>
              <th scope="col" class="count">{t("column-movements")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const left = claimed(row, "displaced", unit);
              return (
                <tr key={row.agreement ?? ""}>
                  <th scope="row" dir="auto">
                    {row.agreement ? <a href={withQuery({ agreement: row.agreement })}>{row.agreement_name ?? row.agreement}</a> : t("no-agreement")}
                  </th>
                  <td class="count" data-label={t("column-left")}>{known(left.value)}</td>
                  <td class="claims" data-label={t("column-range")}>{range(left)}</td>
                  <td class="count" data-label={t("column-away")}>{known(claimed(row, "remaining", unit).value)}</td>
                  <td class="count" data-label={t("column-rate")}>{row.return_rate === null ? t("unknown-number") : percent(row.return_rate)}</td>
                  <td class="count" data-label={t("column-movements")}>{coverage(row.movements, row[`movements_without_${unit}`])}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      {more && <p class="actions">{more}</p>}
    </section>
  );
}
