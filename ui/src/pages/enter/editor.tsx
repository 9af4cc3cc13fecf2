/** One form, from the first letter to the service's answer. */
import { Fragment } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { addressOf, call, type Refusal } from "../../api/client";
import { session } from "../../api/session";
import { date, language, t } from "../../i18n";
import { Notice, Refused } from "../../parts/basics";
import { foundText } from "../../parts/findings";
import { discard, type Draft, open as opened, find as findDraft, keep } from "../../store/drafts";
import { find as findPlace, type Kind as Gazetteer, nameOf } from "../../store/gazetteer";
import { add, entries, type Entry, newId, retry } from "../../store/queue";
import { BatchForm, ReturnForm } from "./batch";
import { changed, fieldId, type Form, FormContext, labelOf } from "./fields";
import { readDate } from "./dates";
import { codeFor, Create, GazetteerForm } from "./gazetteer";
import { History } from "./history";
import { choosing } from "./queue";
import { changes, empty, type Kind, type Marks, MEMBERS, toBody, toValues, type Values, warnings } from "./model";

interface Props {
  kind: Kind;
  /** The draft to go on with. */
  draft?: string | undefined;
  /** The row to change. */
  code?: string | undefined;
  leave: () => void;
}

export function Editor({ kind, draft: draftId, code, leave }: Props) {
  const [draft, setDraft] = useState<Draft>(() => findDraft(draftId ?? "") ?? fresh(kind, empty(kind)));
  const [refusal, setRefusal] = useState<Refusal>();
  const [ready, setReady] = useState(!code || Boolean(draft.edits));
  const [errors, setErrors] = useState<Marks>(() => marksOf(entries.value.find(({ id }) => id === draft.entry)));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<Entry>();
  /** Which empty form this is: what was typed into the one before does not stay. */
  const [round, setRound] = useState(0);
  const [unchanged, setUnchanged] = useState(false);
  const [creating, setCreating] = useState<{ kind: Gazetteer; typed: string; pointer: string }>();
  const [revision, setRevision] = useState(0);
  const top = useRef<HTMLFormElement>(null);
  const values = draft.values as Values;
  useEffect(() => {
    opened.value = draft.id;
  }, [draft.id]);

  const load = async () => {
    if (!code) return;
    try {
      const { body, etag } = await call<Record<string, unknown>>(addressOf(`/v1/${kind}/{code}`, {}, { code }));
      const before = toValues(body, MEMBERS[kind]);
      setDraft({ ...fresh(kind, before), edits: { code, etag, before } });
      setRefusal(undefined);
      setReady(true);
      setErrors({});
      setRevision((rounds) => rounds + 1);
    } catch (error) {
      setRefusal(error as Refusal);
    }
  };
  useEffect(() => {
    if (!ready) load();
  }, [code, session.value?.token]);

  const change = (next: Values) => {
    const now = { ...draft, values: next, at: new Date().toISOString(), title: titleOf(kind, next) };
    setDraft(now);
    setDone(undefined);
    setUnchanged(false);
    keep(now);
  };
  const form = useMemo<Form>(
    () => ({
      id: "f",
      values,
      errors: tried ? { ...toBody(values).errors, ...errors } : errors,
      warnings: warnings(values, kind),
      set: (pointer, value) => {
        // What was wrong there, or below a list that changes, is to be judged anew.
        setErrors((before) => Object.fromEntries(Object.entries(before).filter(([at]) => at !== pointer && !at.startsWith(`${pointer}/`))));
        change(changed(values, pointer, value));
      },
      create: (gazetteer, typed, pointer) => setCreating({ kind: gazetteer, typed, pointer }),
    }),
    [values, errors, tried, language.value],
  );

  const touched = JSON.stringify(values) !== JSON.stringify(draft.edits ? draft.edits.before : empty(kind));

  const save = async (event: Event) => {
    event.preventDefault();
    setTried(true);
    const { edits } = draft;
    const wrong = { ...toBody(values).errors, ...required(kind, values) };
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return focusFirst(wrong);
    // A name that was typed and is no row yet is not left out without a word.
    const unchosen = top.current?.querySelector<HTMLInputElement>("[data-unchosen]");
    if (unchosen) return unchosen.focus();
    const clean = pruned(values);
    if (clean !== values) change(clean);
    const { body } = edits ? changes(edits.before as Values, clean) : toBody(clean);
    setUnchanged(Boolean(edits) && Object.keys(body).length === 0);
    if (edits && Object.keys(body).length === 0) return setDone(undefined);
    setBusy(true);
    const title = await spoken(kind, clean);
    if (!edits) body.code ||= kind === "batches" || kind === "returns" ? newId() : codeFor(String(body.name ?? ""));
    const entry: Partial<Entry> & Pick<Entry, "title" | "resource" | "method" | "path" | "body"> = edits
      ? { title, resource: kind, method: "PATCH", path: addressOf(`/v1/${kind}/{code}`, {}, { code: edits.code }), body, etag: edits.etag, before: edits.before as Record<string, unknown>, draft: draft.id }
      : { title, resource: kind, method: "POST", path: `/v1/${kind}`, body, draft: draft.id };
    const known = draft.entry && entries.value.some(({ id, state }) => id === draft.entry && state !== "sent");
    const after = known && draft.entry ? await retry(draft.entry, entry) : await add(entry);
    setBusy(false);
    if (!after) return;
    if (after.state === "refused") {
      const now = { ...draft, values: clean, entry: after.id };
      setDraft(now);
      keep(now);
      const marks = marksOf(after);
      setErrors(marks);
      return focusFirst(marks);
    }
    // It is in the queue now, and the queue keeps it.
    discard(draft.id);
    setDone(after);
    setTried(false);
    setErrors({});
    if (edits) {
      if (after.state === "sent") await load();
    } else setDraft(fresh(kind, next(kind, clean)));
    top.current?.scrollIntoView({ block: "start" });
    // Whoever types goes on with the next one; on a phone that would raise the keyboard over the answer.
    if (!edits && matchMedia("(pointer: fine)").matches) {
      requestAnimationFrame(() => top.current?.querySelector<HTMLElement>("input, select")?.focus({ preventScroll: true }));
    }
  };
  const focusFirst = (marks: Marks) => {
    requestAnimationFrame(() => {
      for (const pointer of Object.keys(marks)) {
        const field = document.getElementById(fieldId(pointer));
        if (field) {
          field.closest("details")?.setAttribute("open", "");
          return field.focus();
        }
      }
      document.getElementById("wrong-title")?.focus();
    });
  };

  if (refusal) return <Refused refusal={refusal} again={load} />;
  if (!ready) return <p class="loading">{t("loading")}</p>;
  const shown = Object.entries(form.errors);
  return (
    <FormContext.Provider value={form}>
      <form ref={top} class="stack entry" onSubmit={save} noValidate aria-label={t(`kind-${kind}`)}>
        {done && <Saved entry={done} />}
        {unchanged && <Notice>{t("nothing-changed")}</Notice>}
        {shown.length > 0 && (
          <div class="notice notice-error" role="alert">
            <div>
              <b id="wrong-title" tabIndex={-1}>{t("wrong-count", { count: shown.length })}</b>
              <ul>
                {shown.map(([pointer, text]) => (
                  <li key={pointer}>
                    <a href={`#${fieldId(pointer)}`} onClick={(event) => { event.preventDefault(); focusFirst({ [pointer]: text }); }}>
                      {labelFor(pointer)}
                    </a>
                    : {text}
                  </li>
                ))}
              </ul>
            </div>
          </div>
        )}
        {draft.edits && <p class="aside">{t("editing", { code: draft.edits.code })}</p>}
        <Fragment key={round}>{kind === "batches" ? <BatchForm /> : kind === "returns" ? <ReturnForm /> : <GazetteerForm kind={kind} />}</Fragment>
        {!session.value && <Notice tone="warning">{t("enter-without-token")} <a href="/settings">{t("sign-in")}</a></Notice>}
        <p class="actions save-bar">
          <button type="submit" class="button primary" disabled={busy}>{t(draft.edits ? "save-changes" : "save")}</button>
          <button
            type="button"
            class="button"
            onClick={() => {
              if (touched && !confirm(t(draft.edits ? "leave-sure" : "clear-sure"))) return;
              discard(draft.id);
              if (draft.edits) leave();
              else {
                setDraft(fresh(kind, empty(kind)));
                setErrors({});
                setTried(false);
                setRound(round + 1);
              }
            }}
          >
            {t(draft.edits ? "leave-unchanged" : "clear-form")}
          </button>
          <span class="hint">{t("draft-kept")}</span>
        </p>
      </form>
      {creating && (
        <Create
          kind={creating.kind}
          typed={creating.typed}
          done={(made) => {
            setCreating(undefined);
            if (made) form.set(creating.pointer, made);
            requestAnimationFrame(() => document.getElementById(fieldId(creating.pointer))?.focus());
          }}
        />
      )}
      {draft.edits && <History key={revision} kind={kind} code={draft.edits.code} />}
    </FormContext.Provider>
  );
}

