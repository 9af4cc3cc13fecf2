import { call } from "../../api/client";
import { useLoaded } from "../../api/loaded";
import { addressOf } from "../../api/client";
import { Balance, BalanceTable } from "../../charts/balance";
import { Flows, FlowsTable } from "../../charts/flows";
import { Frame } from "../../charts/frame";
import { Remaining } from "../../charts/remaining";
import { Timeline, TimelineTable } from "../../charts/timeline";
import { date, t, time } from "../../i18n";
import { Icon, Notice, Refused, Segments, Title } from "../../parts/basics";
import { Download } from "../../parts/download";
import { later } from "../../parts/later";
import { go, withQuery } from "../../router";
import { Filters } from "./filters";
import { Headline } from "./headline";
import { PublishedLine, usePublished } from "./published";
import { Record } from "./record";
import {
  bars, between, claimed, type Flow, fileOf, GRAINS, type Grain, grainFor, LEVELS, levelFor, places, type Stock, type Summary,
  type Unit, until, view,
} from "./view";

const PublishedTotals = later(async () => (await import("./totals")).PublishedTotals);
const Agreements = later(async () => (await import("./agreements")).Agreements);

/** More bars than this are neither seen nor sent. */
const MOST_BARS = 400;

interface Rows<Row> {
  data: Row[];
}

export function Overview() {
  const { from, to, unit } = view.value;
  const summaryAt = addressOf("/v1/stats/summary", until());
  const summary = useLoaded<Rows<Summary>>(summaryAt, (signal) => call(summaryAt, { signal }));
  // Between two days, what happened there is asked for beside what stood at the end.
  const dated = from !== undefined || to !== undefined;
  const flowAt = dated ? addressOf("/v1/stats/flows", { ...between(), labels: undefined }) : null;
  const flow = useLoaded<Rows<Flow>>(flowAt, (signal) => call(flowAt ?? "", { signal }));
  const row = summary.body?.data[0];
  const published = usePublished();
  const [first, last] = [from ?? row?.first_date ?? null, to ?? row?.last_date ?? null];

  if (summary.refusal) {
    return (
      <>
        <Title>{t("look-title")}</Title>
        <Refused refusal={summary.refusal} again={summary.again} />
        {summary.refusal.problem.code === "invalid_parameters" && <p><a class="button" href="/">{t("filters-none")}</a></p>}
      </>
    );
  }
  return (
    <>
      <div class="lead">
        <Title>{t("look-title")}</Title>
        <p class="about" role="status">{row ? <About row={row} first={first} last={last} /> : t("loading-record")}</p>
      </div>
      <Filters />
      {summary.kept && <Notice tone="warning">{t("kept-from", { time: time(summary.kept) })}</Notice>}
      {row && row.movements === 0 && row.returns === 0 ? (
        <Empty filtered={Object.values(places()).length > 1 && Boolean(view.value.origin || view.value.destination || view.value.agreement || dated)} />
      ) : (
        <>
          <Headline row={row} flow={dated ? flow.body?.data[0] : undefined} dated={dated} unit={unit} stale={summary.stale || (dated && flow.stale)}>
            {published && <PublishedLine published={published} unit={unit} />}
          </Headline>
          {row ? (
            <>
              <When row={row} first={first} last={last} unit={unit} />
              <Where row={row} unit={unit} />
              <There row={row} unit={unit} />
              {published && <PublishedTotals published={published} unit={unit} />}
              <Agreements unit={unit} />
            </>
          ) : (
            <Waiting />
          )}
          <Record />
          <Data row={row} />
        </>
      )}
    </>
  );
}

function About({ row, first, last }: { row: Summary; first: string | null; last: string | null }) {
  const counts = { batches: row.batches, origins: row.origins, destinations: row.destinations, sources: row.sources };
  return (
    <>
      {first && last && <span>{t("about-dates", { first: date(first), last: date(last) })}</span>}{" "}
      <span>{t("about-counts", counts)}</span>
    </>
  );
}

