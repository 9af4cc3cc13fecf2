//! Days as people write them. Never guessed: `04/03/2017` is a problem with both of its days.

use chrono::{Days, NaiveDate};

use super::numbers::plain;
use crate::domain::period::parse_date;
use crate::domain::report::Problem;
use crate::domain::text::folded_words;

/// The months by the folded words for them: English, the Arabic of the Levant, the Arabic of Egypt and the Gulf.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "كانونالثاني", "كانونثاني", "يناير"],
    &["february", "feb", "شباط", "فبراير"],
    &["march", "mar", "اذار", "مارس"],
    &["april", "apr", "نيسان", "ابريل"],
    &["may", "ايار", "مايو"],
    &["june", "jun", "حزيران", "يونيو"],
    &["july", "jul", "تموز", "يوليو"],
    &["august", "aug", "اب", "اغسطس"],
    &["september", "sep", "sept", "ايلول", "سبتمبر"],
    &["october", "oct", "تشرينالاول", "تشريناول", "اكتوبر"],
    &["november", "nov", "تشرينالثاني", "تشرينثاني", "نوفمبر"],
    &["december", "dec", "كانونالاول", "كانوناول", "ديسمبر"],
];

/// A day that somebody typed.
pub fn day(text: &str) -> Result<NaiveDate, Problem> {
    let text = plain(text);
    if let Some(date) = parse_date(&text).or_else(|| with_time(&text)) {
        return Ok(date);
    }
    if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(number(&text));
    }
    let mut words = folded_words(&text);
    // Months of two words: كانون الثاني.
    for at in (1..words.len()).rev() {
        if matches!(words[at - 1].as_str(), "كانون" | "تشرين") {
            let second = words.remove(at);
            words[at - 1].push_str(&second);
        }
    }
    let mut months: Vec<u32> = words.iter().filter_map(|word| month(word)).collect();
    // Both Arabics side by side: آذار/مارس.
    months.dedup();
    let numbers: Vec<&str> = words.iter().filter(|word| month(word).is_none()).map(String::as_str).collect();
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 4);
    let parsed: Option<Vec<u32>> = numbers.iter().map(|text| number(text)).collect();
    let Some(parsed) = parsed else { return Err(no_date()) };
    let is_year = |index: usize| numbers[index].len() == 4;
    let date = |year: u32, month: u32, day: u32| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    match (&months[..], &parsed[..]) {
        ([], [year, month, day]) if is_year(0) => date(*year, *month, *day).ok_or_else(no_such_day),
        ([], [a, b, year]) if is_year(2) => match (date(*year, *b, *a), date(*year, *a, *b)) {
            (Some(first), Some(second)) if first != second => {
                let message = format!("This may be {first} or {second}. Write one of them.");
                Err(Problem::new("ambiguous_date", message).meant(format!("{first} or {second}")))
            }
            (first, second) => first.or(second).ok_or_else(no_such_day),
        },
        ([month], [day, year]) if is_year(1) => date(*year, *month, *day).ok_or_else(no_such_day),
        ([month], [year, day]) if is_year(0) => date(*year, *month, *day).ok_or_else(no_such_day),
        ([], [year]) if is_year(0) => Err(no_day(date(*year, 1, 1), "year")),
        ([], [year, month]) if is_year(0) => Err(no_day(date(*year, *month, 1), "month")),
        ([], [month, year]) if is_year(1) => Err(no_day(date(*year, *month, 1), "month")),
        ([month], [year]) if is_year(0) => Err(no_day(date(*year, *month, 1), "month")),
        ([], [a, b, year]) if numbers[2].len() == 2 => {
            let (first, second) = (date(2000 + year, *b, *a), date(2000 + year, *a, *b));
            let mut days: Vec<String> = first.into_iter().chain(second).map(|day| day.to_string()).collect();
            days.dedup();
            Err(if days.is_empty() { short_year() } else { short_year().meant(days.join(" or ")) })
        }
        ([], [_, _, _]) | ([_], [_, _]) => Err(short_year()),
        _ => Err(no_date()),
    }
}

/// The day of a date cell of a spreadsheet: a time behind it says nothing here.
pub fn from_cell(text: &str) -> Result<NaiveDate, Problem> {
    text.get(..10).and_then(parse_date).ok_or_else(no_date)
}

