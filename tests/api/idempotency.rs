//! Requests that are sent again: done once, answered alike; by two at once, at two instances, after a restart.

use std::sync::mpsc;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use futures_util::FutureExt;
use futures_util::future::join_all;
use homeward::db::Db;
use serde_json::{Value, json};

use crate::support::{Answer, Client, Kind, TestApp, given};

const KEY: &str = "8e03978e-40d5-43e8-bc93-6894a57f9324";

#[derive(QueryableByName, Debug)]
struct Kept {
    #[diesel(sql_type = BigInt)]
    answers: i64,
    #[diesel(sql_type = Nullable<Text>)]
    bodies: Option<String>,
}

/// What is kept: how many answers, and their bodies.
async fn kept(app: &TestApp) -> Kept {
    let sql = match app.database.kind() {
        Kind::Sqlite => "SELECT count(*) AS answers, group_concat(body, ' ') AS bodies FROM answers",
        Kind::Postgres => "SELECT count(*) AS answers, string_agg(body, ' ') AS bodies FROM answers",
    };
    app.db.read(move |conn| Ok(diesel::sql_query(sql).get_result(conn)?)).await.unwrap()
}

fn source(name: &str) -> Value {
    json!({"name": name, "kind": "media"})
}

/// A batch without a code: sent twice, it is there twice.
fn batch(notes: &str) -> Value {
    json!({"origin": "waer", "notes": notes})
}

