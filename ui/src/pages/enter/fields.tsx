/** The fields of forms: each knows the pointer of its member, and shows what is wrong or remarkable there. */
import { createContext } from "preact";
import { useContext, useId, useRef } from "preact/hooks";
import { date, t, word } from "../../i18n";
import { Lookup } from "../../parts/lookup";
import type { Kind as Gazetteer } from "../../store/gazetteer";
import { type Vocabulary, WORDS } from "../../words";
import { readDate } from "./dates";
import type { Marks, Value, Values } from "./model";

export interface Form {
  /** What the ids of its fields begin with: a little form may lie over a large one. */
  id: string;
  values: Values;
  errors: Marks;
  warnings: Marks;
  set: (pointer: string, value: Value) => void;
  create: (kind: Gazetteer, typed: string, pointer: string) => void;
}

export const FormContext = createContext<Form>({ id: "f", values: {}, errors: {}, warnings: {}, set: () => undefined, create: () => undefined });

export function at(values: Values, pointer: string): Value | undefined {
  let here: unknown = values;
  for (const part of pointer.split("/").slice(1)) here = (here as Record<string, unknown> | undefined)?.[part];
  return here as Value | undefined;
}

/** The values with one member changed. */
export function changed(values: Values, pointer: string, value: Value): Values {
  const copy = structuredClone(values);
  const parts = pointer.split("/").slice(1);
  let here: Record<string, unknown> = copy;
  for (const part of parts.slice(0, -1)) {
    here[part] ??= {};
    here = here[part] as Record<string, unknown>;
  }
  here[parts.at(-1) ?? ""] = value;
  return copy;
}

function useField(pointer: string) {
  const form = useContext(FormContext);
  const value = at(form.values, pointer);
  const member = pointer.split("/").at(-1) ?? "";
  return { form, member, text: typeof value === "string" ? value : "", value, error: form.errors[pointer], warning: form.warnings[pointer] };
}

/** The id of a field's input, by which an error leads to it. */
export function fieldId(pointer: string, form = "f"): string {
  return `${form}${pointer.replaceAll("/", "-")}`;
}

interface Common {
  at: string;
  label?: string;
  hint?: string;
  required?: boolean;
}

function Marked({ id, hint, warning, error }: { id: string; hint?: string | undefined; warning?: string | undefined; error?: string | undefined }) {
  return (
    <>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {/* Said when it arises, without taking the focus. */}
      <p class="warning" id={`${id}-warning`} role="status">{warning}</p>
      {error && <p class="error" id={`${id}-error`}>{error}</p>}
    </>
  );
}

