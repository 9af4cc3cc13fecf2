/** Every claim about one movement or return on one scale: what each source says, and which one is recommended. */
import { scaleLinear } from "d3-scale";
import { drawn, language, rough, t } from "../i18n";

export interface Claim {
  code: string;
  /** Who says it, and what. */
  name: string;
  value: number;
  /** Where the span begins, if not at the value. */
  low?: number | null;
  high: number | null;
  quantifier: string;
  recommended: boolean;
  counted: boolean;
}

const ROW = 38;

export function Claims({ claims, width }: { claims: Claim[]; width: number }) {
  const most = Math.max(1, ...claims.map(({ value, high }) => high ?? value));
  const inset = { end: 30, top: 4, bottom: 24 };
  const height = claims.length * ROW + inset.top + inset.bottom;
  const mirrored = language.value === "ar";
  const x = scaleLinear().domain([0, most]).range(mirrored ? [width - 8, inset.end] : [8, width - inset.end]);
  const anchor = mirrored ? "end" : "start";
  const ahead = mirrored ? -1 : 1;
  const recommended = claims.find((claim) => claim.recommended);
  return (
    <svg class="chart claims" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("claims-said", { count: claims.length })}>
      {x.ticks(width < 500 ? 3 : 6).map((tick) => (
        <g key={tick} transform={`translate(${x(tick)},0)`}>
          <line class={tick === 0 ? "axis" : "grid"} y1={inset.top} y2={height - inset.bottom} />
          <text class="tick" y={height - 8} text-anchor={tick === 0 ? anchor : "middle"}>{drawn(rough(tick, most))}</text>
        </g>
      ))}
      {recommended && <line class="through" x1={x(recommended.value)} x2={x(recommended.value)} y1={inset.top} y2={height - inset.bottom} />}
      {claims.map(({ code, name, value, low, high, quantifier, recommended: best, counted }, index) => {
        const y = inset.top + index * ROW + 26;
        const kind = best ? "best" : counted ? "other" : "aside";
        return (
          <g key={code} class={`claim ${kind}`}>
            <text class="claim-name" x={x(0)} dx={ahead * 4} y={y - 11} text-anchor={anchor}>{drawn(name)}</text>
            <line class="claim-line" x1={x(0)} x2={x(value)} y1={y} y2={y} />
            {quantifier === "between" && high !== null && <line class="claim-span" x1={x(low ?? value)} x2={x(high)} y1={y} y2={y} />}
            {(quantifier === "more_than" || quantifier === "less_than") && (
              <path class="claim-open" d={`M${x(value)},${y}h${(quantifier === "more_than" ? 1 : -1) * ahead * 16}m${(quantifier === "more_than" ? -1 : 1) * ahead * 5},-4l${(quantifier === "more_than" ? 1 : -1) * ahead * 5},4l${(quantifier === "more_than" ? -1 : 1) * ahead * 5},4`} />
            )}
            <circle class="claim-dot" cx={x(value)} cy={y} r={best ? 7 : 5} />
            <title>{name}</title>
          </g>
        );
      })}
    </svg>
  );
}