/// The same bytes, and all headers that say something about them.
#[track_caller]
fn assert_same(first: &Answer, again: &Answer) {
    assert_eq!((again.status, &again.bytes), (first.status, &first.bytes));
    for name in ["Location", "ETag", "Content-Type", "Cache-Control", "Vary", "Content-Encoding"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!((first.header("Idempotency-Replayed"), again.header("Idempotency-Replayed")), (None, Some("true")));
    assert_ne!(again.header("X-Request-Id"), first.header("X-Request-Id"));
}

fn keyed(client: &Client, key: &str) -> Client {
    client.with("Idempotency-Key", key)
}

both! {
    async fn a_request_that_is_sent_again_is_done_once(app) {
        given::world(app).await;
        let editor = keyed(&app.editor(), KEY);
        let figure = json!({"stage": "departed", "individuals": 40_000, "households": 2});
        let body = given::batch("b").on("2017-03-18").to("bab", &[figure]).with("code", Value::Null).body();
        let first = editor.post("/v1/batches", &body).await.is(201);
        assert!(first.json()["warnings"].is_array(), "{}", first.text());
        let code = first.json()["code"].as_str().unwrap().to_owned();
        assert_eq!((first.header("Location"), first.etag()), (Some(&*format!("/v1/batches/{code}")), "\"1\"".to_owned()));
        assert_same(&first, &editor.post("/v1/batches", &body).await);
        assert_eq!(app.editor().codes("/v1/batches").await.join(" "), code);
        assert_eq!(app.editor().rows(&format!("/v1/batches/{code}/history")).await.len(), 1);
        // The first answer, whatever became of the row.
        app.editor().patch(&format!("/v1/batches/{code}"), &json!({"number": 7})).await.is(200);
        assert_same(&first, &editor.post("/v1/batches", &body).await);
        app.editor().delete(&format!("/v1/batches/{code}")).await.is(204);
        assert_same(&first, &editor.post("/v1/batches", &body).await);
        assert_eq!(app.editor().codes("/v1/batches").await, [""; 0]);
    }

    async fn every_resource_takes_a_key(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").put(app).await;
        let bodies = [
            ("locations", json!({"code": "x", "name": "x", "kind": "camp"})),
            ("sources", json!({"code": "x", "name": "x", "kind": "media"})),
            ("agreements", json!({"code": "x", "name": "x"})),
            ("batches", json!({"code": "x", "origin": "waer"})),
            ("movements", json!({"batch": "b", "destination": "bab"})),
            ("returns", json!({"code": "x", "from": "bab", "to": "waer"})),
            ("figures", json!({"code": "x", "movement": "b.bab", "stage": "departed", "individuals": 5})),
        ];
        for (resource, body) in bodies {
            let (editor, path) = (keyed(&app.editor(), KEY), format!("/v1/{resource}"));
            let first = editor.post(&path, &body).await.is(201);
            assert_same(&first, &editor.post(&path, &body).await);
            app.editor().post(&path, &body).await.is_problem(409, "already_exists");
        }
        assert_eq!(kept(app).await.answers, 7);
    }

    async fn a_key_belongs_to_one_request(app) {
        given::world(app).await;
        let editor = keyed(&app.editor(), KEY);
        editor.post("/v1/batches", &batch("one")).await.is(201);
        let reused = "idempotency_key_reused";
        editor.post("/v1/batches", &batch("two")).await.is_problem(422, reused);
        editor.post("/v1/batches?labels=ar", &batch("one")).await.is_problem(422, reused);
        let spaced = editor.send("POST", "/v1/batches", Some(("application/json", br#"{"origin":"waer", "notes":"one"}"#)));
        spaced.await.is_problem(422, reused);
        assert_eq!(app.editor().column("/v1/batches", "notes").await, ["one"]);
        // Another path, another token, another key: another request.
        editor.post("/v1/returns", &json!({"from": "bab", "to": "waer"})).await.is(201);
        keyed(&app.admin(), KEY).post("/v1/batches", &batch("one")).await.is(201);
        keyed(&app.editor(), "another").post("/v1/batches", &batch("one")).await.is(201);
        assert_eq!(app.editor().rows("/v1/batches").await.len(), 3);
        // What changes a row as it is needs no key, and none is looked at.
        for _ in 0..2 {
            let answer = editor.put("/v1/batches/x", &batch("x")).await;
            assert_eq!((answer.status / 100, answer.header("Idempotency-Replayed")), (2, None));
        }
        editor.delete("/v1/batches/x").await.is(204);
        editor.delete("/v1/batches/x").await.is_problem(404, "not_found");
    }

    async fn only_good_answers_are_kept(app) {
        let editor = keyed(&app.editor(), KEY);
        editor.post("/v1/sources", &json!({"name": "x"})).await.is_problem(422, "invalid_body");
        editor.send("POST", "/v1/sources", Some(("application/json", b"{"))).await.is_problem(400, "invalid_json");
        app.editor().put("/v1/sources/x", &source("x")).await.is(201);
        let taken = json!({"code": "x", "name": "x", "kind": "media"});
        editor.post("/v1/sources", &taken).await.is_problem(409, "already_exists");
        assert_eq!(kept(app).await.answers, 0);
        app.editor().delete("/v1/sources/x").await.is(204);
        let first = editor.post("/v1/sources", &taken).await.is(201);
        assert_same(&first, &editor.post("/v1/sources", &taken).await);
    }

    async fn what_is_no_key_is_refused_before_the_body(app) {
        given::world(app).await;
        let longest = "k".repeat(255);
        for fine in ["k", "\"quoted\"", &longest] {
            keyed(&app.editor(), fine).post("/v1/batches", &batch("x")).await.is(201);
        }
        for wrong in ["", "a b", "é", &"k".repeat(256)] {
            for path in ["/v1/batches", "/v1/tokens", "/v1/imports/sources"] {
                let answer = keyed(&app.admin(), wrong).send("POST", path, Some(("text/csv", b"{"))).await;
                answer.is_problem(400, "invalid_idempotency_key");
            }
        }
        let twice = keyed(&keyed(&app.editor(), "a"), "b").post("/v1/batches", &batch("x")).await;
        twice.is_problem(400, "invalid_idempotency_key");
        // Who asks is settled first.
        keyed(&app.public(), "a b").post("/v1/batches", &batch("x")).await.is_problem(401, "unauthorized");
    }

    async fn one_that_still_runs_is_a_409(app) {
        given::world(app).await;
        // Whoever writes waits: on PostgreSQL for the row, on SQLite for the writer.
        let (release, wait) = mpsc::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel::<()>();
        let (wait, begun) = (std::sync::Mutex::new(wait), std::sync::Mutex::new(Some(begun)));
        // A connection of its own: the service has but two.
        let db = match app.database.kind() {
            Kind::Sqlite => app.db.clone(),
            Kind::Postgres => Db::open(&app.database.url().parse().unwrap(), 1).unwrap(),
        };
        let holder = actix_web::rt::spawn(async move { db.write(move |conn| {
            diesel::sql_query("UPDATE data_version SET seq = seq").execute(conn)?;
            begun.lock().unwrap().take().unwrap().send(()).unwrap();
            wait.lock().unwrap().recv().unwrap();
            Ok(())
        }).await });
        has_begun.await.unwrap();
        let editor = keyed(&app.editor(), KEY);
        let body = batch("one");
        let mut first = Box::pin(editor.post("/v1/batches", &body));
        // As far as it gets: to its turn in the database.
        while kept_running(app) == 0 {
            assert!((&mut first).now_or_never().is_none());
            actix_web::rt::task::yield_now().await;
        }
        for body in [&body, &batch("two")] {
            let answer = editor.post("/v1/batches", body).await.is_problem(409, "still_running");
            assert_eq!(answer.header("Idempotency-Replayed"), None);
        }
        release.send(()).unwrap();
        let first = first.await.is(201);
        holder.await.unwrap().unwrap();
        assert_same(&first, &editor.post("/v1/batches", &body).await);
    }

    async fn of_many_at_once_one_is_done(app) {
        given::world(app).await;
        let (here, there) = (app.editor(), app.another_instance().await.with_token(app.editor_token()));
        for round in 0..5 {
            let (key, body) = (format!("round-{round}"), batch(&format!("round {round}")));
            let sent = (0..12).map(|number| {
                let editor = keyed(if number % 2 == 0 { &here } else { &there }, &key);
                let body = body.clone();
                async move { editor.post("/v1/batches", &body).await }
            });
            let answers = join_all(sent).await;
            let done: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
            assert!(!done.is_empty());
            for answer in &answers {
                match answer.status {
                    201 => assert_eq!(answer.bytes, done[0].bytes),
                    _ => _ = answer.clone().is_problem(409, "still_running"),
                }
            }
            assert_eq!(done.iter().filter(|answer| answer.header("Idempotency-Replayed").is_none()).count(), 1);
            for editor in [&here, &there] {
                let again = keyed(editor, &key).post("/v1/batches", &body).await.is(201);
                assert_eq!((&again.bytes, again.header("Idempotency-Replayed")), (&done[0].bytes, Some("true")));
            }
            assert_eq!(app.editor().rows("/v1/batches").await.len(), round + 1);
        }
    }

    async fn different_keys_do_not_wait_for_each_other(app) {
        given::world(app).await;
        let answers = join_all((0..40).map(|number| async move {
            let editor = keyed(&app.editor(), &format!("key-{number}"));
            let (first, again) = (editor.post("/v1/batches", &batch("x")).await, editor.post("/v1/batches", &batch("x")).await);
            assert_same(&first.clone().is(201), &again);
            first.json()["code"].clone()
        }));
        let codes = answers.await;
        assert_eq!(app.editor().rows("/v1/batches").await.len(), 40);
        assert!(codes.iter().all(|code| codes.iter().filter(|other| other == &code).count() == 1));
    }

    async fn an_answer_outlives_the_process_and_a_day(app) {
        given::world(app).await;
        let body = batch("x");
        let first = keyed(&app.editor(), KEY).post("/v1/batches", &body).await.is(201);
        app.pass(25 * 3_600);
        let again = app.another_instance().await.with_token(app.editor_token());
        assert_same(&first, &keyed(&again, KEY).post("/v1/batches", &body).await);
        keyed(&again, "other").post("/v1/batches", &body).await.is(201);
        assert_eq!(kept(app).await.answers, 2, "a day old is not too old");
        // Whoever keeps one throws old ones away.
        app.pass(24 * 3_600);
        for number in 0..30 {
            keyed(&again, &format!("many-{number}")).post("/v1/batches", &body).await.is(201);
        }
        assert_eq!(kept(app).await.answers, 31, "only the first was old enough");
        let anew = keyed(&again, KEY).post("/v1/batches", &body).await.is(201);
        assert_eq!(anew.header("Idempotency-Replayed"), None);
        assert_ne!(anew.json()["code"], first.json()["code"]);
        app.pass(49 * 3_600);
        for left in [13, 2, 3] {
            keyed(&again, &format!("left-{left}")).post("/v1/batches", &body).await.is(201);
            assert_eq!(kept(app).await.answers, left, "a few at a time");
        }
    }

    async fn a_token_is_made_once_and_lies_nowhere(app) {
        given::world(app).await;
        let admin = keyed(&app.admin(), "1");
        let body = json!({"name": "office", "role": "editor", "expires_in_days": 7});
        let first = admin.post("/v1/tokens", &body).await.is(201);
        assert_same(&first, &admin.post("/v1/tokens", &body).await);
        let token = first.json()["token"].as_str().unwrap().to_owned();
        app.with_token(&token).post("/v1/batches", &batch("x")).await.is(201);
        let kept = kept(app).await.bodies.unwrap();
        assert!(kept.contains("office") && !kept.contains(&token) && !kept.contains("hw_"), "{kept}");
        // Somebody else's key is another key, even if it is the same.
        let other = app.admin().post("/v1/tokens", &json!({"name": "boss", "role": "admin"})).await.is(201).json();
        let other = keyed(&app.with_token(other["token"].as_str().unwrap()), "1");
        other.post("/v1/tokens", &body).await.is_problem(409, "already_exists");
        // Who is out gets nothing again.
        app.admin().delete("/v1/tokens/admin").await.is(204);
        admin.post("/v1/tokens", &body).await.is_problem(401, "unauthorized");
    }

    async fn an_import_is_done_once(app) {
        let sheet = "code,name,kind\nradio,Radio,media\n".as_bytes();
        let editor = keyed(&app.editor(), KEY);
        let send = async |client: &Client, query: &str| {
            client.send("POST", &format!("/v1/imports/sources{query}"), Some(("text/csv", sheet))).await
        };
        let first = send(&editor, "?commit=true").await.is(201);
        assert_eq!(first.json()["counts"]["sources"]["created"], 1);
        assert!(first.header("Location").is_some_and(|place| place.starts_with("/v1/imports/")));
        app.editor().delete("/v1/sources/radio").await.is(204);
        assert_same(&first, &send(&editor, "?commit=true").await);
        assert_eq!(app.editor().codes("/v1/sources").await, [""; 0]);
        assert_eq!(app.editor().rows("/v1/imports").await.len(), 1);
        // A dry run is another request; so is another sheet.
        send(&editor, "").await.is_problem(422, "idempotency_key_reused");
        editor.send("POST", "/v1/imports/sources?commit=true", Some(("text/csv", b"code,name,kind\n"))).await
            .is_problem(422, "idempotency_key_reused");
        let trying = keyed(&app.editor(), "try");
        let tried = send(&trying, "").await.is(200);
        assert_eq!((tried.json()["committed"].clone(), tried.header("Location")), (json!(false), None));
        send(&keyed(&app.editor(), "commit"), "?commit=true").await.is(201);
        assert_same(&tried, &send(&trying, "").await);
        // What is refused can be mended under the same key.
        let mended = keyed(&app.editor(), "mended");
        let wrong = ("text/csv", "code,name,kind\nradio,Radio,nonsense\n".as_bytes());
        mended.send("POST", "/v1/imports/sources?commit=true", Some(wrong)).await.is_problem(422, "invalid_sheet");
        send(&mended, "?commit=true").await.is(201);
    }

    async fn sheets_at_two_instances_are_written_once(app) {
        given::world(app).await;
        let mut sheet = "return,from,to,returned_on,stage,individuals\n".to_owned();
        for number in 0..500 {
            sheet += &format!("r{number},bab,waer,2017-05-01,arrived,5\n");
        }
        let (here, there) = (app.editor(), app.another_instance().await.with_token(app.editor_token()));
        for query in ["", "?commit=true"] {
            let key = format!("key{query}");
            let path = format!("/v1/imports/returns{query}");
            let sent = [&here, &there, &here, &there].map(|editor| {
                let (editor, path, sheet) = (keyed(editor, &key), path.clone(), sheet.clone());
                async move { editor.send("POST", &path, Some(("text/csv", sheet.as_bytes()))).await }
            });
            let answers = join_all(sent).await;
            let done: Vec<&Answer> = answers.iter().filter(|answer| answer.status / 100 == 2).collect();
            assert!(!done.is_empty() && done.iter().all(|answer| answer.bytes == done[0].bytes));
            for answer in answers.iter().filter(|answer| answer.status / 100 != 2) {
                answer.clone().is_problem(409, "still_running");
            }
        }
        assert_eq!(app.editor().rows("/v1/imports").await.len(), 1);
        assert_eq!(app.editor().rows("/v1/returns?limit=1000").await.len(), 500);
    }
}

/// How many requests with a key the service has begun.
fn kept_running(app: &TestApp) -> usize {
    app.running.len()
}

/// A transaction of another process that has claimed the key and does not end.
fn claim(url: &str) -> PgConnection {
    let mut other = PgConnection::establish(url).unwrap();
    other
        .batch_execute(&format!(
            "BEGIN; INSERT INTO answers (token, path, key, request, at, status, resource, body) \
             VALUES ('editor', '/v1/batches', '{KEY}', 'x', now(), 0, '', '')"
        ))
        .unwrap();
    other
}

#[actix_web::test]
async fn whoever_holds_a_key_in_another_process_is_waited_for_until_it_dies() {
    let app = TestApp::start(Kind::Postgres).await;
    given::world(&app).await;
    let editor = keyed(&app.editor(), KEY);
    let body = batch("x");
    let holder = claim(&app.database.url());
    for _ in 0..2 {
        editor.post("/v1/batches", &body).await.is_problem(409, "still_running");
    }
    // Gone without a word, as in a crash.
    drop(holder);
    let mut answer = editor.post("/v1/batches", &body).await;
    // The server notices it a moment later.
    for _ in 0..50 {
        if answer.status == 201 {
            break;
        }
        answer.is_problem(409, "still_running");
        answer = editor.post("/v1/batches", &body).await;
    }
    answer.is(201);
}

#[actix_web::test]
async fn only_the_key_is_waited_for_so_shortly() {
    let app = TestApp::start(Kind::Postgres).await;
    given::world(&app).await;
    given::batch("b").put(&app).await;
    let mut holder = PgConnection::establish(&app.database.url()).unwrap();
    holder.batch_execute("BEGIN; SELECT 1 FROM batches FOR UPDATE").unwrap();
    let editor = keyed(&app.editor(), KEY);
    let body = json!({"batch": "b", "destination": "bab"});
    // Longer than any key is waited for; how long the rest may take is nobody's business.
    let release = async {
        actix_web::rt::time::sleep(std::time::Duration::from_millis(600)).await;
        holder.batch_execute("COMMIT").unwrap();
    };
    let (answer, ()) = futures_util::future::join(editor.post("/v1/movements", &body), release).await;
    answer.is(201);
}
