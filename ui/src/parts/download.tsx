/** A button that brings a file; with a token the page fetches it itself, and says that it is on its way. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { saveAddress } from "./save";

export function Download({ address, class: kind = "button", children }: { address: string; class?: string; children: ComponentChildren }) {
  const [busy, setBusy] = useState(false);
  const fetch = async () => {
    setBusy(true);
    await saveAddress(address);
    setBusy(false);
  };
  return (
    <button type="button" class={kind} aria-disabled={busy || undefined} onClick={() => !busy && fetch()}>
      {busy ? t("preparing") : children}
    </button>
  );
}