/** What is to come, at its place: the first sum over a large record takes a while. */
function Waiting() {
  return (
    <>
      {["timeline-title", "flows-title", "balance-title"].map((title) => (
        <section class="panel" key={title} aria-hidden="true">
          <h2>{t(title)}</h2>
          <div class="bones" />
        </section>
      ))}
    </>
  );
}

function Empty({ filtered }: { filtered: boolean }) {
  return (
    <section class="panel hollow">
      <p>{t(filtered ? "empty-filtered" : "empty-record")}</p>
      <p class="actions">
        {filtered ? <a class="button" href="/">{t("filters-none")}</a> : <a class="button primary" href="/enter">{t("nav-enter")}</a>}
        {!filtered && <a class="button" href="/upload">{t("nav-upload")}</a>}
      </p>
    </section>
  );
}

function sourceNote(): string {
  return t("picture-note", { address: location.host, date: date(new Date().toISOString()) });
}

function When({ row, first, last, unit }: { row: Summary; first: string | null; last: string | null; unit: Unit }) {
  const asked = view.value.grain;
  const possible = first && last ? GRAINS.filter((grain) => bars(grain, first, last) <= MOST_BARS) : GRAINS;
  const fitting = grainFor(first, last);
  const grain: Grain = asked && possible.includes(asked) ? asked : possible.includes(fitting) ? fitting : "year";
  const parameters = { ...between(), labels: undefined, by: grain, fill: "zero" };
  const at = addressOf("/v1/stats/flows", parameters);
  const flows = useLoaded<Rows<Flow>>(at, (signal) => call(at, { signal }));
  const balanceAt = addressOf("/v1/stats/stocks", { ...until(), labels: undefined, period: grain });
  const balance = useLoaded<Rows<Stock>>(balanceAt, (signal) => call(balanceAt, { signal }));
  const rows = flows.body?.data ?? [];
  const shown = rows.some((one) => one.period_start);
  const inexact = rows.find((one) => !one.period_start);
  const since = view.value.from;
  const stocks = (balance.body?.data ?? []).filter((one) => one.period_start && (!since || (one.as_of ?? "") >= since));
  return (
    <Frame
      id="timeline"
      title={t("timeline-title")}
      meaning={t("timeline-meaning")}
      note={sourceNote()}
      loaded={flows}
      files={{ xlsx: fileOf("/v1/stats/flows", "xlsx", parameters), csv: fileOf("/v1/stats/flows", "csv", parameters) }}
      controls={
        <Segments
          label={t("grain")}
          name="grain"
          value={grain}
          choices={possible.map((value) => ({ value, label: t(`grain-${value}`) }))}
          change={(value) => go(withQuery({ period: value === fitting ? null : value }), true)}
        />
      }
      table={() => <TimelineTable rows={rows} unit={unit} grain={grain} />}
      chart={
        shown
          ? (width) => (
              <>
                <Timeline rows={rows} unit={unit} grain={grain} width={width} />
                {inexact && (
                  <p class="aside">
                    {t("timeline-inexact", { movements: inexact.movements, returns: inexact.returns })}
                  </p>
                )}
                {stocks.length > 1 && (
                  <>
                    <h3>{t("remaining-title")}</h3>
                    <p class="meaning">{t("remaining-meaning")}</p>
                    <Remaining rows={stocks} unit={unit} grain={grain} width={width} />
                  </>
                )}
              </>
            )
          : null
      }
      empty={flows.body ? t("timeline-none", { movements: row.movements }) : undefined}
    />
  );
}

/** The levels that make few enough rows to be asked for, and the one that the view is at. */
function levels(rows: number) {
  const possible = LEVELS.filter((level) => level !== "place" || rows <= 20_000);
  const asked = view.value.level;
  const fitting = levelFor(rows);
  const level = asked && possible.includes(asked) ? asked : fitting;
  const control = (name: string) => (
    <Segments
      label={t("level")}
      name={name}
      value={level}
      choices={possible.map((value) => ({ value, label: t(`level-${value}`) }))}
      change={(value) => go(withQuery({ level: value === fitting ? null : value }), true)}
    />
  );
  return { level: level === "place" ? undefined : level, control };
}

