//! Answers that are kept: never older than what was written, nobody else's, and the same in every encoding.

use std::io::Read;

use serde_json::json;

use crate::support::given;

const TOTAL: &str = "/v1/stats/flows";

both! {
    async fn an_answer_is_never_older_than_the_last_write(app) {
        given::world(app).await;
        let other = app.another_instance().await.with_token(app.editor_token());
        for count in 1..6 {
            let parts = json!([{"destination": "zoghra", "figures": [given::individuals("departed", count)]}]);
            let body = json!({"origin": "waer", "departed_on": "2017-03-18", "movements": parts});
            assert!(app.editor().put("/v1/batches/b1", &body).await.status < 300);
            for reader in [&app.editor(), &app.reader(), &app.public(), &other] {
                // Twice: computed, and kept.
                for _ in 0..2 {
                    assert_eq!(reader.rows(TOTAL).await[0]["displaced_individuals"], count);
                }
            }
        }
        app.editor().delete("/v1/batches/b1").await;
        assert_eq!(other.rows(TOTAL).await[0]["movements"], 0);
        assert_eq!(app.public().rows(TOTAL).await[0]["movements"], 0);
    }

    async fn what_is_kept_for_one_is_not_shown_to_another(app) {
        given::world(app).await;
        let people = given::individuals("departed", 5);
        given::batch("b1").on("2017-03-18").with("visibility", "restricted").to("zoghra", &[people]).put(app).await;
        for _ in 0..2 {
            assert_eq!(app.editor().rows(TOTAL).await[0]["displaced_individuals"], 5);
            assert_eq!(app.public().rows(TOTAL).await[0]["displaced_individuals"], 0);
        }
        // The same question in other words is another question.
        let arabic = app.editor().rows("/v1/stats/flows?by=destination&labels=ar").await;
        let english = app.editor().rows("/v1/stats/flows?by=destination").await;
        assert_eq!(arabic[0]["destination"], english[0]["destination"]);
    }

    async fn every_encoding_holds_the_same_answer(app) {
        app.load_al_waer().await;
        let path = "/v1/stats/flows?by=week,destination";
        let plain = app.public().get(path).await;
        let gzip = app.public().with("Accept-Encoding", "gzip").get(path).await;
        assert_eq!(gzip.header("content-encoding"), Some("gzip"));
        let mut text = String::new();
        flate2::read::GzDecoder::new(&gzip.bytes[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text());
        let brotli = app.public().with("Accept-Encoding", "br, gzip").get(path).await;
        assert_eq!(brotli.header("content-encoding"), Some("br"));
        let mut text = String::new();
        brotli::Decompressor::new(&brotli.bytes[..], 4096).read_to_string(&mut text).unwrap();
        assert_eq!(text, plain.text());
        assert_eq!(plain.header("content-encoding"), None);
        for answer in [&gzip, &brotli] {
            assert_eq!(answer.header("etag"), plain.header("etag"));
            assert!(answer.header("vary").unwrap().contains("Accept-Encoding"));
        }
        let csv = app.public().with("Accept-Encoding", "gzip").get("/v1/stats/flows.csv?by=week").await;
        assert!(csv.header("content-disposition").unwrap().contains("flows_week.csv"));
        assert_eq!(csv.header("content-encoding"), Some("gzip"));
    }

    async fn a_wrong_question_is_not_kept(app) {
        given::world(app).await;
        let path = "/v1/stats/flows?origin=later";
        assert_eq!(app.public().get(path).await.status, 400);
        app.editor().put("/v1/locations/later", &json!({"name": "Later", "kind": "locality"})).await;
        assert_eq!(app.public().get(path).await.status, 200);
        assert_eq!(app.public().with("If-None-Match", "*").get(path).await.status, 304);
        assert_eq!(app.public().with("If-None-Match", "*").get("/v1/stats/flows?origin=nowhere").await.status, 400);
    }
}
