//! The samples in `examples/clients`, against `homeward demo`: those that can be run here are run; of the others every address is
//! asked for, and every column that they use is looked for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::support::{Client, Outcome, Service, command, homeward, token};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The demonstration, and its editor's token.
struct Demo {
    service: Service,
    token: String,
}

impl Demo {
    fn start() -> Self {
        let service = Service::of(&mut command("sqlite:/nowhere/at/all.db", &["demo"]));
        let printed = service.out();
        let token = printed.lines().find_map(|line| line.strip_prefix("An editor's token: ")).expect("a token");
        Self { token: token.to_owned(), service }
    }

    fn editor(&self) -> Client {
        self.service.with_token(&self.token)
    }

    /// Runs a sample to its end, told where the service is. Without a token it reads what everybody may.
    fn run(&self, program: &str, arguments: &[&str], token: Option<&str>) -> Outcome {
        let mut command = Command::new(program);
        command.current_dir(ROOT).args(arguments).env("HOMEWARD_URL", format!("http://{}", self.service.address()));
        // Nothing of the machine's own settings: neither its language nor its proxies.
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "HOMEWARD_TOKEN", "LANGUAGE"] {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C.UTF-8").envs(token.map(|token| ("HOMEWARD_TOKEN", token)));
        Outcome::of(&mut command)
    }

    /// How many came and went; it is the same before and after.
    fn summary(&self) -> Value {
        self.service.client().rows("/v1/stats/summary").remove(0)
    }
}

/// A sample as it stands in the tree.
fn sample(name: &str) -> String {
    std::fs::read_to_string(PathBuf::from(ROOT).join("examples/clients").join(name)).unwrap()
}

