//! Files: the whole filtered set as CSV, NDJSON or GeoJSON (workbooks are in `workbooks.rs`).

use serde_json::{Value, json};

use crate::support::given;

const MOVEMENT_COLUMNS: &str = "code,batch,destination,destination_name,arrived_on,arrived_on_precision,\
    destination_as_reported,settlement_type,notes,number,kind,origin,origin_name,agreement,agreement_name,scheduled_on,\
    departed_on,departed_on_precision,cancelled,";

fn records(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A row as a feature.
fn feature(row: &Value) -> Value {
    let point = json!({"type": "Point", "coordinates": [row["longitude"], row["latitude"]]});
    let geometry = if row["latitude"].is_null() { Value::Null } else { point };
    let mut feature = json!({"type": "Feature", "geometry": geometry, "properties": row});
    if !row["code"].is_null() {
        feature["id"] = row["code"].clone();
    }
    feature
}

fn every_cell_is_the_member_of_its_name(csv: &[Vec<String>], rows: &[Value], what: &str) {
    for (record, row) in csv[1..].iter().zip(rows) {
        let members: Vec<&String> = row.as_object().unwrap().keys().collect();
        assert_eq!(csv[0].iter().collect::<Vec<_>>(), members, "{what}");
        for (column, cell) in csv[0].iter().zip(record) {
            let expected = match &row[column] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Array(_) => continue,
                other => other.to_string(),
            };
            assert_eq!(*cell, expected, "{what} {column}");
        }
    }
}