function fresh(kind: Kind, values: Values): Draft {
  return { id: newId(), kind, at: new Date().toISOString(), title: "", values };
}

/** What the service refused, at the fields of the form. */
function marksOf(entry: Entry | undefined): Marks {
  const marks: Marks = {};
  for (const found of entry?.refusal?.problem.errors ?? []) {
    const { code, value, pointer } = found as { code: string; value?: unknown; pointer?: string | null };
    const at = code === "missing" && typeof value === "string" ? `${pointer ?? ""}/${value}` : (pointer ?? "");
    marks[at || "/"] ??= foundText(found as Parameters<typeof foundText>[0]);
  }
  if (entry?.refusal && Object.keys(marks).length === 0) {
    const { code, detail } = entry.refusal.problem;
    marks[code === "already_exists" ? "/code" : "/"] = foundText({ code: code ?? "", message: detail ?? "" });
  }
  return marks;
}

function required(kind: Kind, values: Values): Marks {
  const marks: Marks = {};
  const need = (member: string) => {
    if (!values[member]) marks[`/${member}`] = t("missing");
  };
  if (kind === "batches") {
    need("origin");
    for (const [index, movement] of ((values.movements as Values[] | undefined) ?? []).entries()) {
      if (!movement.destination) marks[`/movements/${index}/destination`] = t("missing");
    }
  } else if (kind === "returns") {
    need("from");
    need("to");
  } else {
    need("name");
    if (kind !== "agreements") need("kind");
  }
  return marks;
}

