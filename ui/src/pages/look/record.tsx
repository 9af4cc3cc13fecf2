/** The rows behind the numbers: movements and returns, newest first, each leading to everything that was said about it. */
import { useEffect, useState } from "preact/hooks";
import { addressOf, call, Refusal, type Row } from "../../api/client";
import { session } from "../../api/session";
import { date, known, number, type Precision, range, t } from "../../i18n";
import { Refused, Scroll, Segments } from "../../parts/basics";
import { between, claimed, view } from "./view";
import { withQuery } from "../../router";

type Movement = Row<"MovementView">;
type Return = Row<"ReturnView">;
interface Page {
  data: (Movement | Return)[];
  next_cursor: string | null;
}
const LIMIT = 20;

export function Record() {
  const [which, setWhich] = useState<"movements" | "returns">("movements");
  const [rows, setRows] = useState<(Movement | Return)[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [busy, setBusy] = useState(true);
  const [refusal, setRefusal] = useState<Refusal>();
  const { unit } = view.value;
  const question = addressOf(`/v1/${which}`, { ...between(), limit: LIMIT });

  const load = async (cursor: string | null, abort?: AbortSignal) => {
    setBusy(true);
    try {
      const at = addressOf(`/v1/${which}`, { ...between(), limit: LIMIT, cursor });
      const { body } = await call<Page>(at, { signal: abort });
      if (abort?.aborted) return;
      setRows((before) => (cursor ? [...before, ...body.data] : body.data));
      setNext(body.next_cursor);
      setRefusal(undefined);
    } catch (error) {
      if (error instanceof Refusal && !abort?.aborted) setRefusal(error);
    } finally {
      if (!abort?.aborted) setBusy(false);
    }
  };
  useEffect(() => {
    const abort = new AbortController();
    load(null, abort.signal);
    return () => abort.abort();
  }, [question, session.value?.token]);

  // Of a return, origin and destination are the same places, and it goes the other way.
  const heads = which === "movements" ? (["column-origin", "column-destination"] as const) : (["column-from", "column-to"] as const);
  return (
    <section class="panel" aria-labelledby="record-title" aria-busy={busy}>
      <div class="panel-head">
        <div>
          <h2 id="record-title">{t("record-title")}</h2>
          <p class="meaning">{t("record-meaning")}</p>
        </div>
        <div class="panel-controls">
          <Segments
            label={t("record-title")}
            name="record"
            value={which}
            choices={[{ value: "movements", label: t("record-movements") }, { value: "returns", label: t("record-returns") }]}
            change={setWhich}
          />
        </div>
      </div>
      {refusal && <Refused refusal={refusal} again={() => load(null)} />}
      <Scroll label={t("record-title")}>
        <table class="cards record">
          <thead>
            <tr>
              <th scope="col">{t("column-date")}</th>
              <th scope="col">{t(heads[0])}</th>
              <th scope="col">{t(heads[1])}</th>
              <th scope="col" class="count">{t(`unit-${unit}`)}</th>
              <th scope="col">{t("column-range")}</th>
              <th scope="col" class="count">{t("column-figures")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const movement = which === "movements";
              const [when, precision] = movement
                ? [(row as Movement).departed_on, (row as Movement).departed_on_precision]
                : [(row as Return).returned_on, (row as Return).returned_on_precision];
              const claim = claimed(row, "", unit);
              const places = movement ? [row.origin_name, row.destination_name] : [row.destination_name, row.origin_name];
              return (
                <tr key={row.code}>
                  <th scope="row">
                    <a href={withQuery({ [movement ? "movement" : "return"]: row.code })}>
                      {date(when, (precision ?? "day") as Precision)}
                    </a>
                    {movement && (row as Movement).number ? <small> {t("batch-number", { number: (row as Movement).number ?? 0 })}</small> : null}
                  </th>
                  <td class="from" dir="auto">{places[0]}</td>
                  <td class="to" dir="auto">{places[1]}</td>
                  <td class="count many" data-label={t(`unit-${unit}`)}>{known(claim.value)}</td>
                  <td class="claims">{range(claim)}</td>
                  <td class="count said" data-label={t("column-figures")}>{number(row.figure_count)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      {!busy && rows.length === 0 && !refusal && <p class="empty">{t("nothing-here")}</p>}
      {next && (
        <p class="actions">
          <button type="button" class="button" disabled={busy} onClick={() => load(next)}>{t("show-more")}</button>
        </p>
      )}
    </section>
  );
}
