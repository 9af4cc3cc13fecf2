import { Title } from "../../parts/basics";
export default function Page() {
  return <Title>…</Title>;
}
