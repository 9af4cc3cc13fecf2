/** The forms of batches and returns, which carry figures. */
import { useContext, useEffect, useState } from "preact/hooks";
import { addressOf, call, type Row } from "../../api/client";
import { date, known, type Precision, t } from "../../i18n";
import { Icon } from "../../parts/basics";
import { at, Choose, Count, FormContext, Reference, Text, Tick, Ticks, When, fieldId } from "./fields";
import { emptyFigure, emptyMovement, type Values } from "./model";

export function BatchForm() {
  const form = useContext(FormContext);
  const movements = (form.values.movements as Values[] | undefined) ?? [];
  return (
    <>
      <fieldset class="group">
        <legend>{t("group-departure")}</legend>
        <div class="grid">
          <Reference at="/origin" kind="locations" required />
          <When at="/departed_on" period />
          <Text at="/number" numeric />
          <Reference at="/agreement" kind="agreements" />
        </div>
        <More open={["scheduled_on", "kind", "notes", "code"].some((member) => Boolean(form.values[member]))}>
          <div class="grid">
            <When at="/scheduled_on" hint={t("hint-scheduled-on")} />
            <Choose at="/kind" words="batch_kind" />
            <Choose at="/visibility" words="visibility" hint={t("hint-visibility")} />
            <Text at="/code" ltr hint={t("hint-code")} />
          </div>
          <Ticks at="/reasons" words="reason" />
          <Tick at="/cancelled" />
          <Text at="/notes" long hint={t("hint-notes")} />
        </More>
      </fieldset>
      {movements.map((_, index) => (
        <fieldset class="group" key={index}>
          <legend>{movements.length > 1 ? t("group-destination-n", { n: index + 1 }) : t("group-destination")}</legend>
          {movements.length > 1 && (
            <Remove label={t("remove-destination", { n: index + 1 })} remove={() => form.set("/movements", movements.filter((_, other) => other !== index))} />
          )}
          <div class="grid">
            <Reference at={`/movements/${index}/destination`} kind="locations" required />
            <When at={`/movements/${index}/arrived_on`} period />
          </div>
          <More open={Boolean(movements[index]?.destination_as_reported || movements[index]?.settlement_type || movements[index]?.notes)}>
            <div class="grid">
              <Text at={`/movements/${index}/destination_as_reported`} />
              <Choose at={`/movements/${index}/settlement_type`} words="settlement_type" none={t("as-the-place")} />
            </div>
            <Text at={`/movements/${index}/notes`} long hint={t("hint-notes")} />
          </More>
          <Figures at={`/movements/${index}`} />
        </fieldset>
      ))}
      <p class="actions">
        <button type="button" class="button" onClick={() => form.set("/movements", [...movements, emptyMovement()])}>
          <Icon name="plus" /> {t("add-destination")}
        </button>
      </p>
    </>
  );
}

export function ReturnForm() {
  const form = useContext(FormContext);
  return (
    <fieldset class="group">
      <legend>{t("group-return")}</legend>
      <div class="grid">
        <Reference at="/from" kind="locations" required hint={t("hint-from")} />
        <Reference at="/to" kind="locations" required hint={t("hint-to")} />
        <When at="/returned_on" period />
        <Reference at="/agreement" kind="agreements" />
      </div>
      <Outbound />
      <More open={["scheduled_on", "from_as_reported", "household_completeness", "members_remaining", "notes"].some((member) => Boolean(form.values[member]))}>
        <div class="grid">
          <Choose at="/household_completeness" words="household_completeness" none="" />
          <Text at="/members_remaining" numeric />
          <Text at="/from_as_reported" />
          <When at="/scheduled_on" hint={t("hint-scheduled-on")} />
          <Choose at="/visibility" words="visibility" hint={t("hint-visibility")} />
          <Text at="/code" ltr hint={t("hint-code")} />
        </div>
        <Ticks at="/reasons" words="reason" />
        <Tick at="/cancelled" />
        <Text at="/notes" long hint={t("hint-notes")} />
      </More>
      <Figures at="" />
    </fieldset>
  );
}