function Where({ row, unit }: { row: Summary; unit: Unit }) {
  const { level, control } = levels(row.origins * row.destinations);
  const parameters = { ...between(), by: "origin,destination", level };
  const at = addressOf("/v1/stats/flows", parameters);
  const flows = useLoaded<Rows<Flow>>(at, (signal) => call(at, { signal }));
  const rows = flows.body?.data ?? [];
  return (
    <Frame
      id="flows"
      title={t("flows-title")}
      meaning={t("flows-meaning")}
      note={sourceNote()}
      loaded={flows}
      files={{ xlsx: fileOf("/v1/stats/flows", "xlsx", parameters), csv: fileOf("/v1/stats/flows", "csv", parameters) }}
      controls={control("level-flows")}
      table={() => <FlowsTable rows={rows} unit={unit} />}
      chart={rows.some((one) => one.movements > 0) ? (width) => <Flows rows={rows} unit={unit} width={width} /> : null}
      empty={flows.body ? t("nothing-here") : undefined}
    />
  );
}

function There({ row, unit }: { row: Summary; unit: Unit }) {
  const { level, control } = levels(row.destinations);
  const parameters = { ...until(), by: "destination", level };
  const at = addressOf("/v1/stats/stocks", parameters);
  const stocks = useLoaded<Rows<Stock>>(at, (signal) => call(at, { signal }));
  const rows = stocks.body?.data ?? [];
  const unknown = rows.filter((one) => claimed(one, "remaining", unit).value === null).length;
  return (
    <Frame
      id="balance"
      title={t("balance-title")}
      meaning={row.as_of ? t("balance-meaning", { date: date(row.as_of) }) : t("balance-meaning-undated")}
      note={sourceNote()}
      loaded={stocks}
      files={{ xlsx: fileOf("/v1/stats/stocks", "xlsx", parameters), csv: fileOf("/v1/stats/stocks", "csv", parameters) }}
      controls={control("level-balance")}
      table={() => <BalanceTable rows={rows} unit={unit} />}
      chart={
        rows.length > 0
          ? (width) => (
              <>
                <Balance rows={rows} unit={unit} width={width} choose={(code) => go(withQuery({ destination: code }))} />
                {unknown > 0 && <p class="aside">{t("balance-unknown", { count: unknown })}</p>}
              </>
            )
          : null
      }
      empty={stocks.body ? t("nothing-here") : undefined}
    />
  );
}

/** Of more rows than this a workbook is minutes in the making, and hardly opens: a CSV comes at once. */
const MOST_OF_A_WORKBOOK = 50_000;

function Data({ row }: { row: Summary | undefined }) {
  const format = (rows: number | undefined) => ((rows ?? 0) > MOST_OF_A_WORKBOOK ? "csv" : "xlsx");
  const lists = [["movements", format(row?.movements)], ["returns", format(row?.returns)]] as const;
  return (
    <section class="panel plain" aria-labelledby="data-title">
      <h2 id="data-title">{t("data-title")}</h2>
      <p class="meaning">{t("data-meaning")}{lists.some(([, one]) => one === "csv") ? ` ${t("data-large")}` : ""}</p>
      <p class="actions">
        {lists.map(([list, one]) => (
          <Download key={list} address={fileOf(`/v1/${list}`, one, between())}>
            <Icon name="down" /> {t(`record-${list}`)} ({t(one === "csv" ? "download-csv" : "download-excel")})
          </Download>
        ))}
        <Download address="/v1/exports/dataset.zip">
          <Icon name="down" /> {t("data-all")}
        </Download>
        <a class="button" href="/docs">{t("data-docs")}</a>
      </p>
    </section>
  );
}
