/** From where to where: a Sankey of two columns, the largest places by name and the others together. */
import { sankey, sankeyLinkHorizontal } from "d3-sankey";
import { useState } from "preact/hooks";
import { drawn, known, language, number, range, t } from "../i18n";
import { claimed, type Flow, type Unit } from "../pages/look/view";
import { ROWS, useFirst } from "./first";
import { fitted, textWidth } from "./measure";
import { Narrow } from "./narrow";
import { coverage } from "./timeline";

const MOST = 10;
const OTHERS = "\u0000others";

interface End {
  id: string;
  name: string;
  side: 0 | 1;
  value: number;
  unknown: number;
}
interface Link {
  source: string;
  target: string;
  value: number;
  counted: number | null;
  movements: number;
  lacking: number;
  rows: Flow[];
}

function ends(rows: Flow[], side: 0 | 1, unit: Unit): { kept: Set<string>; folded: number } {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const code = (side === 0 ? row.origin : row.destination) ?? "";
    // What nobody counted still has a place on the picture.
    sums.set(code, (sums.get(code) ?? 0) + (claimed(row, "displaced", unit).value ?? 0) + row.movements * 1e-6);
  }
  const all = [...sums].sort(([, a], [, b]) => b - a).map(([code]) => code);
  const most = all.length > MOST + 1 ? MOST : all.length;
  return { kept: new Set(all.slice(0, most)), folded: all.length - most };
}

/** The names of places, each with its code where another place has the same one. */
export function placeNames(places: [string | null | undefined, string | null | undefined][]): (code: string | null | undefined) => string {
  const names = new Map(places.map(([code, name]) => [code ?? null, placeName(code ?? null, name ?? null)]));
  const many = new Map<string, number>();
  for (const name of names.values()) many.set(name, (many.get(name) ?? 0) + 1);
  return (code) => {
    const name = names.get(code ?? null) ?? code ?? "";
    return (many.get(name) ?? 0) > 1 && code ? `${name} (${code})` : name;
  };
}

function placeName(code: string | null, name: string | null): string {
  return code === null ? t("no-place-at-level") : (name ?? code);
}

