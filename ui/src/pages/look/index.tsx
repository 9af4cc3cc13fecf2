/** The front page: who left, who came back, who is still away. */
import { view } from "./view";
import { Overview } from "./overview";
import { MovementPage, ReturnPage } from "./detail";

export default function Look() {
  const { movement, return: back } = view.value;
  if (movement) return <MovementPage key={movement} code={movement} />;
  if (back) return <ReturnPage key={back} code={back} />;
  return <Overview />;
}
