/** Who left and who came back, period by period: departures up, returns down, each with its range as a whisker. */
import { scaleBand, scaleLinear } from "d3-scale";
import { useState } from "preact/hooks";
import { drawn, known, number, periodName, range, rough, shortDate, t } from "../i18n";
import { claimed, type Flow, type Grain, type Unit } from "../pages/look/view";
import { Hatch } from "./hatch";

/** How tall the mark is of what happened and nobody counted. */
const UNKNOWN = 14;

export function Timeline({ rows, unit, grain, width }: { rows: Flow[]; unit: Unit; grain: Grain; width: number }) {
  const [at, setAt] = useState<number | null>(null);
  const dated = rows.filter((row) => row.period_start);
  const columns = dated.map((row) => ({
    row,
    start: row.period_start ?? "",
    left: claimed(row, "displaced", unit),
    back: claimed(row, "returned", unit),
    leftLacks: row[`movements_without_${unit}`],
    backLacks: row[`returns_without_${unit}`],
  }));
  const top = Math.max(1, ...columns.map(({ left }) => left.high ?? 0));
  const bottom = Math.max(0, ...columns.map(({ back }) => back.high ?? 0));
  const anyBack = columns.some(({ row }) => row.returns > 0);
  const inset = { start: 44, end: 8, top: 18, bottom: 28 };
  const height = width < 500 ? 260 : 320;
  const x = scaleBand<string>()
    .domain(columns.map(({ start }) => start))
    .range([inset.start, width - inset.end])
    .paddingInner(columns.length > 60 ? 0.1 : 0.28)
    .paddingOuter(0.1);
  const floor = anyBack ? Math.max(bottom, top * 0.06) : 0;
  const y = scaleLinear().domain([-floor, top]).range([height - inset.bottom, inset.top]).nice(4);
  const zero = y(0);
  const ticks = y.ticks(width < 500 ? 4 : 6);
  const each = Math.max(1, Math.ceil(columns.length / Math.max(2, Math.floor((width - inset.start) / (grain === "year" ? 48 : 72)))));
  const bar = x.bandwidth();
  const shown = at === null ? null : columns[at];
  const find = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const index = Math.floor((event.clientX - box.left - inset.start) / x.step());
    setAt(index >= 0 && index < columns.length ? index : null);
  };
  return (
    <>
      <p class="readout" aria-hidden="true">
        {shown ? (
          <>
            <b>{periodName(shown.start, grain)}</b>
            <span class="left">{t("left-n", { n: known(shown.left.value) })}<small> {range(shown.left)}</small></span>
            <span class="back">{t("back-n", { n: known(shown.back.value) })}</span>
          </>
        ) : (
          <span class="legend">
            <span class="key key-left">{t("key-left")}</span>
            {anyBack && <span class="key key-back">{t("key-back")}</span>}
            <span class="key key-range">{t("key-range")}</span>
            {columns.some(({ left, back }) => left.value === null || back.value === null) && <span class="key key-unknown">{t("key-unknown")}</span>}
            {columns.some(({ left, back, leftLacks, backLacks }) => (left.value !== null && leftLacks > 0) || (back.value !== null && backLacks > 0)) && (
              <span class="key key-lacks">{t("key-lacks")}</span>
            )}
          </span>
        )}
      </p>
      <svg
        class="chart timeline"
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={t("timeline-said", { count: columns.length })}
        onPointerMove={find}
        onPointerDown={find}
        onPointerLeave={() => setAt(null)}
      >
        <defs>
          <Hatch id="timeline-unknown" />
        </defs>
        {ticks.map((tick) => (
          <g key={tick} transform={`translate(0,${y(tick)})`}>
            <line class={tick === 0 ? "axis" : "grid"} x1={inset.start} x2={width - inset.end} />
            <text class="tick" x={inset.start - 8} dy="0.32em" text-anchor="end">{drawn(rough(Math.abs(tick), Math.max(...ticks)))}</text>
          </g>
        ))}
        {shown && <rect class="here" x={(x(shown.start) ?? 0) - 2} width={bar + 4} y={inset.top} height={height - inset.top - inset.bottom} />}
        {columns.map(({ start, left, back, row, leftLacks, backLacks }, index) => {
          const from = x(start) ?? 0;
          const middle = from + bar / 2;
          return (
            <g key={start}>
              {left.value !== null && left.value > 0 && (
                <rect class="bar-left" x={from} width={bar} y={y(left.value)} height={zero - y(left.value)} rx={Math.min(2, bar / 4)} />
              )}
              <Whisker x={middle} low={left.low} high={left.high} y={y} wide={bar} />
              {left.value === null && row.movements > 0 && (
                <rect class="bar-unknown" fill="url(#timeline-unknown)" x={from} width={bar} y={zero - UNKNOWN} height={UNKNOWN} />
              )}
              {left.value !== null && leftLacks > 0 && row.movements > leftLacks && bar > 5 && (
                <circle class="lacks" cx={middle} cy={y(left.high ?? left.value) - 7} r="3" />
              )}
              {back.value !== null && back.value > 0 && (
                <rect class="bar-back" x={from} width={bar} y={zero} height={Math.max(2, y(-back.value) - zero)} rx={Math.min(2, bar / 4)} />
              )}
              {back.low !== null && back.high !== null && (
                <Whisker x={middle} low={-back.high} high={-back.low} y={y} wide={bar} />
              )}
              {back.value === null && row.returns > 0 && (
                <rect class="bar-unknown" fill="url(#timeline-unknown)" x={from} width={bar} y={zero} height={UNKNOWN} />
              )}
              {back.value !== null && backLacks > 0 && row.returns > backLacks && bar > 5 && (
                <circle class="lacks" cx={middle} cy={y(-(back.high ?? 0)) + 7} r="3" />
              )}
              {index % each === 0 && (
                <text class="tick" x={middle} y={height - 8} text-anchor="middle">{drawn(shortDate(start, grain))}</text>
              )}
            </g>
          );
        })}
      </svg>
    </>
  );
}

