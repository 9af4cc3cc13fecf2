//! Everything that can be read, asked by everybody: no answer holds what its reader may not see, and nothing is withheld
//! from those who may.

mod indifference;
mod secrets;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, given};

/// Who may see something, and all who come after may too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Least {
    Public,
    Reader,
    Editor,
}

use Least::{Editor, Public, Reader};

/// What stands in the record once, or in one row with its parts, and who may see it.
const MARKERS: &[(&str, Least)] = &[
    ("The radio", Public),
    ("1484847", Public), // individuals of p-left
    ("MARKtitle", Public),
    ("MARKdealnotes", Reader),
    ("1999-01-07", Reader), // scheduled_on of a batch that left
    ("MARKbatchnotes", Reader),
    ("MARKmovementnotes", Reader),
    ("737373", Reader), // fighters
    ("747474", Reader), // civilians
    ("MARKexcerpt", Reader),
    ("MARKfigurenotes", Reader),
    ("MARKplan", Reader),
    ("717001", Reader),
    ("MARKwithdrawn", Reader),
    ("717002", Reader),
    ("MARKrestricted", Reader),
    ("MARKrestrictedparty", Reader),
    ("727272", Reader), // its number
    ("717003", Reader),
    ("MARKtotal", Reader),
    ("717004", Reader),
    ("MARKunleft", Reader),
    ("1999-03-11", Reader), // its scheduled_on
    ("717005", Reader),
    ("MARKcancelled", Reader),
    ("717006", Reader),
    ("1999-05-13", Reader), // scheduled_on of a return that came back
    ("757575", Reader),     // members_remaining
    ("MARKreturnnotes", Reader),
    ("767676", Reader), // fighters
    ("MARKregistered", Reader),
    ("717007", Reader),
    ("MARKback", Reader),
    ("717008", Reader),
    ("MARKnotyet", Reader),
    ("1999-07-17", Reader), // its scheduled_on
    ("MARKcalledoff", Reader),
    ("717009", Reader),
    ("MARKimported", Reader),
    ("717011", Reader),
    ("MARKmole", Editor),
    ("MARKmolename", Editor),
    ("MARKmolear", Editor),
    ("markmoleurl", Editor),
    ("markquieturl", Editor),
    ("MARKquiettitle", Editor),
    ("MARKquietexcerpt", Editor),
    ("MARKquietnotes", Editor),
    ("MARKquietterm", Editor),
    ("MARKquietplace", Editor),
    ("markdealurl", Editor),
    ("MARKdealtitle", Editor),
    ("MARKformer", Editor),  // notes that were replaced: history
    ("MARKdeleted", Editor), // a row that is no more: history
];

