/** Who is still there, destination by destination: what left, what came back, and how far the claims lie apart. */
import { scaleLinear } from "d3-scale";
import { drawn, known, language, number, percent, range, rough, t } from "../i18n";
import { claimed, type Stock, type Unit } from "../pages/look/view";
import { ROWS, useFirst } from "./first";
import { Narrow } from "./narrow";
import { placeNames } from "./flows";
import { Hatch } from "./hatch";
import { coverage } from "./timeline";

const MOST = 14;
const ROW = 46;

function sort(rows: Stock[], unit: Unit): Stock[] {
  const by = (row: Stock) => claimed(row, "remaining", unit).value ?? claimed(row, "displaced", unit).value ?? -1;
  return [...rows].sort((a, b) => by(b) - by(a));
}

export function Balance({ rows, unit, width, choose }: { rows: Stock[]; unit: Unit; width: number; choose: (code: string) => void }) {
  const sorted = sort(rows, unit);
  const name = placeNames(rows.map((row) => [row.destination, row.destination_name]));
  const { shown, more } = useFirst(sorted, MOST);
  const high = Math.max(1, ...shown.map((row) => Math.max(claimed(row, "displaced", unit).value ?? 0, claimed(row, "remaining", unit).high ?? 0)));
  const low = Math.min(0, ...shown.map((row) => claimed(row, "remaining", unit).low ?? 0));
  const inset = { end: 6, top: 6, bottom: 24 };
  const height = shown.length * ROW + inset.top + inset.bottom;
  const mirrored = language.value === "ar";
  const x = scaleLinear().domain([low, high]).range(mirrored ? [width - 2, inset.end] : [2, width - inset.end]);
  const bar = (from: number, to: number) => ({ x: Math.min(x(from), x(to)), width: Math.max(0, Math.abs(x(to) - x(from))) });
  const anchor = mirrored ? "end" : "start";
  const edge = mirrored ? "start" : "end";
  return (
    <>
      <p class="readout" aria-hidden="true">
        <span class="legend">
          <span class="key key-away">{t("key-away")}</span>
          <span class="key key-back">{t("key-back")}</span>
          <span class="key key-range">{t("key-range")}</span>
          {rows.some((row) => claimed(row, "remaining", unit).value === null) && <span class="key key-unknown">{t("key-unknown")}</span>}
        </span>
      </p>
      <svg class="chart balance" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("balance-said", { count: shown.length })}>
        <defs>
          <Hatch id="balance-unknown" />
        </defs>
        {x.ticks(width < 500 ? 3 : 6).map((tick) => (
          <g key={tick} transform={`translate(${x(tick)},0)`}>
            <line class={tick === 0 ? "axis" : "grid"} y1={inset.top} y2={height - inset.bottom} />
            <text class="tick" y={height - 8} text-anchor={tick === 0 ? anchor : "middle"}>{drawn(rough(tick, high))}</text>
          </g>
        ))}
        {shown.map((row, index) => {
          const [gone, back, away] = [claimed(row, "displaced", unit), claimed(row, "returned", unit), claimed(row, "remaining", unit)];
          const top = inset.top + index * ROW;
          const middle = top + 30;
          const from = mirrored ? width - 2 : 2;
          const open = row.destination ?? null;
          const value = away.value === null ? t("unknown-number") : number(away.value);
          return (
            <g key={row.destination ?? ""} class={open ? "row can" : "row"} onClick={() => open && choose(open)}>
              <rect class="row-ground" x="0" width={width} y={top} height={ROW} />
              <text class="row-name" x={from} y={top + 16} text-anchor={anchor}>{drawn(name(row.destination))}</text>
              <text class="row-value" x={mirrored ? inset.end : width - inset.end} y={top + 16} text-anchor={edge}>{drawn(value)}</text>
              {gone.value === null ? (
                row.movements > 0 && <rect class="bar-unknown" fill="url(#balance-unknown)" {...bar(0, high * 0.08)} y={top + 22} height="14" />
              ) : away.value === null ? (
                <rect class="bar-unknown" fill="url(#balance-unknown)" {...bar(0, gone.value)} y={top + 22} height="14" />
              ) : (
                <>
                  <rect class="bar-away" {...bar(0, away.value)} y={top + 22} height="14" rx="2" />
                  {(back.value ?? 0) > 0 && <rect class="bar-back" {...bar(Math.max(0, away.value), gone.value)} y={top + 22} height="14" rx="2" />}
                </>
              )}
              {away.low !== null && away.high !== null && away.low !== away.high && (
                ["whisker-ground", "whisker"].map((kind) => (
                  <path key={kind} class={kind} d={`M${x(away.low ?? 0)},${middle - 5}v9M${x(away.low ?? 0)},${middle - 1}H${x(away.high ?? 0)}M${x(away.high ?? 0)},${middle - 5}v9`} />
                ))
              )}
            </g>
          );
        })}
      </svg>
      {more}
    </>
  );
}

export function BalanceTable({ rows, unit }: { rows: Stock[]; unit: Unit }) {
  const name = placeNames(rows.map((row) => [row.destination, row.destination_name]));
  const { shown, more } = useFirst(sort(rows, unit), ROWS);
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("column-destination")}</th>
            <th scope="col" class="count">{t("column-away")}</th>
            <th scope="col">{t("column-range")}</th>
            <th scope="col" class="count">{t("column-left")}</th>
            <th scope="col" class="count">{t("column-back")}</th>
            <th scope="col" class="count">{t("column-rate")}</th>
            <th scope="col" class="count">{t("column-movements")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => {
            const away = claimed(row, "remaining", unit);
            return (
              <tr key={row.destination ?? ""}>
                <th scope="row"><Narrow to={{ destination: row.destination }}>{name(row.destination)}</Narrow></th>
                <td class="count">{known(away.value)}{row.over_return && <small class="warning"> {t("over-return")}</small>}</td>
                <td>{range(away)}</td>
                <td class="count">{known(claimed(row, "displaced", unit).value)}</td>
                <td class="count">{known(claimed(row, "returned", unit).value)}</td>
                <td class="count">{row.return_rate === null ? t("unknown-number") : percent(row.return_rate)}</td>
                <td class="count">{coverage(row.movements, row[`movements_without_${unit}`])}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {more}
    </>
  );
}
