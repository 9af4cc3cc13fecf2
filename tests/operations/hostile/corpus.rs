//! The corpus: for every operation of the document, what is wrong in its path, its query, its headers, its body and its method.

use serde_json::{Map, Value, json};

use super::schema::{forbids, forbids_text, resolved};

/// A request, and with what it may be answered; with anything but a fault where nothing is said.
pub struct Case {
    pub what: String,
    pub request: Vec<u8>,
    pub expected: Vec<u16>,
}

/// Parts of a path, as they travel.
const SEGMENTS: [&str; 22] = [
    "%00",
    "x%00y",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "%252e%252e%252f",
    "..;",
    ".",
    "%ff",
    "%ED%A0%80",
    "%C0%AF",
    "%F4%90%80%80",
    "%0d%0aX-Injected:%20yes",
    "'%20OR%20'1'='1",
    "%22",
    "NaN",
    "-0",
    "9223372036854775808",
    "%D8%A7%D9%84%D9%88%D8%B9%D8%B1",
    "%e2%80%ae",
    "*",
    "a,b",
    "%7Bcode%7D",
];

/// Those of them that are codes like any other.
const CODES: [&str; 2] = ["NaN", "9223372036854775808"];

/// Values of query parameters, as they travel.
const VALUES: [&str; 24] = [
    "",
    "%20",
    "NaN",
    "1e999",
    "-0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "0x10",
    "%00",
    "x%00",
    "%ff",
    "%ED%A0%80",
    "%C0%AF",
    "%",
    "%zz",
    "%5B%5D",
    "%7B%7D",
    "'",
    "2017-02-30",
    "%D9%A3",
    "a,a",
    ",,,",
    "%0d%0aX-Injected:%20yes",
];

/// What is no JSON that can be read.
fn unreadable() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(60_000), close.repeat(60_000)).into_bytes();
    vec![
        ("nothing", b"".to_vec()),
        ("spaces", b" \n".to_vec()),
        ("half an object", b"{\"name\":".to_vec()),
        ("NaN", b"{\"individuals\": NaN}".to_vec()),
        ("1e999", b"{\"individuals\": 1e999}".to_vec()),
        ("a byte that is no UTF-8", b"{\"name\": \"\xff\"}".to_vec()),
        ("overlong UTF-8", b"{\"name\": \"\xc0\xaf\"}".to_vec()),
        ("half a surrogate in UTF-8", b"{\"name\": \"\xed\xa0\x80\"}".to_vec()),
        ("half a surrogate", br#"{"name": "\ud800"}"#.to_vec()),
        ("a key twice", br#"{"name": "a", "name": "b"}"#.to_vec()),
        ("a key twice, escaped", br#"{"name": "a", "n\u0061me": "b"}"#.to_vec()),
        ("deep lists", deep("[", "]")),
        ("deep objects", deep("{\"a\":", "}")),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("UTF-16", b"\xff\xfe{\x00}\x00".to_vec()),
        ("two values", b"{}{}".to_vec()),
        ("a comment", b"{/* */}".to_vec()),
        ("NUL behind the end", b"{}\0".to_vec()),
        ("a bare control character", b"{\"name\": \"\x01\"}".to_vec()),
    ]
}

/// Values of members.
fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(-0.0),
        json!(1.5),
        json!(1e300),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(2_147_483_648_i64),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("x\u{0}"),
        json!("\u{1b}[31m"),
        json!("\u{202e}x"),
        json!("\u{fffe}"),
        json!("\u{10ffff}"),
        json!("x".repeat(20_000)),
        json!("NaN"),
        json!("'; --"),
        json!("2017-02-30"),
        json!("../../etc/passwd"),
        json!([]),
        json!([[[[]]]]),
        json!(["x", "x"]),
        json!([null]),
        json!({}),
        json!({"a": {"b": {}}}),
        json!("http://"),
        json!("javascript:alert(1)"),
    ]
}

