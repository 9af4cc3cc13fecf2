/** Who changed what, and when. */
import { useState } from "preact/hooks";
import { addressOf, call, type Row } from "../../api/client";
import { useLoaded } from "../../api/loaded";
import { t, time, word } from "../../i18n";
import { Refused } from "../../parts/basics";
import { labelOf } from "./fields";
import type { Vocabulary } from "../../words";
import type { Kind } from "./model";

type Line = Row<"HistoryEntry">;

const VOCABULARIES: Record<string, Vocabulary> = {
  stage: "stage", role: "role", scope: "scope", visibility: "visibility", settlement_type: "settlement_type", reliability: "reliability",
  household_completeness: "household_completeness", reasons: "reason",
};

/** The vocabulary whose words a member holds. */
function vocabularyOf(member: string, kind: Kind): Vocabulary | undefined {
  if (member.endsWith("_quantifier")) return "quantifier";
  if (member.endsWith("_precision")) return "precision";
  if (member === "kind") return kind === "batches" ? "batch_kind" : kind === "locations" ? "location_kind" : "source_kind";
  return VOCABULARIES[member];
}

/** A value in the words of the page. */
export function inWords(value: unknown, member: string, kind: Kind): string {
  const vocabulary = vocabularyOf(member, kind);
  if (!vocabulary || !value) return shown(value);
  return (Array.isArray(value) ? value : [value]).map((one) => word(vocabulary, String(one))).join(t("list-separator")) || t("empty-value");
}

export function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return t("empty-value");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (Array.isArray(value)) return value.length === 0 ? t("empty-value") : value.map(shown).join(t("list-separator"));
  if (typeof value === "object") return Object.values(value as object).filter((one) => one !== null).map(String).join(" · ");
  return String(value);
}

export function History({ kind, code }: { kind: Kind; code: string }) {
  const [open, setOpen] = useState(false);
  const at = open ? addressOf(`/v1/${kind}/{code}/history`, { limit: 100 }, { code }) : null;
  const loaded = useLoaded<{ data: Line[] }>(at, (signal) => call(at ?? "", { signal }));
  return (
    <details class="panel" onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}>
      <summary>{t("history")}</summary>
      {loaded.refusal && <Refused refusal={loaded.refusal} again={loaded.again} />}
      <ol class="history">
        {loaded.body?.data.map((line) => (
          <li key={line.seq}>
            <p>
              <b>{t(`action-${line.action}`)}</b> · {line.by} · <time dateTime={line.at}>{time(line.at)}</time>
            </p>
            <dl class="changes">
              {members(line).map((member) => (
                <div key={member}>
                  <dt>{labelOf(member)}</dt>
                  <dd>
                    {line.action === "update" && <del dir="auto">{inWords(line.before?.[member], member, kind)}</del>} <ins dir="auto">{inWords((line.action === "delete" ? line.before : line.after)?.[member], member, kind)}</ins>
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** The members that a change is about. */
function members({ before, after, action }: Line): string[] {
  const all = Object.keys(after ?? before ?? {});
  const filled = (value: unknown) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0);
  if (action !== "update") return all.filter((member) => filled((after ?? before)?.[member]));
  return all.filter((member) => JSON.stringify(before?.[member]) !== JSON.stringify(after?.[member]));
}
