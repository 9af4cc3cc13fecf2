/** A sheet as rows of text, for the preview: CSV as it lies, and the first worksheet of an Excel workbook. */
import { strFromU8, unzipSync } from "fflate";

export type Grid = string[][];
/** Larger files are checked by the service all the same; only the preview of their cells is left out. */
export const MOST_BYTES = 6_000_000;

export async function readSheet(file: Blob, name: string): Promise<Grid | null> {
  if (file.size > MOST_BYTES) return null;
  const bytes = new Uint8Array(await file.arrayBuffer());
  // A ZIP archive, whatever its name.
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return readWorkbook(bytes);
  if (/\.xls[xm]?$/i.test(name)) return null;
  try {
    return readCsv(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

export function readCsv(text: string): Grid {
  const plain = text.replace(/^\ufeff/, "");
  const head = plain.slice(0, plain.search(/[\r\n]|$/));
  const [separator = ","] = [",", ";", "\t"].sort((a, b) => head.split(b).length - head.split(a).length);
  const grid: Grid = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = "";
  };
  const endRow = () => {
    endCell();
    grid.push(row);
    row = [];
  };
  for (let at = 0; at < plain.length; at++) {
    const letter = plain[at];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (plain[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === separator) endCell();
    else if (letter === "\n") endRow();
    else if (letter !== "\r" || plain[at + 1] !== "\n") {
      if (letter === "\r") endRow();
      else cell += letter;
    }
  }
  if (cell !== "" || row.length > 0) endRow();
  return grid;
}

function parse(bytes: Uint8Array | undefined): Document | null {
  if (!bytes) return null;
  return new DOMParser().parseFromString(strFromU8(bytes), "application/xml");
}

const tags = (node: Document | Element, name: string) => [...node.getElementsByTagNameNS("*", name)];

function readWorkbook(bytes: Uint8Array): Grid | null {
  let total = 0;
  const files = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      total += originalSize;
      return total < 20 * MOST_BYTES && /\.(xml|rels)$/.test(name);
    },
  });
  const book = parse(files["xl/workbook.xml"]);
  const relations = parse(files["xl/_rels/workbook.xml.rels"]);
  if (!book || !relations) return null;
  const visible = tags(book, "sheet").find((sheet) => !sheet.getAttribute("state")) ?? tags(book, "sheet")[0];
  const id = visible?.getAttributeNS("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "id");
  const target = tags(relations, "Relationship").find((one) => one.getAttribute("Id") === id)?.getAttribute("Target") ?? "";
  const sheet = parse(files[target.startsWith("/") ? target.slice(1) : `xl/${target}`]);
  if (!sheet) return null;
  const since1904 = tags(book, "workbookPr")[0]?.getAttribute("date1904") === "1";
  const shared = (() => {
    const strings = parse(files["xl/sharedStrings.xml"]);
    return strings ? tags(strings, "si").map(textOf) : [];
  })();
  const dates = dateStyles(parse(files["xl/styles.xml"]));
  const grid: Grid = [];
  for (const row of tags(sheet, "row")) {
    const at = Number(row.getAttribute("r") ?? grid.length + 1) - 1;
    while (grid.length < at) grid.push([]);
    const cells: string[] = [];
    for (const cell of tags(row, "c")) {
      const column = columnOf(cell.getAttribute("r")) ?? cells.length;
      while (cells.length < column) cells.push("");
      cells[column] = valueOf(cell, shared, dates, since1904);
    }
    grid.push(cells);
  }
  return grid;
}

function textOf(node: Element): string {
  // Without what is only a reading aid.
  return tags(node, "t").filter((one) => one.parentElement?.localName !== "rPh").map((one) => one.textContent ?? "").join("");
}

function columnOf(reference: string | null): number | null {
  const letters = /^[A-Z]+/.exec(reference ?? "")?.[0];
  if (!letters) return null;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** The styles whose numbers are days. */
function dateStyles(styles: Document | null): Set<number> {
  const found = new Set<number>();
  if (!styles) return found;
  const own = new Map(tags(styles, "numFmt").map((format) => [Number(format.getAttribute("numFmtId")), format.getAttribute("formatCode") ?? ""]));
  const list = tags(styles, "cellXfs")[0];
  for (const [index, style] of (list ? tags(list, "xf") : []).entries()) {
    const id = Number(style.getAttribute("numFmtId"));
    const code = (own.get(id) ?? "").replace(/"[^"]*"|\[[^\]]*\]|\\./g, "");
    if ((id >= 14 && id <= 22) || (id >= 45 && id <= 47) || /[dmy]/i.test(code)) found.add(index);
  }
  return found;
}

function valueOf(cell: Element, shared: string[], dates: Set<number>, since1904: boolean): string {
  const kind = cell.getAttribute("t");
  if (kind === "inlineStr") return textOf(cell);
  const raw = tags(cell, "v")[0]?.textContent ?? "";
  if (kind === "s") return shared[Number(raw)] ?? "";
  if (kind === "b") return raw === "1" ? "true" : "false";
  if (kind === "str" || kind === "e" || kind === "d") return raw.replace(/T00:00:00(\.0+)?Z?$/, "");
  if (raw !== "" && dates.has(Number(cell.getAttribute("s") ?? 0))) {
    const days = Math.floor(Number(raw)) + (since1904 ? 1462 : 0);
    const date = new Date(Date.UTC(1899, 11, 30) + days * 86_400_000);
    if (!Number.isNaN(date.getTime())) return date.toISOString().slice(0, 10);
  }
  return raw;
}
