//! A record whose secrets can be others: each is unlike anything else in it.

use std::cell::{Cell, RefCell};

use serde_json::{Value, json};

use crate::support::{TestApp, given};

/// The secrets of a record, each unlike anything else in it.
pub struct Secrets {
    /// Whether there are rows that the public may not read.
    hidden: bool,
    /// What tells secrets before the public apart from those of another record.
    public: char,
    /// The same of secrets before readers.
    reader: char,
    /// What has been made up.
    pub told: RefCell<Vec<String>>,
    number: Cell<i64>,
}

impl Secrets {
    pub fn new(hidden: bool, public: char, reader: char) -> Self {
        Self { hidden, public, reader, told: RefCell::default(), number: Cell::new(0) }
    }

    fn tell(&self, text: String) -> String {
        self.told.borrow_mut().push(text.clone());
        text
    }

    fn text(&self, name: &str) -> String {
        self.tell(format!("MARK{name}{}", self.public))
    }

    fn quiet(&self, name: &str) -> String {
        self.tell(format!("MARK{name}{}", self.reader))
    }

    fn next(&self) -> i64 {
        self.number.set(self.number.get() + 1);
        self.number.get()
    }

    fn count(&self) -> i64 {
        let count = if self.public == 'a' { 31_000_003 } else { 57_000_009 } + 1_010_101 * self.next();
        self.tell(count.to_string());
        count
    }

    fn day(&self) -> String {
        let year = if self.public == 'a' { 2013 } else { 2014 };
        self.tell(format!("{year}-05-{:02}", self.next() % 28 + 1))
    }

    /// What a figure of this confidential source says.
    fn quiet_figure(&self, code: &str, source: &str) -> Value {
        let mut figure = json!({"code": code, "stage": "arrived", "individuals": 110, "source": source, "reported_on": "2017-03-20"});
        figure["url"] = json!(format!("https://{}.example/", self.quiet(&format!("url{code}"))));
        for name in ["title", "excerpt", "notes", "term_as_reported", "place_as_reported"] {
            figure[name] = json!(self.quiet(&format!("{}{code}", name.replace('_', ""))));
        }
        figure
    }
}

/// How many changes the hidden rows take: each row of each batch, return and sheet.
const CHANGES: usize = 18;

/// Writes a record with these secrets.
pub async fn record(app: &TestApp, secrets: &Secrets) {
    let editor = app.editor();
    given::world(app).await;
    let (mole, second) = (secrets.quiet("mole"), secrets.quiet("second"));
    for code in [&mole, &second] {
        let text = |name: &str| secrets.quiet(&format!("{name}{}", code.len()));
        let body = json!({"name": text("name"), "name_ar": text("namear"), "kind": "media", "confidential": true,
            "url": format!("https://{}.example/", text("site"))});
        editor.put(&format!("/v1/sources/{code}"), &body).await.is(201);
    }
    // Whether two figures are of one confidential source or of two.
    let second = if secrets.reader == 'a' { &mole } else { &second };
    editor.patch("/v1/agreements/deal", &json!({"notes": secrets.text("agreementnotes")})).await.is(200);

    let plan = secrets.text("plan");
    let withdrawn = secrets.text("withdrawn");
    let left = json!({"code": "left", "stage": "departed", "individuals": 100, "source": "radio", "civilians": secrets.count(),
        "fighters": secrets.count(), "excerpt": secrets.text("excerpt"), "notes": secrets.text("figurenotes")});
    let figures = [
        left,
        secrets.quiet_figure("quiet", &mole),
        json!({"code": plan, "stage": "planned", "individuals": secrets.count(), "source": "council"}),
        json!({"code": withdrawn, "stage": "withdrawn", "households": secrets.count()}),
    ];
    let movement = json!({"destination": "zoghra", "notes": secrets.text("movementnotes"), "figures": figures});
    let body = json!({"origin": "waer", "agreement": "deal", "departed_on": "2017-03-18", "scheduled_on": secrets.day(),
        "notes": secrets.text("batchnotes"), "movements": [movement]});
    editor.put("/v1/batches/open", &body).await.is(201);
    let total = secrets.text("total");
    let body = json!({"code": total, "batch": "open", "stage": "registered", "individuals": secrets.count()});
    editor.post("/v1/figures", &body).await.is(201);
    let mut body = secrets.quiet_figure("quiet-total", &mole);
    body["agreement"] = json!("deal");
    editor.post("/v1/figures", &body).await.is(201);

    let expected = secrets.text("expected");
    let figures = json!([{"code": "back-1", "stage": "arrived", "individuals": 20, "source": "radio"},
        secrets.quiet_figure("quiet-back", second), {"code": expected, "stage": "waitlisted", "individuals": secrets.count()}]);
    let body = json!({"from": "zoghra", "to": "waer", "movement": "open.zoghra", "returned_on": "2017-06-01", "figures": figures,
        "scheduled_on": secrets.day(), "members_remaining": secrets.count(), "notes": secrets.text("returnnotes")});
    editor.put("/v1/returns/back", &body).await.is(201);
    let mut of_hidden = json!({"from": "SY0208", "to": "waer", "returned_on": "2017-06-02", "figures":
        [{"code": "back-2", "stage": "arrived", "individuals": 4, "source": "radio"}]});
    if secrets.hidden {
        let restricted = hidden(app, secrets).await;
        of_hidden["movement"] = json!(format!("{restricted}.bab"));
    } else {
        // As many changes, since everybody may know the version of the data; what is deleted leaves nothing else behind.
        let path = "/v1/batches/deleted";
        editor.put(path, &json!({"origin": "SY02", "scheduled_on": "2014-06-01"})).await.is(201);
        for number in 2..=CHANGES - 1 {
            editor.patch(path, &json!({"number": number})).await.is(200);
        }
        editor.delete(path).await.is(204);
    }
    editor.put("/v1/returns/of-hidden", &of_hidden).await.is(201);
}

