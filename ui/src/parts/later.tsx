/** A part of a page that is loaded when it is first shown: whoever does not need it does not wait for it. */
import { type ComponentChildren, createElement, type FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { Notice } from "./basics";

export function later<Props extends object>(load: () => Promise<FunctionComponent<Props>>, waiting?: () => ComponentChildren): FunctionComponent<Props> {
  let there: FunctionComponent<Props> | undefined;
  return function Later(props: Props) {
    const [Body, setBody] = useState(() => there);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (there) return;
      load().then(
        (loaded) => {
          there = loaded;
          setBody(() => loaded);
        },
        () => setFailed(true),
      );
    }, []);
    if (Body) return createElement(Body, props);
    if (failed) return <Notice tone="error">{t("page-failed")}</Notice>;
    return <div aria-busy="true">{waiting ? waiting() : <p class="loading">{t("loading")}</p>}</div>;
  };
}
