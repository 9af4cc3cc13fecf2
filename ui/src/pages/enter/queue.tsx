/** The queue as people see it: what is kept here, what is sent, what was refused, and what somebody else changed meanwhile. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, Refusal } from "../../api/client";
import { session } from "../../api/session";
import { number, t, time, word } from "../../i18n";
import { Icon, refusalText } from "../../parts/basics";
import { foundText } from "../../parts/findings";
import { find, type Kind as Gazetteer, nameOf, REFERENCES } from "../../store/gazetteer";
import { drop, entries, type Entry, retry, send, unkept } from "../../store/queue";
import { labelOf } from "./fields";
import { inWords } from "./history";
import { type Kind, MEMBERS, toBody, toValues, type Values } from "./model";

/** The entry whose conflict is being decided. */
export const choosing = signal<string | undefined>(undefined);

export function Queue({ open }: { open: (entry: Entry) => void }) {
  const rows = [...entries.value].reverse();
  const count = (state: Entry["state"]) => rows.filter((entry) => entry.state === state).length;
  const waits = count("waiting") + count("sending");
  const conflict = rows.find(({ id }) => id === choosing.value);
  return (
    <section class="panel queue" aria-labelledby="queue-title">
      <h2 id="queue-title">{t("queue-title")}</h2>
      <p class="meaning" role="status">
        {rows.length === 0 ? t("queue-empty") : t("queue-count", { waiting: waits, sent: count("sent"), refused: count("refused") + count("conflict") })}
      </p>
      {unkept.value && waits > 0 && <p class="warning">{t("queue-unkept")}</p>}
      {waits > 0 && (
        <p class="actions">
          {session.value ? (
            <button type="button" class="button" onClick={() => send()}>{t("queue-send")}</button>
          ) : (
            <a class="button" href="/settings">{t("queue-sign-in")}</a>
          )}
        </p>
      )}
      <ul class="queue-list">
        {rows.map((entry) => (
          <li key={entry.id}>
            <p class="queue-line">
              <span class={`badge badge-${entry.state}`}>
                <Icon name={entry.state === "sent" ? "check" : entry.state === "refused" || entry.state === "conflict" ? "warn" : "clock"} />
                {t(`state-${entry.state}`)}
              </span>
              <small>{time(entry.at)}</small>
            </p>
            <p dir="auto">{t(`kind-${entry.resource}`)}: {entry.title}</p>
            {entry.refusal && entry.state === "refused" && <p class="error small">{refused(entry)}</p>}
            <p class="actions">
              {entry.state === "refused" && (entry.resource !== "locations" || entry.draft) && <button type="button" class="quiet" onClick={() => open(entry)}>{t("queue-mend")}</button>}
              {entry.state === "refused" && <button type="button" class="quiet" onClick={() => retry(entry.id)}>{t("try-again")}</button>}
              {entry.state === "conflict" && <button type="button" class="quiet" onClick={() => (choosing.value = entry.id)}>{t("queue-choose")}</button>}
              {entry.state !== "sending" && (
                <button type="button" class="quiet" onClick={() => (entry.state === "sent" || confirm(t("queue-drop-sure"))) && drop(entry.id)}>
                  {t(entry.state === "sent" ? "queue-hide" : "queue-drop")}
                </button>
              )}
            </p>
          </li>
        ))}
      </ul>
      {conflict && <Conflict entry={conflict} done={() => (choosing.value = undefined)} />}
    </section>
  );
}

function refused(entry: Entry): string {
  const { status = 0, problem = {} } = entry.refusal ?? {};
  const [first] = problem.errors ?? [];
  if (first) return foundText(first as Parameters<typeof foundText>[0]);
  return refusalText(new Refusal(status, problem));
}

