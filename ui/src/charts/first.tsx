/** The first of many rows, and the button that brings more: what a browser draws at once stays few. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { number, t } from "../i18n";

/** As many rows of a table as are made at once. */
export const ROWS = 200;

export function useFirst<Row>(rows: Row[], step: number): { shown: Row[]; more: ComponentChildren } {
  const [count, setCount] = useState(step);
  const shown = rows.slice(0, count);
  const more = shown.length < rows.length && (
    <button type="button" class="button" onClick={() => setCount(count * 2)}>
      {t("show-more-of", { shown: number(shown.length), count: number(rows.length) })}
    </button>
  );
  return { shown, more };
}
