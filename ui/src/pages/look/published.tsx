/** What sources published for a whole agreement, beside the sum of the movements on record: compared, never added. */
import { useState } from "preact/hooks";
import { addressOf, call, type Row } from "../../api/client";
import { useLoaded } from "../../api/loaded";
import { language, t } from "../../i18n";
import { type Summary, type Unit, view } from "./view";
import { said } from "./why";

export type Total = Row<"FigureView">;
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
export function comparable(total: Total, unit: Unit): boolean {
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