/** Somebody else changed the row meanwhile: both versions side by side, and for each member a choice. */
function Conflict({ entry, done }: { entry: Entry; done: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [theirs, setTheirs] = useState<{ row: Record<string, unknown>; etag: string | null; by: string; at: string }>();
  const [failed, setFailed] = useState<Refusal>();
  const [mine, setMine] = useState<Record<string, boolean>>({});
  const [names, setNames] = useState(new Map<string, string>());
  useEffect(() => {
    dialog.current?.showModal();
    const load = async () => {
      try {
        const { body, etag } = await call<Record<string, unknown>>(entry.path);
        const lines = await call<{ data: { by: string; at: string }[] }>(`${entry.path}/history?limit=1`);
        const [last] = lines.body.data;
        setNames(await namesIn([entry.body, entry.before, body]));
        setTheirs({ row: body, etag, by: last?.by ?? "", at: last?.at ?? "" });
      } catch (error) {
        setFailed(error as Refusal);
      }
    };
    load();
  }, []);
  const kind = entry.resource as Kind;
  // Both as the API has them: what I sent is that already.
  const current = theirs ? toBody(toValues(theirs.row, MEMBERS[kind]), "", true).body : {};
  const before = toBody((entry.before ?? {}) as Values, "", true).body;
  const members = Object.keys(entry.body).filter((member) => !member.endsWith("_precision"));
  const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  const say = (value: unknown, member: string) => brief(value, member, kind, names);
  const keep = async () => {
    const body = Object.fromEntries(
      Object.entries(entry.body).filter(([member]) => mine[member.replace(/_precision$/, "")] ?? true),
    );
    if (Object.keys(body).length === 0) drop(entry.id);
    else if (theirs) await retry(entry.id, { body, etag: theirs.etag, before: toValues(theirs.row, MEMBERS[kind]) });
    done();
  };
  return (
    <dialog ref={dialog} class="dialog wide" aria-labelledby="conflict-title" onClose={done} onCancel={done}>
      <div class="stack">
        <h2 id="conflict-title">{t("conflict-title")}</h2>
        {failed && <p class="error">{refusalText(failed)}</p>}
        {theirs && (
          <>
            <p>{t("conflict-meaning", { by: theirs.by, time: time(theirs.at) })}</p>
            <table class="cards">
              <thead>
                <tr>
                  <th scope="col">{t("conflict-field")}</th>
                  <th scope="col">{t("conflict-before")}</th>
                  <th scope="col">{t("conflict-mine")}</th>
                  <th scope="col">{t("conflict-theirs")}</th>
                </tr>
              </thead>
              <tbody>
                {members.map((member) => (
                  <tr key={member}>
                    <th scope="row">{labelOf(member)}</th>
                    <td class="wide" dir="auto" data-label={t("conflict-before")}>{say(before[member], member)}</td>
                    <td class="wide" data-label={t("conflict-mine")}>
                      <label class="tick-field">
                        <input type="radio" name={`c-${member}`} checked={mine[member] ?? true} onChange={() => setMine({ ...mine, [member]: true })} />
                        <span dir="auto">{say(entry.body[member], member)}</span>
                      </label>
                    </td>
                    <td class="wide" data-label={t("conflict-theirs")}>
                      <label class="tick-field">
                        <input type="radio" name={`c-${member}`} checked={!(mine[member] ?? true)} onChange={() => setMine({ ...mine, [member]: false })} />
                        <span><bdi>{say(current[member], member)}</bdi>{same(current[member], before[member]) ? ` (${t("conflict-untouched")})` : ""}</span>
                      </label>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
        <p class="actions">
          <button type="button" class="button primary" disabled={!theirs} onClick={keep}>{t("conflict-save")}</button>
          <button type="button" class="button" onClick={() => { drop(entry.id); done(); }}>{t("conflict-drop")}</button>
          <button type="button" class="button" onClick={done}>{t("later")}</button>
        </p>
      </div>
    </dialog>
  );
}

/** The names of all that is referred to in there, by code. */
async function namesIn(value: unknown): Promise<Map<string, string>> {
  const codes = new Map<string, Gazetteer>();
  const collect = (one: unknown) => {
    if (!one || typeof one !== "object") return;
    for (const [member, inside] of Object.entries(one)) {
      const kind = REFERENCES[member];
      if (kind && typeof inside === "string" && inside) codes.set(inside, kind);
      else collect(inside);
    }
  };
  collect(value);
  const rows = await Promise.all([...codes].map(([code, kind]) => find(kind, code)));
  return new Map(rows.filter((row) => row !== null).map((row) => [row.code, nameOf(row)]));
}

/** A value in few words: of parts a destination and what each source says of it. */
function brief(value: unknown, member: string, kind: Kind, names: Map<string, string>): string {
  const name = (code: unknown) => names.get(String(code)) ?? String(code ?? "");
  if (REFERENCES[member] && value) return name(value);
  if (!Array.isArray(value) || typeof value[0] !== "object" || !["movements", "figures"].includes(member)) return inWords(value, member, kind);
  const claim = (figure: Record<string, unknown>) => {
    const count = figure.individuals ?? figure.households;
    return [figure.source ? name(figure.source) : word("stage", String(figure.stage)), count === undefined || count === null ? t("unknown-number") : number(Number(count))].join(" ");
  };
  if (member === "figures") return value.map(claim).join(t("list-separator"));
  return value
    .map((part: Record<string, unknown>) => `${name(part.destination)}: ${((part.figures as Record<string, unknown>[] | undefined) ?? []).map(claim).join(t("list-separator")) || t("unknown-number")}`)
    .join("; ");
}
