use super::*;

fn codes(text: &str, accepted: &[&'static Parameter]) -> Vec<(String, &'static str, Option<String>)> {
    let query = Query::parse(text, accepted);
    let of = |one: Finding| (one.parameter.unwrap_or_default(), one.code, one.suggestion);
    query.wrong.into_iter().map(of).collect()
}

#[test]
fn everything_wrong_is_found_at_once() {
    let accepted: &[&Parameter] = &[&ORIGIN, &FROM, &TO, &STAGE, &LIMIT, &AGREEMENT];
    let found = codes("orgin=a&from=Homs&to=2017-02-30&stage=departd&limit=0&limit=5&bom=true&agreement=", accepted);
    let found: Vec<_> = found.iter().map(|(name, code, more)| (name.as_str(), *code, more.as_deref())).collect();
    let expected = [
        ("orgin", "unknown_parameter", Some("origin")),
        ("from", "place_in_date", Some("origin")),
        ("to", "invalid_date", None),
        ("stage", "unknown_word", Some("departed")),
        ("limit", "out_of_range", None),
        ("limit", "repeated_parameter", None),
        ("bom", "not_applicable", None),
        ("agreement", "empty_parameter", None),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_timestamp_counts_as_the_date_written_in_it() {
    for text in ["2017-03-18", "2017-03-18T23:59:59Z", "2017-03-18T01:00:00%2B03:00", "2017-03-18T01:00:00.5+03:00"] {
        let query = Query::parse(&format!("from={text}"), &[&FROM]);
        assert_eq!(query.date(&FROM), NaiveDate::from_ymd_opt(2017, 3, 18), "{text}: {:?}", query.wrong);
    }
    for text in ["2017-03", "2017-03-18T", "2017-03-18Tnoon", "2017-03-18x", "1899-12-31", "2017-03-18T25:00:00Z"] {
        assert_eq!(codes(&format!("from={text}"), &[&FROM]).len(), 1, "{text}");
    }
}

#[test]
fn a_time_is_read_in_its_zone() {
    let query = Query::parse("updated_since=2017-03-18T01:00:00+03:00", &[&UPDATED_SINCE]);
    let expected = NaiveDate::from_ymd_opt(2017, 3, 17).and_then(|date| date.and_hms_opt(22, 0, 0));
    assert_eq!(query.time(&UPDATED_SINCE), expected);
}

#[test]
fn lists_are_for_places_only() {
    let query = Query::parse("origin=a,b", &[&ORIGIN]);
    assert_eq!(query.list(&ORIGIN), ["a", "b"]);
    assert_eq!(codes("agreement=a,b", &[&AGREEMENT])[0].1, "comma_list");
    assert_eq!(codes("origin=a,,b", &[&ORIGIN])[0].1, "empty_parameter");
    assert_eq!(codes("origin=a,a", &[&ORIGIN])[0].1, "repeated_parameter");
}

#[test]
fn encoding_is_strict() {
    let query = Query::parse("q=%D8%A7%D9%84+a%2Bb", &[&Q]);
    assert_eq!(query.text(&Q), Some("ال a+b"));
    for wrong in ["q=%", "q=%2", "q=%zz", "q=%ff", "%ff=1"] {
        assert_eq!(codes(wrong, &[&Q])[0].1, "invalid_encoding", "{wrong}");
    }
    assert_eq!(codes("q=a%00b", &[&Q])[0].1, "control_character");
}

#[test]
fn a_cursor_is_ours_and_of_this_order() {
    let after = crate::db::page::Position { date: None, time: None, code: "a".to_owned() };
    let cursor = Cursor { sort: default_sort(true), after }.encode();
    assert_eq!(codes(&format!("cursor={cursor}"), &[&SORT, &CURSOR]), []);
    assert_eq!(codes(&format!("cursor={cursor}&sort=code"), &[&SORT, &CURSOR])[0].1, "invalid_cursor");
    assert_eq!(codes(&format!("cursor={cursor}"), &[&PLAIN_SORT, &CURSOR])[0].1, "invalid_cursor");
    assert_eq!(codes(&format!("cursor={cursor}"), &[&CURSOR])[0].1, "invalid_cursor");
    let after = crate::db::page::Position { date: None, time: None, code: "a".to_owned() };
    let newest = Cursor { sort: NEWEST, after }.encode();
    assert_eq!(codes(&format!("cursor={newest}"), &[&CURSOR]), [], "a list that comes in no other order");
    assert_eq!(codes("cursor=nonsense", &[&SORT, &CURSOR])[0].1, "invalid_cursor");
    let after = crate::db::page::Position { date: None, time: None, code: "a\0".to_owned() };
    let made_up = Cursor { sort: default_sort(true), after }.encode();
    assert_eq!(codes(&format!("cursor={made_up}"), &[&SORT, &CURSOR])[0].1, "invalid_cursor");
}

#[test]
fn examples_are_right() {
    for parameter in ALL {
        let text = format!("{}={}", parameter.name, encoded(parameter.example));
        assert_eq!(
            codes(&text, &[&SORT, parameter][usize::from(parameter.name == "sort")..]),
            [],
            "{}",
            parameter.name
        );
    }
}
