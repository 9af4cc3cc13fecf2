//! PostgreSQL goes away and comes back; the service stays.

use crate::support::{Cluster, Record, Service, eventually, given_places, token};

#[test]
fn a_server_that_goes_and_comes_back_needs_no_restart() {
    let mut cluster = Cluster::start();
    let ada = token(&cluster.url(), "ada", "editor");
    let service = Service::start(&cluster.url());
    let (anybody, editor) = (service.client(), service.with_token(&ada));
    given_places(&editor);
    let record = Record::default();
    // It goes in the middle of writing: all are told so, and nobody waits for ever.
    let refused = record.write_until_refused(&editor, || {
        eventually("sixteen writers write", || record.len() >= 40);
        cluster.go_away();
    });
    let writers = refused.len();
    for answer in refused {
        answer.unwrap().is_unavailable();
    }
    // While it is away.
    anybody.get("/health/live").is(200);
    anybody.get("/health/ready").is_unavailable();
    editor.get("/v1/batches").is_unavailable();
    editor.get("/v1/batches.csv").is_unavailable();
    for answer in record.write_until_refused(&editor, || {}) {
        answer.unwrap().is_unavailable();
    }
    // And after that.
    cluster.come_back();
    eventually("the service is ready again", || anybody.get("/health/ready").status == 200);
    record.is_kept(&editor, writers);
    record.write(&editor);
    record.is_kept(&editor, writers);
    service.stop();
}

#[test]
fn a_server_that_comes_back_at_once_is_hardly_noticed() {
    let mut cluster = Cluster::start();
    let ada = token(&cluster.url(), "ada", "editor");
    let service = Service::start(&cluster.url());
    let editor = service.with_token(&ada);
    given_places(&editor);
    let record = Record::default();
    record.write(&editor);
    cluster.go_away();
    cluster.come_back();
    // Every idle connection is broken; nobody's first request is what finds out.
    editor.get("/v1/batches").is(200);
    record.write(&editor);
    record.is_kept(&editor, 0);
    service.stop();
}
