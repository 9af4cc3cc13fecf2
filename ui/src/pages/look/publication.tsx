/** The way to where a figure was published: by its title, else by the site that it stands on. */
import { t } from "../../i18n";
import { Icon } from "../../parts/basics";
import type { Figure } from "./why";

function site(url: string): string {
  try {
    return new URL(url).hostname.replace(/^www\./, "");
  } catch {
    return t("publication");
  }
}

export function Publication({ figure }: { figure: Pick<Figure, "url" | "title"> }) {
  const { url, title } = figure;
  if (!url || !/^https?:/i.test(url)) return null;
  return (
    <a class="publication" href={url} rel="noopener noreferrer nofollow" target="_blank">
      <Icon name="link" />
      <bdi>{title ?? site(url)}</bdi>
      <span class="hidden"> {t("opens-elsewhere")}</span>
    </a>
  );
}
