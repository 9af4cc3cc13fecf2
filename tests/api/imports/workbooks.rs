//! Workbooks as programs save them: `tests/sheets` has one small record as each of them writes it.

use std::path::Path;

use serde_json::{Value, json};

use super::{import, problem, problems};
use crate::support::{Answer, Client, TestApp, given};

/// The same record, saved by programs that people have; `tests/sheets/README.md` says how each was made.
const WORKBOOKS: [&str; 9] = [
    "excel",
    "excel-arabic-1904",
    "excel-strict",
    "google-sheets",
    "libreoffice",
    "open-xml-sdk",
    "openpyxl",
    "pandas",
    "wps",
];

/// What they all say.
const SAID: &str = "batch,origin,departed_on,destination,arrived_on,stage,source,households,individuals,notes\n\
    daraya-1,daraya,2016-08-26,idleb,2016-08-27,departed,sarc,300,1354,\"by bus, \"\"medical\"\" escort\nafter noon\"\n\
    daraya-1,daraya,2016-08-26,idleb,2016-08-27,arrived,monitor,,1320,\n\
    daraya-1,daraya,2016-08-26,harjala,,departed,sarc,,62,\n\
    2,daraya,2016-08-27,harjala,,departed,sarc,40,165,نساء وأطفال & < > '\n";

async fn daraya(app: &TestApp) {
    for (code, name_ar) in [("daraya", "داريا"), ("idleb", "إدلب"), ("harjala", "حرجلة")] {
        given::location(code).with("name_ar", name_ar).put(app).await;
    }
    given::source("sarc").with("name", "SARC").put(app).await;
    given::source("monitor").with("name", "The monitor").with("name_ar", "الراصد").put(app).await;
}

async fn send(client: &Client, name: &str, query: &str) -> Answer {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/sheets/{name}.xlsx"));
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let book = std::fs::read(path).unwrap();
    client.send("POST", &format!("/v1/imports/movements{query}"), Some((kind, &book))).await
}

/// The record as a sheet, without the codes that the service made.
async fn record(app: &TestApp) -> Vec<Vec<String>> {
    let text = app.editor().text("/v1/exports/movements.csv").await;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let figure = reader.headers().unwrap().iter().position(|name| name == "figure").unwrap();
    let cells = |row: csv::StringRecord| {
        row.iter().enumerate().filter(|(at, _)| *at != figure).map(|(_, cell)| cell.to_owned()).collect()
    };
    reader.records().map(|row| cells(row.unwrap())).collect()
}

both! {
    async fn whichever_program_saved_it_it_says_the_same(app) {
        daraya(app).await;
        let done = import(&app.editor(), "movements", "?commit=true", SAID).await.is(201).json();
        let said = record(app).await;
        assert_eq!((said.len(), app.editor().rows("/v1/stats/flows").await[0]["displaced_individuals"].clone()), (4, json!(1581)));
        app.editor().delete(&format!("/v1/imports/{}", done["code"].as_str().unwrap())).await.is(204);
        let mut expected = json!({
            "code": null, "sheet": "movements", "committed": false, "rows": 4,
            "counts": {
                "batches": {"created": 2, "updated": 0, "unchanged": 0},
                "figures": {"created": 4, "updated": 0, "unchanged": 0},
                "movements": {"created": 3, "updated": 0, "unchanged": 0},
            },
            "errors": [], "warnings": [], "errors_total": 0, "warnings_total": 0, "at": null, "by": null,
        });
        for name in WORKBOOKS {
            let tried = send(&app.editor(), name, "").await.is(200).json();
            assert_eq!(tried, expected, "{name}");
            let done = send(&app.editor(), name, "?commit=true").await.is(201).json();
            assert_eq!((&done["counts"], &done["warnings"]), (&expected["counts"], &json!([])), "{name}");
            assert_eq!(record(app).await, said, "{name}");
            app.editor().delete(&format!("/v1/imports/{}", done["code"].as_str().unwrap())).await.is(204);
        }
        // Nothing is there twice where one program has saved what another one has.
        send(&app.editor(), "wps", "?commit=true").await.is(201);
        for resource in ["batches", "figures", "movements"] {
            let all = expected["counts"][resource]["created"].take();
            expected["counts"][resource] = json!({"created": 0, "updated": 0, "unchanged": all});
        }
        for name in ["excel", "google-sheets", "libreoffice"] {
            assert_eq!(send(&app.editor(), name, "").await.is(200).json(), expected, "{name}");
        }
    }

    async fn what_goes_wrong_in_workbooks_is_told_by_row_and_column(app) {
        daraya(app).await;
        let refused = send(&app.editor(), "problems", "?commit=true").await.is_problem(422, "invalid_sheet").json();
        let expected = [
            problem(2, "", "too_many_cells", ""),
            problem(2, "individuals", "formula", ""),
            problem(3, "individuals", "formula", ""),
            problem(4, "households", "wrong_type", ""),
            problem(5, "departed_on", "invalid_date", "2016-08-26"),
            problem(6, "departed_on", "invalid_date", "2016-08-26"),
            problem(7, "departed_on", "ambiguous_date", "2017-03-04 or 2017-04-03"),
            problem(8, "departed_on", "invalid_date", ""),
            problem(9, "individuals", "wrong_type", ""),
            problem(10, "individuals", "wrong_type", ""),
            problem(11, "individuals", "wrong_type", ""),
            problem(12, "individuals", "ambiguous_number", "1354 or 1.354"),
            problem(13, "origin", "unknown_reference", "daraya"),
            problem(14, "stage", "unknown_word", "departed"),
            // Merged with the cell above, as the table looks; empty, as the file is.
            problem(16, "departed_on", "no_batch", ""),
            problem(17, "individuals", "out_of_range", ""),
            problem(18, "individuals", "out_of_range", ""),
            problem(21, "batch", "total_row", ""),
        ];
        assert_eq!(problems(&refused, "errors"), expected);
        assert_eq!(app.editor().rows("/v1/batches").await, Vec::<Value>::new());
    }
}