/// A record in which everything that is confidential says so, and the code of the import in it.
async fn record(app: &TestApp) -> String {
    let editor = app.editor();
    given::world(app).await;
    given::source("MARKmole")
        .with("name", "MARKmolename")
        .with("name_ar", "MARKmolear")
        .with("url", "https://markmoleurl.example/")
        .with("confidential", true)
        .put(app)
        .await;
    editor.patch("/v1/agreements/deal", &json!({"notes": "MARKformer"})).await.is(200);
    editor.patch("/v1/agreements/deal", &json!({"notes": "MARKdealnotes"})).await.is(200);
    let figures = [
        json!({"code": "p-left", "stage": "departed", "source": "radio", "title": "MARKtitle", "individuals": 1_484_847,
            "fighters": 737_373, "civilians": 747_474, "excerpt": "MARKexcerpt", "notes": "MARKfigurenotes"}),
        json!({"code": "p-quiet", "stage": "arrived", "source": "MARKmole", "individuals": 110,
            "url": "https://markquieturl.example/", "title": "MARKquiettitle", "excerpt": "MARKquietexcerpt",
            "notes": "MARKquietnotes", "term_as_reported": "MARKquietterm", "place_as_reported": "MARKquietplace"}),
        json!({"code": "MARKplan", "stage": "planned", "individuals": 717_001}),
        json!({"code": "MARKwithdrawn", "stage": "withdrawn", "individuals": 717_002}),
    ];
    given::batch("public")
        .with("agreement", "deal")
        .with("scheduled_on", "1999-01-07")
        .with("notes", "MARKbatchnotes")
        .on("2017-03-18")
        .to("zoghra", &figures)
        .put(app)
        .await;
    editor.patch("/v1/movements/public.zoghra", &json!({"notes": "MARKmovementnotes"})).await.is(200);
    // What is hidden has a day of its own: a statistic of days would show its number alone.
    let figure =
        json!({"code": "MARKrestrictedfigure", "stage": "departed", "individuals": 717_003, "source": "radio"});
    given::batch("MARKrestricted")
        .with("visibility", "restricted")
        .with("number", 727_272)
        .with("parties", json!([{"name": "MARKrestrictedparty", "role": "monitor"}]))
        .on("2017-04-01")
        .to("bab", &[figure])
        .put(app)
        .await;
    let unleft = [given::individuals("planned", 717_005)];
    given::batch("MARKunleft").with("scheduled_on", "1999-03-11").to("bab", &unleft).put(app).await;
    let cancelled = [given::individuals("departed", 717_006)];
    given::batch("MARKcancelled").with("cancelled", true).on("2017-05-02").to("bab", &cancelled).put(app).await;
    given::batch("MARKdeleted").put(app).await;
    editor.delete("/v1/batches/MARKdeleted").await.is(204);
    let back = [
        json!({"code": "r-back", "stage": "arrived", "individuals": 767_696, "fighters": 767_676, "civilians": 20}),
        json!({"code": "MARKregistered", "stage": "registered", "individuals": 717_007}),
    ];
    given::homecoming("back")
        .with("movement", "public.zoghra")
        .with("scheduled_on", "1999-05-13")
        .with("members_remaining", 757_575)
        .with("notes", "MARKreturnnotes")
        .on("2017-06-01")
        .figures(&back)
        .put(app)
        .await;
    // A public return of a hidden movement.
    given::homecoming("of-hidden")
        .with("from", "SY0208")
        .with("movement", "MARKrestricted.bab")
        .on("2017-06-02")
        .figures(&[given::individuals("arrived", 4)])
        .put(app)
        .await;
    let hidden = [given::individuals("arrived", 717_008)];
    given::homecoming("MARKback").with("visibility", "restricted").on("2017-06-03").figures(&hidden).put(app).await;
    given::homecoming("MARKnotyet").with("scheduled_on", "1999-07-17").put(app).await;
    let hidden = [given::individuals("arrived", 717_009)];
    given::homecoming("MARKcalledoff").with("cancelled", true).on("2017-06-05").figures(&hidden).put(app).await;
    for body in [
        json!({"code": "MARKtotal", "batch": "MARKrestricted", "stage": "departed", "individuals": 717_004}),
        json!({"code": "deal-total", "agreement": "deal", "stage": "departed", "individuals": 9, "source": "MARKmole",
            "url": "https://markdealurl.example/", "title": "MARKdealtitle"}),
    ] {
        editor.post("/v1/figures", &body).await.is(201);
    }
    let sheet = "batch,origin,destination,departed_on,visibility,stage,households,individuals\n\
        MARKimported,waer,bab,2017-07-01,restricted,departed,2,717011\n";
    let import = editor.send("POST", "/v1/imports/movements?commit=true", Some(("text/csv", sheet.as_bytes()))).await;
    import.is(201).json()["code"].as_str().unwrap().to_owned()
}

/// What a parameter is tried with: also with what is hidden, and with what is almost its code.
fn tries(parameter: &str) -> &'static [&'static str] {
    match parameter {
        "by" => &["day,origin,destination,agreement", "month", "origin", "destination&level=admin1", "agreement"],
        "origin" => &["waer", "zoghra,SY0208", "wae"],
        "destination" => &["zoghra", "SY02,bab", "ba"],
        "agreement" => &["deal", "dea"],
        "source" => &["radio", "MARKmole", "MARKmol", "MARKmolenam"],
        "batch" => &["public", "MARKrestricted", "MARKrestricte", "MARKunlef", "MARKimporte"],
        "q" => &["mark", "MARKrestricted", "MARKmolename"],
        "stage" => &["planned", "withdrawn"],
        "kind" => &["displacement", "media"],
        "from" => &["1999-01-01", "2017-04-01"],
        "sort" => &["date", "-updated_at"],
        "level" => &["admin1"],
        "as_of" => &["2017-12-31"],
        "period" => &["day"],
        "limit" => &["1"],
        "after" => &["0"],
        "count" => &["true"],
        "labels" | "lang" => &["ar"],
        _ => &[],
    }
}

