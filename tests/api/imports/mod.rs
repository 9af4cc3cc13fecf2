//! Sheets on their way in: tried, committed, listed, taken back.

mod corpus;
mod undo;
mod workbooks;

use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, given};

const AL_WAER: [&str; 5] = ["locations", "sources", "agreements", "movements", "returns"];

/// A sheet of the record of Al-Waer.
fn al_waer(sheet: &str) -> String {
    let path = format!("{}/examples/al-waer/{sheet}.csv", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

async fn import(client: &Client, sheet: &str, query: &str, csv: &str) -> Answer {
    client.send("POST", &format!("/v1/imports/{sheet}{query}"), Some(("text/csv", csv.as_bytes()))).await
}

async fn commit(app: &TestApp, sheet: &str, csv: &str) -> Value {
    import(&app.editor(), sheet, "?commit=true", csv).await.is(201).json()
}

/// The entries of a list by row, column and code.
fn entries(answer: &Value, list: &str) -> Vec<(i64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = answer[list].as_array().unwrap();
    all.iter().map(|one| (one["row"].as_i64().unwrap_or_default(), text(&one["column"]), text(&one["code"]))).collect()
}

fn entry(row: i64, column: &str, code: &str) -> (i64, String, String) {
    (row, column.to_owned(), code.to_owned())
}

/// The entries of a list by row, column, code and what was probably meant.
fn problems(answer: &Value, list: &str) -> Vec<(i64, String, String, String)> {
    let meant = |one: &Value| one["suggestion"].as_str().unwrap_or_default().to_owned();
    let suggestions = answer[list].as_array().unwrap().iter().map(meant);
    let entries = entries(answer, list).into_iter().zip(suggestions);
    entries.map(|((row, column, code), meant)| (row, column, code, meant)).collect()
}

fn problem(row: i64, column: &str, code: &str, suggestion: &str) -> (i64, String, String, String) {
    (row, column.to_owned(), code.to_owned(), suggestion.to_owned())
}

/// Everything that there is, as an editor reads it.
async fn everything(app: &TestApp) -> Vec<Value> {
    let mut all = vec![];
    for resource in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
        for mut row in app.editor().rows(&format!("/v1/{resource}?limit=10000&sort=code")).await {
            // What is taken back has been written, and says so.
            for name in ["revision", "created_at", "updated_at"] {
                row[name] = Value::Null;
            }
            all.push(row);
        }
    }
    all
}

const OLD: &str = "batch,origin,departed_on,destination,figure,stage,source,individuals\n\
    b1,waer,2017-03-18,zoghra,f1,departed,radio,10\n";
/// Changes what `OLD` has brought, and brings more.
const NEW: &str = "batch,origin,departed_on,destination,figure,stage,role,source,individuals\n\
    b1,waer,2017-03-17,zoghra,f1,departed,,radio,11\n\
    b1,waer,2017-03-17,zoghra,f2,arrived,recommended,council,12\n\
    b1,waer,2017-03-17,bab,,,,,\n\
    b2,waer,2017-04-01,bab,f3,departed,,radio,5\n";

both! {
    async fn the_record_of_al_waer_comes_in_with_its_totals(app) {
        let editor = app.editor();
        for sheet in AL_WAER {
            let tried = import(&editor, sheet, "", &al_waer(sheet)).await.is(200).json();
            assert_eq!((&tried["committed"], &tried["code"]), (&json!(false), &Value::Null));
            let done = commit(app, sheet, &al_waer(sheet)).await;
            assert_eq!(done["committed"], json!(true));
            assert_eq!((&done["counts"], &done["rows"]), (&tried["counts"], &tried["rows"]), "{sheet}");
            assert_eq!((&done["warnings"], &done["errors"]), (&tried["warnings"], &json!([])), "{sheet}");
        }
        let summary = editor.rows("/v1/stats/summary").await.remove(0);
        let of = |name: &str| [name, &format!("{name}_low"), &format!("{name}_high")].map(|name| summary[name].clone());
        assert_eq!(of("displaced_individuals"), [18_029, 16_988, 19_725].map(Value::from));
        assert_eq!(of("returned_individuals"), [609, 496, 728].map(Value::from));
        assert_eq!(of("remaining_individuals"), [17_420, 16_260, 19_229].map(Value::from));
        let counts = ["movements", "movements_without_individuals", "movements_without_households", "returns"];
        assert_eq!(counts.map(|name| summary[name].clone()), [15, 4, 7, 4].map(Value::from));
    }

    async fn the_same_sheet_again_changes_nothing_and_says_so(app) {
        for sheet in AL_WAER {
            commit(app, sheet, &al_waer(sheet)).await;
        }
        let before = everything(app).await;
        for sheet in AL_WAER {
            for query in ["", "?commit=true"] {
                let again = import(&app.editor(), sheet, query, &al_waer(sheet)).await.json();
                for (resource, counts) in again["counts"].as_object().unwrap() {
                    assert_eq!((&counts["created"], &counts["updated"]), (&json!(0), &json!(0)), "{sheet} {resource}");
                    assert!(counts["unchanged"].as_i64().unwrap() > 0, "{sheet} {resource}");
                }
                assert!(entries(&again, "warnings").contains(&entry(0, "", "same_file")), "{sheet}: {again}");
            }
        }
        assert_eq!(everything(app).await, before);
        let history = app.editor().rows("/v1/batches/al-waer-01/history").await;
        assert_eq!(history.len(), 1, "what is unchanged leaves no history");
    }

    async fn a_dry_run_writes_nothing(app) {
        given::world(app).await;
        let before = everything(app).await;
        let movements = "batch,origin,departed_on,destination,stage,source,individuals\nb1,waer,2017-03-18,zoghra,departed,radio,10\n";
        let tried = import(&app.editor(), "movements", "", movements).await.is(200).json();
        assert_eq!(tried["counts"]["figures"], json!({"created": 1, "updated": 0, "unchanged": 0}));
        let places = "code,name,kind,parent\nnew-camp,New camp,camp,SY02\nnew-tents,Tents,area,new-camp\n";
        let tried = import(&app.editor(), "locations", "", places).await.is(200).json();
        assert_eq!(tried["counts"]["locations"]["created"], json!(2));
        let strange = movements.replace("zoghra", "Nowhere");
        let tried = import(&app.editor(), "movements", "?create_missing=locations", &strange).await.is(200).json();
        assert_eq!(tried["counts"]["locations"]["created"], json!(1));
        assert_eq!(entries(&tried, "warnings"), [entry(2, "destination", "created")]);
        assert_eq!(everything(app).await, before);
        assert_eq!(app.editor().rows("/v1/imports").await, Vec::<Value>::new());
    }

    async fn everything_wrong_is_listed_by_row_and_column_and_nothing_is_written(app) {
        given::world(app).await;
        let before = everything(app).await;
        let sheet = "batch,origin,departed_on,destination,stage,source,individuals,households\n\
            b1,waer,2017-03-18,zoghra,departed,radio,10,\n\
            b1,waer,2017-03-19,bab,departed,radio,many,\n\
            b2,waer,2017-02-30,bab,departed,nobody,5,\n\
            b3,waer,2017-03-18,waer,departed,radio,5,\n\
            ,waer,2017-03-18,bab,departed,radio,5,\n\
            b4,waer,,bab,departed,radio,5,\n\
            b5,waer,2017-03-18,bab,departed,radio,,\n";
        for query in ["", "?commit=true"] {
            let refused = import(&app.editor(), "movements", query, sheet).await.is(422).json();
            let expected = [
                entry(3, "departed_on", "conflicting_values"),
                entry(3, "individuals", "wrong_type"),
                entry(4, "departed_on", "invalid_date"),
                entry(4, "source", "unknown_reference"),
                entry(5, "destination", "same_place"),
                entry(7, "stage", "not_departed"),
                entry(8, "individuals", "no_count"),
            ];
            let found = entries(&refused, "errors");
            for one in &expected {
                assert!(found.iter().any(|entry| entry.0 == one.0 && entry.1 == one.1), "{one:?} in {found:#?}");
            }
            assert!(found.iter().any(|(row, ..)| *row == 6), "batch columns without a batch: {found:#?}");
            assert_eq!(refused["code"], json!("invalid_sheet"));
            assert_eq!((&refused["committed"], &refused["counts"]), (&json!(false), &json!({})));
            assert_eq!(refused["errors_total"], json!(found.len()));
        }
        assert_eq!(everything(app).await, before);
    }

    async fn the_first_rows_are_listed_however_much_is_wrong_below_them(app) {
        let wrong: String = (0..1_001).map(|n| format!("c{n},C{n},nonsense,\n")).collect();
        let sheet = format!("code,name,kind,parent\na,A,area,b\nb,B,area,a\n{wrong}");
        let refused = import(&app.editor(), "locations", "", &sheet).await.is(422).json();
        assert_eq!(refused["errors_total"], json!(1_003));
        let rings = [entry(2, "parent", "below_itself"), entry(3, "parent", "below_itself")];
        assert_eq!(entries(&refused, "errors")[..2], rings);
    }

    async fn a_journey_that_two_rows_record_is_remarked_upon(app) {
        given::world(app).await;
        let sheet = "batch,origin,departed_on,destination,stage,source,individuals\n\
            b1,waer,2017-03-18,zoghra,departed,radio,10\nb2,waer,2017-03-18,zoghra,departed,radio,10\n";
        let twin = [entry(3, "destination", "possible_duplicate")];
        let tried = import(&app.editor(), "movements", "", sheet).await.is(200).json();
        assert_eq!(entries(&tried, "warnings"), twin);
        assert_eq!(entries(&commit(app, "movements", sheet).await, "warnings"), twin);
    }

    async fn an_absent_column_leaves_a_field_and_an_empty_cell_clears_it(app) {
        given::world(app).await;
        let full = "batch,origin,number,departed_on,batch_notes,destination,arrived_on,figure,stage,source,individuals,notes\n\
            b1,waer,7,2017-03-18,by bus,zoghra,2017-03-19,f1,departed,radio,10,from a list\n";
        commit(app, "movements", full).await;
        let partial = "batch,destination,stage,source,individuals\nb1,zoghra,departed,radio,12\n";
        let done = commit(app, "movements", partial).await;
        assert_eq!(done["counts"]["figures"], json!({"created": 0, "updated": 1, "unchanged": 0}));
        assert_eq!(done["counts"]["batches"], json!({"created": 0, "updated": 0, "unchanged": 1}));
        let batch = app.editor().json("/v1/batches/b1").await;
        assert_eq!((&batch["number"], &batch["notes"], &batch["individuals"]), (&json!(7), &json!("by bus"), &json!(12)));
        let figure = &batch["movements"][0]["figures"][0];
        assert_eq!((&figure["code"], &figure["notes"]), (&json!("f1"), &json!("from a list")));
        assert_eq!(figure["role"], json!("recommended"), "a role that is not spoken of stays");
        commit(app, "movements", "batch,number,batch_notes,destination,arrived_on\nb1,,,zoghra,\n").await;
        let batch = app.editor().json("/v1/batches/b1").await;
        assert_eq!((&batch["number"], &batch["notes"]), (&Value::Null, &Value::Null));
        assert_eq!(batch["movements"][0]["arrived_on"], Value::Null);
        assert_eq!(batch["movements"][0]["figures"].as_array().map(Vec::len), Some(1));
    }

    async fn what_the_sheet_does_not_name_stays(app) {
        given::world(app).await;
        commit(app, "movements", "batch,origin,departed_on,destination,stage,source,individuals\n\
            b1,waer,2017-03-18,zoghra,departed,radio,10\nb1,waer,2017-03-18,bab,departed,radio,20\n").await;
        commit(app, "movements", "batch,destination,stage,source,individuals\nb1,bab,arrived,council,19\n").await;
        let batch = app.editor().json("/v1/batches/b1").await;
        let figures: Vec<_> =
            batch["movements"].as_array().unwrap().iter().map(|one| one["figures"].as_array().unwrap().len()).collect();
        assert_eq!(figures, [1, 2]);
        assert_eq!((&batch["individuals"], &batch["individuals_low"]), (&json!(30), &json!(29)));
    }

    async fn an_import_is_taken_back(app) {
        given::world(app).await;
        commit(app, "movements", OLD).await;
        let before = everything(app).await;
        let done = commit(app, "movements", NEW).await;
        let code = done["code"].as_str().unwrap();
        let listed = app.editor().rows("/v1/imports").await;
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0]["code"], json!(code), "newest first");
        assert_eq!(listed[0]["counts"], done["counts"]);
        let path = format!("/v1/imports/{code}");
        assert_eq!(app.editor().json(&path).await, listed[0]);
        app.editor().delete(&path).await.is(204);
        assert_eq!(everything(app).await, before);
        app.editor().get(&path).await.is(404);
        app.editor().delete(&path).await.is(404);
        let history = app.editor().rows("/v1/figures/f2/history").await;
        let actions: Vec<_> = history.iter().map(|one| one["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["delete", "create"]);
    }

    async fn what_somebody_has_changed_since_is_not_taken_back(app) {
        given::world(app).await;
        let editor = app.editor();
        commit(app, "movements", OLD).await;
        let path = format!("/v1/imports/{}", commit(app, "movements", NEW).await["code"].as_str().unwrap());
        editor.patch("/v1/figures/f3", &json!({"individuals": 6})).await.is(200);
        let before = everything(app).await;
        let refused = editor.delete(&path).await.is(409).json();
        assert_eq!(refused["code"], json!("changed_since"));
        assert!(refused["detail"].as_str().unwrap().contains("batch b2"), "{refused}");
        assert_eq!(everything(app).await, before);
        editor.delete("/v1/batches/b2").await.is(204);
        editor.delete(&path).await.is(409);
    }

    async fn returns_come_in_and_go_again(app) {
        given::world(app).await;
        commit(app, "movements", "batch,origin,departed_on,destination,stage,source,individuals\n\
            b1,waer,2017-03-18,zoghra,departed,radio,10\n").await;
        let before = everything(app).await;
        let sheet = "return,from,to,movement,returned_on,stage,source,individuals\n\
            r1,Zoghra camp,الوعر,b1.zoghra,2017-07-01,arrived,radio,8\n\
            r2,zoghra,waer,b1.zoghra,2017-07-08,arrived,radio,5\n";
        let done = commit(app, "returns", sheet).await;
        assert_eq!(done["counts"]["returns"]["created"], json!(2));
        assert_eq!(entries(&done, "warnings"), [entry(3, "movement", "over_return")]);
        let tried = import(&app.editor(), "returns", "", &sheet.replace("r1,", "r8,").replace("r2,", "r9,")).await;
        assert_eq!(entries(&tried.is(200).json(), "warnings").len(), 2, "a dry run adds up, too");
        let used = app.editor().delete("/v1/batches/b1").await.is(409);
        assert_eq!(used.json()["code"], json!("in_use"));
        app.editor().delete(&format!("/v1/imports/{}", done["code"].as_str().unwrap())).await.is(204);
        assert_eq!(everything(app).await, before);
    }

    async fn published_totals_stand_on_batches_and_agreements(app) {
        given::world(app).await;
        let sheet = "batch,agreement,origin,departed_on,destination,stage,source,individuals\n\
            b1,deal,waer,2017-03-18,,departed,radio,1500\n\
            ,deal,,,,planned,council,10000\n\
            ,deal,,,zoghra,departed,council,900\n";
        for created in [3, 0] {
            let done = commit(app, "movements", sheet).await;
            assert_eq!(done["counts"]["figures"], json!({"created": created, "updated": 0, "unchanged": 3 - created}));
        }
        let batch = app.editor().json("/v1/batches/b1").await;
        assert_eq!((&batch["individuals"], &batch["movement_count"]), (&Value::Null, &json!(0)));
        let figures = app.editor().rows("/v1/figures?agreement=deal&sort=code").await;
        let about: Vec<_> = figures.iter().map(|one| [&one["agreement"], &one["batch"], &one["destination"]]).collect();
        assert!(about.contains(&[&json!("deal"), &Value::Null, &json!("zoghra")]), "{about:?}");
    }

    async fn the_public_list_of_p_codes_comes_in_as_it_is(app) {
        let list = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n\
            #country+code,#geo+admin_level,#adm+code+v_pcode,#adm+name,#adm+code+v_parent,#date+start\n\
            SYR,2,SY0401,Homs,SY04,2023-01-01\nSYR,1,SY04,Homs,SYR,2023-01-01\n";
        let done = commit(app, "locations", list).await;
        assert_eq!(done["counts"]["locations"]["created"], json!(3), "the country, too: {done}");
        let district = app.editor().json("/v1/locations/SY0401").await;
        let read = ["name", "kind", "parent", "p_code"].map(|name| district[name].clone());
        assert_eq!(read, ["Homs", "admin2", "SY04", "SY0401"].map(Value::from));
        assert_eq!(app.editor().json("/v1/locations/SY04").await["kind"], "admin1");
        let again = import(&app.editor(), "locations", "", list).await.is(200).json();
        assert_eq!(again["counts"]["locations"]["unchanged"], json!(2), "{again}");
    }

    async fn the_list_goes_on_from_page_to_page(app) {
        let codes = async |n: i64| commit(app, "sources", &format!("code,name,kind\ns{n},S,media\n")).await["code"].clone();
        let mut made = vec![codes(1).await, codes(2).await, codes(3).await];
        made.reverse();
        let (mut path, mut read) = ("/v1/imports?limit=1".to_owned(), vec![]);
        for _ in 0..4 {
            let page = app.editor().json(&path).await;
            read.push(page["data"][0]["code"].clone());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/v1/imports?limit=1&cursor={cursor}");
        }
        assert_eq!(read, made, "newest first");
    }

    async fn a_sheet_over_the_limit_is_refused(app) {
        let mut sheet = al_waer("sources");
        sheet.push_str(&"\n".repeat(64 << 20));
        import(&app.editor(), "sources", "?commit=true", &sheet).await.is_problem(413, "body_too_large");
        assert_eq!(app.editor().rows("/v1/sources").await, Vec::<Value>::new());
    }

    async fn only_editors_import_and_only_what_a_sheet_is(app) {
        let csv = al_waer("sources");
        import(&app.reader(), "sources", "", &csv).await.is(403);
        import(&app.public(), "sources", "", &csv).await.is(401);
        app.reader().get("/v1/imports").await.is(403);
        let editor = app.editor();
        import(&editor, "batches", "", &csv).await.is(404);
        import(&editor, "sources", "?comit=true", &csv).await.is(400);
        import(&editor, "sources", "?create_missing=batches", &csv).await.is(400);
        editor.send("POST", "/v1/imports/sources", Some(("application/json", b"{}"))).await.is(415);
        editor.get("/v1/imports/no-such").await.is(404);
        let nothing = import(&editor, "sources", "", "").await.is(422).json();
        assert_eq!(nothing["errors_total"], json!(1), "{nothing}");
        let strange = import(&editor, "sources", "", "code,name,kind,phone,colour\n").await.is(422).json();
        let codes: Vec<_> = entries(&strange, "errors").into_iter().map(|(_, _, code)| code).collect();
        assert!(codes.contains(&"personal_data".to_owned()), "{codes:?}");
    }

    async fn what_is_exported_comes_in_again_and_changes_nothing(app) {
        app.load_al_waer().await;
        // What Al-Waer does not have: every field, text that looks like a formula, and figures wherever they can stand.
        let editor = app.editor();
        editor
            .put("/v1/batches/odd", &json!({
                "origin": "al-waer", "kind": "redisplacement", "number": 99, "departed_on": "2018-01-01",
                "departed_on_precision": "year", "reasons": ["siege", "family"], "visibility": "restricted",
                "notes": "=1+1 \"quoted\",\nand broken", "parties": [{"name": "'-quoted", "role": "organiser"}],
                "movements": [{"destination": "SY07", "arrived_on": "2018-01-01", "settlement_type": "planned_camp", "figures": [
                    {"stage": "planned", "individuals": 10, "individuals_quantifier": "between", "individuals_high": 20},
                    {"stage": "departed", "scope": "part", "households": 1, "fighters": 3, "title": "+963"},
                ]}, {"destination": "al-bab"}],
            }))
            .await
            .is(201);
        editor.put("/v1/batches/bare", &json!({"origin": "al-waer", "cancelled": true})).await.is(201);
        editor.post("/v1/figures", &json!({"batch": "odd", "stage": "registered", "households": 7})).await.is(201);
        editor.put("/v1/sources/secret", &json!({"name": "@secret", "kind": "other", "confidential": true})).await.is(201);
        let before = everything(app).await;
        let workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        for sheet in AL_WAER {
            for (suffix, media_type) in [("csv", "text/csv"), ("csv?bom=true", "text/csv"), ("xlsx", workbook)] {
                let file = editor.get(&format!("/v1/exports/{sheet}.{suffix}")).await.is(200).bytes.clone();
                let path = format!("/v1/imports/{sheet}?commit=true");
                let done = editor.send("POST", &path, Some((media_type, &file))).await.is(201).json();
                for (resource, counts) in done["counts"].as_object().unwrap() {
                    let changed = (&counts["created"], &counts["updated"]);
                    assert_eq!(changed, (&json!(0), &json!(0)), "{sheet}.{suffix} {resource}");
                    assert!(counts["unchanged"].as_i64().unwrap() > 0, "{sheet}.{suffix} {resource}");
                }
            }
        }
        assert_eq!(everything(app).await, before);
    }
}
