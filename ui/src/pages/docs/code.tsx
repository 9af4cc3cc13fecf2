import { t } from "../../i18n";
import { Done } from "../../parts/basics";

/** Something to copy. */
export function Code({ text, label }: { text: string; label?: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} aria-label={label ?? t("code-sample")}><code>{text}</code></pre>
      {navigator.clipboard && <Done class="quiet" label={t("copy")} done={t("copied-it")} act={() => navigator.clipboard.writeText(text)} />}
    </div>
  );
}
