/** Sheets out of the page: CSV to send, and the same sheet as a workbook with what is wrong in colour. */
import { strToU8, zipSync } from "fflate";
import type { Grid } from "./read";

export function toCsv(grid: Grid): string {
  const cell = (text: string) => (/[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return grid.map((row) => row.map(cell).join(",")).join("\r\n");
}

export type Tone = "error" | "warning";
/** What stands beside a cell; rows and columns begin at 0. */
export interface Mark {
  row: number;
  column: number;
  tone: Tone;
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";

function escape(text: string): string {
  // Characters that no XML may hold.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function columnName(at: number): string {
  return at < 26 ? String.fromCharCode(65 + at) : columnName(Math.floor(at / 26) - 1) + String.fromCharCode(65 + (at % 26));
}

const STYLE = { plain: 0, head: 1, error: 2, warning: 3 };

function worksheet(grid: Grid, style: (row: number, column: number) => number, rtl: boolean): string {
  const rows = grid.map((cells, row) => {
    const inner = cells.map((text, column) => {
      const at = `${columnName(column)}${row + 1}`;
      const look = style(row, column);
      if (text === "") return look > 1 ? `<c r="${at}" s="${look}"/>` : "";
      // A number that text could not tell from itself; codes such as 007 stay text.
      if (row > 0 && /^(0|[1-9]\d{0,14})$/.test(text)) return `<c r="${at}" s="${look}"><v>${text}</v></c>`;
      return `<c r="${at}" s="${look}" t="inlineStr"><is><t xml:space="preserve">${escape(text)}</t></is></c>`;
    });
    return `<row r="${row + 1}">${inner.join("")}</row>`;
  });
  const view = `<sheetViews><sheetView workbookViewId="0"${rtl ? ' rightToLeft="1"' : ""}><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
  return `${XML}<worksheet ${MAIN}>${view}<cols><col min="1" max="60" width="18" customWidth="1"/></cols><sheetData>${rows.join("")}</sheetData></worksheet>`;
}

/** The sheet with its marks in colour, and a second worksheet that says what is wrong. */
export function toWorkbook(grid: Grid, marks: Mark[], notes: Grid, names: [string, string], rtl: boolean): Blob {
  const tones = new Map(marks.map(({ row, column, tone }) => [`${row} ${column}`, tone]));
  const wide = grid.map((row, index) => {
    const most = Math.max(row.length, ...marks.filter((mark) => mark.row === index).map((mark) => mark.column + 1));
    return [...row, ...Array<string>(most - row.length).fill("")];
  });
  const look = (row: number, column: number) => {
    const tone = tones.get(`${row} ${column}`);
    return tone ? STYLE[tone] : row === 0 ? STYLE.head : STYLE.plain;
  };
  const fill = (color: string) => `<fill><patternFill patternType="solid"><fgColor rgb="${color}"/></patternFill></fill>`;
  const styles = `${XML}<styleSheet ${MAIN}><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${fill("FFF6C7C3")}${fill("FFFCE8B2")}</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/><xf fontId="1" applyFont="1"/><xf fillId="2" applyFill="1"/><xf fillId="3" applyFill="1"/></cellXfs></styleSheet>`;
  const sheets = names.map((name, at) => `<sheet name="${escape(name).replaceAll('"', "")}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`);
  const parts: Record<string, string> = {
    "[Content_Types].xml": `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>${[1, 2].map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join("")}</Types>`,
    "_rels/.rels": `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `${XML}<workbook ${MAIN} xmlns:r="${OFFICE}"><sheets>${sheets.join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${XML}<Relationships xmlns="${PACKAGE}/relationships">${[1, 2].map((n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`).join("")}<Relationship Id="rId3" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
    "xl/styles.xml": styles,
    "xl/worksheets/sheet1.xml": worksheet(wide, look, rtl),
    "xl/worksheets/sheet2.xml": worksheet(notes, (row) => (row === 0 ? STYLE.head : STYLE.plain), rtl),
  };
  const packed = zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)])));
  return new Blob([packed as BlobPart], { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
}