export function Flows({ rows, unit, width }: { rows: Flow[]; unit: Unit; width: number }) {
  const [at, setAt] = useState<Link | null>(null);
  const left = rows.filter((row) => row.movements > 0);
  const sides = [ends(left, 0, unit), ends(left, 1, unit)] as const;
  const named = [placeNames(left.map((row) => [row.origin, row.origin_name])), placeNames(left.map((row) => [row.destination, row.destination_name]))] as const;
  const nodes = new Map<string, End>();
  const links = new Map<string, Link>();
  for (const row of left) {
    const id = (side: 0 | 1) => {
      const code = (side === 0 ? row.origin : row.destination) ?? "";
      const kept = sides[side].kept.has(code);
      const key = `${side}${kept ? code : OTHERS}`;
      if (!nodes.has(key)) {
        const name = named[side](side === 0 ? row.origin : row.destination);
        nodes.set(key, { id: key, side, name: kept ? name : t("other-places", { count: sides[side].folded }), value: 0, unknown: 0 });
      }
      return key;
    };
    const [source, target] = [id(0), id(1)];
    const counted = claimed(row, "displaced", unit).value;
    const key = `${source} ${target}`;
    const link = links.get(key) ?? { source, target, value: 0, counted: null, movements: 0, lacking: 0, rows: [] };
    if (counted !== null) link.counted = (link.counted ?? 0) + counted;
    link.movements += row.movements;
    link.lacking += row[`movements_without_${unit}`];
    link.rows.push(row);
    links.set(key, link);
  }
  const total = [...links.values()].reduce((sum, link) => sum + (link.counted ?? 0), 0);
  // A thread for what nobody counted: as thin as can be seen, and never taken for a number, since it is dashed.
  const uncounted = [...links.values()].filter(({ counted }) => counted === null).length;
  const thread = Math.max(1, total) * Math.min(0.018, 0.15 / Math.max(1, uncounted));
  for (const link of links.values()) link.value = link.counted === null ? thread : Math.max(link.counted, Math.max(1, total) * 1e-6);
  for (const link of links.values()) {
    for (const key of [link.source, link.target]) {
      const node = nodes.get(key);
      if (node) node.value += link.counted ?? 0;
      if (node && link.counted === null) node.unknown += link.movements;
    }
  }
  const counts = [0, 1].map((side) => [...nodes.values()].filter((node) => node.side === side).length);
  // Names stand outside the flows, where nothing crosses them out; on a phone with the number below.
  const stacked = width < 560;
  const gap = stacked ? 32 : 24;
  const height = Math.max(220, Math.max(...counts) * (stacked ? 54 : 44) + 24);
  const figureOf = (node: End) => (node.value ? number(node.value) : t("unknown-number"));
  const gutters = ([0, 1] as const).map((side) => {
    const widest = [...nodes.values()].filter((node) => node.side === side).map((node) => {
      const [name, figure] = [textWidth(node.name), textWidth(figureOf(node))];
      return stacked ? Math.max(name, figure) : name + figure + 5;
    });
    const heading = textWidth(t(side === 0 ? "column-origin" : "column-destination"));
    return Math.min(Math.max(heading, ...widest) + 10, width * 0.33);
  }) as [number, number];
  const graph = sankey<End, Link>()
    .nodeId((node) => node.id)
    .nodeWidth(8)
    .nodePadding(gap)
    // The largest first, and what is put together last.
    .nodeSort((a, b) => Number(a.id.endsWith(OTHERS)) - Number(b.id.endsWith(OTHERS)) || (b.value ?? 0) - (a.value ?? 0))
    .extent([[gutters[0], 28], [width - gutters[1], height - (stacked ? 18 : 10)]])({
    nodes: [...nodes.values()].map((node) => ({ ...node })),
    links: [...links.values()].map((link) => ({ ...link })),
  });
  // People leave where reading begins.
  const mirrored = language.value === "ar";
  const turn = (value: number | undefined) => (mirrored ? width - (value ?? 0) : (value ?? 0));
  const path = sankeyLinkHorizontal();
  return (
    <>
      <p class="readout" aria-hidden="true">
        {at ? (
          <>
            <b>{`${nodes.get(at.source)?.name} ${mirrored ? "←" : "→"} ${nodes.get(at.target)?.name}`}</b>
            <span class="left">{t("left-n", { n: known(at.counted) })}</span>
            {at.rows.length === 1 && at.rows[0] && <small>{range(claimed(at.rows[0], "displaced", unit))}</small>}
          </>
        ) : (
          <span class="legend">
            <span class="key key-left">{t("key-flow")}</span>
            {uncounted > 0 && <span class="key key-dashed">{t("key-flow-unknown")}</span>}
          </span>
        )}
      </p>
      <svg class="chart flows" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("flows-said", { count: links.size })}>
        <text class="tick" x={turn(gutters[0])} y={12} text-anchor={mirrored ? "start" : "end"}>{drawn(t("column-origin"))}</text>
        <text class="tick" x={turn(width - gutters[1])} y={12} text-anchor={mirrored ? "end" : "start"}>{drawn(t("column-destination"))}</text>
        <g transform={mirrored ? `translate(${width},0) scale(-1,1)` : undefined}>
          {graph.links.map((link) => (
            <path
              key={`${(link.source as End).id} ${(link.target as End).id}`}
              class={link.counted === null ? "flow flow-unknown" : "flow"}
              d={path(link) ?? ""}
              stroke-width={link.counted === null ? 2 : Math.max(0.75, link.width ?? 1)}
              onPointerEnter={() => setAt(links.get(`${(link.source as End).id} ${(link.target as End).id}`) ?? null)}
              onPointerLeave={() => setAt(null)}
            />
          ))}
          {graph.nodes.map((node) => (
            <rect
              key={node.id}
              class={node.value === 0 || (node.unknown > 0 && !nodes.get(node.id)?.value) ? "node node-unknown" : "node"}
              x={node.x0}
              width={(node.x1 ?? 0) - (node.x0 ?? 0)}
              y={node.y0}
              height={Math.max(2, (node.y1 ?? 0) - (node.y0 ?? 0))}
              rx="2"
            />
          ))}
        </g>
        {graph.nodes.map((node) => {
          const figure = figureOf(nodes.get(node.id) ?? node);
          const from = node.side === 0 ? turn((node.x0 ?? 0) - 8) : turn((node.x1 ?? 0) + 8);
          const middle = ((node.y0 ?? 0) + (node.y1 ?? 0)) / 2;
          const anchor = (node.side === 0) === mirrored ? "start" : "end";
          const room = gutters[node.side] - 10;
          const name = <tspan class="node-name">{`\u2068${fitted(node.name, stacked ? room : room - textWidth(figure) - 5)}\u2069`}</tspan>;
          const value = <tspan class="node-value">{drawn(figure)}</tspan>;
          // Isolated, so that an Arabic name and a number keep their order whatever the direction around them.
          return stacked ? (
            <g key={node.id} text-anchor={anchor}>
              <title>{node.name}</title>
              <text x={from} y={middle - 3}>{name}</text>
              <text x={from} y={middle + 13}>{value}</text>
            </g>
          ) : (
            <text key={node.id} x={from} y={middle} dy="0.35em" text-anchor={anchor}>
              <title>{node.name}</title>
              {mirrored ? <>{value} {name}</> : <>{name} {value}</>}
            </text>
          );
        })}
      </svg>
    </>
  );
}

export function FlowsTable({ rows, unit }: { rows: Flow[]; unit: Unit }) {
  const sorted = [...rows].sort((a, b) => (claimed(b, "displaced", unit).value ?? -1) - (claimed(a, "displaced", unit).value ?? -1));
  const origin = placeNames(rows.map((row) => [row.origin, row.origin_name]));
  const destination = placeNames(rows.map((row) => [row.destination, row.destination_name]));
  const { shown, more } = useFirst(sorted, ROWS);
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("column-origin")}</th>
            <th scope="col">{t("column-destination")}</th>
            <th scope="col" class="count">{t("column-left")}</th>
            <th scope="col">{t("column-range")}</th>
            <th scope="col" class="count">{t("column-movements")}</th>
            <th scope="col" class="count">{t("column-back")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={`${row.origin} ${row.destination}`}>
              <th scope="row"><Narrow to={{ origin: row.origin }}>{origin(row.origin)}</Narrow></th>
              <td><Narrow to={{ destination: row.destination }}>{destination(row.destination)}</Narrow></td>
              <td class="count">{known(claimed(row, "displaced", unit).value)}</td>
              <td>{row.movements > 0 ? range(claimed(row, "displaced", unit)) : ""}</td>
              <td class="count">{coverage(row.movements, row[`movements_without_${unit}`])}</td>
              <td class="count">{known(claimed(row, "returned", unit).value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more}
    </>
  );
}
