/** Who is signed in: a token, kept in memory, or in the browser if people ask for that. */
import { signal } from "@preact/signals";

export type Role = "reader" | "editor" | "admin";

export interface Session {
  token: string;
  role: Role;
  kept: boolean;
}

const STORED = "homeward.session";

function stored(): Session | null {
  try {
    const text = localStorage.getItem(STORED);
    return text ? (JSON.parse(text) as Session) : null;
  } catch {
    return null;
  }
}

export const session = signal<Session | null>(stored());
/** Whether the service has refused the token that was in use. */
export const expired = signal(false);

export function mayWrite(): boolean {
  return session.value !== null && session.value.role !== "reader";
}

/** Tries a token: what it opens tells its role. */
export async function signIn(token: string, keep: boolean): Promise<"ok" | "refused" | "unreached"> {
  // A header could not even carry it.
  if (!/^[\x21-\x7e]+$/.test(token)) return "refused";
  const opens = async (path: string) => {
    const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` }, credentials: "omit" });
    return answer.status;
  };
  try {
    const first = await opens("/v1/imports?limit=1");
    if (first === 401) return "refused";
    if (first >= 500) return "unreached";
    const role: Role = first === 403 ? "reader" : (await opens("/v1/tokens")) === 200 ? "admin" : "editor";
    session.value = { token, role, kept: keep };
    expired.value = false;
    if (keep) localStorage.setItem(STORED, JSON.stringify(session.value));
    else localStorage.removeItem(STORED);
    return "ok";
  } catch {
    return "unreached";
  }
}

export function signOut(refused = false): void {
  session.value = null;
  expired.value = refused;
  try {
    localStorage.removeItem(STORED);
    localStorage.removeItem("homeward.gazetteer");
  } catch {
    // Nothing was stored then.
  }
}
