/** Small parts that all pages are made of. */
import type { ButtonHTMLAttributes, ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Refusal } from "../api/client";
import { session } from "../api/session";
import { has, t } from "../i18n";

const ICONS = {
  close: "M5 5l10 10M15 5L5 15",
  down: "M10 3v10M5.5 8.5L10 13l4.5-4.5M4 17h12",
  check: "M4 10.5l4 4 8-9",
  plus: "M10 4v12M4 10h12",
  warn: "M10 3l8 14H2zM10 8v4M10 14.2v.6",
  back: "M12 4l-6 6 6 6",
  link: "M8 12l4-4M9 5.5l2-2a3.5 3.5 0 015 5l-2 2M11 14.5l-2 2a3.5 3.5 0 01-5-5l2-2",
  clock: "M10 3a7 7 0 100 14 7 7 0 000-14M10 6v4l2.5 2",
} as const;

export function Icon({ name }: { name: keyof typeof ICONS }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={ICONS[name]} fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

type Tone = "info" | "warning" | "error" | "done";

/** A message; what went wrong is read out at once, the rest when there is time. */
export function Notice({ tone = "info", children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <div class={`notice notice-${tone}`} role={tone === "error" ? "alert" : "status"}>
      {(tone === "warning" || tone === "error") && <Icon name="warn" />}
      {tone === "done" && <Icon name="check" />}
      <div>{children}</div>
    </div>
  );
}

/** Why something could not be had, in the reader's language, and what to do. */
export function refusalText(refusal: Refusal): string {
  if (refusal.unreached) return t(refusal.status === 0 ? "failure-offline" : "failure-busy");
  if (refusal.status === 401) return t(session.value ? "failure-token" : "failure-closed");
  if (refusal.status === 403) return t("failure-role");
  const code = refusal.problem.code ?? "";
  const own = `failure-${code.replaceAll("_", "-")}`;
  return has(own) ? t(own) : (refusal.problem.detail ?? t("failure-other", { status: refusal.status }));
}

export function Refused({ refusal, again }: { refusal: Refusal; again?: () => void }) {
  return (
    <Notice tone="error">
      <p>{refusalText(refusal)}</p>
      {refusal.problem.errors?.map((error) => <p class="small" key={error.message}>{error.message}</p>)}
      <p class="actions">
        {refusal.status === 401 || refusal.status === 403 ? <a class="button" href="/settings">{t("sign-in")}</a> : null}
        {again && <button type="button" class="button" onClick={again}>{t("try-again")}</button>}
      </p>
    </Notice>
  );
}

/** A button that says for a moment that it has done what it does. */
export function Done({ label, done, act, ...rest }: { label: string; done: string; act: () => unknown } & ButtonHTMLAttributes<HTMLButtonElement>) {
  const [just, setJust] = useState(false);
  useEffect(() => {
    if (!just) return;
    const timer = setTimeout(() => setJust(false), 2500);
    return () => clearTimeout(timer);
  }, [just]);
  const click = async () => {
    await act();
    setJust(true);
  };
  return (
    <>
      <button type="button" class="button" {...rest} onClick={click}>
        {just ? done : label}
      </button>
      <span class="hidden" role="status">{just ? done : ""}</span>
    </>
  );
}

export interface Choice<Value extends string> {
  value: Value;
  label: string;
}

/** A few choices side by side, of which one holds. */
export function Segments<Value extends string>(props: {
  label: string;
  name: string;
  value: Value;
  choices: Choice<Value>[];
  change: (value: Value) => void;
}) {
  return (
    <fieldset class="segments">
      <legend class="hidden">{props.label}</legend>
      {props.choices.map(({ value, label }) => (
        <label key={value}>
          <input
            type="radio"
            name={props.name}
            value={value}
            checked={value === props.value}
            onChange={() => props.change(value)}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A table that scrolls by itself where it is too wide, also by keyboard. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** The heading of a page; it takes the focus when the page is arrived at. */
export function Title({ children }: { children: ComponentChildren }) {
  return <h1 tabIndex={-1}>{children}</h1>;
}
