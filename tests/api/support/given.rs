//! What is there when a story begins, in the words of the domain: `given::location("zoghra").below("SY02").put(&app)`.

use serde_json::{Value, json};

use super::{Client, TestApp};

/// A row that is about to be written: a path, and a body that grows.
pub struct Given {
    resource: &'static str,
    code: String,
    body: Value,
}

/// A locality.
pub fn location(code: &str) -> Given {
    Given::new("locations", code, json!({"name": format!("Place {code}"), "kind": "locality"}))
}

/// A media source.
pub fn source(code: &str) -> Given {
    Given::new("sources", code, json!({"name": format!("Source {code}"), "kind": "media"}))
}

/// An agreement.
pub fn agreement(code: &str) -> Given {
    Given::new("agreements", code, json!({"name": format!("Agreement {code}")}))
}

/// A batch from `waer`.
pub fn batch(code: &str) -> Given {
    Given::new("batches", code, json!({"origin": "waer"}))
}

/// A return from `zoghra` to `waer`.
pub fn homecoming(code: &str) -> Given {
    Given::new("returns", code, json!({"from": "zoghra", "to": "waer"}))
}

/// A figure of individuals.
pub fn individuals(stage: &str, count: i64) -> Value {
    json!({"stage": stage, "individuals": count})
}

/// A figure of households.
pub fn households(stage: &str, count: i64) -> Value {
    json!({"stage": stage, "households": count})
}

impl Given {
    fn new(resource: &'static str, code: &str, body: Value) -> Self {
        Self { resource, code: code.to_owned(), body }
    }

    /// With a member.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.body[name] = value.into();
        self
    }

    /// Below another place.
    pub fn below(self, parent: &str) -> Self {
        self.with("parent", parent)
    }

    /// A place of another kind.
    pub fn of_kind(self, kind: &str) -> Self {
        self.with("kind", kind)
    }

    /// A batch that left, or a return that came back, on a day.
    pub fn on(self, day: &str) -> Self {
        let name = if self.resource == "returns" { "returned_on" } else { "departed_on" };
        self.with(name, day)
    }

    /// A batch with one more movement.
    pub fn to(mut self, destination: &str, figures: &[Value]) -> Self {
        if !self.body["movements"].is_array() {
            self.body["movements"] = json!([]);
        }
        let movement = json!({"destination": destination, "figures": figures});
        self.body["movements"].as_array_mut().unwrap().push(movement);
        self
    }

    /// A return with figures.
    pub fn figures(self, figures: &[Value]) -> Self {
        self.with("figures", figures.to_vec())
    }

    /// The body, for tests that send it themselves.
    pub fn body(&self) -> Value {
        self.body.clone()
    }

    /// Writes it, and gives the row as it is read.
    pub async fn put(self, app: &TestApp) -> Value {
        self.put_by(&app.editor()).await
    }

    /// Writes it as somebody.
    pub async fn put_by(self, client: &Client) -> Value {
        let path = format!("/v1/{}/{}", self.resource, self.code);
        client.put(&path, &self.body).await.is(201).json()
    }
}

/// The small world of most tests: Syria with Homs (Al-Waer) and Aleppo (Jarablus with Zoghra camp, Al-Bab), one
/// agreement, two sources.
pub async fn world(app: &TestApp) {
    location("SY").of_kind("country").with("name", "Syria").with("p_code", "SYR").put(app).await;
    location("SY04").of_kind("admin1").with("name", "Homs").below("SY").put(app).await;
    location("waer")
        .of_kind("neighbourhood")
        .with("name", "Al-Wa'er")
        .with("name_ar", "الوعر")
        .with("aliases", json!(["Waer"]))
        .below("SY04")
        .put(app)
        .await;
    location("SY02").of_kind("admin1").with("name", "Aleppo").with("name_ar", "حلب").below("SY").put(app).await;
    location("SY0208").of_kind("admin2").with("name", "Jarablus").below("SY02").put(app).await;
    location("zoghra")
        .of_kind("camp")
        .with("name", "Zoghra camp")
        .with("settlement_type", "planned_camp")
        .below("SY0208")
        .put(app)
        .await;
    location("bab").with("name", "Al-Bab").below("SY02").put(app).await;
    agreement("deal").with("name", "The deal").with("signed_on", "2017-03-13").put(app).await;
    source("council").of_kind("local_council").with("name", "The council").put(app).await;
    source("radio").with("name", "The radio").with("name_ar", "الراديو").put(app).await;
}
