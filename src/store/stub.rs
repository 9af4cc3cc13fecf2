//! Stand-ins until the resources are there.
#![allow(missing_docs)]

use serde_json::Value;

use super::{Condition, Filter, Reading, Rows, Tx, Written};
use crate::db::Conn;
use crate::db::page::{Page, PageRequest};
use crate::domain::reading::Fields;
use crate::domain::{Findings, Resource};
use crate::error::Error;

macro_rules! stub {
    ($name:ident, $resource:ident, $row:ty, $body:tt, |$fields:ident| $read:expr) => {
        pub struct $name;
        impl Rows for $name {
            const RESOURCE: Resource = Resource::$resource;
            type Row = $row;
            type Single = $row;
            type Body = $row;
            fn page(_: &mut Conn, _: Reading, filter: &Filter, _: &PageRequest) -> Result<Page<$row>, Error> {
                if !filter.wrong.is_empty() {
                    return Err(Error::Parameters(filter.wrong.clone()));
                }
                Ok(Page { rows: vec![Self::sample()], next: None })
            }
            fn count(_: &mut Conn, _: Reading, _: &Filter) -> Result<i64, Error> {
                Ok(1)
            }
            fn single(_: &mut Conn, _: Reading, code: &str) -> Result<Option<($row, i32)>, Error> {
                Ok((code != "missing").then(|| (Self::sample(), 3)))
            }
            fn create(tx: &mut Tx, body: &Value) -> Result<Written, Error> {
                let mut findings = Findings::default();
                let mut $fields = Fields::new(body, String::new(), &mut findings);
                let _ = $read;
                $fields.finish(&[]);
                if !findings.errors.is_empty() {
                    return Err(Error::Invalid(findings.errors));
                }
                tx.note(Self::RESOURCE, "new", 1, None, Some(body.clone()));
                Ok(Written { code: "new".to_owned(), created: true, warnings: findings.warnings })
            }
            fn replace(_: &mut Tx, code: &str, _: &Value, _: &Condition) -> Result<Written, Error> {
                Ok(Written { code: code.to_owned(), created: false, warnings: vec![] })
            }
            fn change(_: &mut Tx, code: &str, _: &Value, _: &Condition) -> Result<Written, Error> {
                Ok(Written { code: code.to_owned(), created: false, warnings: vec![] })
            }
            fn delete(_: &mut Tx, _: &str, _: &Condition) -> Result<(), Error> {
                Ok(())
            }
            fn sample() -> $row {
                let mut findings = Findings::default();
                let body = Self::sample_body();
                let mut $fields = Fields::new(&body, String::new(), &mut findings);
                $read
            }
            fn sample_single() -> $row {
                Self::sample()
            }
            fn sample_body() -> Value {
                serde_json::json!($body)
            }
        }
    };
}

use crate::domain::{agreement, batch, figure, homecoming, location, movement, source};
const TODAY: chrono::NaiveDate = chrono::NaiveDate::MAX;

stub!(Locations, Locations, location::Location, {"code": "al-waer", "name": "Al-Waer", "kind": "neighbourhood"}, |f| location::Location::read(&mut f));
stub!(Sources, Sources, source::Source, {"code": "council", "name": "Council", "kind": "local_council"}, |f| source::Source::read(&mut f));
stub!(Agreements, Agreements, agreement::Agreement, {"code": "al-waer-2017", "name": "Al-Waer"}, |f| agreement::Agreement::read(&mut f));
stub!(Batches, Batches, batch::Batch, {"code": "batch-1", "origin": "al-waer"}, |f| batch::BatchBody::read(&mut f, TODAY).batch);
stub!(Movements, Movements, movement::Movement, {"batch": "batch-1", "destination": "jarablus"}, |f| movement::MovementBody::read(&mut f, TODAY).movement);
stub!(Returns, Returns, homecoming::Return, {"code": "return-1", "from": "jarablus", "to": "al-waer"}, |f| homecoming::ReturnBody::read(&mut f, TODAY).homecoming);
stub!(Figures, Figures, figure::Figure, {"code": "f-1", "movement": "batch-1.jarablus", "stage": "departed", "individuals": 12}, |f| figure::Figure::read(&mut f));
