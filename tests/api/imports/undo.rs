//! Imports taken back: what stands in the way, what does not, and what goes with them.

use serde_json::{Value, json};

use super::{commit, everything, import, problem, problems};
use crate::support::{TestApp, given};

/// The code of a committed sheet.
async fn committed(app: &TestApp, sheet: &str, csv: &str) -> String {
    commit(app, sheet, csv).await["code"].as_str().unwrap().to_owned()
}

/// Takes an import back, or is told what stands in the way.
async fn take_back(app: &TestApp, code: &str) -> Option<String> {
    let answer = app.editor().delete(&format!("/v1/imports/{code}")).await;
    if answer.status == 204 {
        return None;
    }
    Some(answer.is_problem(409, "changed_since").json()["detail"].as_str().unwrap().to_owned())
}

const OF_AGREEMENT: &str = "batch,agreement,stage,source,individuals\n";
const OF_MOVEMENT: &str = "batch,destination,stage,role,source,individuals\n";

both! {
    async fn totals_of_one_agreement_do_not_stand_in_each_others_way(app) {
        given::world(app).await;
        let empty = everything(app).await;
        // The agreement itself says what it said; its revision rises all the same.
        let first = committed(app, "movements", &format!("{OF_AGREEMENT},deal,planned,council,10000\n")).await;
        let second = committed(app, "movements", &format!("{OF_AGREEMENT},deal,registered,radio,9000\n")).await;
        assert_eq!(app.editor().json("/v1/agreements/deal").await["revision"], 3);
        assert_eq!(take_back(app, &first).await, None);
        let left = app.editor().rows("/v1/figures?agreement=deal").await;
        assert_eq!(left.iter().map(|one| &one["source"]).collect::<Vec<_>>(), [&json!("radio")]);
        assert_eq!(take_back(app, &second).await, None);
        assert_eq!(everything(app).await, empty);
    }

    async fn figures_on_one_movement_do_not_stand_in_each_others_way(app) {
        given::world(app).await;
        given::batch("b1").on("2017-03-18").to("zoghra", &[]).put(app).await;
        let empty = everything(app).await;
        let first = committed(app, "movements", &format!("{OF_MOVEMENT}b1,zoghra,departed,,radio,10\n")).await;
        let second = committed(app, "movements", &format!("{OF_MOVEMENT}b1,zoghra,arrived,,council,9\n")).await;
        assert_eq!(take_back(app, &first).await, None);
        let movement = app.editor().json("/v1/movements/b1.zoghra").await;
        assert_eq!((&movement["individuals"], &movement["figure_count"]), (&json!(9), &json!(1)));
        assert_eq!(take_back(app, &second).await, None);
        assert_eq!(everything(app).await, empty);
    }

    async fn a_figure_that_a_later_import_changed_stands_in_the_way(app) {
        given::world(app).await;
        given::batch("b1").on("2017-03-18").to("zoghra", &[]).put(app).await;
        let total = format!("{OF_AGREEMENT},deal,planned,council,10000\n");
        let first = committed(app, "movements", &total).await;
        let second = committed(app, "movements", &total.replace("10000", "11000")).await;
        let figure = app.editor().codes("/v1/figures?agreement=deal").await.remove(0);
        assert!(take_back(app, &first).await.unwrap().contains(&format!("figure {figure}")));
        assert_eq!(take_back(app, &second).await, None);
        // Demoted is changed, too.
        let third = committed(app, "movements", &format!("{OF_MOVEMENT}b1,zoghra,departed,,radio,10\n")).await;
        let fourth = committed(app, "movements", &format!("{OF_MOVEMENT}b1,zoghra,arrived,recommended,council,9\n")).await;
        assert!(take_back(app, &third).await.unwrap().contains("figure "));
        assert_eq!(take_back(app, &fourth).await, None);
    }

    async fn rows_that_an_import_wrote_stay_once_more_is_known_of_them(app) {
        given::world(app).await;
        let sheet = "code,name,signed_on\ndeal,The other deal,2017-03-14\nnew,A new deal,\n";
        let written = committed(app, "agreements", sheet).await;
        let total = committed(app, "movements", &format!("{OF_AGREEMENT},new,planned,council,10000\n")).await;
        // A later revision of a row that it created: the contract's word.
        let told = take_back(app, &written).await.unwrap();
        assert!(told.contains("agreement new") && !told.contains("agreement deal"), "{told}");
        assert_eq!(take_back(app, &total).await, None);
    }

    async fn what_was_created_for_a_sheet_goes_with_it(app) {
        given::world(app).await;
        let empty = everything(app).await;
        let sheet = "batch,origin,departed_on,destination,stage,source,individuals\n\
            b1,waer,2017-03-18,مخيم العمارنة,departed,Orient News,10\nb1,waer,2017-03-18,bab,departed,orient news,5\n";
        import(&app.editor(), "movements", "?commit=true", sheet).await.is_problem(422, "invalid_sheet");
        for query in ["?create_missing=locations,sources", "?create_missing=locations,sources&commit=true"] {
            let report = import(&app.editor(), "movements", query, sheet).await.json();
            let created = |resource: &str| report["counts"][resource]["created"].clone();
            assert_eq!(["locations", "sources", "batches", "figures"].map(created), [1, 1, 1, 2].map(Value::from), "{query}");
            let warned = [problem(2, "destination", "created", ""), problem(2, "source", "created", "")];
            assert_eq!(problems(&report, "warnings"), warned, "{query}");
        }
        let movement = app.editor().json("/v1/movements/b1.mkhym-almarnh").await;
        assert_eq!(movement["destination_name"], "مخيم العمارنة");
        assert_eq!(app.editor().json("/v1/sources/orient-news").await["kind"], "other");
        let code = app.editor().codes("/v1/imports").await.remove(0);
        assert_eq!(take_back(app, &code).await, None);
        assert_eq!(everything(app).await, empty);
    }
}