/// What is wrong with a plain number where a day is wanted.
pub fn number(text: &str) -> Problem {
    let serial = text.parse::<f64>().ok().filter(|serial| (20_000.0..=110_000.0).contains(serial));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies between 20,000 and 110,000")]
    let date =
        serial.and_then(|serial| NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(serial as u64)));
    let message = "This is a plain number. Format the cell as a date, or write the day as YYYY-MM-DD.";
    let problem = Problem::new("invalid_date", message);
    match date {
        Some(date) => problem.meant(date.to_string()),
        None => problem,
    }
}

/// The date of a full timestamp is the one that is written in it.
fn with_time(text: &str) -> Option<NaiveDate> {
    let (date, time) = (text.get(..10)?, text.get(10..)?);
    let is_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z');
    let shape = time.starts_with(['T', ' ']) && time.contains(':') && time[1..].chars().all(is_time);
    parse_date(date).filter(|_| shape)
}

fn month(word: &str) -> Option<u32> {
    let index = MONTHS.iter().position(|words| words.contains(&word))?;
    u32::try_from(index + 1).ok()
}

fn no_date() -> Problem {
    let message = "Expected one day as YYYY-MM-DD. Where only the week, month or year is known, write its first day, and that \
                   word into the column of its precision.";
    Problem::new("invalid_date", message)
}

fn short_year() -> Problem {
    Problem::new("invalid_date", "Write the year with four digits, and the day as YYYY-MM-DD.")
}

fn no_such_day() -> Problem {
    Problem::new("invalid_date", "There is no such day. Write it as YYYY-MM-DD.")
}

fn no_day(first: Option<NaiveDate>, unit: &str) -> Problem {
    let message = format!(
        "The day is missing. For a whole {unit}, write its first day, and `{unit}` into the column of its precision."
    );
    let problem = Problem::new("invalid_date", message);
    match first {
        Some(first) => problem.meant(first.to_string()),
        None => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_write_it() {
        let ways = [
            "2017-03-18",
            "2017/03/18",
            "2017.3.18",
            "18/03/2017",
            "18.03.2017",
            "03/18/2017",
            "18-3-2017",
            "٢٠١٧-٠٣-١٨",
            "١٨/٠٣/٢٠١٧",
            "18 March 2017",
            "March 18, 2017",
            "18-Mar-2017",
            "١٨ آذار ٢٠١٧",
            "18 مارس 2017",
            "18 آذار/مارس 2017",
            "2017-03-18T00:00:00",
            "2017-03-18 14:30:00",
            "2017-03-18T14:30:00+03:00",
            " 2017-03-18 ",
            "\u{200f}18/03/2017",
        ];
        for text in ways {
            assert_eq!(day(text).map(|day| day.to_string()), Ok("2017-03-18".to_owned()), "{text}");
        }
        assert_eq!(day("5/5/2017").map(|day| day.to_string()), Ok("2017-05-05".to_owned()));
        assert_eq!(day("1 كانون الثاني 2018").map(|day| day.to_string()), Ok("2018-01-01".to_owned()));
        assert_eq!(day("3 تشرين الأول 2016").map(|day| day.to_string()), Ok("2016-10-03".to_owned()));
    }

    #[test]
    fn a_day_that_could_be_two_names_both() {
        for text in ["04/03/2017", "4.3.2017", "٤/٣/٢٠١٧", "04-03-2017"] {
            let problem = day(text).unwrap_err();
            assert_eq!(
                (problem.code, problem.suggestion.as_deref()),
                ("ambiguous_date", Some("2017-03-04 or 2017-04-03"))
            );
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "18/03/17",
            "31/02/2017",
            "2017-02-30",
            "13/13/2017",
            "soon",
            "March",
            "2017-W11",
            "18(3)",
            "42812",
            "2017-13",
        ] {
            assert_eq!(day(text).unwrap_err().code, "invalid_date", "{text}");
        }
        for (text, first) in
            [("2017", "2017-01-01"), ("2017-03", "2017-03-01"), ("March 2017", "2017-03-01"), ("03/2017", "2017-03-01")]
        {
            assert_eq!(day(text).unwrap_err().suggestion.as_deref(), Some(first), "{text}");
        }
        assert_eq!(number("42812").suggestion.as_deref(), Some("2017-03-18"));
        assert_eq!(number("2017").suggestion, None);
    }
}