/// Headers that hold nothing, or nonsense, and what they may lead to.
const HEADERS: [(&str, &str, &[u16]); 21] = [
    ("Accept", "application/x-nonsense", &[]),
    ("Accept", ";;;q=9", &[]),
    ("Accept-Encoding", "x-nonsense;q=abc", &[]),
    ("Accept-Encoding", "identity;q=0, *;q=0", &[]),
    ("Accept-Language", "\u{1}", &[400]),
    ("If-Match", "nonsense", &[]),
    ("If-Match", "\"99999999999999999999\", W/\"x\", *", &[]),
    ("If-None-Match", "\"\u{e9}\"", &[]),
    ("If-Modified-Since", "yesterday", &[]),
    ("Range", "bytes=0-0, 5-, -1", &[]),
    ("Range", "bytes=9223372036854775808-", &[]),
    ("X-Request-Id", "a b\tc", &[]),
    ("X-Forwarded-For", "nonsense, 300.1.1.1", &[]),
    ("Forwarded", "for=\"_x\";;", &[]),
    ("Origin", "null", &[]),
    ("Origin", "http://[::1", &[]),
    ("Idempotency-Key", "\u{e9}", &[]),
    ("X-HTTP-Method-Override", "DELETE", &[]),
    ("Cookie", "a=b; token=hw_secret", &[]),
    ("Authorization", "Bearer hw_wrong", &[401]),
    ("Upgrade", "h2c, websocket", &[]),
];

/// Methods that no operation has, and what the document knows.
const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW", "get"];

/// Takes from a list in turn, so that each of its entries is met somewhere and no operation has to meet them all.
struct Turns<T> {
    all: Vec<T>,
    next: usize,
}

impl<T: Clone> Turns<T> {
    fn new(all: Vec<T>) -> Self {
        Self { all, next: 0 }
    }

    fn some(&mut self, count: usize) -> Vec<T> {
        let from = self.next;
        self.next += count;
        (from..from + count).map(|index| self.all[index % self.all.len()].clone()).collect()
    }
}

/// A request: what is wrong about it is for whoever makes it.
struct Request<'a> {
    method: &'a str,
    address: &'a str,
    headers: Vec<(&'a str, String)>,
    body: Option<(&'a str, Vec<u8>)>,
}

impl Request<'_> {
    fn bytes(&self, token: &str) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: x\r\n", self.method, self.address);
        if !self.headers.iter().any(|(name, _)| *name == "Authorization") {
            head.push_str(&format!("Authorization: Bearer {token}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let Some((kind, body)) = &self.body else { return (head + "\r\n").into_bytes() };
        if !kind.is_empty() {
            head.push_str(&format!("Content-Type: {kind}\r\n"));
        }
        [format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
    }
}

type Body<'d> = (&'d str, Vec<u8>, Option<(&'d Value, &'d Value)>);

struct Operation<'d> {
    method: String,
    path: &'d str,
    described: &'d Value,
}

impl Operation<'_> {
    fn parameters(&self, place: &str) -> Vec<&Value> {
        self.described["parameters"].as_array().into_iter().flatten().filter(|one| one["in"] == place).collect()
    }

    /// Its address with the examples of the document, one part of the path replaced.
    fn address(&self, replaced: Option<(&str, &str)>) -> String {
        self.parameters("path").iter().fold(self.path.to_owned(), |path, parameter| {
            let name = parameter["name"].as_str().unwrap();
            let example = parameter["example"].as_str().unwrap_or_else(|| panic!("{path}: {name} has no example"));
            let value = replaced.filter(|(one, _)| *one == name).map_or(example, |(_, value)| value);
            path.replace(&format!("{{{name}}}"), value)
        })
    }

    /// Its body, if it takes one: of which kind, as an example, and its schema with the example where it is JSON.
    fn body<'s>(&'s self, document: &'s Value) -> Option<Body<'s>> {
        let content = self.described["requestBody"]["content"].as_object()?;
        let (kind, described) = content.iter().next()?;
        match described.get("example") {
            Some(example) if kind.contains("json") => {
                let schema = resolved(document, &described["schema"]);
                Some((kind, example.to_string().into_bytes(), Some((schema, example))))
            }
            _ => Some((kind, b"code,name,kind\nx,X,locality\n".to_vec(), None)),
        }
    }
}

/// All cases: reading before writing, and deleting last, so that there is something to read and to write.
pub fn corpus(document: &Value, token: &str) -> Vec<Case> {
    let order = ["get", "post", "put", "patch", "delete"];
    let mut operations = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap() {
            let rank = order.iter().position(|one| one == method).expect("a method of which this corpus knows");
            operations.push((rank, Operation { method: method.to_uppercase(), path, described }));
        }
    }
    operations.sort_by_key(|(rank, _)| *rank);
    let mut maker = Maker {
        document,
        token,
        cases: vec![],
        texts: Turns::new(VALUES.to_vec()),
        values: Turns::new(values()),
        headers: Turns::new(HEADERS.to_vec()),
    };
    for (_, operation) in &operations {
        maker.plain(operation);
        maker.paths(operation);
        maker.queries(operation);
        maker.headers(operation);
        maker.bodies(operation);
        maker.members(operation);
    }
    maker.methods();
    maker.cases
}

