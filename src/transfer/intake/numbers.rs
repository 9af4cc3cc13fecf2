//! Numbers as people write them: with thousands separators, Arabic-Indic and Persian digits. Never guessed: `1.354` may
//! be a thousand or one.

use crate::domain::report::Problem;
use crate::domain::text::latin_digit;

/// Marks of writing direction, which spreadsheets in Arabic leave around numbers and codes.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

/// Text without space and direction marks around it.
pub fn bare(text: &str) -> &str {
    if text.is_ascii() { text.trim_ascii() } else { text.trim_matches(|c: char| c.is_whitespace() || is_mark(c)) }
}

/// Bare text with Latin digits.
pub fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    let bare = bare(text);
    if bare.is_ascii() {
        return bare.into();
    }
    bare.chars().filter(|c| !is_mark(*c)).map(latin_digit).collect::<String>().into()
}

/// Digits in groups, and what stands between the groups: `.`, `,`, `'` or a space, and `d` for the Arabic decimal sign.
struct Written {
    negative: bool,
    groups: Vec<String>,
    between: Vec<char>,
}

fn written(text: &str) -> Option<Written> {
    let plain = plain(text);
    let (negative, digits) = match plain.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let mut found = Written { negative, groups: vec![String::new()], between: vec![] };
    for c in digits.chars() {
        let sign = match c {
            '0'..='9' => {
                found.groups.last_mut()?.push(c);
                continue;
            }
            ',' | '،' => ',',
            '.' => '.',
            '\'' | '’' | '٬' => '\'',
            '٫' => 'd',
            c if c.is_whitespace() => ' ',
            _ => return None,
        };
        found.between.push(sign);
        found.groups.push(String::new());
    }
    found.groups.iter().all(|group| !group.is_empty()).then_some(found)
}

impl Written {
    /// Whether these groups are thousands: one to three digits, then three each, and always the same sign between.
    fn are_thousands(groups: &[String], between: &[char]) -> bool {
        let head = groups.first().is_some_and(|head| head.len() <= 3 && (head != "0" || groups.len() == 1));
        head && groups[1..].iter().all(|group| group.len() == 3)
            && between.iter().all(|sign| *sign != 'd' && *sign == between[0])
    }

    /// The number without what comes after its decimal sign, and that; `None` if it is written as no number is.
    fn parts(&self) -> Option<(String, &str)> {
        let (last, whole) = self.groups.split_last()?;
        match self.between.split_last() {
            None => Some((last.clone(), "")),
            Some(_) if Self::are_thousands(&self.groups, &self.between) => Some((self.groups.concat(), "")),
            Some((sign @ ('.' | ',' | 'd'), before))
                if !before.contains(sign) && (before.is_empty() || Self::are_thousands(whole, before)) =>
            {
                Some((whole.concat(), last))
            }
            Some(_) => None,
        }
    }

    /// Whether a single dot may separate thousands or decimals.
    fn is_ambiguous(&self) -> bool {
        self.between == ['.'] && Self::are_thousands(&self.groups, &self.between)
    }
}

/// A whole number that somebody typed.
pub fn whole(text: &str) -> Result<i64, Problem> {
    let digits = text.trim_ascii();
    if (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse().map_err(|_| no_number(text));
    }
    let found = written(text).ok_or_else(|| no_number(text))?;
    let (number, decimals) = found.parts().ok_or_else(|| no_number(text))?;
    if found.is_ambiguous() {
        let (head, tail) = (&found.groups[0], &found.groups[1]);
        let message = format!(
            "{head}.{tail} can be read as {head}{tail} or as {head} and a fraction. Write {head}{tail}, or {head}."
        );
        return Err(Problem::new("ambiguous_number", message).meant(format!("{head}{tail} or {head}.{tail}")));
    }
    if decimals.bytes().any(|digit| digit != b'0') {
        return Err(Problem::new("wrong_type", "Expected a whole number."));
    }
    let number: i64 = number
        .parse()
        .map_err(|_| Problem::new("out_of_range", "No number here is above 1,000,000,000, or below 0."))?;
    Ok(if found.negative { -number } else { number })
}