both! {
    async fn a_file_holds_the_whole_filtered_set(app) {
        app.load_al_waer().await;
        let public = app.public();
        for resource in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
            let rows = public.rows(&format!("/v1/{resource}?limit=10000")).await;
            let csv = public.get(&format!("/v1/{resource}.csv")).await.is(200);
            assert_eq!(csv.header("Content-Type"), Some("text/csv; charset=utf-8"));
            let name = format!("attachment; filename=\"{resource}.csv\"");
            assert_eq!(csv.header("Content-Disposition"), Some(name.as_str()));
            let csv = records(&csv.text());
            assert_eq!(csv.len(), rows.len() + 1, "{resource}");
            let ndjson = public.get(&format!("/v1/{resource}.ndjson")).await.is(200);
            assert_eq!(ndjson.header("Content-Type"), Some("application/x-ndjson"));
            let lines: Vec<Value> = ndjson.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines, rows, "{resource}");
            every_cell_is_the_member_of_its_name(&csv, &rows, resource);
        }
        let found = public.text("/v1/movements.csv?destination=SY07").await;
        assert_eq!(records(&found).len(), 1 + public.rows("/v1/movements?destination=SY07").await.len());
    }

    async fn statistics_are_files_too(app) {
        app.load_al_waer().await;
        for path in ["stats/flows", "stats/stocks", "stats/summary", "destinations", "origins"] {
            let query =
                if path.starts_with("stats/flows") || path.ends_with("stocks") { "?by=destination" } else { "" };
            let rows = app.public().rows(&format!("/v1/{path}{query}")).await;
            let csv = records(&app.public().text(&format!("/v1/{path}.csv{query}")).await);
            assert_eq!(csv.len(), rows.len() + 1, "{path}");
            every_cell_is_the_member_of_its_name(&csv, &rows, path);
            let ndjson = app.public().text(&format!("/v1/{path}.ndjson{query}")).await;
            let expected: String = rows.iter().map(|row| format!("{row}\n")).collect();
            assert_eq!(ndjson, expected, "{path}");
        }
    }

    async fn columns_stand_in_the_order_of_the_tables(app) {
        given::world(app).await;
        let header = app.editor().text("/v1/movements.csv").await;
        assert_eq!(header.lines().count(), 1, "a header even when empty");
        assert!(header.starts_with(MOVEMENT_COLUMNS), "{header}");
        assert!(header.trim_end().ends_with(",revision,created_at,updated_at"), "{header}");
        for name in ["households_figure", "individuals_figure", "figure_count", "individuals_high_open"] {
            assert!(header.contains(name), "{name}");
        }
        let header = app.editor().text("/v1/batches.csv").await;
        let expected = "code,origin,origin_name,kind,number,agreement,agreement_name,scheduled_on,departed_on,\
            departed_on_precision,cancelled,reasons,parties,visibility,notes,";
        assert!(header.starts_with(expected), "{header}");
        let header = app.editor().text("/v1/locations.csv?kind=crossing").await;
        assert_eq!(
            header.trim_end(),
            "code,name,kind,name_ar,aliases,parent,parent_name,p_code,latitude,longitude,settlement_type,revision,\
             created_at,updated_at"
        );
        let header = app.editor().text("/v1/figures.csv").await;
        assert!(
            header.starts_with("code,movement,return,batch,agreement,agreement_name,")
                || header.starts_with("code,movement,return,batch,agreement,"),
            "{header}"
        );
    }

    async fn lists_are_joined_and_formulas_made_harmless(app) {
        given::world(app).await;
        let parties = json!([{"name": "SARC", "role": "facilitator"}, {"name": "=cmd()", "role": "monitor"}]);
        given::batch("b")
            .with("parties", parties)
            .with("reasons", json!(["siege", "eviction"]))
            .with("notes", "=HYPERLINK(\"x\")")
            .put(app)
            .await;
        for (code, name) in [
            ("n1", "+1"),
            ("n2", "-1"),
            ("n3", "@x"),
            ("n4", "'=x"),
            ("n5", "a=b"),
            ("n6", "'tis"),
            ("n7", "x, \"y\"\nz"),
        ] {
            given::source(code).with("name", name).put(app).await;
        }
        let csv = records(&app.editor().text("/v1/batches.csv").await);
        let cell = |name: &str| csv[1][csv[0].iter().position(|column| column == name).unwrap()].clone();
        assert_eq!(cell("reasons"), "siege;eviction");
        assert_eq!(cell("parties"), "facilitator:SARC;monitor:=cmd()");
        assert_eq!(cell("notes"), "'=HYPERLINK(\"x\")");
        let csv = records(&app.editor().text("/v1/sources.csv?q=n").await);
        let names: Vec<&str> = csv[1..].iter().map(|record| record[1].as_str()).collect();
        assert_eq!(names, ["'+1", "'-1", "'@x", "''=x", "a=b", "'tis", "x, \"y\"\nz"]);
        // JSON says what was written.
        assert_eq!(app.editor().json("/v1/sources/n1").await["name"], "+1");
    }

    async fn a_byte_order_mark_when_asked_for(app) {
        given::world(app).await;
        let plain = app.public().get("/v1/sources.csv").await.is(200).bytes;
        let marked = app.public().get("/v1/sources.csv?bom=true").await.is(200).bytes;
        assert_eq!(marked, [b"\xEF\xBB\xBF".as_slice(), &plain].concat());
        assert!(plain.starts_with(b"code,"));
        assert!(String::from_utf8(plain).unwrap().contains("\r\n"), "RFC 4180 ends lines so");
    }

    async fn accept_chooses_as_well(app) {
        app.load_al_waer().await;
        let ask = |accept: &'static str, path: &'static str| async move {
            app.public().with("Accept", accept).get(path).await
        };
        let same = app.public().text("/v1/movements.csv").await;
        assert_eq!(ask("text/csv", "/v1/movements").await.is(200).text(), same);
        assert_eq!(ask("text/csv;q=0.9, application/json;q=0.1", "/v1/movements").await.is(200).text(), same);
        assert_eq!(
            ask("application/x-ndjson", "/v1/stats/flows?by=month").await.is(200).header("Content-Type"),
            Some("application/x-ndjson")
        );
        ask("text/html,*/*;q=0.8", "/v1/movements").await.is(200).json();
        for path in ["/v1/movements", "/v1/stats/flows", "/v1/destinations", "/v1/movements/al-waer-01.SY0208"] {
            ask("image/png", path).await.is_problem(406, "not_acceptable");
        }
        ask("text/csv", "/v1/movements/al-waer-01.SY0208").await.is_problem(406, "not_acceptable");
        ask("text/csv", "/v1/movements?limit=1").await.is_problem(400, "invalid_parameters");
        let gone = app.public().get("/v1/movements.pdf").await.is_problem(404, "not_found");
        let detail = gone.json()["detail"].as_str().unwrap().to_owned();
        for ending in [".csv", ".ndjson", ".xlsx"] {
            assert!(detail.contains(&format!("/v1/movements{ending}")), "{detail}");
        }
    }

    async fn places_can_be_put_on_a_map(app) {
        app.load_al_waer().await;
        for (path, rows) in [
            ("locations.geojson", "locations?limit=10000"),
            ("locations.geojson?parent=SY02&labels=ar", "locations?limit=10000&parent=SY02&labels=ar"),
            ("origins.geojson", "origins"),
            ("destinations.geojson?level=admin1", "destinations?level=admin1"),
            ("destinations.geojson?labels=ar", "destinations?labels=ar"),
        ] {
            let rows = app.public().rows(&format!("/v1/{rows}")).await;
            let answer = app.public().get(&format!("/v1/{path}")).await.is(200);
            assert_eq!(answer.header("Content-Type"), Some("application/geo+json"), "{path}");
            assert!(answer.header("Content-Disposition").unwrap().ends_with(".geojson\""), "{path}");
            let map = answer.json();
            assert_eq!(map["type"], "FeatureCollection");
            let features = map["features"].as_array().unwrap();
            assert!(!rows.is_empty(), "{path}");
            let expected: Vec<Value> = rows.iter().map(feature).collect();
            assert_eq!(features, &expected, "{path}");
        }
    }

    async fn a_place_without_coordinates_is_a_feature_without_geometry(app) {
        assert_eq!(app.public().json("/v1/locations.geojson").await, json!({"type": "FeatureCollection", "features": []}));
        given::world(app).await;
        given::location("camp").with("latitude", 36.6).with("longitude", 38).put(app).await;
        // From a place that lies in no governorate.
        given::batch("b").with("origin", "camp").on("2017-03-18").to("bab", &[]).put(app).await;
        let features = app.public().json("/v1/locations.geojson").await["features"].clone();
        let of = |code: &str| features.as_array().unwrap().iter().find(|one| one["id"] == code).unwrap().clone();
        assert_eq!(of("camp")["geometry"], json!({"type": "Point", "coordinates": [38.0, 36.6]}));
        assert_eq!(of("bab")["geometry"], Value::Null);
        assert_eq!(of("bab")["properties"], app.public().json("/v1/locations/bab").await);
        let origin = app.public().json("/v1/origins.geojson").await["features"][0].clone();
        assert_eq!((&origin["id"], &origin["geometry"]), (&json!("camp"), &of("camp")["geometry"]));
        let nowhere = app.public().json("/v1/origins.geojson?level=admin1").await["features"][0].clone();
        assert!(nowhere.get("id").is_none(), "an id is never null: {nowhere}");
        assert_eq!(nowhere["properties"]["code"], Value::Null);
    }

    async fn only_places_can_be_put_on_a_map(app) {
        app.load_al_waer().await;
        let geo = app.public().with("Accept", "application/geo+json");
        for path in ["movements", "sources", "figures", "stats/flows", "stats/stocks", "stats/summary"] {
            app.public().get(&format!("/v1/{path}.geojson")).await.is_problem(404, "not_found");
            geo.get(&format!("/v1/{path}")).await.is_problem(406, "not_acceptable");
        }
        for path in ["locations", "origins", "destinations"] {
            let answer = geo.get(&format!("/v1/{path}")).await.is(200);
            assert_eq!(answer.text(), app.public().text(&format!("/v1/{path}.geojson")).await, "{path}");
            let tag = answer.etag();
            geo.with("If-None-Match", &tag).get(&format!("/v1/{path}")).await.is(304);
            for query in ["limit=1", "bom=true", "lang=ar", "parrent=SY"] {
                app.public().get(&format!("/v1/{path}.geojson?{query}")).await.is_problem(400, "invalid_parameters");
            }
        }
        geo.get("/v1/locations/SY07").await.is_problem(406, "not_acceptable");
        app.stranger().await.get("/v1/locations.geojson").await.is_problem(401, "unauthorized");
    }

    async fn the_name_of_a_file_says_what_is_in_it(app) {
        app.load_al_waer().await;
        let answer = app.public().get("/v1/movements.csv?destination=SY07&from=2017-04-01").await.is(200);
        let name = answer.header("Content-Disposition").unwrap().to_owned();
        assert!(
            name.starts_with("attachment; filename=\"movements")
                && name.contains("SY07")
                && name.contains("2017-04-01"),
            "{name}"
        );
        let answer = app.public().get("/v1/movements.csv?q=%22%0D%0Ax: y").await.is(200);
        assert!(answer.header("Content-Disposition").unwrap().bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    }

    async fn an_answer_says_once_what_it_depends_on(app) {
        app.load_al_waer().await;
        for encoding in ["identity", "gzip", "br"] {
            for path in ["/v1/movements", "/v1/movements.csv", "/v1/stats/flows?by=month", "/v1/batches/al-waer-01"] {
                let answer = app.public().with("Accept-Encoding", encoding).get(path).await.is(200);
                let expected = ["Accept, Accept-Encoding, Authorization, Origin"];
                assert_eq!(answer.header_lines("Vary"), expected, "{path} {encoding}");
            }
        }
        let answer = app.public().with("Accept-Encoding", "gzip").get("/openapi.json").await.is(200);
        assert_eq!(answer.header_lines("Vary"), ["accept-encoding"]);
        assert_eq!(answer.header("Content-Encoding"), Some("gzip"));
    }

    async fn lists_and_statistics_are_not_sent_twice(app) {
        app.load_al_waer().await;
        for path in
            ["/v1/movements", "/v1/movements.csv", "/v1/stats/flows?by=month", "/v1/destinations", "/v1/stats/summary"]
        {
            let tag = app.public().get(path).await.is(200).etag();
            assert!(tag.starts_with("W/\""), "{tag}");
            let again = app.public().with("If-None-Match", &tag).get(path).await.is(304);
            assert!(again.bytes.is_empty());
            assert_ne!(app.editor().get(path).await.etag(), tag, "the rights of the caller are a part of it");
        }
        let json = app.public().get("/v1/movements").await.etag();
        assert_ne!(app.public().get("/v1/movements?limit=5").await.etag(), json);
        assert_ne!(app.public().with("Accept", "text/csv").get("/v1/movements").await.etag(), json);
        given::source("new").put(app).await;
        app.public().with("If-None-Match", &json).get("/v1/movements").await.is(200);
    }
}
