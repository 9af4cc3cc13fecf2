/** What stands around every chart: its heading, what it means, the way out as a file or picture, and the same numbers as a table. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import type { Loaded } from "../api/loaded";
import { Done, Icon, Refused, Scroll } from "../parts/basics";
import { Download } from "../parts/download";
import { savePicture } from "../parts/save";

interface Props {
  id: string;
  title: string;
  meaning: string;
  controls?: ComponentChildren;
  files: { xlsx: string; csv: string };
  /** Made when it is opened: thousands of rows that nobody looks at would hold up the charts. */
  table: () => ComponentChildren;
  /** Whether the table stands open from the beginning. */
  open?: boolean;
  note: string;
  /** How the reading of it goes, where it has a reading of its own. */
  loaded?: Pick<Loaded<unknown>, "stale" | "refusal" | "again">;
  /** Draws at a width; nothing where there is nothing to draw. */
  chart: ((width: number) => ComponentChildren) | null;
  /** What stands there instead; nothing while that is not known yet. */
  empty: string | undefined;
}

export function Frame({ id, title, meaning, controls, files, table, open: opened = false, note, loaded, chart, empty }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const { stale, refusal, again } = loaded ?? { stale: false };
  const [width, setWidth] = useState(0);
  const [open, setOpen] = useState(opened);
  useEffect(() => {
    if (!box.current) return;
    const measure = () => box.current && setWidth(Math.floor(box.current.clientWidth));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, []);
  const picture = async () => {
    for (const svg of box.current?.querySelectorAll("svg.chart") ?? []) {
      await savePicture(svg as SVGSVGElement, title, note, `homeward-${id}`);
    }
  };
  const drawn = chart ? width > 0 && chart(width) : <p class={empty ? "empty" : "empty waiting"}>{empty ?? t("loading")}</p>;
  return (
    <section class="panel" aria-labelledby={`${id}-title`} aria-busy={stale}>
      <div class="panel-head">
        <div>
          <h2 id={`${id}-title`}>{title}</h2>
          <p class="meaning">{meaning}</p>
        </div>
        {controls && <div class="panel-controls">{controls}</div>}
      </div>
      <div ref={box} class={`chart-box${stale ? " stale" : ""}`}>
        {refusal ? <Refused refusal={refusal} again={again} /> : drawn}
      </div>
      <div class="panel-foot">
        <details class={opened ? "twin plain" : "twin"} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t("as-table")}</summary>
          {open && <Scroll label={title}>{table()}</Scroll>}
        </details>
        <div class="downloads" role="group" aria-label={t("download-of", { title })}>
          <Icon name="down" />
          <Download class="quiet" address={files.xlsx}>{t("download-excel")}</Download>
          <Download class="quiet" address={files.csv}>{t("download-csv")}</Download>
          {chart && <Done class="quiet" label={t("download-picture")} done={t("saved")} act={picture} />}
        </div>
      </div>
    </section>
  );
}
