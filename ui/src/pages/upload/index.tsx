/** Uploading: a template, a sheet, what is wrong at its cells, one click to mend it, commit, undo. */
import { useEffect, useRef, useState } from "preact/hooks";
import { addressOf, call, Refusal, type Row } from "../../api/client";
import { mayWrite, session } from "../../api/session";
import { isolated, language, number, t } from "../../i18n";
import { Icon, Notice, Refused, Scroll, Segments, Title } from "../../parts/basics";
import { foundText } from "../../parts/findings";
import { saveAddress, saveBlob } from "../../parts/save";
import { type Grid, readCsv, readSheet } from "../../sheets/read";
import { type Mark, toCsv, toWorkbook } from "../../sheets/write";
import { find, type Kind as Gazetteer, nameOf, REFERENCES } from "../../store/gazetteer";
import { newId } from "../../store/queue";
import { type Column, named, sheets } from "./columns";
import "../../style/enter.css";
import "../../style/upload.css";

type Report = Pick<Row<"ImportView">, "code" | "committed" | "rows" | "counts" | "errors" | "warnings" | "errors_total" | "warnings_total">;
type Found = Row<"SheetEntry">;
const KINDS = ["movements", "returns", "locations", "sources", "agreements"] as const;
type Kind = (typeof KINDS)[number];
/** More rows with problems than this are not shown at once. */
const MOST_ROWS = 60;

interface Sheet {
  name: string;
  file: Blob;
  grid: Grid | null;
  edited: boolean;
}

