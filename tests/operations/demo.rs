//! `homeward demo`: real data at once, from a database that is gone afterwards.

use serde_json::json;

use crate::support::{Service, command};

#[test]
fn the_demonstration_needs_nothing_and_leaves_nothing() {
    let temporary = tempfile::tempdir().unwrap();
    // Neither is used: the demonstration has a database of its own.
    let database = "postgres://nobody@127.0.0.1:1/nothing";
    let demo = Service::of(command(database, &["demo"]).env("TMPDIR", temporary.path()).env("PUBLIC_READ", "false"));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 1);

    let anybody = demo.client();
    anybody.get("/health/ready").is(200);
    let total = &anybody.rows("/v1/stats/flows")[0];
    assert_eq!((&total["displaced_individuals"], &total["returned_individuals"]), (&json!(18_029), &json!(609)));
    assert_eq!(anybody.rows("/v1/stats/stocks")[0]["remaining_individuals"], 17_420);

    let printed = demo.out();
    let token = printed.lines().find_map(|line| line.strip_prefix("An editor's token: ")).expect("a token");
    let source = json!({"name": "The radio", "kind": "media"});
    anybody.put("/v1/sources/radio", &source).is(401);
    demo.with_token(token).put("/v1/sources/radio", &source).is(201);

    demo.terminate();
    let outcome = demo.end();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "the database is still there");
}