/** Without figures in which nothing stands, so that what the service says of the third is the third here. */
function pruned(values: Values): Values {
  const filled = (figure: Values) => Object.entries(figure).some(([member, value]) => member !== "stage" && !member.endsWith("_quantifier") && Boolean(value));
  const copy = structuredClone(values);
  let less = false;
  for (const part of [copy, ...((copy.movements as Values[] | undefined) ?? [])]) {
    if (!part.figures) continue;
    const kept = (part.figures as Values[]).filter(filled);
    less ||= kept.length < (part.figures as Values[]).length;
    part.figures = kept;
  }
  return less ? copy : values;
}

/** The next form begins with what usually stays. */
function next(kind: Kind, values: Values): Values {
  const form = empty(kind);
  const stays = kind === "batches" ? ["origin", "agreement", "departed_on"] : kind === "returns" ? ["from", "to", "agreement", "returned_on"] : kind === "locations" ? ["kind", "parent"] : [];
  for (const member of stays) if (values[member]) form[member] = values[member];
  return form;
}

function titleOf(kind: Kind, values: Values): string {
  const movements = (values.movements as Values[] | undefined) ?? [];
  if (kind === "batches") return [values.origin, movements.map((one) => one.destination).filter(Boolean).join(", "), values.departed_on].filter(Boolean).join(" · ");
  if (kind === "returns") return [values.from, values.to, values.returned_on].filter(Boolean).join(" · ");
  return String(values.name ?? "");
}

/** The title with names instead of codes. */
async function spoken(kind: Kind, values: Values): Promise<string> {
  if (kind !== "batches" && kind !== "returns") return String(values.name ?? "");
  const name = async (code: unknown) => {
    if (typeof code !== "string" || !code) return "";
    const row = await findPlace("locations", code);
    return row ? nameOf(row) : code;
  };
  const movements = (values.movements as Values[] | undefined) ?? [];
  const [from, to] = kind === "batches" ? [values.origin, movements[0]?.destination] : [values.from, values.to];
  const places = t("movement-title", { origin: await name(from), destination: await name(to) });
  const when = kind === "batches" ? values.departed_on : values.returned_on;
  const read = readDate(String(when ?? ""));
  return read && read !== "ambiguous" ? `${places} · ${date(read.iso, read.precision)}` : places;
}

function labelFor(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  const member = parts.at(-1) ?? "";
  if (!member) return t("whole-form");
  const where = parts.includes("figures") ? ` (${t("group-figure-n", { n: Number(parts[parts.indexOf("figures") + 1]) + 1 })})` : "";
  const unit = member === "individuals" || member === "households" ? t(`unit-${member}`) : labelOf(member);
  return unit + where;
}

function Saved({ entry: first }: { entry: Entry }) {
  const entry = entries.value.find(({ id }) => id === first.id) ?? first;
  const where = entry.resource === "returns" && entry.code ? `/?return=${encodeURIComponent(entry.code)}` : null;
  if (entry.state === "conflict") return (
    <Notice tone="warning">
      <p>{t("saved-conflict")}</p>
      <p class="actions"><button type="button" class="button" onClick={() => (choosing.value = entry.id)}>{t("queue-choose")}</button></p>
    </Notice>
  );
  if (entry.state !== "sent") {
    return <Notice tone="warning">{t(session.value ? "saved-here" : "saved-here-token", { title: entry.title })}</Notice>;
  }
  const movements = entry.body.movements as { destination?: string }[] | undefined;
  const movement = entry.resource === "batches" && movements?.[0]?.destination ? `/?movement=${encodeURIComponent(`${entry.code}.${movements[0].destination}`)}` : null;
  const link = where ?? movement;
  return (
    <Notice tone="done">
      <p>
        {t("saved-there", { title: entry.title })} {link && <a href={link}>{t("show-it")}</a>}
      </p>
      {(entry.warnings ?? []).length > 0 && (
        <ul>
          {entry.warnings?.map((warning) => <li key={warning.pointer + warning.code}>{foundText(warning)}</li>)}
        </ul>
      )}
    </Notice>
  );
}

