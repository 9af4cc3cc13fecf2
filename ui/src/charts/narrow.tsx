/** The name of a place in a table, which is the way to its own view. */
import { withQuery } from "../router";

export function Narrow({ to, children }: { to: Record<string, string | null | undefined>; children: string }) {
  const [code] = Object.values(to);
  return code ? <a href={withQuery(to)}>{children}</a> : <>{children}</>;
}
