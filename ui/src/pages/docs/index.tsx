/** The way into the API's documentation. */
import { t } from "../../i18n";
import { Title } from "../../parts/basics";
import { Code } from "./code";
import "../../style/docs.css";

const CARDS = [
  ["/docs/api/", "docs-api"],
  ["/openapi.json", "docs-openapi"],
  ["/docs/columns", "docs-columns"],
  ["/docs/problems", "docs-problems"],
  ["/docs/samples", "docs-samples"],
  ["/v1/exports/dataset.zip", "docs-dataset"],
] as const;

export default function Docs() {
  const here = location.origin;
  return (
    <>
      <div class="lead">
        <Title>{t("docs-title")}</Title>
        <p class="about">{t("docs-about")}</p>
      </div>
      <ul class="cards-list">
        {CARDS.map(([to, id]) => (
          <li key={to}>
            <a href={to}>{t(id)}</a>
            <p>{t(`${id}-about`)}</p>
          </li>
        ))}
      </ul>
      <section class="panel" aria-labelledby="first-title">
        <h2 id="first-title">{t("docs-first")}</h2>
        <Code text={`curl '${here}/v1/stats/summary'\ncurl '${here}/v1/stats/flows.csv?by=month,destination&level=admin1'\ncurl '${here}/v1/movements?origin=al-waer&limit=3'`} />
        <ul class="rules">
          {["docs-rule-suffix", "docs-rule-null", "docs-rule-range", "docs-rule-below", "docs-rule-token", "docs-rule-strict"].map((id) => <li key={id}>{t(id)}</li>)}
        </ul>
      </section>
      <section class="panel" aria-labelledby="words-title">
        <h2 id="words-title">{t("docs-words")}</h2>
        <dl class="words">
          {["agreement", "batch", "movement", "return", "figure", "recommended", "range", "still-away"].map((one) => (
            <div key={one}>
              <dt>{t(`docs-word-${one}`)}</dt>
              <dd>{t(`docs-word-${one}-about`)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}