/// A number with decimals that somebody typed: a single `,` stands before decimals, too, since no degree has thousands.
pub fn real(text: &str) -> Result<f64, Problem> {
    let wrong = || Problem::new("wrong_type", "Expected a number such as 34.745: degrees with decimals.");
    let plain = plain(text);
    if plain.contains(['e', 'E']) {
        // As programs print what is very small: an export does, too.
        return plain.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(wrong);
    }
    let found = written(text).filter(|found| found.groups.len() <= 2).ok_or_else(wrong)?;
    if found.between.iter().any(|sign| !matches!(sign, '.' | ',' | 'd')) {
        return Err(wrong());
    }
    let number: f64 = found.groups.join(".").parse().map_err(|_| wrong())?;
    Ok(if found.negative { -number } else { number })
}

/// A number of a spreadsheet, as the table wrote it.
pub fn from_cell(text: &str) -> Result<i64, Problem> {
    let number: f64 = text.parse().map_err(|_| no_number(text))?;
    if number.fract() != 0.0 {
        return Err(Problem::new("wrong_type", "Expected a whole number."));
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and is then refused as out of range")]
    Ok(number as i64)
}

fn no_number(text: &str) -> Problem {
    let digits = plain(text).chars().filter(char::is_ascii_digit).count();
    Problem::new(
        "wrong_type",
        if digits > 0 {
            "Expected a whole number alone; what stands around it goes into the quantifier, or into `notes`."
        } else {
            "Expected a whole number; leave the cell empty where it is not known."
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_read_as_people_write_them() {
        let thousands = [
            "1354",
            " 1354 ",
            "1,354",
            "1 354",
            "1\u{a0}354",
            "1'354",
            "1’354",
            "١٣٥٤",
            "١٬٣٥٤",
            "۱۳۵۴",
            "١،٣٥٤",
            "1354.0",
            "1354,00",
            "1,354.0",
            "1.354,0",
            "\u{200f}1354\u{200e}",
            "١٣٥٤٫٠",
            "+1354",
        ];
        for text in thousands {
            assert_eq!(whole(text), Ok(1354), "{text}");
        }
        assert_eq!(whole("1,354,000"), Ok(1_354_000));
        assert_eq!(whole("1.354.000"), Ok(1_354_000));
        assert_eq!(whole("12.0"), Ok(12));
        assert_eq!(whole("-5"), Ok(-5));
        assert_eq!(whole("0"), Ok(0));
    }

    #[test]
    fn what_could_be_two_numbers_is_a_problem_with_both() {
        for (text, both) in [("1.354", "1354 or 1.354"), ("12.000", "12000 or 12.000"), ("١.٣٥٤", "1354 or 1.354")]
        {
            let problem = whole(text).unwrap_err();
            assert_eq!((problem.code, problem.suggestion.as_deref()), ("ambiguous_number", Some(both)));
        }
    }

    #[test]
    fn what_is_no_whole_number_is_refused() {
        for text in [
            "12.5",
            "0.354",
            "12,5",
            "1,35",
            "about 200",
            "200+",
            "200-250",
            "~200",
            "-",
            "n/a",
            "1,2,3",
            "1.354,5",
            "1e5",
            "1,,2",
        ] {
            assert_eq!(whole(text).unwrap_err().code, "wrong_type", "{text}");
        }
        assert_eq!(whole("99999999999999999999").unwrap_err().code, "out_of_range");
        assert_eq!((from_cell("12"), from_cell("12.5").is_err()), (Ok(12), true));
    }

    #[test]
    fn degrees_have_decimals() {
        for text in ["36.665", "36,665", "٣٦٫٦٦٥", "۳۶.۶۶۵"] {
            assert_eq!(real(text), Ok(36.665), "{text}");
        }
        assert_eq!((real("-1"), real("1,234.5").is_err(), real("34°N").is_err()), (Ok(-1.0), true, true));
    }
}
