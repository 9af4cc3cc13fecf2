/** The columns page: what every field means, as import, export and templates have it. */
import { useEffect, useState } from "preact/hooks";
import { language, t } from "../../i18n";
import { Notice, Segments, Title } from "../../parts/basics";
import { go, query, withQuery } from "../../router";
import { folded } from "../../store/gazetteer";
import { type Sheet, sheets } from "../upload/columns";
import "../../style/docs.css";

export default function Columns() {
  const [all, setAll] = useState<Sheet[]>([]);
  const [failed, setFailed] = useState(false);
  const [typed, setTyped] = useState("");
  useEffect(() => {
    sheets().then(setAll, () => setFailed(true));
  }, []);
  const asked = query.value.get("sheet") ?? "movements";
  const sheet = all.find((one) => one.sheet === asked) ?? all.find((one) => one.sheet === "movements");
  const wanted = folded(typed.replaceAll("_", " "));
  const rows = sheet?.columns.filter((column) => folded([column.name.replaceAll("_", " "), column.meaning, column.meaning_ar, ...column.aliases].join(" ")).includes(wanted)) ?? [];
  const ar = language.value === "ar";
  return (
    <>
      <div class="lead">
        <p class="eyebrow"><a href="/docs">{t("nav-docs")}</a></p>
        <Title>{t("docs-columns")}</Title>
        <p class="about">{t("columns-about")}</p>
      </div>
      {failed && <Notice tone="error">{t("failure-offline")}</Notice>}
      <div class="find-row">
        <Segments
          label={t("upload-step-1")}
          name="columns-sheet"
          value={sheet?.sheet ?? "movements"}
          choices={["movements", "returns", "locations", "sources", "agreements"].map((value) => ({ value, label: t(`sheet-${value}`) }))}
          change={(value) => go(withQuery({ sheet: value }), true)}
        />
        <div class="field">
          <label for="columns-find">{t("find")}</label>
          <input id="columns-find" type="search" dir="auto" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
        </div>
      </div>
      <dl class="columns">
        {rows.map((column) => (
          <div key={column.name} id={column.name}>
            <dt>
              <code>{column.name}</code>
              {column.required && <span class="badge">{t("column-required")}</span>}
              <span class="badge">{t(`column-kind-${column.kind.replaceAll("_", "-")}`)}</span>
            </dt>
            <dd>
              <p>{ar ? column.meaning_ar : column.meaning}</p>
              {column.words.length > 0 && (
                <ul class="word-list">
                  {column.words.map(({ word, label_ar }) => <li key={word}><code>{word}</code>{ar && ` ${label_ar}`}</li>)}
                </ul>
              )}
              {column.aliases.length > 0 && <p class="small" dir="auto">{t("column-aliases", { aliases: column.aliases.join(t("list-separator")) })}</p>}
              {column.example && <p class="small">{t("column-example")} <code>{column.example}</code></p>}
            </dd>
          </div>
        ))}
      </dl>
      {sheet && rows.length === 0 && <p class="empty">{t("nothing-here")}</p>}
    </>
  );
}
