/** Type-ahead for places, sources and agreements: the combobox pattern of the ARIA practices, with a list below. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { language, t } from "../i18n";
import { detailOf, find, folded, type Kind, type Known, nameOf, search } from "../store/gazetteer";
import { Icon } from "./basics";

interface Props {
  kind: Kind;
  label: string;
  value: string | null | undefined;
  change: (code: string | null, row?: Known) => void;
  hint?: string;
  required?: boolean;
  error?: string | undefined;
  warning?: string | undefined;
  /** Offers to make what is not there. */
  create?: (typed: string) => void;
  id?: string;
}

export function Lookup({ kind, label, value, change, hint, required, error, warning, create, id: given }: Props) {
  const made = useId();
  const id = given ?? made;
  const [typed, setTyped] = useState<string | null>(null);
  const [name, setName] = useState("");
  const [rows, setRows] = useState<Known[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  /** What was typed and left before anything was chosen: on a slow line people are faster than the list. */
  const [left, setLeft] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);

  // The name of a code that came from an address or a draft.
  useEffect(() => {
    let gone = false;
    setName("");
    if (value) {
      setLeft(null);
      setName(value);
      find(kind, value).then((row) => !gone && row && setName(nameOf(row)));
    }
    return () => {
      gone = true;
    };
  }, [value, kind, language.value]);

  const text = typed ?? left ?? name;
  useEffect(() => {
    if (!open) return;
    const abort = new AbortController();
    const timer = setTimeout(
      () => {
        search(kind, typed ?? "", abort.signal).then(
          (found) => {
            if (abort.signal.aborted) return;
            setRows(found);
            setFailed(false);
            setAt(found.length > 0 && typed ? 0 : -1);
          },
          () => {
            if (abort.signal.aborted) return;
            setRows([]);
            setFailed(true);
          },
        );
      },
      rows === null ? 0 : 150,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [open, typed, kind]);

  // What was left is looked up all the same, and taken where it can only be one row.
  useEffect(() => {
    if (left === null) return;
    const abort = new AbortController();
    search(kind, left, abort.signal).then(
      (found) => {
        const alike = found.filter((row) => [row.code, row.p_code, row.name, row.name_ar].some((one) => one && folded(one) === folded(left)));
        const [row] = alike.length > 0 ? alike : found;
        if (abort.signal.aborted || !row || (alike.length !== 1 && found.length !== 1)) return;
        setName(nameOf(row));
        setLeft(null);
        change(row.code, row);
      },
      () => undefined,
    );
    return () => abort.abort();
  }, [left]);

  const options = rows ?? [];
  const offers = create && typed && typed.trim().length > 1 ? typed.trim() : null;
  const count = options.length + (offers ? 1 : 0);

  const close = () => {
    setOpen(false);
    setTyped(null);
    setRows(null);
    setAt(-1);
  };
  const pick = (index: number) => {
    const row = options[index];
    if (row) {
      setName(nameOf(row));
      close();
      change(row.code, row);
    } else if (offers && create) {
      close();
      create(offers);
    }
  };
  const key = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) setOpen(true);
      else if (count > 0) setAt((now) => (event.key === "ArrowDown" ? (now + 1) % count : (now <= 0 ? count : now) - 1));
    } else if (event.key === "Enter" && open && at >= 0) {
      event.preventDefault();
      pick(at);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && open && at >= 0 && typed) pick(at);
  };
  const leave = () => {
    if (typed?.trim() && !value) setLeft(typed.trim());
    close();
  };
  const type = (now: string) => {
    setTyped(now);
    setLeft(null);
    setOpen(true);
    if (!now && value) change(null);
  };
  const unchosen = left === null ? undefined : t("lookup-unchosen", { typed: left });
  const described = [hint && `${id}-hint`, warning && `${id}-warning`, (unchosen ?? error) && `${id}-error`].filter(Boolean).join(" ");

  return (
    <div class={`field lookup${unchosen ?? error ? " wrong" : ""}`}>
      <label for={id}>
        {label}
        {required && <span class="required"> {t("required")}</span>}
      </label>
      <div class="lookup-box">
        <input
          ref={input}
          id={id}
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          aria-expanded={open}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={open && at >= 0 ? `${id}-${at}` : undefined}
          aria-invalid={unchosen ?? error ? true : undefined}
          aria-required={required || undefined}
          aria-describedby={described || undefined}
          value={text}
          onInput={(event) => type(event.currentTarget.value)}
          onFocus={(event) => {
            if (left !== null) type(left);
            event.currentTarget.select();
          }}
          onClick={() => setOpen(true)}
          onKeyDown={key}
          data-unchosen={left === null ? undefined : true}
          onBlur={leave}
        />
        {value && (
          <button
            type="button"
            class="clear"
            // By keyboard the field is emptied as any other is, and the way to the next one is one step.
            tabIndex={-1}
            aria-label={t("clear-field", { field: label })}
            onClick={() => {
              change(null);
              close();
              input.current?.focus();
            }}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!open || (count === 0 && rows === null)}>
        {open &&
          options.map((row, index) => (
            <li
              key={row.code}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === at}
              // Before the field loses the focus.
              onMouseDown={(event) => {
                event.preventDefault();
                pick(index);
              }}
            >
              <span dir="auto">{nameOf(row)}</span>
              <small dir="auto">{detailOf(kind, row)}</small>
            </li>
          ))}
        {open && offers && (
          <li
            id={`${id}-${options.length}`}
            role="option"
            class="offer"
            aria-selected={at === options.length}
            onMouseDown={(event) => {
              event.preventDefault();
              pick(options.length);
            }}
          >
            <Icon name="plus" />
            <span>{t("create-it", { name: offers })}</span>
          </li>
        )}
        {open && rows !== null && count === 0 && (
          <li class="none" role="option" aria-selected="false" aria-disabled="true">
            {t(failed ? "lookup-failed" : "lookup-none")}
          </li>
        )}
      </ul>
      <span class="hidden" role="status">{open && rows !== null ? t("lookup-count", { count: options.length }) : ""}</span>
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {warning && <p class="warning" id={`${id}-warning`}>{warning}</p>}
      {(unchosen ?? error) && <p class="error" id={`${id}-error`}>{unchosen ?? error}</p>}
    </div>
  );
}
