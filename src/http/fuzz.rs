//! Whatever comes is read or refused, and never ends the reader: queries, tokens, bodies.

use actix_web::http::header::{self, HeaderValue};
use actix_web::test::TestRequest;
use proptest::prelude::*;
use serde_json::Value;

use super::query::{self, Query};
use super::{auth, body, catalogue};

/// Text in which the marks of a query are more frequent than chance would have them.
fn query_text() -> impl Strategy<Value = String> {
    let names = prop::sample::select(query::ALL.iter().map(|parameter| parameter.name).collect::<Vec<_>>());
    let piece = prop_oneof![
        names.prop_map(str::to_owned),
        "[&=,%+;]{1,3}",
        "%[0-9a-fA-F]{0,2}",
        "[a-z0-9-]{1,8}",
        "[0-9]{4}-[0-9]{2}-[0-9]{2}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no other numbers", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A query whose every mistake has a code that is explained.
fn is_read(text: &str) -> Result<(), TestCaseError> {
    let mut query = Query::parse(text, query::ALL);
    for wrong in &query.filter().wrong {
        prop_assert!(catalogue::find(wrong.code).is_some(), "{}: {text:?}", wrong.code);
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_query(text in query_text(), other in any::<String>()) {
        is_read(&text)?;
        is_read(&other)?;
    }

    #[test]
    fn what_was_encoded_is_decoded(text in any::<String>()) {
        let decoded = query::decoded(&query::encoded(&text));
        prop_assert_eq!(decoded.as_deref(), Some(text.as_str()));
    }

    #[test]
    fn any_authorization(scheme in "(?i)(basic|bearer|digest|)", rest in any::<Vec<u8>>(), encoded in any::<Vec<u8>>()) {
        use base64::Engine;
        let encoded = base64::engine::general_purpose::STANDARD.encode(encoded).into_bytes();
        for rest in [rest, encoded] {
            let Ok(value) = HeaderValue::from_bytes(&[scheme.as_bytes(), b" ", &rest].concat()) else { continue };
            let request = TestRequest::default().insert_header((header::AUTHORIZATION, value)).to_http_request();
            auth::shown(request.headers());
        }
    }

    #[test]
    fn any_body(bytes in any::<Vec<u8>>(), text in "[\\[\\]{}:,\"0-9a-z .eE+\\\\-]{0,60}") {
        for bytes in [bytes, text.into_bytes()] {
            // What is read is what everybody else reads.
            if let Ok(value) = body::parse(&bytes) {
                prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
            }
        }
    }

    #[test]
    fn a_body_that_is_right_is_read_as_it_is(value in json_value()) {
        prop_assert_eq!(body::parse(value.to_string().as_bytes()).unwrap(), value);
    }
}
