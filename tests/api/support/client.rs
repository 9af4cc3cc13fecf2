//! A caller, and what it is answered.

use std::io::{Cursor, Read};

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::TestRequest;
use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use super::Call;

/// Somebody who calls the service.
#[derive(Clone)]
pub struct Client {
    call: Call,
    headers: Vec<(String, String)>,
}

impl Client {
    pub(super) fn new(call: Call, authorization: Option<String>) -> Self {
        Self { call, headers: authorization.map(|value| ("Authorization".to_owned(), value)).into_iter().collect() }
    }

    /// The same caller, sending a header more.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// Sends any request.
    pub async fn send(&self, method: &str, path: &str, body: Option<(&str, &[u8])>) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = TestRequest::with_uri(&encoded(path)).method(method.clone());
        for (name, value) in &self.headers {
            request = request.append_header((name.as_str(), value.as_str()));
        }
        if let Some((kind, bytes)) = body {
            if !kind.is_empty() {
                request = request.append_header(("Content-Type", kind));
            }
            request = request.set_payload(bytes.to_vec());
        }
        let mut answer = (self.call)(request).await;
        answer.asked = format!("{method} {path}");
        answer
    }

    async fn write(&self, method: &str, path: &str, body: &Value) -> Answer {
        let mut answer = self.send(method, path, Some(("application/json", body.to_string().as_bytes()))).await;
        answer.asked = format!("{} {}", answer.asked, body);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    pub async fn head(&self, path: &str) -> Answer {
        self.send("HEAD", path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.write("POST", path, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.write("PUT", path, body).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.write("PATCH", path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None).await
    }

    /// Reads JSON that must be there.
    pub async fn json(&self, path: &str) -> Value {
        self.get(path).await.is(200).json()
    }

    /// The rows of a list or statistic that must be there.
    pub async fn rows(&self, path: &str) -> Vec<Value> {
        self.json(path).await["data"].as_array().expect("a list has `data`").clone()
    }

    /// One member of every row of a list.
    pub async fn column(&self, path: &str, name: &str) -> Vec<Value> {
        self.rows(path).await.iter().map(|row| row[name].clone()).collect()
    }

    /// The codes of a list, in its order.
    pub async fn codes(&self, path: &str) -> Vec<String> {
        let text = |code: &Value| code.as_str().expect("a row has a code").to_owned();
        self.column(path, "code").await.iter().map(text).collect()
    }

    /// The text of a file that must be there.
    pub async fn text(&self, path: &str) -> String {
        self.get(path).await.is(200).text()
    }
}

/// A path as it travels: what is no ASCII is percent-encoded, so that tests can be read.
fn encoded(path: &str) -> String {
    let byte = |byte: u8| match byte {
        b'!'..=b'~' if byte != b'"' && byte != b'<' && byte != b'>' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(byte).collect()
}

/// The only sheet of a workbook.
pub struct Sheet {
    pub name: String,
    pub rows: Vec<Vec<Data>>,
}

/// What the service answered.
#[derive(Clone, Debug)]
pub struct Answer {
    asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

#[expect(clippy::wrong_self_convention, reason = "`is_problem` insists and hands on: a test reads as a sentence")]
impl Answer {
    pub(super) fn new(status: u16, headers: HeaderMap, bytes: Vec<u8>) -> Self {
        Self { asked: String::new(), status, headers, bytes }
    }

    /// A header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Every line of a header.
    pub fn header_lines(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).map(|value| value.to_str().unwrap()).collect()
    }

    /// The entity tag, which must be there.
    pub fn etag(&self) -> String {
        self.header("ETag").unwrap_or_else(|| panic!("{}: no ETag", self.asked)).to_owned()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    /// The workbook that it is.
    pub fn sheet(&self) -> Sheet {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(&self.bytes)).unwrap();
        let [name] = book.sheet_names().try_into().expect("one sheet");
        let range = book.worksheet_range(&name).unwrap();
        Sheet { name, rows: range.rows().map(<[Data]>::to_vec).collect() }
    }

    /// One file of the archive that a workbook is.
    pub fn part(&self, name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(&self.bytes)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    /// Insists on a status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.asked, String::from_utf8_lossy(&self.bytes));
        self
    }

    /// Insists on a problem document of this status and code.
    #[track_caller]
    pub fn is_problem(self, status: u16, code: &str) -> Self {
        let answer = self.is(status);
        let shown = format!("{}\n{}", answer.asked, String::from_utf8_lossy(&answer.bytes));
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"), "{shown}");
        let problem = answer.json();
        assert_eq!(problem["code"], code, "{shown}");
        assert_eq!(problem["status"], status, "{shown}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{shown}");
        for member in ["title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {shown}");
        }
        assert_eq!(problem["request_id"].as_str(), answer.header("X-Request-Id"), "{shown}");
        assert!(problem["request_id"].is_string(), "{shown}");
        answer
    }

    /// The entries of `errors`: where, and which code.
    pub fn errors(&self) -> Vec<(String, String)> {
        let place = |error: &Value| {
            let place = error["pointer"].as_str().or_else(|| error["parameter"].as_str());
            (place.unwrap_or_default().to_owned(), error["code"].as_str().unwrap_or_default().to_owned())
        };
        self.json()["errors"].as_array().map(|all| all.iter().map(place).collect()).unwrap_or_default()
    }

    /// Insists on a 422 with just these entries, in any order.
    #[track_caller]
    pub fn is_invalid(self, expected: &[(&str, &str)]) -> Self {
        self.has_errors(422, "invalid_body", expected)
    }

    /// Insists on a 400 with just these entries, in any order.
    #[track_caller]
    pub fn is_bad_query(self, expected: &[(&str, &str)]) -> Self {
        self.has_errors(400, "invalid_parameters", expected)
    }

    #[track_caller]
    fn has_errors(self, status: u16, code: &str, expected: &[(&str, &str)]) -> Self {
        let answer = self.is_problem(status, code);
        let mut errors = answer.errors();
        errors.sort();
        let mut expected: Vec<(String, String)> =
            expected.iter().map(|(place, code)| ((*place).to_owned(), (*code).to_owned())).collect();
        expected.sort();
        assert_eq!(errors, expected, "{}\n{}", answer.asked, answer.text());
        answer
    }

    /// Insists on a 422 whose entries point at these places, in any order, whatever their codes.
    #[track_caller]
    pub fn points_at(self, expected: &[&str]) -> Self {
        let answer = self.is_problem(422, "invalid_body");
        let mut places: Vec<String> = answer.errors().into_iter().map(|(place, _)| place).collect();
        places.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(places, expected, "{}\n{}", answer.asked, answer.text());
        answer
    }

    /// The codes of the warnings, sorted.
    pub fn warnings(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let all = self.json()["warnings"].as_array().cloned().unwrap_or_default();
        let mut all: Vec<_> = all.iter().map(|one| (text(&one["pointer"]), text(&one["code"]))).collect();
        all.sort();
        all
    }
}
