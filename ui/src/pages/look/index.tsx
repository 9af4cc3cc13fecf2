/** The front page: who left, who came back, who is still away. */
import { t } from "../../i18n";
import { Title } from "../../parts/basics";
import { later } from "../../parts/later";
import { view } from "./view";
import { Overview } from "./overview";

const waiting = () => <Title>{t("loading")}</Title>;
const MovementPage = later(async () => (await import("./detail")).MovementPage, waiting);
const ReturnPage = later(async () => (await import("./detail")).ReturnPage, waiting);

export default function Look() {
  const { movement, return: back } = view.value;
  if (movement) return <MovementPage key={movement} code={movement} />;
  if (back) return <ReturnPage key={back} code={back} />;
  return <Overview />;
}
