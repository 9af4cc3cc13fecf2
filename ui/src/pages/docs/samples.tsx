/** Ready samples: for a terminal, a spreadsheet, R and Python, with the address of this very service. */
import { language, t } from "../../i18n";
import { Icon, Title } from "../../parts/basics";
import { saveAddress } from "../../parts/save";
import { Code } from "./code";
import "../../style/docs.css";

export default function Samples() {
  const here = location.origin;
  const flows = `${here}/v1/stats/flows.csv?by=month,destination&level=admin1${language.value === "ar" ? "&labels=ar" : ""}`;
  const samples: [string, string][] = [
    [
      "sample-curl",
      `# Who left, who came back, who is still away\ncurl '${here}/v1/stats/summary'\n\n# The same as a file, with a token where the service is closed\ncurl -OJ -H "Authorization: Bearer $TOKEN" '${here}/v1/movements.csv?from=2017-03-01&to=2017-05-31'`,
    ],
    ["sample-excel", `let\n  Source = Csv.Document(\n    Web.Contents("${here}",\n      [RelativePath = "v1/stats/flows.csv", Query = [by = "month,destination", level = "admin1"]]),\n    [Delimiter = ",", Encoding = 65001]),\n  Rows = Table.PromoteHeaders(Source)\nin\n  Rows`],
    ["sample-r", `flows <- read.csv("${flows}", encoding = "UTF-8")\n# NA is "nobody knows", 0 is 0.\naggregate(displaced_individuals ~ period, flows, sum, na.rm = TRUE)`],
    ["sample-python", `import pandas\n\nflows = pandas.read_csv("${flows}")\n# Empty is "nobody knows": min_count keeps it from becoming 0.\nprint(flows.groupby("period")["displaced_individuals"].sum(min_count=1))`],
    [
      "sample-write",
      `curl '${here}/v1/batches' \\\n  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\\n  -H "Idempotency-Key: $(uuidgen)" -d '{\n    "origin": "al-waer", "departed_on": "2017-06-03",\n    "movements": [{"destination": "SY07", "figures": [\n      {"stage": "departed", "source": "sana", "individuals": 250, "individuals_quantifier": "approximately"}]}]}'`,
    ],
    ["sample-sheet", `curl -OJ '${here}/v1/templates/movements.xlsx'\n# Fill it in, look what would happen, then write it\ncurl '${here}/v1/imports/movements' -H "Authorization: Bearer $TOKEN" \\\n  -H 'Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' --data-binary @movements.xlsx\ncurl '${here}/v1/imports/movements?commit=true' -H "Authorization: Bearer $TOKEN" \\\n  -H 'Content-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' --data-binary @movements.xlsx`],
  ];
  return (
    <>
      <div class="lead">
        <p class="eyebrow"><a href="/docs">{t("nav-docs")}</a></p>
        <Title>{t("docs-samples")}</Title>
        <p class="about">{t("samples-about")}</p>
      </div>
      <p class="actions">
        {(["movements", "returns", "locations", "sources", "agreements"] as const).map((sheet) => (
          <button type="button" class="button" key={sheet} onClick={() => saveAddress(`/v1/exports/${sheet}.xlsx?lang=${language.value}`)}>
            <Icon name="down" /> {t("sample-of", { sheet: t(`sheet-${sheet}`) })}
          </button>
        ))}
      </p>
      {samples.map(([id, text]) => (
        <section class="panel" key={id} aria-labelledby={id}>
          <h2 id={id}>{t(id)}</h2>
          <Code text={text} label={t(id)} />
        </section>
      ))}
    </>
  );
}
