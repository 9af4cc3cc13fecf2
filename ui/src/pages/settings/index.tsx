/** Settings: who is signed in, how the page looks, imports and tokens, and how the service is. */
import { useState } from "preact/hooks";
import { addressOf, call, Refusal, type Row } from "../../api/client";
import { useLoaded } from "../../api/loaded";
import { mayWrite, session, signIn, signOut } from "../../api/session";
import { choose, date, language, number, t, time, typedNumber } from "../../i18n";
import { Done, Notice, Refused, refusalText, Scroll, Segments, Title } from "../../parts/basics";
import { drafts } from "../../store/drafts";
import { entries, waiting } from "../../store/queue";
import { setTheme, theme, type Theme } from "../../store/theme";
import "../../style/enter.css";

export default function Settings() {
  return (
    <>
      <Title>{t("settings-title")}</Title>
      <div class="settings">
        <SignIn />
        <Appearance />
        {mayWrite() && <Imports />}
        {session.value?.role === "admin" && <Tokens />}
        <Service />
        <Browser />
      </div>
    </>
  );
}

function SignIn() {
  const [token, setToken] = useState("");
  const [keep, setKeep] = useState(false);
  const [failed, setFailed] = useState<string>();
  const [busy, setBusy] = useState(false);
  const now = session.value;
  if (now) {
    return (
      <section class="panel" aria-labelledby="sign-title">
        <h2 id="sign-title">{t("signed-in")}</h2>
        <p>{t(`role-${now.role}`)}</p>
        <p class="meaning">{t(now.kept ? "token-kept" : "token-memory")}</p>
        <p class="actions"><button type="button" class="button" onClick={() => signOut()}>{t("sign-out")}</button></p>
      </section>
    );
  }
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const answer = await signIn(token.trim(), keep);
    setBusy(false);
    setFailed(answer === "ok" ? undefined : t(answer === "refused" ? "token-refused" : "failure-offline"));
    if (answer === "ok") setToken("");
  };
  return (
    <section class="panel" aria-labelledby="sign-title">
      <h2 id="sign-title">{t("sign-in")}</h2>
      <p class="meaning">{t("sign-in-about")}</p>
      <form class="stack narrow" onSubmit={submit}>
        <div class={`field${failed ? " wrong" : ""}`}>
          <label for="token">{t("token")}</label>
          <input id="token" type="password" autocomplete="current-password" dir="ltr" value={token} aria-invalid={failed ? true : undefined} aria-describedby={failed ? "token-error" : undefined} onInput={(event) => setToken(event.currentTarget.value)} />
          {failed && <p class="error" id="token-error" role="alert">{failed}</p>}
        </div>
        <div class="tick-field">
          <input id="keep" type="checkbox" checked={keep} onChange={(event) => setKeep(event.currentTarget.checked)} />
          <label for="keep">{t("keep-token")}</label>
        </div>
        <p class="actions"><button type="submit" class="button primary" disabled={busy || !token.trim()}>{t("sign-in")}</button></p>
      </form>
    </section>
  );
}

function Appearance() {
  return (
    <section class="panel" aria-labelledby="look-title">
      <h2 id="look-title">{t("appearance")}</h2>
      <p class="field-label">{t("language")}</p>
      <Segments label={t("language")} name="language" value={language.value} choices={[{ value: "ar", label: "العربية" }, { value: "en", label: "English" }]} change={choose} />
      <p class="field-label">{t("theme")}</p>
      <Segments<Theme>
        label={t("theme")}
        name="theme"
        value={theme.value}
        choices={(["auto", "light", "dark"] as const).map((value) => ({ value, label: t(`theme-${value}`) }))}
        change={setTheme}
      />
      <p class="hint">{t("digits-about")}</p>
    </section>
  );
}

type Import = Row<"ImportView">;

