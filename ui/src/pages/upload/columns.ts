/** Which column of a file is which column of the sheet, as the service itself understands headings. */
import { call } from "../../api/client";
import { folded } from "../../store/gazetteer";

export interface Column {
  name: string;
  required: boolean;
  kind: string;
  words: { word: string; label_ar: string }[];
  aliases: string[];
  meaning: string;
  meaning_ar: string;
  example: string;
}
export interface Sheet {
  sheet: string;
  columns: Column[];
}

let known: Promise<Sheet[]> | undefined;

export function sheets(): Promise<Sheet[]> {
  known ??= call<Sheet[]>("/docs/columns.json").then(
    ({ body }) => body,
    (error) => {
      known = undefined;
      throw error;
    },
  );
  return known;
}

/** For every column of the file its name in the sheet, where it has one. */
export function named(header: string[], columns: Column[]): (string | null)[] {
  const plain = (text: string) => folded(text.replaceAll("_", " "));
  const names = new Map<string, string>();
  for (const { name, aliases } of columns) for (const heading of [name, ...aliases]) names.set(plain(heading), name);
  return header.map((heading) => names.get(plain(heading)) ?? null);
}
