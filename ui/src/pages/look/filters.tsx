/** What the page is filtered by; every choice goes into the address. */
import { useEffect, useState } from "preact/hooks";
import { t, westernDigits } from "../../i18n";
import { Done, Icon } from "../../parts/basics";
import { Lookup } from "../../parts/lookup";
import { go, withQuery } from "../../router";
import { view } from "./view";

export function Filters() {
  const { origin, destination, agreement, from, to } = view.value;
  const any = Boolean(origin || destination || agreement || from || to);
  // On a phone the numbers come first, and the filters when they are wanted.
  const [wide] = useState(() => matchMedia("(min-width: 44rem)").matches);
  const set = (name: string) => (value: string | null) => go(withQuery({ [name]: value }));
  return (
    <details class="filter-box" open={wide || any}>
    <summary tabIndex={wide ? -1 : undefined}>{t("filters")}</summary>
    <form class="filters" role="search" aria-label={t("filters")} onSubmit={(event) => event.preventDefault()}>
      <Lookup kind="locations" id="filter-origin" label={t("filter-origin")} value={origin} change={set("origin")} />
      <Lookup kind="locations" id="filter-destination" label={t("filter-destination")} value={destination} change={set("destination")} />
      <Lookup kind="agreements" id="filter-agreement" label={t("filter-agreement")} value={agreement} change={set("agreement")} />
      <Day name="from" label={t("filter-from")} value={from} change={set("from")} />
      <Day name="to" label={t("filter-to")} value={to} change={set("to")} />
      <p class="filters-foot">
        <span class="hint">{t("filter-below")}</span>
        <span class="actions">
          {any && (
            <button type="button" class="quiet" onClick={() => go(withQuery({ origin: null, destination: null, agreement: null, from: null, to: null }))}>
              <Icon name="close" /> {t("filters-none")}
            </button>
          )}
          <Done class="quiet" label={t("copy-link")} done={t("copied")} act={copy} />
        </span>
      </p>
    </form>
    </details>
  );
}

async function copy() {
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    // Only over HTTPS and on this machine does a browser let pages write there; the address bar has it in any case.
    prompt(t("copy-link"), location.href);
  }
}

function Day({ name, label, value, change }: { name: string; label: string; value: string | undefined; change: (value: string | null) => void }) {
  const [typed, setTyped] = useState(value ?? "");
  useEffect(() => setTyped(value ?? ""), [value]);
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <input
        id={`filter-${name}`}
        type="date"
        min="1900-01-01"
        max="2199-12-31"
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) => change(westernDigits(event.currentTarget.value) || null)}
      />
    </div>
  );
}
