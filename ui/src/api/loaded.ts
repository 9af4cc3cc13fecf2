/** What a view reads: loading, there, or refused; the last answer stays until the next one is there. */
import { useEffect, useState } from "preact/hooks";
import { type Reply, Refusal } from "./client";
import { session } from "./session";

export interface Loaded<Body> {
  body: Body | undefined;
  refusal: Refusal | undefined;
  /** Whether `body` is of an earlier question. */
  stale: boolean;
  /** When the browser kept the answer, where it is no fresh one. */
  kept: string | null;
  etag: string | null;
  again: () => void;
}

/** Reads whenever the question changes; a null question asks nothing. */
export function useLoaded<Body>(
  question: string | null,
  read: (signal: AbortSignal) => Promise<Reply<Body>>,
): Loaded<Body> {
  const [answer, setAnswer] = useState<{ question: string; reply?: Reply<Body>; refusal?: Refusal }>();
  const [round, setRound] = useState(0);
  const asked = question === null ? null : `${question}\n${session.value?.token ?? ""}\n${round}`;
  useEffect(() => {
    if (asked === null) return;
    const abort = new AbortController();
    read(abort.signal).then(
      (reply) => !abort.signal.aborted && setAnswer({ question: asked, reply }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const refusal = error instanceof Refusal ? error : new Refusal(0, { detail: String(error) });
        setAnswer({ question: asked, refusal });
      },
    );
    return () => abort.abort();
    // The question says all that the reading depends on.
  }, [asked]);
  const fresh = asked !== null && answer?.question === asked;
  return {
    body: asked === null ? undefined : answer?.reply?.body,
    refusal: fresh ? answer?.refusal : undefined,
    stale: asked !== null && !fresh,
    kept: answer?.reply?.kept ?? null,
    etag: answer?.reply?.etag ?? null,
    again: () => setRound((rounds) => rounds + 1),
  };
}
