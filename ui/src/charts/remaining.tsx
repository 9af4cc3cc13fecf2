/** Who is still away, over time: the line is the balance of the record, the band what the claims leave open. */
import { scaleLinear, scalePoint } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import { date, drawn, rough, t } from "../i18n";
import { claimed, type Grain, type Stock, type Unit } from "../pages/look/view";

export function Remaining({ rows, unit, width }: { rows: Stock[]; unit: Unit; grain: Grain; width: number }) {
  const points = rows.map((row) => ({ end: row.as_of ?? row.period_start ?? "", ...claimed(row, "remaining", unit) }));
  const inset = { start: 44, end: 8, top: 12, bottom: 28 };
  const height = width < 500 ? 180 : 210;
  const high = Math.max(1, ...points.map((point) => point.high ?? 0));
  const low = Math.min(0, ...points.map((point) => point.low ?? 0));
  const x = scalePoint<string>().domain(points.map(({ end }) => end)).range([inset.start, width - inset.end]).padding(0.2);
  const y = scaleLinear().domain([low, high]).range([height - inset.bottom, inset.top]).nice(4);
  type Point = (typeof points)[number];
  const there = (point: Point) => point.value !== null && point.low !== null;
  const band = area<Point>().defined(there).x((point) => x(point.end) ?? 0).y0((point) => y(point.low ?? 0)).y1((point) => y(point.high ?? 0)).curve(curveMonotoneX);
  const middle = line<Point>().defined(there).x((point) => x(point.end) ?? 0).y((point) => y(point.value ?? 0)).curve(curveMonotoneX);
  const last = points.at(-1);
  const [first] = points;
  return (
    <svg class="chart" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("remaining-said")}>
      {y.ticks(4).map((tick) => (
        <g key={tick} transform={`translate(0,${y(tick)})`}>
          <line class={tick === 0 ? "axis" : "grid"} x1={inset.start} x2={width - inset.end} />
          <text class="tick" x={inset.start - 8} dy="0.32em" text-anchor="end">{drawn(rough(tick, high))}</text>
        </g>
      ))}
      <path class="band-away" d={band(points) ?? ""} />
      <path class="line-away" d={middle(points) ?? ""} />
      {points.length <= 40 && points.map((point) => there(point) && <circle key={point.end} class="dot-away" cx={x(point.end)} cy={y(point.value ?? 0)} r="2.5" />)}
      {first && <text class="tick" x={inset.start} y={height - 8} text-anchor="start">{drawn(date(first.end))}</text>}
      {last && points.length > 1 && <text class="tick" x={width - inset.end} y={height - 8} text-anchor="end">{drawn(date(last.end))}</text>}
    </svg>
  );
}