/** The movements that went from here to there, of which the return may be one's way back. */
function Outbound() {
  const form = useContext(FormContext);
  const [rows, setRows] = useState<Row<"MovementView">[]>([]);
  const { from, to, movement } = form.values;
  useEffect(() => {
    setRows([]);
    if (!from || !to) return;
    const abort = new AbortController();
    const address = addressOf("/v1/movements", { origin: to, destination: from, limit: 50 });
    call<{ data: Row<"MovementView">[] }>(address, { signal: abort.signal }).then(
      ({ body }) => setRows(body.data),
      () => undefined,
    );
    return () => abort.abort();
  }, [from, to]);
  const chosen = typeof movement === "string" ? movement : "";
  if (rows.length === 0 && !chosen) return null;
  const id = fieldId("/movement");
  return (
    <div class="field">
      <label for={id}>{t("field-movement")}</label>
      <select id={id} value={chosen} onChange={(event) => form.set("/movement", event.currentTarget.value)}>
        <option value="">{t("movement-unknown")}</option>
        {chosen && !rows.some(({ code }) => code === chosen) && <option value={chosen}>{chosen}</option>}
        {rows.map((row) => (
          <option key={row.code} value={row.code}>
            {[row.number ? t("batch-number", { number: row.number }) : row.batch, date(row.departed_on, (row.departed_on_precision ?? "day") as Precision), known(row.individuals)].join(" · ")}
          </option>
        ))}
      </select>
      <p class="hint">{t("hint-movement")}</p>
    </div>
  );
}

function More({ open, children }: { open: boolean; children: preact.ComponentChildren }) {
  return (
    <details class="more-fields" open={open}>
      <summary>{t("more-fields")}</summary>
      <div class="stack">{children}</div>
    </details>
  );
}

function Remove({ label, remove }: { label: string; remove: () => void }) {
  return (
    <button type="button" class="quiet remove" aria-label={label} title={label} onClick={remove}>
      <Icon name="close" />
    </button>
  );
}

const MORE = ["men", "women", "children", "infants", "civilians", "fighters", "url", "title", "reported_on", "as_of", "role", "scope", "term_as_reported", "place_as_reported", "excerpt", "notes"];

function filled(figure: Values): number {
  return MORE.filter((member) => Boolean(figure[member])).length;
}

/** What each source says, one beside the other. */
function Figures({ at: pointer }: { at: string }) {
  const form = useContext(FormContext);
  const list = `${pointer}/figures`;
  const figures = (at(form.values, list) as Values[] | undefined) ?? [];
  return (
    <div class="stack">
      {figures.map((figure, index) => (
        <fieldset class="group inner" key={index}>
          <legend>{figures.length > 1 ? t("group-figure-n", { n: index + 1 }) : t("group-figure")}</legend>
          <Remove label={t("remove-figure", { n: index + 1 })} remove={() => form.set(list, figures.filter((_, other) => other !== index))} />
          <div class="grid">
            <Reference at={`${list}/${index}/source`} kind="sources" />
            <Choose at={`${list}/${index}/stage`} words="stage" required />
            <Count at={`${list}/${index}`} unit="individuals" />
            <Count at={`${list}/${index}`} unit="households" />
          </div>
          {/* Closed, and it says how much stands in it: four figures laid open are fifteen screens of a phone. */}
          <details class="more-fields">
            <summary>
              {t("figure-more")} {filled(figure) > 0 && <small>({t("figure-filled", { count: filled(figure) })})</small>}
            </summary>
            <div class="stack">
              <div class="grid small-grid">
                {["men", "women", "children", "infants", "civilians", "fighters"].map((part) => <Text key={part} at={`${list}/${index}/${part}`} numeric />)}
              </div>
              <div class="grid">
                <Text at={`${list}/${index}/url`} ltr />
                <Text at={`${list}/${index}/title`} />
                <When at={`${list}/${index}/reported_on`} />
                <When at={`${list}/${index}/as_of`} hint={t("hint-as-of")} />
                <Choose at={`${list}/${index}/role`} words="role" none={t("role-auto")} />
                <Choose at={`${list}/${index}/scope`} words="scope" hint={t("hint-scope")} />
                <Text at={`${list}/${index}/term_as_reported`} />
                <Text at={`${list}/${index}/place_as_reported`} />
              </div>
              <Text at={`${list}/${index}/excerpt`} long />
              <Text at={`${list}/${index}/notes`} long hint={t("hint-notes")} />
            </div>
          </details>
        </fieldset>
      ))}
      <p class="actions">
        <button type="button" class="quiet" onClick={() => form.set(list, [...figures, emptyFigure()])}>
          <Icon name="plus" /> {t("add-figure")}
        </button>
      </p>
    </div>
  );
}
