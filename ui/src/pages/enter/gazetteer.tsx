/** The forms of places, sources and agreements, and the little one that opens where a reference is missing. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { add as remember, type Kind as Gazetteer } from "../../store/gazetteer";
import { add } from "../../store/queue";
import { changed, Choose, FormContext, Reference, Text, Tick, When } from "./fields";
import { toBody, type Marks, type Values } from "./model";

export function GazetteerForm({ kind, brief }: { kind: Gazetteer; brief?: boolean }) {
  return (
    <div class="stack">
      <div class="grid">
        <Text at="/name" required label={t("field-name")} />
        <Text at="/name_ar" label={t("field-name-ar")} />
        {kind === "locations" && <Choose at="/kind" words="location_kind" required none="" label={t("field-location-kind")} />}
        {kind === "locations" && <Reference at="/parent" kind="locations" hint={t("hint-parent")} />}
        {kind === "sources" && <Choose at="/kind" words="source_kind" required none="" label={t("field-source-kind")} />}
        {kind === "sources" && !brief && <Choose at="/reliability" words="reliability" none="" />}
        {kind === "agreements" && <When at="/signed_on" />}
        {kind === "agreements" && !brief && <Reference at="/location" kind="locations" />}
        {kind !== "locations" && !brief && <Text at="/url" ltr />}
        {kind === "locations" && !brief && (
          <>
            <Choose at="/settlement_type" words="settlement_type" none="" />
            <Text at="/p_code" ltr hint={t("hint-p-code")} />
            <Text at="/latitude" ltr />
            <Text at="/longitude" ltr />
            <Text at="/aliases" hint={t("hint-aliases")} />
          </>
        )}
        {!brief && <Text at="/code" ltr hint={t("hint-code")} />}
      </div>
      {kind === "sources" && !brief && <Tick at="/confidential" />}
      {kind === "agreements" && !brief && <Text at="/notes" long hint={t("hint-notes")} />}
    </div>
  );
}

/** A code that people can read, where the name has Latin letters, and one that is nobody else's. */
export function codeFor(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/['’`ʼ]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  const own = [...crypto.getRandomValues(new Uint8Array(3))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return plain ? `${plain}-${own}` : `x-${own}${Date.now().toString(36)}`;
}

interface CreateProps {
  kind: Gazetteer;
  typed: string;
  done: (code: string | null) => void;
}

/** Makes a place, a source or an agreement on the way, without leaving the form. */
export function Create({ kind, typed, done }: CreateProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const arabic = /[\u0600-\u06ff]/.test(typed);
  const [values, setValues] = useState<Values>({ name: typed, ...(arabic ? { name_ar: typed } : {}) });
  const [errors, setErrors] = useState<Marks>({});
  useEffect(() => dialog.current?.showModal(), []);
  const save = (event: Event) => {
    event.preventDefault();
    event.stopPropagation();
    const { body, errors: found } = toBody(values);
    if (!body.name) found["/name"] = t("missing");
    if (kind !== "agreements" && !body.kind) found["/kind"] = t("missing");
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    const code = codeFor(String(body.name));
    remember(kind, { code, name: String(body.name), name_ar: (body.name_ar as string | undefined) ?? null, kind: String(body.kind ?? "") });
    add({ title: String(body.name), resource: kind, method: "POST", path: `/v1/${kind}`, body: { ...body, code } });
    done(code);
  };
  const form = {
    id: "create",
    values,
    errors,
    warnings: {},
    set: (pointer: string, value: Values[string]) => setValues((before) => changed(before, pointer, value ?? "")),
    // What is missing here as well is left out, and can be added later.
    create: () => undefined,
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="create-title" onClose={() => done(null)} onCancel={() => done(null)}>
      <form onSubmit={save} class="stack" noValidate>
        <h2 id="create-title">{t(`create-${kind}`)}</h2>
        <FormContext.Provider value={form}>
          <GazetteerForm kind={kind} brief />
        </FormContext.Provider>
        <p class="actions">
          <button type="submit" class="button primary">{t("create")}</button>
          <button type="button" class="button" onClick={() => done(null)}>{t("cancel")}</button>
        </p>
      </form>
    </dialog>
  );
}
