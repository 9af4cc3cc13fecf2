//! What a caller may not read makes no difference to anything that they are answered.
//!
//! Two records that differ only in their secrets are asked the same, and must answer the same. So it is found not only where a secret is
//! shown, but also where it is counted, sorted by, suggested, or lies in a cursor.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::secrets::{Secrets, record};
use super::{addresses, has, unpacked};
use crate::support::{Answer, Client, TestApp};

/// What is answered, but for the id of the request.
fn told(answer: &Answer) -> String {
    let text = unpacked(&answer.bytes);
    let text = match (answer.status, serde_json::from_str::<Value>(&text)) {
        (400.., Ok(mut problem)) => {
            problem.as_object_mut().unwrap().remove("request_id");
            problem.to_string()
        }
        _ => text,
    };
    let headers = ["Content-Disposition", "Link"].map(|name| answer.header(name));
    format!("{} {headers:?}\n{text}", answer.status)
}

/// What somebody is answered at each address, page after page.
async fn walk(client: &Client, addresses: &[String]) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for address in addresses {
        let mut next = Some(address.clone());
        while let Some(asked) = next.take() {
            let answer = client.get(&asked).await;
            if answer.status == 200 && asked.contains("?limit=1") {
                let cursor = answer.json()["next_cursor"].as_str().map(str::to_owned);
                next = cursor.map(|cursor| format!("{address}&cursor={cursor}"));
            }
            all.insert(asked, told(&answer));
        }
    }
    all
}

/// Insists on the same answers.
async fn same(one: &Client, other: &Client, addresses: &[String]) {
    let (ones, others) = (walk(one, addresses).await, walk(other, addresses).await);
    let differ = |address: &&String| {
        // What has been asked for is counted there.
        !address.starts_with("/metrics") && ones.get(*address) != others.get(*address)
    };
    let asked: BTreeSet<&String> = ones.keys().chain(others.keys()).collect();
    let different: Vec<_> = asked.into_iter().filter(differ).collect();
    if let Some(first) = different.first() {
        // The lines that only one of them has.
        let lines = |all: &BTreeMap<String, String>, but: &BTreeMap<String, String>| -> Vec<String> {
            let text = |all: &BTreeMap<String, String>| all.get(*first).cloned().unwrap_or_default();
            let known = text(but);
            text(all).lines().filter(|line| !known.lines().any(|known| known == *line)).map(str::to_owned).collect()
        };
        panic!("{different:#?} tell of secrets; {first}:\n{:#?}\n{:#?}", lines(&ones, &others), lines(&others, &ones));
    }
}

/// What the record is asked for: everything, but of files that show the rows of a list only the whole.
async fn questions(app: &TestApp) -> Vec<String> {
    let import = app.editor().codes("/v1/imports").await.remove(0);
    let mut all = addresses(app, &import).await;
    let of_a_list = |path: &str| {
        let file = [".csv", ".ndjson", ".xlsx", ".geojson"].iter().any(|suffix| path.ends_with(suffix));
        file && !(path.starts_with("/v1/exports/") && path.ends_with(".csv"))
    };
    all.retain(|address| address.split_once('?').is_none_or(|(path, _)| !of_a_list(path)));
    all
}

/// What is counted: by the service in memory, or else by the database.
fn counted(addresses: &[String]) -> Vec<String> {
    let counted = ["/v1/stats/", "/v1/origins", "/v1/destinations"];
    addresses.iter().filter(|address| counted.iter().any(|path| address.starts_with(path))).cloned().collect()
}

both! {
    async fn to_the_public(app) {
        record(app, &Secrets::new(true, 'a', 'a')).await;
        let other = TestApp::start(app.database.kind()).await;
        record(&other, &Secrets::new(false, 'b', 'b')).await;
        let questions = questions(app).await;
        // What is kept of the answers to others is not given to the public.
        walk(&app.editor(), &questions).await;
        same(&app.public(), &other.public(), &questions).await;
        same(&app.without_columns().await.public(), &other.public(), &counted(&questions)).await;
    }

    async fn to_readers_who_a_confidential_source_is(app) {
        let secrets = Secrets::new(true, 'a', 'a');
        record(app, &secrets).await;
        let other = TestApp::start(app.database.kind()).await;
        record(&other, &Secrets::new(true, 'a', 'c')).await;
        let questions = questions(app).await;
        let all = walk(&app.editor(), &questions).await;
        let unseen = |secret: &&String| !all.iter().any(|(asked, text)| !asked.contains(*secret) && has(text, secret));
        let told = secrets.told.take();
        assert_eq!(told.iter().filter(unseen).collect::<Vec<_>>(), [""; 0], "the record has them all");
        same(&app.reader(), &other.reader(), &questions).await;
        let by_the_database = app.without_columns().await.with_token(app.reader_token());
        same(&by_the_database, &other.reader(), &counted(&questions)).await;
    }
}