/// Every address that the document describes, filled with every row that there is, and with what is almost its code.
async fn addresses(app: &TestApp, import: &str) -> Vec<String> {
    let document = homeward::http::document().value;
    let resolved = |one: &Value| match one["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap().clone(),
        None => one.clone(),
    };
    let mut all = vec![];
    for (template, item) in document["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get") else { continue };
        let mut paths = vec![template.clone()];
        let mut queries = vec![String::new()];
        // A workbook takes long to make and to read: one try each.
        let most = if template.ends_with(".xlsx") { 1 } else { usize::MAX };
        for parameter in operation["parameters"].as_array().into_iter().flatten().map(resolved) {
            let name = parameter["name"].as_str().unwrap();
            if parameter["in"] == "query" {
                queries.extend(tries(name).iter().take(most).map(|value| format!("?{name}={value}")));
            }
            if parameter["in"] != "path" {
                continue;
            }
            let values: Vec<String> = match (name, template.strip_prefix("/v1/")) {
                ("sheet", _) => serde_json::from_value(parameter["schema"]["enum"].clone()).unwrap(),
                ("import", _) => vec![import.to_owned()],
                ("code", Some(rest)) => {
                    let resource = rest.split('/').next().unwrap();
                    let codes = app.editor().codes(&format!("/v1/{resource}?limit=1000")).await;
                    let almost: Vec<_> = codes.iter().map(|code| code[..code.len() - 1].to_owned()).collect();
                    [codes, almost, vec!["MARKdeleted".to_owned()]].concat()
                }
                ("code", None) => vec!["not_found".to_owned()],
                _ => panic!("{template}: what is {name}?"),
            };
            let fill = |path: &String| -> Vec<String> {
                values.iter().map(|value| path.replace(&format!("{{{name}}}"), value)).collect()
            };
            paths = paths.iter().flat_map(fill).collect();
        }
        all.extend(paths.iter().flat_map(|path| queries.iter().map(move |query| format!("{path}{query}"))));
    }
    all
}

/// All that is in a file, also in the archives in it, in lower case.
fn unpacked(bytes: &[u8]) -> String {
    if !bytes.starts_with(b"PK\x03\x04") {
        return String::from_utf8(bytes.to_vec()).unwrap().to_lowercase();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut all = String::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let mut bytes = vec![];
        entry.read_to_end(&mut bytes).unwrap();
        all += &format!("{}\n{}\n", entry.name().unwrap().to_lowercase(), unpacked(&bytes));
    }
    all
}

/// Whether a text is there: a number or a date as a whole, so that no identifier holds it by chance, any other also as
/// a part. Workbooks count days.
fn has(text: &str, marker: &str) -> bool {
    let day = marker.parse::<NaiveDate>().map(|day| (day - NaiveDate::from_ymd_opt(1899, 12, 30).unwrap()).num_days());
    let inside = |found: Option<char>| found.is_some_and(|one| one.is_ascii_alphanumeric() || one == '.');
    let whole = |word: &str| {
        text.match_indices(word)
            .any(|(at, _)| !inside(text[..at].chars().last()) && !inside(text[at + word.len()..].chars().next()))
    };
    match day {
        Ok(day) => whole(marker) || (text.contains("<worksheet") && text.contains(&format!("<v>{day}</v>"))),
        Err(_) if marker.parse::<u64>().is_ok() => whole(marker),
        Err(_) => text.contains(&marker.to_lowercase()),
    }
}

/// The markers that an answer says and its question did not.
fn said<'m>(path: &str, answer: &Answer, markers: &'m [(&'m str, Least)]) -> Vec<&'m (&'m str, Least)> {
    let body = unpacked(&answer.bytes);
    let headers = format!("{:?}", answer.headers).to_lowercase();
    let says = |marker: &str| match path.contains(marker) {
        true => answer.status < 400 && has(&body, marker),
        false => has(&headers, marker) || has(&body, marker),
    };
    markers.iter().filter(|(marker, _)| says(marker)).collect()
}

both! {
    async fn nobody_reads_what_is_kept_from_them(app) {
        let import = record(app).await;
        let markers: Vec<_> = MARKERS.iter().copied().chain([(import.as_str(), Editor)]).collect();
        let addresses = addresses(app, &import).await;
        let mut leaks = BTreeMap::new();
        for (who, client) in [(Public, app.public()), (Reader, app.reader()), (Editor, app.editor())] {
            let mut seen = BTreeSet::new();
            for path in &addresses {
                let answer = client.get(path).await;
                assert!(answer.status < 500, "{who:?} {path}: {}", answer.status);
                for (marker, least) in said(path, &answer, &markers) {
                    seen.insert(*marker);
                    if who < *least {
                        leaks.entry((format!("{who:?}"), *marker)).or_insert_with(Vec::new).push(path.clone());
                    }
                }
            }
            let missed: Vec<_> = markers.iter().filter(|(marker, least)| *least <= who && !seen.contains(marker)).collect();
            assert!(missed.is_empty(), "{who:?} never sees {missed:?}");
        }
        assert!(leaks.is_empty(), "{leaks:#?}");
    }
}