struct Maker<'d> {
    document: &'d Value,
    token: &'d str,
    cases: Vec<Case>,
    texts: Turns<&'static str>,
    values: Turns<Value>,
    headers: Turns<(&'static str, &'static str, &'static [u16])>,
}

impl Maker<'_> {
    fn add(&mut self, what: &str, request: &Request<'_>, expected: &[u16]) {
        let what = format!("{what}: {} {}", request.method, request.address);
        self.cases.push(Case { what, request: request.bytes(self.token), expected: expected.to_vec() });
    }

    /// As the document shows it. What is created once cannot be created again.
    fn plain(&mut self, of: &Operation<'_>) {
        let body = of.body(self.document).map(|(kind, body, _)| (kind, body));
        let request = Request { method: &of.method, address: &of.address(None), headers: vec![], body };
        self.add("as it is shown", &request, &[]);
    }

    fn paths(&mut self, of: &Operation<'_>) {
        for parameter in of.parameters("path") {
            let name = parameter["name"].as_str().unwrap();
            for segment in SEGMENTS {
                let body = of.body(self.document).map(|(kind, body, _)| (kind, body));
                let address = of.address(Some((name, segment)));
                let request = Request { method: &of.method, address: &address, headers: vec![], body };
                // Where no name can be, nothing is: neither found nor made.
                let nowhere: &[u16] = if CODES.contains(&segment) { &[] } else { &[400, 404, 405, 415, 422] };
                self.add("a path", &request, nowhere);
            }
        }
    }

    fn queries(&mut self, of: &Operation<'_>) {
        let body = || of.body(self.document).map(|(kind, body, _)| (kind, body));
        let mut asked = vec![];
        for parameter in of.parameters("query") {
            let name = parameter["name"].as_str().unwrap();
            for text in self.texts.some(6) {
                let decoded = match text {
                    "%20" => " ",
                    "%5B%5D" => "[]",
                    "%7B%7D" => "{}",
                    "%D9%A3" => "\u{663}",
                    "%0d%0aX-Injected:%20yes" => "\r\nX-Injected: yes",
                    text => text,
                };
                let forbidden = text.contains('%') && decoded == text || forbids_text(&parameter["schema"], decoded);
                let expected: &[u16] = if forbidden { &[400] } else { &[] };
                asked.push((format!("{}?{name}={text}", of.address(None)), expected));
            }
        }
        let nonsense = ["nonsense=1", "%ff=1", "=", "&&&=&", "a[]=1", "limit=1&limit=2", "%00=%00"];
        asked.extend(nonsense.map(|query| (format!("{}?{query}", of.address(None)), &[][..])));
        let long = format!("{}?q={}", of.address(None), "x".repeat(20_000));
        asked.push((long, &[]));
        for (address, expected) in asked {
            // A body that is refused, too: 415 stands beside 400.
            let expected = if expected.is_empty() || of.method == "GET" { expected } else { &[400, 404, 415, 422] };
            self.add(
                "a query",
                &Request { method: &of.method, address: &address, headers: vec![], body: body() },
                expected,
            );
        }
    }

    fn headers(&mut self, of: &Operation<'_>) {
        let guarded = of.described["security"].as_array().is_some_and(|all| !all.is_empty());
        for (name, value, expected) in self.headers.some(7) {
            let expected = if name == "Authorization" && !guarded { &[] } else { expected };
            let body = of.body(self.document).map(|(kind, body, _)| (kind, body));
            let headers = vec![(name, value.to_owned())];
            self.add(
                &format!("{name}: {value}"),
                &Request { method: &of.method, address: &of.address(None), headers, body },
                expected,
            );
        }
        for authorization in ["", "Bearer", "Basic !!!", "Digest a=b", "Bearer a, Bearer b"] {
            let headers = vec![("Authorization", authorization.to_owned())];
            let body = of.body(self.document).map(|(kind, body, _)| (kind, body));
            let expected: &[u16] = if guarded { &[401] } else { &[] };
            self.add("a token", &Request { method: &of.method, address: &of.address(None), headers, body }, expected);
        }
    }

    fn bodies(&mut self, of: &Operation<'_>) {
        let address = of.address(None);
        let Some((kind, body, json)) = of.body(self.document) else {
            // A body that nobody asked for does no harm.
            let body = Some(("application/json", vec![b'x'; 5_000]));
            return self.add("a body", &Request { method: &of.method, address: &address, headers: vec![], body }, &[]);
        };
        // What the example names may not be there, or not any more.
        let gone: &[u16] = if of.parameters("path").is_empty() { &[] } else { &[404] };
        let mut send = |what: &str, kind: &str, headers: &[(&'static str, &str)], body: Vec<u8>, expected: &[u16]| {
            let expected = &[expected, gone].concat();
            let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
            self.add(
                what,
                &Request { method: &of.method, address: &address, headers, body: Some((kind, body)) },
                expected,
            );
        };
        for wrong in [
            "",
            "text/plain",
            "application/xml",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            ";",
            "*/*",
        ] {
            send("another kind of body", wrong, &[], body.clone(), &[415]);
        }
        for encoding in ["gzip", "br", "nonsense", "gzip, identity"] {
            let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0xff; 40]].concat();
            send("a compressed body", kind, &[("Content-Encoding", encoding)], gzip, &[415]);
        }
        if json.is_none() {
            for bytes in [&b""[..], b"\0\0\0", b"PK\x03\x04nonsense", b"\xff\xfe", b"\"", b"code\n\"x", &[b','; 50_000]]
            {
                send("no sheet", kind, &[], bytes.to_vec(), &[422]);
            }
            return;
        }
        for (what, bytes) in unreadable() {
            send(what, kind, &[], bytes, &[400]);
        }
        for value in ["null", "[]", "1", "\"x\"", "true", "[{}]", "1e400e"] {
            send("no object", kind, &[], value.as_bytes().to_vec(), &[400, 422]);
        }
        send("too large a body", kind, &[], vec![b' '; (1 << 20) + 1], &[413]);
        let wide: Map<String, Value> = (0..3_000).map(|number| (format!("member-{number}"), json!(number))).collect();
        send("very many members", kind, &[], Value::from(wide).to_string().into_bytes(), &[422]);
        let long = json!({"x".repeat(300_000): 1});
        send("a very long name", kind, &[], long.to_string().into_bytes(), &[422]);
    }

    /// The example with one member replaced, or added.
    fn members(&mut self, of: &Operation<'_>) {
        let Some((kind, _, Some((schema, example)))) = of.body(self.document) else { return };
        let address = of.address(None);
        let properties = schema["properties"].as_object().cloned().unwrap_or_default();
        assert!(!properties.is_empty(), "{} {}: a body without members", of.method, of.path);
        for (name, member) in &properties {
            for value in self.values.some(8) {
                let mut body = example.clone();
                body[name] = value.clone();
                // Read-only members are ignored, whatever they hold.
                let read_only = member["readOnly"] == true;
                let forbidden = !read_only && forbids(self.document, member, &value);
                let expected: &[u16] = if forbidden { &[404, 422] } else { &[] };
                let shown: String = value.to_string().chars().take(60).collect();
                let request = Request {
                    method: &of.method,
                    address: &address,
                    headers: vec![],
                    body: Some((kind, body.to_string().into_bytes())),
                };
                self.add(&format!("{name} is {shown}"), &request, expected);
            }
        }
        for name in ["", "__proto__", "a/b~c", "\u{0}", "id", "NAME"] {
            let mut body = example.clone();
            body[name] = json!(1);
            let body = Some((kind, body.to_string().into_bytes()));
            self.add(
                "an unknown member",
                &Request { method: &of.method, address: &address, headers: vec![], body },
                &[404, 422],
            );
        }
    }

    /// Every path with methods that it does not have.
    fn methods(&mut self) {
        for (path, item) in self.document["paths"].as_object().unwrap() {
            let (_, described) = item.as_object().unwrap().iter().next().unwrap();
            let address = Operation { method: String::new(), path, described }.address(None);
            for method in METHODS.iter().filter(|method| item.get(method.to_lowercase()).is_none() || **method == "get")
            {
                self.add("another method", &Request { method, address: &address, headers: vec![], body: None }, &[405]);
            }
        }
    }
}
