//! How questions are read.

use super::*;

fn asked<S: Statistic>(text: &str) -> Question {
    question::<S>(text, &mut Query::parse(text, &parameters::<S>(Format::Json)))
}

fn wrong<S: Statistic>(text: &str) -> Vec<(String, &'static str)> {
    let wrong = asked::<S>(text).filter.wrong;
    wrong.into_iter().map(|one| (one.parameter.unwrap_or_default(), one.code)).collect()
}

#[test]
fn questions_are_understood() {
    let question = asked::<Flows>("by=month,destination&level=admin1&fill=zero&from=2017-03-01");
    assert_eq!(question.by, [By::Period(Unit::Month), By::Destination]);
    assert_eq!((question.level, question.fill, question.filter.wrong.len()), (Some(Level::Admin1), true, 0));
    let question = asked::<Stocks>("period=quarter&by=agreement,origin&as_of=2017-12-31");
    assert_eq!(question.by, [By::Agreement, By::Origin, By::Period(Unit::Quarter)]);
    assert!(question.as_of.is_some() && question.filter.wrong.is_empty());
}

#[test]
fn what_means_nothing_is_refused() {
    let nothing = |name: &str| vec![(name.to_owned(), "not_applicable")];
    assert_eq!(wrong::<Flows>("by=month,year"), nothing("by"));
    assert_eq!(wrong::<Flows>("by=destination&fill=zero"), nothing("fill"));
    assert_eq!(wrong::<Flows>("by=month&level=admin1"), nothing("level"));
    assert_eq!(wrong::<Flows>("as_of=2017-01-01"), nothing("as_of"));
    assert_eq!(wrong::<Stocks>("by=agreement&level=admin1"), nothing("level"));
    for name in ["from", "to"] {
        let query = format!("{name}=2017-01-01");
        assert_eq!(wrong::<Stocks>(&query), nothing(name));
        assert_eq!(wrong::<Summary>(&query), nothing(name));
        assert_eq!(wrong::<Destinations>(&query), nothing(name));
        assert_eq!(wrong::<Origins>(&query), nothing(name));
    }
    assert_eq!(wrong::<Flows>("limit=1"), nothing("limit"));
    let unclear = vec![("by".to_owned(), "unknown_word")];
    assert_eq!(wrong::<Flows>("by=moth,destination&level=admin1&fill=zero"), unclear);
    assert_eq!(wrong::<Destinations>("level=admin1"), []);
}