/// Batches and returns that the public may not read, for every reason there is; gives the code of the restricted batch.
async fn hidden(app: &TestApp, secrets: &Secrets) -> String {
    let editor = app.editor();
    let (restricted, planned, cancelled) =
        (secrets.text("restricted"), secrets.text("planned"), secrets.text("cancelled"));
    for (code, stage, extra) in [
        (&restricted, "departed", json!({"visibility": "restricted", "departed_on": secrets.day()})),
        (&planned, "planned", json!({"scheduled_on": secrets.day()})),
        (&cancelled, "planned", json!({"cancelled": true, "departed_on": secrets.day()})),
    ] {
        let figure = json!({"code": format!("{code}-f"), "stage": stage, "individuals": secrets.count(),
            "title": secrets.text(&format!("title{stage}{}", code.len())), "source": "council"});
        let movement =
            json!({"destination": "bab", "destination_as_reported": secrets.text("reported"), "figures": [figure]});
        let mut body = json!({"origin": "SY02", "agreement": "deal", "number": secrets.count(), "movements": [movement],
            "parties": [{"name": secrets.text("party"), "role": "monitor"}]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        editor.put(&format!("/v1/batches/{code}"), &body).await.is(201);
    }
    for (code, stage, extra) in [
        (secrets.text("stayed"), "arrived", json!({"visibility": "restricted", "returned_on": secrets.day()})),
        (secrets.text("notyet"), "planned", json!({"scheduled_on": secrets.day()})),
        (secrets.text("calledoff"), "planned", json!({"cancelled": true, "returned_on": secrets.day()})),
    ] {
        let figure = json!({"code": format!("{code}-f"), "stage": stage, "households": secrets.count()});
        let mut body =
            json!({"from": "bab", "to": "SY04", "from_as_reported": secrets.text("fromreported"), "figures": [figure]});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        editor.put(&format!("/v1/returns/{code}"), &body).await.is(201);
    }
    // One that came in a sheet, with a warning that is kept.
    let (code, men) = (secrets.text("sheet"), secrets.count());
    let sheet = format!(
        "batch,origin,departed_on,visibility,destination,figure,stage,individuals,men,source\n\
         {code},SY02,{},restricted,bab,{code}-f,departed,{},{men},council\n",
        secrets.day(),
        secrets.count()
    );
    editor.send("POST", "/v1/imports/movements?commit=true", Some(("text/csv", sheet.as_bytes()))).await.is(201);
    restricted
}