/// A script that prepares a language, and prints where it is.
fn prepared(script: &[&str]) -> String {
    let done = Command::new(PathBuf::from(ROOT).join(script[0])).args(&script[1..]).output().unwrap();
    assert!(done.status.success(), "{script:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// Lines without the space that tables have at their ends.
fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// What the round prints, by its steps.
fn steps(printed: &str) -> BTreeMap<&str, Vec<&str>> {
    let parts = printed.split("\n== ").skip(1);
    parts
        .map(|part| {
            let mut lines = part.lines();
            let title = lines.next().unwrap().split([':', ',', '(']).next().unwrap().trim();
            (title, lines.filter(|line| !line.is_empty()).collect())
        })
        .collect()
}

#[test]
fn curl_does_the_round() {
    let demo = Demo::start();
    let before = demo.summary();
    let round = demo.run("examples/clients/round.sh", &[], Some(&demo.token));
    assert_eq!((round.status, round.err.as_str()), (Some(0), ""), "{round}");
    let steps = steps(&round.out);
    let json = |title: &str| -> Value { serde_json::from_str(steps[title][0]).unwrap() };
    assert_eq!(
        steps["An empty sheet"],
        ["batch,kind,number,agreement,origin,scheduled_on,departed_on,departed_on_precision"]
    );

    let tried = json("A dry run");
    let entries: Vec<_> =
        tried["errors"].as_array().unwrap().iter().map(|one| [&one["row"], &one["suggestion"]]).collect();
    assert_eq!(tried["status"], 422);
    assert_eq!(entries, [[&json!(2), &json!("SY0208")], [&json!(3), &json!("SY07 or SY0700")]]);

    let counts = json!({
        "batches": {"created": 1, "updated": 0, "unchanged": 0},
        "figures": {"created": 2, "updated": 0, "unchanged": 0},
        "movements": {"created": 2, "updated": 0, "unchanged": 0},
    });
    for (title, committed) in [("Mended", false), ("Committed", true)] {
        let report = json(title);
        assert_eq!((&report["committed"], &report["counts"]), (&json!(committed), &counts), "{title}");
    }
    let come_in = [
        "code,destination,origin,departed_on,individuals",
        "round-1.SY07,SY07,al-waer,2017-06-03,1100",
        "round-1.SY0208,SY0208,al-waer,2017-06-03,250",
    ];
    assert_eq!(steps["What has come in"], come_in);
    let counted = [
        "period,destination,destination_name,displaced_households,displaced_individuals",
        "2017-06,SY02,Aleppo,50,250",
        "2017-06,SY07,Idleb,,1100",
    ];
    assert_eq!(steps["Statistics"], counted);
    let again = json("A sheet out");
    assert_eq!(again["counts"]["figures"], json!({"created": 0, "updated": 0, "unchanged": 2}));
    assert_eq!(steps["Asked again with its ETag"], ["304"]);
    assert_eq!(steps["Everything at once"], ["dataset.zip"]);
    assert_eq!(steps["And the import is taken back"], ["204", "404"]);
    assert_eq!(demo.summary(), before);

    // Without a token it does not begin, and with a wrong one it does not go on.
    assert_ne!(demo.run("examples/clients/round.sh", &[], None).status, Some(0));
    let refused = demo.run("examples/clients/round.sh", &[], Some("hw_wrong"));
    assert!(refused.status != Some(0) && !refused.out.contains("A dry run"), "{refused}");
    demo.service.stop();
}

#[test]
fn python_sends_a_sheet() {
    let demo = Demo::start();
    let folder = tempfile::tempdir().unwrap();
    let send = |arguments: &[&str], token: &str| {
        let arguments = [&["examples/clients/send_sheet.py"], arguments].concat();
        demo.run("python3", &arguments, Some(token))
    };
    let wrong = folder.path().join("wrong.csv");
    std::fs::write(&wrong, "code,name,kind\nradio,The radio,medium\n,Nobody,ngo\n").unwrap();
    let wrong = wrong.to_str().unwrap();
    let refused = send(&["sources", wrong, "--commit"], &demo.token);
    assert_eq!(refused.status, Some(1), "{refused}");
    let lines: Vec<&str> = refused.out.lines().collect();
    assert!(
        lines[0]
            .starts_with("error: row 2, kind (medium): \"medium\" is not a kind of source; write one of own_count,"),
        "{refused}"
    );
    assert!(lines[0].ends_with("Perhaps media?"), "{refused}");
    assert_eq!(lines[1..], ["error: row 3, code: `code` is required.", "2 rows, nothing written."]);

    let right = folder.path().join("right.CSV");
    std::fs::write(&right, "code,name,kind\nradio,The radio,media\n").unwrap();
    let right = right.to_str().unwrap();
    let tried = send(&["sources", right], &demo.token);
    assert_eq!(tried.status, Some(0), "{tried}");
    assert_eq!(tried.out, "sources: 1 created, 0 updated, 0 unchanged\n1 rows can be written: --commit does it.\n");
    let done = send(&["sources", right, "--commit"], &demo.token);
    assert_eq!(done.status, Some(0), "{done}");
    let import = &demo.editor().rows("/v1/imports")[0];
    let code = import["code"].as_str().unwrap();
    assert!(
        done.out.ends_with(&format!("To take them back: DELETE http://{}/v1/imports/{code}\n", demo.service.address())),
        "{done}"
    );

    // A workbook goes as well, and what is no fault of the sheet is told.
    let book = send(&["movements", "tests/sheets/wps.xlsx"], &demo.token);
    assert!(
        book.status == Some(1) && book.out.contains("error: row 2, origin (داريا): There is no location"),
        "{book}"
    );
    let stranger = send(&["sources", right], "hw_wrong");
    assert_eq!(stranger.status, Some(1), "{stranger}");
    assert!(stranger.out.starts_with("Unauthorized: "), "{stranger}");
    demo.service.stop();
}

#[test]
fn python_opens_the_data_set() {
    let demo = Demo::start();
    let script = "import io, os, urllib.request, zipfile\n\
        file = urllib.request.urlopen(os.environ['HOMEWARD_URL'] + '/v1/exports/dataset.zip').read()\n\
        archive = zipfile.ZipFile(io.BytesIO(file))\n\
        print(archive.testzip(), *archive.namelist())";
    let read = demo.run("python3", &["-c", script], None);
    let names = "locations.csv sources.csv agreements.csv movements.csv returns.csv datapackage.json README.txt";
    assert_eq!((read.status, read.out.trim_end()), (Some(0), format!("None {names}").as_str()), "{read}");
    demo.service.stop();
}

#[test]
fn pandas_reads_the_record() {
    let demo = Demo::start();
    let python = prepared(&["scripts/python-tools", "clients"]) + "/python";
    for token in [None, Some(demo.token.as_str())] {
        let read = demo.run(&python, &["examples/clients/analysis.py"], token);
        assert_eq!((read.status, read.err.as_str()), (Some(0), ""), "{read}");
        insta::allow_duplicates! { insta::assert_snapshot!(trimmed(&read.out), @r#"
        People who left and who came back, by month

                 displaced_individuals  displaced_individuals_low  displaced_individuals_high  returned_individuals
        period
        2017-03                   3204                       3154                        4000                     0
        2017-04                   9722                       9184                       10238                     0
        2017-05                   5103                       4650                        5487                    98
        2017-06                      0                          0                           0                     0
        2017-07                      0                          0                           0                   511

        4 of 15 movements have no number of people at all, and are in no sum.

        Still away, by governorate

                          remaining_individuals  remaining_individuals_low  remaining_individuals_high  return_rate
        destination_name
        Aleppo                            10762                      10055                       11879        0.054
        Homs                                800                        347                         800          0.0
        Idleb                              5858                       5858                        6550          0.0

        What is recommended, and what other sources say, by movement

        role                        recommended             triangulation
        movement
        al-waer-01.SY0208                  1354  1354 1365 1479 1488 2000
        al-waer-02.zoghra-camp             1850                 1800 2000
        al-waer-03.maarat-al-ikhwan        1458            1500 1600 1850
        al-waer-04.zoghra-camp             2538                      2000
        al-waer-05.SY0208                  1876                      2000
        al-waer-06.SY0208                  1650
        al-waer-07.SY0700                  2200
        al-waer-08.SY0208                  1100                      1184
        al-waer-10.maarat-misrin           2200                      2500
        al-waer-11.al-dar-al-kabira         800                       347
        al-waer-12.zoghra-camp             1003
        "#); }
    }
    demo.service.stop();
}

#[test]
fn r_reads_the_record() {
    let demo = Demo::start();
    let rscript = prepared(&["scripts/r-tools"]);
    for token in [None, Some(demo.token.as_str())] {
        let read = demo.run(&rscript, &["--vanilla", "examples/clients/analysis.R"], token);
        assert_eq!(read.status, Some(0), "{read}");
        assert!(!read.err.to_lowercase().contains("warning"), "{read}");
        insta::allow_duplicates! { insta::assert_snapshot!(trimmed(&read.out), @r#"
        People who left and who came back, by month

          period displaced_individuals displaced_individuals_low displaced_individuals_high returned_individuals
         2017-03                  3204                      3154                       4000                    0
         2017-04                  9722                      9184                      10238                    0
         2017-05                  5103                      4650                       5487                   98
         2017-06                     0                         0                          0                    0
         2017-07                     0                         0                          0                  511

        4 of 15 movements have no number of people at all, and are in no sum.

        Still away, by governorate

         destination_name remaining_individuals remaining_individuals_low remaining_individuals_high
                   Aleppo                 10762                     10055                      11879
                     Homs                   800                       347                        800
                    Idleb                  5858                      5858                       6550

        What is recommended, and what other sources say, by movement

                                    recommended triangulation
        al-waer-01.SY0208           1354        1354 1365 1479 1488 2000
        al-waer-02.zoghra-camp      1850        1800 2000
        al-waer-03.maarat-al-ikhwan 1458        1500 1600 1850
        al-waer-04.zoghra-camp      2538        2000
        al-waer-05.SY0208           1876        2000
        al-waer-06.SY0208           1650
        al-waer-07.SY0700           2200
        al-waer-08.SY0208           1100        1184
        al-waer-10.maarat-misrin    2200        2500
        al-waer-11.al-dar-al-kabira 800         347
        al-waer-12.zoghra-camp      1003
        "#); }
    }
    demo.service.stop();
}

/// One question of the sample for Power Query: its address, and the columns that it takes, each with its type.
struct Asked {
    address: String,
    columns: Vec<(String, String)>,
}

/// What `Read("path", [name = "value", …], {{"column", type}, …})` asks for.
fn power_query(text: &str) -> Vec<Asked> {
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let calls = code.split("Read(\"").skip(1);
    calls
        .map(|call| {
            let (path, rest) = call.split_once("\", [").expect("a path and a question");
            let (question, rest) = rest.split_once("], {").expect("columns");
            let (columns, _) = rest.split_once("})").expect("their end");
            let pair = |pair: &str| pair.replace(" = \"", "=").replace('"', "");
            let question: Vec<String> = question.split("\", ").map(pair).collect();
            let columns = columns.split("{\"").skip(1).map(|column| {
                let (name, kind) = column.split_once("\", ").unwrap();
                (name.to_owned(), kind.split_once('}').unwrap_or((kind, "")).0.to_owned())
            });
            Asked { address: format!("/{path}?{}", question.join("&")), columns: columns.collect() }
        })
        .collect()
}

#[test]
fn power_query_finds_what_it_asks_for() {
    let text = sample("power-query.pq");
    let demo = Demo::start();
    let asked = power_query(&text);
    let addresses: Vec<&str> = asked.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(
        addresses,
        [
            "/v1/stats/flows.csv?by=month,destination&level=admin1",
            "/v1/stats/stocks.csv?by=destination",
            "/v1/figures.csv?scope=whole"
        ]
    );
    for Asked { address, columns } in &asked {
        let file = demo.service.client().with_password(&demo.token).get(address).is(200).text();
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        let header = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(!rows.is_empty() && !columns.is_empty(), "{address}");
        for (name, kind) in columns {
            let at = header.iter().position(|known| known == name).unwrap_or_else(|| panic!("no {name} in {address}"));
            for cell in rows.iter().map(|row| &row[at]).filter(|cell| !cell.is_empty()) {
                let fits = match kind.as_str() {
                    "type text" => true,
                    "type date" => NaiveDate::parse_from_str(cell, "%Y-%m-%d").is_ok(),
                    "Int64.Type" => cell.parse::<i64>().is_ok(),
                    "type number" => cell.parse::<f64>().is_ok(),
                    other => panic!("{name} is {other}"),
                };
                assert!(fits, "{name} of {address} is {cell:?}, and not {kind}");
            }
        }
    }
    demo.service.stop();

    // Where reading needs a token, it is the password, and without one the service says that it wants one.
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let reader = token(&url, "excel", "reader");
    let service = Service::start(&url);
    for Asked { address, .. } in &asked {
        let challenge = service.client().get(address).is(401);
        assert!(
            challenge.header_lines("WWW-Authenticate").iter().any(|line| line.starts_with("Basic ")),
            "{challenge:?}"
        );
        service.client().with_password(&reader).get(address).is(200);
    }
    service.stop();
    assert_eq!(homeward(&url, &["token", "revoke", "excel"]).status, Some(0));
}

/// Whether a value is what Infinity makes of it.
fn fits(value: &Value, kind: &str) -> bool {
    match kind {
        "number" => value.is_number() || value.is_null(),
        "string" => value.is_string() || value.is_null(),
        "timestamp" => value.as_str().is_some_and(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").is_ok()),
        other => panic!("no column of Infinity is {other}"),
    }
}

#[test]
fn grafana_finds_what_it_asks_for() {
    let dashboard: Value = serde_json::from_str(&sample("grafana.json")).unwrap();
    let input = &dashboard["__inputs"][0];
    let source = json!({"type": input["pluginId"], "uid": format!("${{{}}}", input["name"].as_str().unwrap())});
    let variable = &dashboard["templating"]["list"][0];
    assert_eq!(variable["query"], variable["current"]["value"]);
    let service = format!("${{{}}}", variable["name"].as_str().unwrap());
    let demo = Demo::start();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() >= 4);
    for panel in panels {
        let target = &panel["targets"][0];
        assert_eq!((&panel["datasource"], &target["datasource"]), (&source, &source));
        // What Infinity takes: see `src/types/query.types.ts` in its repository.
        let query = ["type", "source", "parser", "root_selector"].map(|member| target[member].as_str().unwrap());
        assert_eq!(query, ["json", "url", "backend", "data"]);
        assert_eq!(target["url_options"], json!({"method": "GET", "data": ""}));
        assert!(matches!(target["format"].as_str(), Some("table" | "timeseries")));
        let address = target["url"].as_str().unwrap().strip_prefix(&service).expect("the service is a variable");
        let rows = demo.service.client().rows(address);
        assert!(!rows.is_empty(), "{address}");
        let columns = target["columns"].as_array().unwrap();
        for column in columns {
            let [selector, text, kind] = ["selector", "text", "type"].map(|member| column[member].as_str().unwrap());
            assert!(!text.is_empty());
            for row in &rows {
                let value = row.get(selector).unwrap_or_else(|| panic!("no {selector} in {address}"));
                assert!(fits(value, kind), "{selector} of {address} is {value}, and not {kind}");
            }
        }
        // What colours and units are for is there.
        let shown = |name: &Value| columns.iter().any(|column| column["text"] == *name);
        for rule in panel["fieldConfig"]["overrides"].as_array().unwrap() {
            assert!(shown(&rule["matcher"]["options"]), "{rule}");
            let filled = rule["properties"].as_array().unwrap().iter().filter(|one| one["id"] == "custom.fillBelowTo");
            assert!(filled.into_iter().all(|one| shown(&one["value"])), "{rule}");
        }
    }
    demo.service.stop();
}

#[test]
fn every_address_in_the_readme_answers() {
    let text = std::fs::read_to_string(PathBuf::from(ROOT).join("examples/README.md")).unwrap();
    let demo = Demo::start();
    let mut asked = 0;
    for (at, _) in text.match_indices("/v1/") {
        let address = text[at..].split(|c: char| c.is_whitespace() || "\"'`()<>".contains(c)).next().unwrap();
        assert_eq!(demo.service.client().get(address).status, 200, "{address}");
        asked += 1;
    }
    assert!(asked >= 6, "only {asked}");
    // And every sample is named in it.
    for file in std::fs::read_dir(PathBuf::from(ROOT).join("examples/clients")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(text.contains(&format!("[{name}](clients/{name})")), "{name}");
    }
    demo.service.stop();
}
