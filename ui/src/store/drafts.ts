/** Drafts: every form as it was typed, kept in the browser until it has become an entry of the queue. */
import { signal } from "@preact/signals";

export interface Draft {
  id: string;
  kind: string;
  at: string;
  title: string;
  values: unknown;
  /** The row that is being changed, with its revision and what stood there. */
  edits?: { code: string; etag: string | null; before: unknown };
  /** The entry of the queue that was refused and is mended here. */
  entry?: string;
}

const PREFIX = "homeward.draft.";

function load(): Draft[] {
  const found: Draft[] = [];
  try {
    for (let index = 0; index < localStorage.length; index++) {
      const name = localStorage.key(index) ?? "";
      if (name.startsWith(PREFIX)) found.push(JSON.parse(localStorage.getItem(name) ?? "") as Draft);
    }
  } catch {
    // Then there are no drafts.
  }
  return found.sort((a, b) => (a.at < b.at ? 1 : -1));
}

export const drafts = signal<Draft[]>(load());

/** The draft that is being worked on. */
export const open = signal<string | null>(null);

export function find(id: string): Draft | undefined {
  return drafts.value.find((draft) => draft.id === id);
}

/** Keeps a draft; false where the browser cannot. */
export function keep(draft: Draft): boolean {
  drafts.value = [draft, ...drafts.value.filter(({ id }) => id !== draft.id)];
  try {
    localStorage.setItem(PREFIX + draft.id, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function discard(id: string): void {
  drafts.value = drafts.value.filter((draft) => draft.id !== id);
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // It was not there.
  }
}

addEventListener("storage", (event) => {
  if (event.key === null || event.key.startsWith(PREFIX)) drafts.value = load();
});
