/** Entering: a batch with its movements and figures, a return, a place, a source, an agreement. */
import { useEffect, useState } from "preact/hooks";
import { t, time } from "../../i18n";
import { Segments, Title } from "../../parts/basics";
import { Lookup } from "../../parts/lookup";
import { go, query, withQuery } from "../../router";
import { discard, drafts, keep, open as opened } from "../../store/drafts";
import { remember } from "../../store/gazetteer";
import { type Entry, newId } from "../../store/queue";
import { Editor } from "./editor";
import type { Kind } from "./model";
import { Queue } from "./queue";
import "../../style/enter.css";

const KINDS: Kind[] = ["batches", "returns", "locations", "sources", "agreements"];
const SINGULAR: Record<Kind, string> = { batches: "batch", returns: "return", locations: "location", sources: "source", agreements: "agreement" };

export default function Enter() {
  const edited = KINDS.find((one) => query.value.get(SINGULAR[one]));
  const asked = query.value.get("kind") as Kind | null;
  const kind = edited ?? (asked && KINDS.includes(asked) ? asked : "batches");
  const code = edited ? (query.value.get(SINGULAR[edited]) ?? undefined) : undefined;
  const draft = query.value.get("draft") ?? undefined;
  // A draft that was begun here before goes on where it was left, unless another is asked for.
  const [first] = useState(() => drafts.value.find((one) => one.kind === kind && !one.edits && !one.entry)?.id);
  useEffect(() => {
    const timer = setTimeout(remember, 1_500);
    return () => clearTimeout(timer);
  }, []);

  const open = (entry: Entry) => {
    let id = entry.draft && drafts.value.some((one) => one.id === entry.draft) ? entry.draft : undefined;
    if (!id) {
      id = newId();
      keep({ id, kind: entry.resource, at: entry.at, title: entry.title, values: fromBody(entry.body), entry: entry.id });
    }
    go(`/enter?kind=${entry.resource}&draft=${id}`);
  };
  const others = drafts.value.filter((one) => one.id !== opened.value);
  return (
    <div class="enter">
      <div class="lead">
        <Title>{t(code ? "edit-title" : "enter-title")}</Title>
        <p class="about">{t("enter-about")}</p>
      </div>
      <div class="enter-main">
        {!code && (
          <Segments
            label={t("enter-what")}
            name="kind"
            value={kind}
            choices={KINDS.map((value) => ({ value, label: t(`kind-${value}`) }))}
            change={(value) => go(`/enter?kind=${value}`)}
          />
        )}
        {!code && (kind === "locations" || kind === "sources" || kind === "agreements") && (
          <div class="find-row">
            <Lookup kind={kind} label={t(`find-${kind}`)} value={null} change={(found) => found && go(withQuery({ kind: null, [SINGULAR[kind]]: found }))} />
          </div>
        )}
        <Editor key={`${kind} ${code ?? ""} ${draft ?? ""}`} kind={kind} code={code} draft={draft ?? (code ? undefined : first)} leave={() => go("/enter")} />
      </div>
      <aside class="enter-side">
        <Queue open={open} />
        {others.length > 0 && (
          <section class="panel" aria-labelledby="drafts-title">
            <h2 id="drafts-title">{t("drafts-title")}</h2>
            <ul class="queue-list">
              {others.map((one) => (
                <li key={one.id}>
                  <p dir="auto">{t(`kind-${one.kind}`)}: {one.title || t("draft-untitled")}</p>
                  <small>{time(one.at)}</small>
                  <p class="actions">
                    <a class="quiet" href={`/enter?${one.edits ? `${SINGULAR[one.kind as Kind]}=${encodeURIComponent(one.edits.code)}` : `kind=${one.kind}`}&draft=${one.id}`}>{t("draft-open")}</a>
                    <button type="button" class="quiet" onClick={() => confirm(t("draft-drop-sure")) && discard(one.id)}>{t("draft-drop")}</button>
                  </p>
                </li>
              ))}
            </ul>
          </section>
        )}
      </aside>
    </div>
  );
}

/** A body of the API as it would have been typed. */
function fromBody(body: Record<string, unknown>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [member, value] of Object.entries(body)) {
    if (member.endsWith("_precision")) continue;
    if (member === "movements" || member === "figures") values[member] = (value as Record<string, unknown>[]).map(fromBody);
    else if (Array.isArray(value)) values[member] = member === "aliases" ? value.join("; ") : value;
    else values[member] = typeof value === "boolean" ? value : value === null ? "" : String(value);
  }
  return values;
}
