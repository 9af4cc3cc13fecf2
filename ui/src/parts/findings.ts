/** What the service finds wrong or remarkable, in the reader's language: by its code, since messages are English. */
import { has, isolated, language, t } from "../i18n";

interface Found {
  code: string;
  message: string;
  value?: unknown;
  suggestion?: string | null;
}

export function problemId(code: string): string {
  return `problem-${code.replaceAll("_", "-")}`;
}

export function foundText(found: Found): string {
  const id = `${problemId(found.code)}-meaning`;
  if (language.value === "en" || !has(id)) return found.message;
  const meaning = t(id);
  return found.suggestion ? `${meaning} ${t("did-you-mean", { suggestion: isolated(found.suggestion) })}` : meaning;
}
