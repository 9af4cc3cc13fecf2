/** One movement or return, with all its figures side by side: who says what, at which stage, which is recommended, why it differs. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { addressOf, call, type Row } from "../../api/client";
import { useLoaded } from "../../api/loaded";
import { mayWrite } from "../../api/session";
import { type Claim, Claims } from "../../charts/claims";
import { Frame } from "../../charts/frame";
import { date, known, language, number, type Precision, range, t, word } from "../../i18n";
import { Icon, Refused, Title } from "../../parts/basics";
import { find, type Known } from "../../store/gazetteer";
import { withQuery } from "../../router";
import { Publication } from "./publication";
import { claimed, fileOf, type Unit, view } from "./view";
import { differences, type Figure, said } from "./why";

type Movement = Row<"MovementSingle">;
type Return = Row<"ReturnSingle">;

function Back() {
  return (
    <p class="back-link">
      <a href={withQuery({ movement: null, return: null })}>
        <Icon name="back" /> {t("back-to-overview")}
      </a>
    </p>
  );
}

export function MovementPage({ code }: { code: string }) {
  const at = addressOf("/v1/movements/{code}", { labels: language.value }, { code });
  const loaded = useLoaded<Movement>(at, (signal) => call(at, { signal }));
  if (loaded.refusal) {
    return (
      <>
        <Back />
        <Title>{t("movement")}</Title>
        <Refused refusal={loaded.refusal} again={loaded.again} />
      </>
    );
  }
  const row = loaded.body;
  if (!row) return <Title>{t("loading")}</Title>;
  const departed = date(row.departed_on, (row.departed_on_precision ?? "day") as Precision);
  return (
    <>
      <Back />
      <div class="lead">
        <p class="eyebrow">{row.number ? t("batch-number", { number: row.number }) : t("movement")}{row.agreement_name ? ` · ${row.agreement_name}` : ""}</p>
        <Title>{t("movement-title", { origin: row.origin_name, destination: row.destination_name })}</Title>
        <p class="about">
          {row.departed_on ? t("movement-left", { date: departed }) : t("movement-not-left")}
          {row.arrived_on ? ` ${t("movement-arrived", { date: date(row.arrived_on, (row.arrived_on_precision ?? "day") as Precision) })}` : ""}
          {row.cancelled ? ` ${t("cancelled")}` : ""}
        </p>
        {mayWrite() && <p class="actions"><a class="button" href={`/enter?batch=${encodeURIComponent(row.batch)}`}>{t("edit-batch")}</a></p>}
      </div>
      <Subject row={row} figures={row.figures} leftOn={row.departed_on ?? null} path="/v1/figures" filter={{ batch: row.batch }} />
      <Facts
        rows={[
          [t("field-destination-as-reported"), row.destination_as_reported],
          [t("field-settlement-type"), row.settlement_type && word("settlement_type", row.settlement_type)],
          [t("field-notes"), row.notes],
          [t("field-code"), <code key="code">{row.code}</code>],
        ]}
      />
    </>
  );
}

export function ReturnPage({ code }: { code: string }) {
  const at = addressOf("/v1/returns/{code}", { labels: language.value }, { code });
  const loaded = useLoaded<Return>(at, (signal) => call(at, { signal }));
  if (loaded.refusal) {
    return (
      <>
        <Back />
        <Title>{t("return")}</Title>
        <Refused refusal={loaded.refusal} again={loaded.again} />
      </>
    );
  }
  const row = loaded.body;
  if (!row) return <Title>{t("loading")}</Title>;
  return (
    <>
      <Back />
      <div class="lead">
        <p class="eyebrow">{t("return")}{row.agreement_name ? ` · ${row.agreement_name}` : ""}</p>
        <Title>{t("movement-title", { origin: row.from_name, destination: row.to_name })}</Title>
        <p class="about">
          {row.returned_on ? t("return-on", { date: date(row.returned_on, (row.returned_on_precision ?? "day") as Precision) }) : t("return-not-yet")}
          {row.cancelled ? ` ${t("cancelled")}` : ""}
        </p>
        {mayWrite() && <p class="actions"><a class="button" href={`/enter?return=${encodeURIComponent(row.code)}`}>{t("edit-return")}</a></p>}
      </div>
      <Subject row={row} figures={row.figures} leftOn={row.returned_on ?? null} path="/v1/exports/returns" filter={{ q: row.code }} />
      <Facts
        rows={[
          [t("field-household-completeness"), row.household_completeness && word("household_completeness", row.household_completeness)],
          [t("field-from-as-reported"), row.from_as_reported],
          [t("field-movement"), row.movement && <a key="movement" href={withQuery({ movement: row.movement, return: null })}>{row.movement}</a>],
          [t("field-notes"), row.notes],
          [t("field-code"), <code key="code">{row.code}</code>],
        ]}
      />
    </>
  );
}

function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
  const there = rows.filter(([, value]) => value);
  return (
    <dl class="facts">
      {there.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd dir="auto">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const ACTUAL = ["departed", "arrived"];

interface SubjectProps {
  row: Movement | Return;
  figures: Figure[];
  leftOn: string | null;
  path: string;
  filter: object;
}

function Subject({ row, figures, leftOn, path, filter }: SubjectProps) {
  const { unit } = view.value;
  const sources = useSources(figures);
  const best = figures.find((figure) => figure.role === "recommended" && ACTUAL.includes(figure.stage));
  const other: Unit = unit === "individuals" ? "households" : "individuals";
  const nameOf = (figure: Figure): string => (figure.source_name as string | null) ?? t("no-source");
  const claims: Claim[] = figures
    .filter((figure) => typeof figure[unit] === "number")
    .map((figure) => ({
      code: figure.code ?? "",
      name: `${nameOf(figure)} · ${word("stage", figure.stage)} · ${said(figure, unit)}`,
      value: figure[unit] ?? 0,
      high: figure[`${unit}_high`] ?? null,
      quantifier: figure[`${unit}_quantifier`] ?? "exact",
      recommended: figure === best,
      counted: ACTUAL.includes(figure.stage) && figure.scope !== "part",
    }));
  const chosen = row[`${unit}_figure`];
  const from = figures.find((figure) => figure.code === chosen);
  return (
    <>
      <section class="headline small-headline">
        <dl>
          {[unit, other].map((one) => {
            const claim = claimed(row, "", one);
            return (
              <div class="one left" key={one}>
                <dt>{t(`unit-${one}`)}</dt>
                <dd>
                  <p class={`big${claim.value === null ? " nobody" : ""}`}>{known(claim.value)}</p>
                  <p class="range">{range(claim)}</p>
                </dd>
              </div>
            );
          })}
        </dl>
        {from && best && from !== best && <p class="aside">{t("derived-from", { source: nameOf(from) })}</p>}
      </section>
      {figures.length === 0 ? (
        <p class="panel hollow">{t("no-figures")}</p>
      ) : (
        <Frame
          id="claims"
          title={t("claims-title", { count: figures.length })}
          meaning={t("claims-meaning")}
          note={row.code}
          files={{ xlsx: fileOf(path, "xlsx", filter), csv: fileOf(path, "csv", filter) }}
          table={() => <ClaimsTable figures={figures} name={nameOf} />}
          chart={claims.length > 0 ? (width) => <Claims claims={claims} width={width} /> : null}
          empty={t(`why-no-${unit}`)}
        />
      )}
      <div class="figures">
        {figures.map((figure) => (
          <FigureCard key={figure.code} figure={figure} best={best} unit={unit} leftOn={leftOn} source={sources.get(figure.source ?? "")} name={nameOf(figure)} />
        ))}
      </div>
    </>
  );
}

function useSources(figures: Figure[]): Map<string, Known> {
  const [sources, setSources] = useState(new Map<string, Known>());
  const codes = [...new Set(figures.map((figure) => figure.source).filter((code) => code !== null && code !== undefined))];
  useEffect(() => {
    let gone = false;
    Promise.all(codes.map((code) => find("sources", code))).then((rows) => {
      if (gone) return;
      setSources(new Map(rows.filter((row) => row !== null).map((row) => [row.code, row])));
    });
    return () => {
      gone = true;
    };
  }, [codes.join(), language.value]);
  return sources;
}

function FigureCard(props: { figure: Figure; best: Figure | undefined; unit: Unit; leftOn: string | null; source: Known | undefined; name: string }) {
  const { figure, best, unit, leftOn, source, name } = props;
  const people = said(figure, "individuals");
  const families = said(figure, "households");
  const reasons = figure === best ? [] : differences(figure, best, unit, leftOn);
  const parts = (["men", "women", "children", "infants", "civilians", "fighters"] as const).filter((part) => typeof figure[part] === "number");
  return (
    <article class={`figure${figure === best ? " best" : ""}`} aria-label={name}>
      <header>
        <h3 dir="auto">{name}</h3>
        {source?.kind && <small>{word("source_kind", source.kind)}</small>}
      </header>
      <p class="badges">
        <span class="badge">{word("stage", figure.stage)}</span>
        {figure.role === "recommended" && <span class="badge badge-best"><Icon name="check" /> {word("role", "recommended")}</span>}
        {figure.scope === "part" && <span class="badge">{word("scope", "part")}</span>}
      </p>
      <p class="figure-counts">
        {people && <span><b>{people}</b> {t("unit-individuals")}</span>}
        {families && <span><b>{families}</b> {t("unit-households")}</span>}
      </p>
      {parts.length > 0 && (
        <dl class="parts">
          {parts.map((part) => (
            <div key={part}>
              <dt>{t(`field-${part}`)}</dt>
              <dd>{number(figure[part] ?? 0)}</dd>
            </div>
          ))}
        </dl>
      )}
      {figure === best && <p class="why">{t("why-best")}</p>}
      {reasons.length > 0 && (
        <ul class="why" aria-label={t("why")}>
          {reasons.map((reason) => <li key={reason}>{reason}</li>)}
        </ul>
      )}
      {figure.excerpt && <blockquote dir="auto">{figure.excerpt}</blockquote>}
      {figure.place_as_reported && <p class="small">{t("place-said", { place: figure.place_as_reported })}</p>}
      {figure.notes && <p class="small" dir="auto">{figure.notes}</p>}
      <p class="small figure-foot">
        {figure.reported_on && <span>{t("reported-on", { date: date(figure.reported_on) })}</span>}
        <Publication figure={figure} />
      </p>
    </article>
  );
}

function ClaimsTable({ figures, name }: { figures: Figure[]; name: (figure: Figure) => string }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("field-source")}</th>
          <th scope="col">{t("field-stage")}</th>
          <th scope="col">{t("field-role")}</th>
          <th scope="col" class="count">{t("unit-individuals")}</th>
          <th scope="col" class="count">{t("unit-households")}</th>
          <th scope="col">{t("field-reported-on")}</th>
        </tr>
      </thead>
      <tbody>
        {figures.map((figure) => (
          <tr key={figure.code}>
            <th scope="row" dir="auto">{name(figure)}</th>
            <td>{word("stage", figure.stage)}</td>
            <td>{figure.role ? word("role", figure.role) : ""}</td>
            <td class="count">{said(figure, "individuals") ?? t("unknown-number")}</td>
            <td class="count">{said(figure, "households") ?? t("unknown-number")}</td>
            <td>{figure.reported_on ? date(figure.reported_on) : ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