export default function Upload() {
  const [kind, setKind] = useState<Kind>("movements");
  const [sheet, setSheet] = useState<Sheet>();
  const [columns, setColumns] = useState<Column[]>([]);
  const [missing, setMissing] = useState<string[]>([]);
  const [report, setReport] = useState<Report>();
  const [refusal, setRefusal] = useState<Refusal>();
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const [undone, setUndone] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const result = useRef<HTMLElement>(null);
  const round = useRef(0);
  // One key for one sheet as it is: written twice because an answer was lost, it is written once.
  const writing = useRef<{ sheet: Sheet; address: string; key: string } | undefined>(undefined);

  useEffect(() => {
    sheets().then(
      (all) => setColumns(all.find((one) => one.sheet === kind)?.columns ?? []),
      () => setColumns([]),
    );
  }, [kind]);

  const check = async (now: Sheet, how: { kind?: Kind; missing?: string[]; commit?: boolean } = {}) => {
    const mine = ++round.current;
    setBusy(true);
    setRefusal(undefined);
    setUndone(false);
    const workbook = !now.edited && /\.xlsx$/i.test(now.name);
    const type = workbook ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv";
    const body = now.edited && now.grid ? new Blob([toCsv(now.grid)]) : now.file;
    const address = addressOf(`/v1/imports/${how.kind ?? kind}`, {
      create_missing: (how.missing ?? missing).join(","),
      commit: how.commit ? "true" : undefined,
    });
    const headers: Record<string, string> = { "Content-Type": type };
    if (how.commit) {
      if (writing.current?.sheet !== now || writing.current.address !== address) writing.current = { sheet: now, address, key: newId() };
      headers["Idempotency-Key"] = writing.current.key;
    }
    try {
      const answer = await call<Report>(address, { method: "POST", body, headers });
      if (mine === round.current) setReport(answer.body);
    } catch (error) {
      if (mine !== round.current || !(error instanceof Refusal)) return;
      if (error.problem.code === "invalid_sheet") setReport(error.problem as Report);
      else {
        setRefusal(error);
        setReport(undefined);
      }
    } finally {
      if (mine === round.current) setBusy(false);
    }
  };
  const take = async (file: Blob, name: string) => {
    setReport(undefined);
    let grid: Grid | null = null;
    try {
      grid = await readSheet(file, name);
    } catch {
      // The service says what is wrong with it.
    }
    const now = { name, file, grid, edited: false };
    setSheet(now);
    await check(now);
    result.current?.scrollIntoView({ block: "start" });
  };
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!text.includes("\t") && !text.includes("\n")) return;
    event.preventDefault();
    const grid = readCsv(text);
    const now = { name: t("pasted"), file: new Blob([toCsv(grid)]), grid, edited: true };
    setSheet(now);
    check(now);
  };
  const edit = (cells: { row: number; column: number; value: string }[], then = true) => {
    if (!sheet?.grid) return;
    const grid = sheet.grid.map((row) => [...row]);
    for (const { row, column, value } of cells) {
      const line = grid[row];
      if (!line) continue;
      while (line.length <= column) line.push("");
      line[column] = value;
    }
    const now = { ...sheet, grid, edited: true };
    setSheet(now);
    if (then) check(now);
  };
  const without = (column: number) => {
    if (!sheet?.grid) return;
    const now = { ...sheet, grid: sheet.grid.map((row) => row.filter((_, at) => at !== column)), edited: true };
    setSheet(now);
    check(now);
  };
  const undo = async () => {
    if (!report?.code || !confirm(t("undo-sure"))) return;
    try {
      await call(addressOf("/v1/imports/{code}", {}, { code: report.code }), { method: "DELETE" });
      setUndone(true);
      setReport(undefined);
    } catch (error) {
      if (error instanceof Refusal) setRefusal(error);
    }
  };

  return (
    <>
      <div class="lead">
        <Title>{t("upload-title")}</Title>
        <p class="about">{t("upload-about")}</p>
      </div>
      {!mayWrite() && <Notice tone="warning">{t(session.value ? "failure-role" : "upload-without-token")} <a href="/settings">{t("sign-in")}</a></Notice>}
      <section class="panel" aria-labelledby="upload-1">
        <h2 id="upload-1">{t("upload-step-1")}</h2>
        <Segments
          label={t("upload-step-1")}
          name="sheet"
          value={kind}
          choices={KINDS.map((value) => ({ value, label: t(`sheet-${value}`) }))}
          change={(value) => {
            setKind(value);
            setReport(undefined);
            if (sheet) check(sheet, { kind: value });
          }}
        />
        <p class="meaning">{t(`sheet-${kind}-about`)}</p>
        <p class="actions">
          <button type="button" class="button" onClick={() => saveAddress(addressOf(`/v1/templates/${kind}.xlsx`, { lang: language.value }))}>
            <Icon name="down" /> {t("template-excel")}
          </button>
          <button type="button" class="quiet" onClick={() => saveAddress(`/v1/templates/${kind}.csv`)}>{t("template-csv")}</button>
          <a class="quiet" href={`/docs/columns?sheet=${kind}`}>{t("upload-columns")}</a>
        </p>
      </section>
      <section class="panel" aria-labelledby="upload-2">
        <h2 id="upload-2">{t("upload-step-2")}</h2>
        <div
          class={`drop${over ? " over" : ""}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            const file = event.dataTransfer?.files[0];
            if (file) take(file, file.name);
          }}
          onPaste={paste}
        >
          <label class="button primary" for="upload-file">{t("upload-choose")}</label>
          <input
            ref={input}
            id="upload-file"
            class="hidden"
            type="file"
            accept=".xlsx,.csv,.tsv,.txt,text/csv"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              if (file) take(file, file.name);
              event.currentTarget.value = "";
            }}
          />
          <p class="hint">{t("upload-drop")}</p>
          <label class="hidden" for="upload-paste">{t("upload-paste")}</label>
          <textarea id="upload-paste" class="paste" rows={1} placeholder={t("upload-paste")} onPaste={paste} value="" onInput={(event) => (event.currentTarget.value = "")} />
        </div>
        <fieldset class="ticks">
          <legend class="field-label">{t("create-missing")}</legend>
          {["locations", "sources"].map((one) => (
            <div class="tick-field" key={one}>
              <input
                id={`missing-${one}`}
                type="checkbox"
                checked={missing.includes(one)}
                onChange={(event) => {
                  const next = event.currentTarget.checked ? [...missing, one] : missing.filter((other) => other !== one);
                  setMissing(next);
                  if (sheet) check(sheet, { missing: next });
                }}
              />
              <label for={`missing-${one}`}>{t(`create-missing-${one}`)}</label>
            </div>
          ))}
        </fieldset>
      </section>
      <section ref={result} class="stack" aria-live="polite" aria-busy={busy}>
        {busy && <p class="loading" role="status">{t("checking")}</p>}
        {refusal && <Refused refusal={refusal} {...(sheet ? { again: () => check(sheet) } : {})} />}
        {undone && <Notice tone="done">{t("undone")}</Notice>}
        {sheet && report && (
          <Result sheet={sheet} report={report} columns={columns} kind={kind} busy={busy} edit={edit} without={without} commit={() => check(sheet, { commit: true })} undo={undo} />
        )}
      </section>
    </>
  );
}

interface ResultProps {
  sheet: Sheet;
  report: Report;
  columns: Column[];
  kind: Kind;
  busy: boolean;
  edit: (cells: { row: number; column: number; value: string }[], then?: boolean) => void;
  /** Takes a column out of the sheet. */
  without: (column: number) => void;
  commit: () => void;
  undo: () => void;
}

/** Where an entry stands in the file. */
interface Placed {
  found: Found;
  tone: "error" | "warning";
  row: number;
  column: number;
}

/** Codes whose suggestion is one value, which can only be meant as it is. */
const SAFE = new Set(["unknown_reference", "unknown_word", "unknown_column", "unknown_field"]);

function Result({ sheet, report, columns, kind, busy, edit, without, commit, undo }: ResultProps) {
  const header = sheet.grid?.findIndex((row) => row.some((cell) => cell.trim() !== "")) ?? -1;
  const names = header >= 0 ? named(sheet.grid?.[header] ?? [], columns) : [];
  const place = (found: Found, tone: Placed["tone"]): Placed => {
    const heading = sheet.grid?.[header]?.findIndex((cell) => cell.trim() === found.column) ?? -1;
    return { found, tone, row: (found.row ?? 0) - 1, column: found.column ? (names.indexOf(found.column) >= 0 ? names.indexOf(found.column) : heading) : -1 };
  };
  const placed = [...report.errors.map((one) => place(one as Found, "error")), ...report.warnings.map((one) => place(one as Found, "warning"))];
  const safe = placed.filter(({ found, row, column }) => found.suggestion && SAFE.has(found.code) && row >= 0 && column >= 0 && sheet.grid?.[row]);
  const colour = () => {
    if (!sheet.grid) return;
    const marks: Mark[] = placed.filter(({ row, column }) => row >= 0 && column >= 0).sort((a) => (a.tone === "error" ? 1 : -1));
    const notes: Grid = [
      [t("column-row"), t("column-column"), t("column-value"), t("column-problem"), t("column-suggestion")],
      ...placed.map(({ found }) => [String(found.row ?? ""), found.column ?? "", text(found.value), foundText({ ...found, suggestion: null }), found.suggestion ?? ""]),
    ];
    saveBlob(toWorkbook(sheet.grid, marks, notes, [t(`sheet-${kind}`), t("problems-title")], language.value === "ar"), `${sheet.name.replace(/\.\w+$/, "")}-homeward.xlsx`);
  };
  if (report.committed) {
    return (
      <Notice tone="done">
        <h2>{t("committed-title")}</h2>
        <Counts counts={report.counts} rows={report.rows} />
        <p class="actions">
          <a class="button" href="/">{t("nav-look")}</a>
          <button type="button" class="button" onClick={undo}>{t("undo")}</button>
        </p>
      </Notice>
    );
  }
  const wrong = report.errors_total > 0;
  return (
    <section class="panel" aria-labelledby="upload-3">
      <h2 id="upload-3">{t("upload-step-3")}</h2>
      <p dir="auto"><b>{sheet.name}</b></p>
      {wrong ? (
        <Notice tone="error">{t("sheet-wrong", { errors: report.errors_total, rows: report.rows })}</Notice>
      ) : (
        <Notice tone="done">
          <p>{t("sheet-right", { rows: report.rows })}</p>
          <Counts counts={report.counts} rows={report.rows} />
        </Notice>
      )}
      {report.warnings_total > 0 && <p class="warning">{t("sheet-warnings", { count: report.warnings_total })}</p>}
      <p class="actions">
        {!wrong && <button type="button" class="button primary" disabled={busy} onClick={commit}>{t("commit")}</button>}
        {safe.length > 0 && (
          <button
            type="button"
            class={`button${wrong ? " primary" : ""}`}
            disabled={busy}
            onClick={() => edit(safe.map(({ row, column, found }) => ({ row, column, value: found.suggestion ?? "" })))}
          >
            {t("apply-all", { count: safe.length })}
          </button>
        )}
        {sheet.grid && placed.length > 0 && <button type="button" class="button" onClick={colour}><Icon name="down" /> {t("coloured")}</button>}
        {sheet.edited && sheet.grid && <button type="button" class="quiet" onClick={() => saveBlob(new Blob(["\ufeff", toCsv(sheet.grid ?? [])], { type: "text/csv" }), `${sheet.name.replace(/\.\w+$/, "")}.csv`)}>{t("save-mended")}</button>}
      </p>
      {placed.length > 0 && (sheet.grid ? <Preview grid={sheet.grid} header={header} names={names} placed={placed} edit={edit} without={without} /> : <Listed placed={placed} />)}
      {report.errors_total + report.warnings_total > placed.length && <p class="aside">{t("more-problems", { shown: placed.length, all: report.errors_total + report.warnings_total })}</p>}
    </section>
  );
}

function text(value: unknown): string {
  return value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

function Counts({ counts, rows }: { counts: Report["counts"]; rows: number }) {
  const lines = Object.entries(counts as Record<string, { created: number; updated: number; unchanged: number }>).filter(
    ([, { created, updated, unchanged }]) => created + updated + unchanged > 0,
  );
  if (lines.length === 0) return <p>{t("counts-nothing", { rows })}</p>;
  return (
    <table class="counts">
      <thead>
        <tr>
          <td />
          <th scope="col" class="count">{t("count-created")}</th>
          <th scope="col" class="count">{t("count-updated")}</th>
          <th scope="col" class="count">{t("count-unchanged")}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(([name, { created, updated, unchanged }]) => (
          <tr key={name}>
            <th scope="row">{t(`sheet-${name}`)}</th>
            <td class="count">{number(created)}</td>
            <td class="count">{number(updated)}</td>
            <td class="count">{number(unchanged)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The rows in which something is, with what it is at its cell, and room to mend it. */
function Preview({ grid, header, names, placed, edit, without }: { grid: Grid; header: number; names: (string | null)[]; placed: Placed[] } & Pick<ResultProps, "edit" | "without">) {
  const rows = [...new Set(placed.map(({ row }) => row).filter((row) => row >= 0))].sort((a, b) => a - b);
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, MOST_ROWS);
  const unplaced = placed.filter(({ row, column }) => row < 0 || column < 0);
  const head = grid[header] ?? [];
  const width = Math.max(head.length, ...shown.map((row) => grid[row]?.length ?? 0));
  // Columns where something is, and those that tell a row from its neighbours.
  const touched = new Set(placed.map(({ column }) => column));
  const columns = Array.from({ length: width }, (_, at) => at).filter((at) => touched.has(at) || at < 3);
  return (
    <>
      {unplaced.length > 0 && <Listed placed={unplaced} />}
      {shown.length > 0 && (
        <Scroll label={t("upload-step-3")}>
          <table class="preview">
            <thead>
              <tr>
                <th scope="col">{t("column-row")}</th>
                {columns.map((at) => (
                  <th scope="col" key={at} title={head[at] ?? ""}>
                    <span dir="auto">{head[at]}</span>
                    {names[at] && names[at] !== head[at] && <small dir="ltr"> {names[at]}</small>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={row}>
                  <th scope="row" data-label={t("column-row")}>{row + 1}</th>
                  {columns.map((at) => {
                    const here = placed.filter((one) => one.row === row && one.column === at);
                    const value = grid[row]?.[at] ?? "";
                    if (here.length === 0) return <td key={at} dir="auto">{value}</td>;
                    return <Cell key={at} row={row} column={at} name={head[at] ?? ""} member={names[at] ?? ""} value={value} here={here} grid={grid} header={header} edit={edit} without={without} />;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {shown.length < rows.length && <button type="button" class="button" onClick={() => setAll(true)}>{t("show-all", { count: rows.length })}</button>}
    </>
  );
}

interface CellProps {
  row: number;
  column: number;
  name: string;
  /** What the column is called by the service. */
  member: string;
  value: string;
  here: Placed[];
  grid: Grid;
  header: number;
  edit: ResultProps["edit"];
  without: ResultProps["without"];
}

/** What is wrong with a column as a whole. */
const OF_COLUMNS = new Set(["personal_data", "unknown_column", "repeated_column", "unnamed_column"]);

function Cell({ row, column, name, member, value, here, grid, header, edit, without }: CellProps) {
  const tone = here.some((one) => one.tone === "error") ? "error" : "warning";
  const id = `c${row}-${column}`;
  return (
    <td class={`cell cell-${tone}`} data-label={name}>
      <input
        dir="auto"
        aria-label={t("cell-label", { column: name, row: row + 1 })}
        aria-invalid={tone === "error"}
        aria-describedby={id}
        value={value}
        onChange={(event) => edit([{ row, column, value: event.currentTarget.value }])}
      />
      <div id={id}>
        {here.map(({ found }) => (
          <p key={found.code} class="small">{foundText({ ...found, suggestion: null })}</p>
        ))}
      </div>
      {here.map(({ found }) => {
        const { suggestion } = found;
        if (!suggestion) return null;
        const same = row === header ? [row] : grid.map((_, at) => at).filter((at) => at > header && (grid[at]?.[column] ?? "").trim() === value.trim());
        const apply = SAFE.has(found.code) ? () => edit(same.map((at) => ({ row: at, column, value: suggestion }))) : null;
        return <Suggested key={found.code} suggestion={suggestion} kind={row === header ? undefined : REFERENCES[member]} count={same.length} apply={apply} />;
      })}
      {here.some(({ found }) => OF_COLUMNS.has(found.code)) && (
        <button type="button" class="quiet apply" onClick={() => without(column)}>
          <Icon name="close" /> {t("remove-column")}
        </button>
      )}
    </td>
  );
}

/** What was probably meant; of a place, a source or an agreement by its name, since few know codes. */
function Suggested({ suggestion, kind, count, apply }: { suggestion: string; kind: Gazetteer | undefined; count: number; apply: (() => void) | null }) {
  const [name, setName] = useState<string>();
  useEffect(() => {
    let gone = false;
    setName(undefined);
    // Of several that may be meant the service gives a sentence.
    if (kind && /^[\w-]+$/.test(suggestion)) find(kind, suggestion).then((row) => !gone && row && setName(nameOf(row)));
    return () => {
      gone = true;
    };
  }, [kind, suggestion]);
  const said = name && name !== suggestion ? `${name} (${suggestion})` : suggestion.split(" or ").map(isolated).join(t("or-between"));
  if (!apply) return <p class="small" dir="auto">{t("suggested", { suggestion: said })}</p>;
  return (
    <button type="button" class="quiet apply" onClick={apply}>
      <Icon name="check" /> <span dir="auto">{count > 1 ? t("apply-many", { suggestion: said, count }) : t("apply-one", { suggestion: said })}</span>
    </button>
  );
}

function Listed({ placed }: { placed: Placed[] }) {
  return (
    <Scroll label={t("problems-title")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("column-row")}</th>
            <th scope="col">{t("column-column")}</th>
            <th scope="col">{t("column-value")}</th>
            <th scope="col">{t("column-problem")}</th>
          </tr>
        </thead>
        <tbody>
          {placed.slice(0, 500).map(({ found, tone }, at) => (
            <tr key={at}>
              <th scope="row">{found.row ?? ""}</th>
              <td>{found.column ?? ""}</td>
              <td dir="auto">{text(found.value)}</td>
              <td class={tone}>{foundText(found)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