function Imports() {
  const loaded = useLoaded<{ data: Import[] }>("/v1/imports?limit=50", (signal) => call("/v1/imports?limit=50", { signal }));
  const [failed, setFailed] = useState<string>();
  const undo = async (code: string) => {
    if (!confirm(t("undo-sure"))) return;
    try {
      await call(addressOf("/v1/imports/{code}", {}, { code }), { method: "DELETE" });
      setFailed(undefined);
      loaded.again();
    } catch (error) {
      if (error instanceof Refusal) setFailed(error.problem.code === "changed_since" ? `${t("undo-impossible")} ${error.problem.detail ?? ""}` : refusalText(error));
    }
  };
  return (
    <section class="panel wide" aria-labelledby="imports-title">
      <h2 id="imports-title">{t("imports-title")}</h2>
      {loaded.refusal && <Refused refusal={loaded.refusal} again={loaded.again} />}
      {failed && <Notice tone="error">{failed}</Notice>}
      {loaded.body?.data.length === 0 && <p class="empty">{t("imports-none")}</p>}
      {(loaded.body?.data.length ?? 0) > 0 && (
        <Scroll label={t("imports-title")}>
          <table class="cards">
            <thead>
              <tr>
                <th scope="col">{t("column-at")}</th>
                <th scope="col">{t("column-by")}</th>
                <th scope="col">{t("column-sheet")}</th>
                <th scope="col" class="count">{t("column-rows")}</th>
                <th scope="col" class="count">{t("count-created")}</th>
                <th scope="col" class="count">{t("count-updated")}</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {loaded.body?.data.map((one) => {
                const counts = Object.values(one.counts as Record<string, { created: number; updated: number }>);
                return (
                  <tr key={one.code}>
                    <th scope="row">{time(one.at)}</th>
                    <td dir="auto" data-label={t("column-by")}>{one.by}</td>
                    <td data-label={t("column-sheet")}>{t(`sheet-${one.sheet}`)}</td>
                    <td class="count" data-label={t("column-rows")}>{number(one.rows)}</td>
                    <td class="count" data-label={t("count-created")}>{number(counts.reduce((sum, { created }) => sum + created, 0))}</td>
                    <td class="count" data-label={t("count-updated")}>{number(counts.reduce((sum, { updated }) => sum + updated, 0))}</td>
                    <td><button type="button" class="quiet" onClick={() => one.code && undo(one.code)}>{t("undo")}</button></td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

type Token = Row<"TokenRow">;

function Tokens() {
  const loaded = useLoaded<{ data: Token[] }>("/v1/tokens", (signal) => call("/v1/tokens", { signal }));
  const [name, setName] = useState("");
  const [role, setRole] = useState<"reader" | "editor" | "admin">("editor");
  const [days, setDays] = useState("");
  const [made, setMade] = useState<{ name: string; token: string }>();
  const [failed, setFailed] = useState<string>();
  const create = async (event: Event) => {
    event.preventDefault();
    const expires = typedNumber(days);
    if (days.trim() && expires === null) return setFailed(t("not-a-number", { text: days }));
    try {
      const json = { name: name.trim(), role, ...(expires ? { expires_in_days: expires } : {}) };
      const { body } = await call<{ name: string; token: string }>("/v1/tokens", { method: "POST", json });
      setMade(body);
      setFailed(undefined);
      setName("");
      loaded.again();
    } catch (error) {
      if (error instanceof Refusal) setFailed(error.problem.errors?.map(({ message }) => message).join(" ") || (error.problem.detail ?? refusalText(error)));
    }
  };
  const revoke = async (one: string) => {
    if (!confirm(t("revoke-sure", { name: one }))) return;
    try {
      await call(addressOf("/v1/tokens/{name}", {}, { name: one }), { method: "DELETE" });
      loaded.again();
    } catch (error) {
      if (error instanceof Refusal) setFailed(refusalText(error));
    }
  };
  return (
    <section class="panel wide" aria-labelledby="tokens-title">
      <h2 id="tokens-title">{t("tokens-title")}</h2>
      {loaded.refusal && <Refused refusal={loaded.refusal} again={loaded.again} />}
      {failed && <Notice tone="error">{failed}</Notice>}
      {made && (
        <Notice tone="done">
          <p>{t("token-made", { name: made.name })}</p>
          <p><code class="token">{made.token}</code></p>
          <p class="actions"><Done label={t("copy")} done={t("copied-it")} act={() => navigator.clipboard?.writeText(made.token)} /></p>
        </Notice>
      )}
      <form class="grid" onSubmit={create}>
        <div class="field">
          <label for="token-name">{t("token-name")}</label>
          <input id="token-name" type="text" dir="auto" autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </div>
        <div class="field">
          <label for="token-role">{t("token-role")}</label>
          <select id="token-role" value={role} onChange={(event) => setRole(event.currentTarget.value as typeof role)}>
            {(["reader", "editor", "admin"] as const).map((one) => <option key={one} value={one}>{t(`role-${one}`)}</option>)}
          </select>
        </div>
        <div class="field">
          <label for="token-days">{t("token-days")}</label>
          <input id="token-days" type="text" inputMode="numeric" dir="ltr" value={days} onInput={(event) => setDays(event.currentTarget.value)} />
        </div>
        <p class="actions end"><button type="submit" class="button" disabled={!name.trim()}>{t("token-create")}</button></p>
      </form>
      <Scroll label={t("tokens-title")}>
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">{t("token-name")}</th>
              <th scope="col">{t("token-role")}</th>
              <th scope="col">{t("column-created")}</th>
              <th scope="col">{t("column-expires")}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {loaded.body?.data.map((one) => (
              <tr key={one.name}>
                <th scope="row" dir="auto">{one.name}</th>
                <td data-label={t("token-role")}>{t(`role-${one.role}`)}</td>
                <td data-label={t("column-created")}>{date(one.created_at)}</td>
                <td data-label={t("column-expires")}>{one.revoked_at ? t("revoked", { date: date(one.revoked_at) }) : one.expires_at ? date(one.expires_at) : t("never")}</td>
                <td>{!one.revoked_at && <button type="button" class="quiet" onClick={() => revoke(one.name)}>{t("revoke")}</button>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Service() {
  const ready = useLoaded<{ status: string }>("/health/ready", (signal) => call("/health/ready", { signal }));
  const well = ready.body && !ready.refusal && !ready.stale;
  return (
    <section class="panel" aria-labelledby="service-title">
      <h2 id="service-title">{t("service-title")}</h2>
      {ready.stale ? <p>{t("checking")}</p> : well ? <Notice tone="done">{t("service-well")}</Notice> : <Notice tone="error">{t(ready.refusal?.status === 503 ? "service-ill" : "failure-offline")}</Notice>}
      <p class="actions"><button type="button" class="button" onClick={ready.again}>{t("service-again")}</button></p>
    </section>
  );
}

function Browser() {
  const clear = () => {
    if (!confirm(t(waiting.value > 0 ? "browser-clear-waiting" : "browser-clear-sure", { count: waiting.value }))) return;
    for (const name of Object.keys(localStorage)) if (name.startsWith("homeward.")) localStorage.removeItem(name);
    if ("caches" in window) caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("homeward-answers")).map((name) => caches.delete(name))));
    drafts.value = [];
    entries.value = [];
    signOut();
  };
  return (
    <section class="panel" aria-labelledby="browser-title">
      <h2 id="browser-title">{t("browser-title")}</h2>
      <p class="meaning">{t("browser-about", { drafts: drafts.value.length, entries: entries.value.length })}</p>
      <p class="actions"><button type="button" class="button danger" onClick={clear}>{t("browser-clear")}</button></p>
    </section>
  );
}