function Whisker(props: { x: number; low: number | null; high: number | null; y: (value: number) => number; wide: number }) {
  const { x, low, high, y, wide } = props;
  if (low === null || high === null || low === high) return null;
  const cap = Math.min(5, wide / 3);
  const path = `M${x - cap},${y(low)}h${2 * cap}M${x},${y(low)}V${y(high)}M${x - cap},${y(high)}h${2 * cap}`;
  return (
    <>
      <path class="whisker-ground" d={path} />
      <path class="whisker" d={path} />
    </>
  );
}

export function TimelineTable({ rows, unit, grain }: { rows: Flow[]; unit: Unit; grain: Grain }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("column-period")}</th>
          <th scope="col" class="count">{t("column-left")}</th>
          <th scope="col">{t("column-range")}</th>
          <th scope="col" class="count">{t("column-movements")}</th>
          <th scope="col" class="count">{t("column-back")}</th>
          <th scope="col">{t("column-range")}</th>
          <th scope="col" class="count">{t("column-returns")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const [left, back] = [claimed(row, "displaced", unit), claimed(row, "returned", unit)];
          return (
            <tr key={row.period ?? ""}>
              <th scope="row">{periodName(row.period_start, grain)}</th>
              <td class="count">{known(left.value)}</td>
              <td>{row.movements > 0 ? range(left) : ""}</td>
              <td class="count">{coverage(row.movements, row[`movements_without_${unit}`])}</td>
              <td class="count">{known(back.value)}</td>
              <td>{row.returns > 0 ? range(back) : ""}</td>
              <td class="count">{coverage(row.returns, row[`returns_without_${unit}`])}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** How many there were, and how many of them nobody counted. */
export function coverage(all: number, without: number): string {
  return without > 0 ? t("coverage", { all: number(all), without: number(without) }) : number(all);
}
