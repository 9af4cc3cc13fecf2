use std::collections::{HashMap, HashSet};

use super::*;
use crate::domain::text::folded_words;
use crate::store::{Agreements, Batches, Figures, Locations, Movements, Returns, Rows, Sources};

fn members<R: Rows>() -> HashSet<String> {
    let schema = <R::Body as utoipa::PartialSchema>::schema();
    let schema = serde_json::to_value(schema).unwrap();
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_member_that_is_written_has_a_column() {
    let filled = |sheet: Sheet, part: Part| -> HashSet<String> {
        sheet.columns().iter().filter(|one| one.part == part).map(|one| one.member.to_owned()).collect()
    };
    let without = |mut all: HashSet<String>, not: &[&str]| {
        for name in not {
            assert!(all.remove(*name), "{name}");
        }
        all
    };
    assert_eq!(filled(Sheet::Locations, Part::Row), members::<Locations>());
    assert_eq!(filled(Sheet::Sources, Part::Row), members::<Sources>());
    assert_eq!(filled(Sheet::Agreements, Part::Row), members::<Agreements>());
    assert_eq!(filled(Sheet::Movements, Part::Batch), members::<Batches>());
    assert_eq!(filled(Sheet::Movements, Part::Movement), without(members::<Movements>(), &["code", "batch"]));
    assert_eq!(filled(Sheet::Returns, Part::Return), members::<Returns>());
    let subject = ["movement", "return", "batch", "agreement", "destination"];
    for sheet in [Sheet::Movements, Sheet::Returns] {
        assert_eq!(filled(sheet, Part::Figure), without(members::<Figures>(), &subject));
    }
}

#[test]
fn every_heading_belongs_to_one_column() {
    for sheet in Sheet::ALL {
        let mut seen: HashMap<String, &str> = HashMap::new();
        for column in sheet.columns() {
            for heading in column.aliases.iter().chain([&column.name]) {
                let folded = folded_words(heading).concat();
                let other = seen.insert(folded, column.name);
                assert_eq!(other, None, "{} of {}: {heading}", column.name, sheet.word());
            }
        }
    }
}

#[test]
fn every_column_explains_itself_in_both_languages() {
    for column in Sheet::ALL.iter().flat_map(|sheet| sheet.columns()) {
        assert!(column.meaning.ends_with('.') && column.meaning_ar.ends_with('.'), "{}", column.name);
        assert!(column.width >= 8, "{}", column.name);
    }
    for sheet in Sheet::ALL {
        assert_eq!(Sheet::parse(sheet.word()), Some(sheet));
        assert_eq!(sheet.column(sheet.key()).map(|key| key.example), Some(EXAMPLE));
        assert_eq!(sheet.columns()[0].name, sheet.key());
    }
}

#[test]
fn the_columns_stand_in_the_order_of_the_contract() {
    let names: Vec<&str> = Sheet::Movements.columns().iter().map(|column| column.name).collect();
    assert_eq!(
        names.join(","),
        "batch,kind,number,agreement,origin,scheduled_on,departed_on,departed_on_precision,cancelled,reasons,parties,\
         visibility,batch_notes,destination,destination_as_reported,arrived_on,arrived_on_precision,settlement_type,\
         movement_notes,figure,stage,role,scope,source,url,title,reported_on,as_of,excerpt,term_as_reported,\
         place_as_reported,notes,households,households_quantifier,households_high,individuals,individuals_quantifier,\
         individuals_high,men,women,children,infants,civilians,fighters"
    );
    let names: Vec<&str> = Sheet::Returns.columns().iter().take(17).map(|column| column.name).collect();
    assert_eq!(
        names.join(","),
        "return,from,to,movement,agreement,scheduled_on,returned_on,returned_on_precision,from_as_reported,\
         household_completeness,members_remaining,cancelled,reasons,parties,visibility,return_notes,figure"
    );
}
