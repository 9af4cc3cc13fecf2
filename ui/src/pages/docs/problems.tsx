/** The catalogue of problems: every code that the service answers with, in both languages. */
import { useEffect, useState } from "preact/hooks";
import { call, type Row } from "../../api/client";
import { useLoaded } from "../../api/loaded";
import { has, language, t } from "../../i18n";
import { Refused, Title } from "../../parts/basics";
import { problemId } from "../../parts/findings";
import { folded } from "../../store/gazetteer";
import "../../style/docs.css";

type Problem = Row<"Entry">;

export default function Problems() {
  const loaded = useLoaded<{ data: Problem[] }>("/problems", (signal) => call("/problems", { signal }));
  const [typed, setTyped] = useState("");
  const titled = (one: Problem) => {
    const id = problemId(one.code);
    return language.value === "ar" && has(id) ? { title: t(id), meaning: t(`${id}-meaning`) } : { title: one.title, meaning: one.meaning };
  };
  const wanted = folded(typed.replaceAll("_", " "));
  const rows = loaded.body?.data.filter((one) => folded(`${one.code.replaceAll("_", " ")} ${titled(one).title} ${titled(one).meaning} ${one.status}`).includes(wanted)) ?? [];
  useEffect(() => {
    if (loaded.body && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [loaded.body]);
  return (
    <>
      <div class="lead">
        <p class="eyebrow"><a href="/docs">{t("nav-docs")}</a></p>
        <Title>{t("docs-problems")}</Title>
        <p class="about">{t("problems-about")}</p>
      </div>
      {loaded.refusal && <Refused refusal={loaded.refusal} again={loaded.again} />}
      <div class="field narrow">
        <label for="problems-find">{t("find")}</label>
        <input id="problems-find" type="search" dir="auto" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
      </div>
      {(["problem", "error", "warning"] as const).map((place) => {
        const here = rows.filter((one) => one.place === place);
        if (here.length === 0) return null;
        return (
          <section class="panel" key={place} aria-labelledby={`problems-${place}`}>
            <h2 id={`problems-${place}`}>{t(`problems-${place}`)}</h2>
            <p class="meaning">{t(`problems-${place}-about`)}</p>
            <dl class="columns">
              {here.map((one) => (
                <div key={one.code} id={one.code}>
                  <dt>
                    <code>{one.code}</code>
                    {place !== "warning" && <span class="badge">{one.status}</span>}
                  </dt>
                  <dd>
                    <p><b>{titled(one).title}</b></p>
                    <p>{titled(one).meaning}</p>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        );
      })}
    </>
  );
}