function describedBy(id: string, hint?: string, warning?: string, error?: string): string | undefined {
  return [hint && `${id}-hint`, warning && `${id}-warning`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
}

function Label({ id, label, required }: { id: string; label: string; required?: boolean | undefined }) {
  return (
    <label for={id}>
      {label}
      {required && <span class="required"> {t("required")}</span>}
    </label>
  );
}

export function labelOf(member: string): string {
  return t(`field-${member.replaceAll("_", "-")}`);
}

export function Text({ at: pointer, label, hint, required, numeric, long, ltr }: Common & { numeric?: boolean; long?: boolean; ltr?: boolean }) {
  const { form, member, text, error, warning } = useField(pointer);
  const id = fieldId(pointer, form.id);
  const shared = {
    id,
    value: text,
    "aria-invalid": error ? (true as const) : undefined,
    "aria-required": required || undefined,
    "aria-describedby": describedBy(id, hint, warning, error),
  };
  return (
    <div class={`field${error ? " wrong" : ""}${numeric ? " short" : ""}`}>
      <Label id={id} label={label ?? labelOf(member)} required={required} />
      {long ? (
        <textarea {...shared} dir="auto" onInput={(event) => form.set(pointer, event.currentTarget.value)} />
      ) : (
        <input
          {...shared}
          type="text"
          autocomplete="off"
          inputMode={numeric ? "numeric" : undefined}
          dir={ltr || numeric ? "ltr" : "auto"}
          onInput={(event) => form.set(pointer, event.currentTarget.value)}
        />
      )}
      <Marked id={id} hint={hint} warning={warning} error={error} />
    </div>
  );
}

/** A date as exact as it is known; what was understood stands below it, in words. */
export function When({ at: pointer, label, hint, required, period }: Common & { period?: boolean }) {
  const { form, member, text, error, warning } = useField(pointer);
  const id = fieldId(pointer, form.id);
  const picker = useRef<HTMLInputElement>(null);
  const read = text.trim() ? readDate(text) : null;
  const understood = read && read !== "ambiguous" ? date(read.iso, read.precision) : undefined;
  const said = understood ?? hint ?? t(period ? "date-hint-period" : "date-hint");
  return (
    <div class={`field${error ? " wrong" : ""}`}>
      <Label id={id} label={label ?? labelOf(member)} required={required} />
      <div class="date-box">
        <input
          id={id}
          type="text"
          autocomplete="off"
          inputMode="numeric"
          dir="ltr"
          placeholder="2017-03-18"
          value={text}
          aria-invalid={error ? true : undefined}
          aria-required={required || undefined}
          aria-describedby={describedBy(id, said, warning, error)}
          onInput={(event) => form.set(pointer, event.currentTarget.value)}
        />
        <input ref={picker} class="date-picker" type="date" tabIndex={-1} aria-hidden="true" value={read && read !== "ambiguous" ? read.iso : ""} onChange={(event) => event.currentTarget.value && form.set(pointer, event.currentTarget.value)} />
        <button
          type="button"
          class="clear"
          tabIndex={-1}
          aria-hidden="true"
          onClick={() => {
            try {
              picker.current?.showPicker();
            } catch {
              picker.current?.focus();
            }
          }}
        >
          <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path d="M3 6h14v11H3zM3 9.5h14M7 3.5v4M13 3.5v4" fill="none" stroke="currentColor" stroke-width="1.5" />
          </svg>
        </button>
      </div>
      <Marked id={id} hint={said} warning={warning} error={error} />
    </div>
  );
}

export function Choose({ at: pointer, label, hint, required, words, none }: Common & { words: Vocabulary; none?: string }) {
  const { form, member, text, error, warning } = useField(pointer);
  const id = fieldId(pointer, form.id);
  return (
    <div class={`field${error ? " wrong" : ""}`}>
      <Label id={id} label={label ?? labelOf(member)} required={required} />
      <select
        id={id}
        aria-invalid={error ? true : undefined}
        aria-required={required || undefined}
        aria-describedby={describedBy(id, hint, warning, error)}
        value={text}
        onChange={(event) => form.set(pointer, event.currentTarget.value)}
      >
        {none !== undefined && <option value="">{none}</option>}
        {WORDS[words].map((one) => (
          <option key={one} value={one}>{word(words, one)}</option>
        ))}
      </select>
      <Marked id={id} hint={hint} warning={warning} error={error} />
    </div>
  );
}

export function Reference({ at: pointer, label, hint, required, kind }: Common & { kind: Gazetteer }) {
  const { form, member, text, error, warning } = useField(pointer);
  return (
    <Lookup
      kind={kind}
      id={fieldId(pointer, form.id)}
      label={label ?? labelOf(member)}
      value={text || null}
      change={(code) => form.set(pointer, code ?? "")}
      error={error}
      warning={warning}
      create={(typed) => form.create(kind, typed, pointer)}
      {...(hint ? { hint } : {})}
      {...(required ? { required } : {})}
    />
  );
}

export function Tick({ at: pointer, label }: Common) {
  const { form, member, value } = useField(pointer);
  const id = fieldId(pointer, form.id);
  return (
    <div class="tick-field">
      <input id={id} type="checkbox" checked={value === true} onChange={(event) => form.set(pointer, event.currentTarget.checked)} />
      <label for={id}>{label ?? labelOf(member)}</label>
    </div>
  );
}

export function Ticks({ at: pointer, label, words }: Common & { words: Vocabulary }) {
  const { form, member, value } = useField(pointer);
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const name = useId();
  return (
    <fieldset class="ticks">
      <legend class="field-label">{label ?? labelOf(member)}</legend>
      {WORDS[words].map((one) => (
        <div class="tick-field" key={one}>
          <input
            id={`${name}-${one}`}
            type="checkbox"
            checked={chosen.includes(one)}
            onChange={(event) => form.set(pointer, event.currentTarget.checked ? [...chosen, one] : chosen.filter((other) => other !== one))}
          />
          <label for={`${name}-${one}`}>{word(words, one)}</label>
        </div>
      ))}
    </fieldset>
  );
}

/** A count: how exactly the source gives it, the number, and its upper end where there is one. */
export function Count({ at: pointer, unit }: { at: string; unit: "individuals" | "households" }) {
  const { form, error, warning, text } = useField(`${pointer}/${unit}`);
  const quantifier = at(form.values, `${pointer}/${unit}_quantifier`);
  const high = at(form.values, `${pointer}/${unit}_high`);
  const id = fieldId(`${pointer}/${unit}`, form.id);
  const highError = form.errors[`${pointer}/${unit}_high`] ?? form.errors[`${pointer}/${unit}_quantifier`];
  const between = quantifier === "between";
  return (
    <fieldset class={`count-field${error || highError ? " wrong" : ""}`}>
      <legend class="field-label">{t(`unit-${unit}`)}</legend>
      <div class="count-box">
        <select
          aria-label={`${t(`unit-${unit}`)}: ${t("field-quantifier")}`}
          value={typeof quantifier === "string" && quantifier ? quantifier : "exact"}
          onChange={(event) => form.set(`${pointer}/${unit}_quantifier`, event.currentTarget.value)}
        >
          {WORDS.quantifier.map((one) => <option key={one} value={one}>{word("quantifier", one)}</option>)}
        </select>
        <input
          id={id}
          type="text"
          inputMode="numeric"
          autocomplete="off"
          dir="ltr"
          aria-label={t(`unit-${unit}`)}
          aria-invalid={error ? true : undefined}
          aria-describedby={describedBy(id, undefined, warning, error)}
          value={text}
          onInput={(event) => form.set(`${pointer}/${unit}`, event.currentTarget.value)}
        />
        {between && (
          <>
            <span aria-hidden="true">–</span>
            <input
              id={fieldId(`${pointer}/${unit}_high`, form.id)}
              type="text"
              inputMode="numeric"
              autocomplete="off"
              dir="ltr"
              aria-label={`${t(`unit-${unit}`)}: ${t("field-upper")}`}
              aria-invalid={highError ? true : undefined}
              aria-describedby={describedBy(fieldId(`${pointer}/${unit}_high`, form.id), undefined, undefined, highError)}
              value={typeof high === "string" ? high : ""}
              onInput={(event) => form.set(`${pointer}/${unit}_high`, event.currentTarget.value)}
            />
          </>
        )}
      </div>
      <Marked id={id} warning={warning} error={error} />
      {highError && <p class="error" id={`${fieldId(`${pointer}/${unit}_high`, form.id)}-error`}>{highError}</p>}
    </fieldset>
  );
}
