//! Text as people type it: trimmed, checked, folded for search, and the nearest right word.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest free text, in characters.
pub const MAX_TEXT: u64 = 10_000;
/// The longest `url`, in characters.
pub const MAX_URL: u64 = 2_048;

/// The longest text for which something near is looked for, in bytes: longer than every code, and most names.
const MAX_GUESSED: usize = 1_000;

/// Trims free text: empty text is no text.
pub fn trimmed(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

/// The first character that text may not hold: any control character but tab and line breaks.
pub fn forbidden_character(text: &str) -> Option<char> {
    text.chars().find(|&c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
}

/// Whether text can be a code: `[A-Za-z0-9][A-Za-z0-9_-]{0,63}`.
pub fn is_code(text: &str) -> bool {
    let inner = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let bytes = text.as_bytes();
    bytes.len() <= 64 && bytes.first().is_some_and(u8::is_ascii_alphanumeric) && bytes.iter().all(inner)
}

/// The words of a text as search compares them: without case, accents, apostrophes, Arabic diacritics and letter
/// variants, so that الوعر, Al-Wa'er and al waer meet.
pub fn folded_words(text: &str) -> Vec<String> {
    let mut words = vec![];
    let mut word = String::new();
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        match c {
            // Apostrophes, the hamza and ayn of transliterations, tatweel and marks vanish inside a word.
            '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʻ' | 'ʾ' | 'ʿ' | 'ʹ' | '′' | 'ـ' | 'ء' => {}
            c if is_combining_mark(c) => {}
            'ى' | 'ی' | 'ې' => word.push('ي'),
            'ة' | 'ہ' | 'ە' => word.push('ه'),
            'ک' => word.push('ك'),
            'ٱ' => word.push('ا'),
            'ß' => word.push_str("ss"),
            'ı' => word.push('i'),
            'ø' => word.push('o'),
            'ł' => word.push('l'),
            'æ' => word.push_str("ae"),
            'đ' => word.push('d'),
            c if c.is_numeric() => word.push(latin_digit(c)),
            c if c.is_alphanumeric() => word.push(c),
            _ if word.is_empty() => {}
            _ => words.push(std::mem::take(&mut word)),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The folded words of several texts in one column, a space before each, so that `LIKE '% word%'` finds beginnings.
pub fn search_column<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = texts.into_iter().flat_map(folded_words).collect();
    words.sort_unstable();
    words.dedup();
    words.iter().flat_map(|word| [" ", word]).collect()
}

/// An Arabic-Indic or Persian digit as 0 to 9; every other character as it is.
pub fn latin_digit(c: char) -> char {
    let zero = match c {
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        _ => return c,
    };
    char::from(b'0' + (c as u32 - zero as u32) as u8)
}

/// The candidate that was most likely meant, if any is near.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // The comparison takes time and memory by the length of both.
    if given.len() > MAX_GUESSED {
        return None;
    }
    let fold = |text: &str| folded_words(text).concat();
    let given = fold(given);
    // In one or two letters every slip makes another word: `fr` is not `ar` misspelt.
    let slips = match given.chars().count() {
        0 => return None,
        1 | 2 => 0,
        many => 1 + many / 4,
    };
    candidates
        .into_iter()
        .map(|candidate| {
            let folded = fold(candidate);
            let score = strsim::jaro_winkler(&given, &folded);
            let typing = strsim::damerau_levenshtein(&given, &folded);
            (score, typing, candidate)
        })
        .filter(|(score, typing, _)| *score >= 0.82 || *typing <= slips)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)).then_with(|| b.2.cmp(a.2)))
        .map(|(_, _, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_place_fold_alike() {
        assert_eq!(folded_words("Al-Wa'er"), folded_words("al  waer"));
        assert_eq!(folded_words("إدلب"), folded_words("ادلب"));
        assert_eq!(folded_words("معرّة"), folded_words("معره"));
        assert_eq!(folded_words("الوَعْر"), ["الوعر"]);
        assert_eq!(folded_words("Ma’arrat Misrîn"), ["maarrat", "misrin"]);
        assert_eq!(folded_words("٢٠١٧"), ["2017"]);
    }

    #[test]
    fn codes_are_short_and_plain() {
        assert!(is_code("al-waer_01") && is_code("7"));
        assert!(!is_code("") && !is_code("-a") && !is_code("a.b") && !is_code("é") && !is_code(&"a".repeat(65)));
    }

    #[test]
    fn the_nearest_word_is_suggested_only_when_near() {
        assert_eq!(nearest("orgin", ["origin", "destination"]), Some("origin"));
        assert_eq!(nearest("zzzz", ["origin", "destination"]), None);
        assert_eq!(nearest("fr", ["en", "ar"]), None);
        assert_eq!(nearest("AR", ["en", "ar"]), Some("ar"));
        assert_eq!(nearest("eng", ["en", "ar"]), Some("en"));
    }
}
