//! Whatever comes is read or refused, and never ends the reader: codes, dates, names, addresses.

use proptest::prelude::*;

use super::findings::http_url;
use super::period::parse_date;
use super::text::{folded_words, is_code, nearest, trimmed};

proptest! {
    #[test]
    fn any_date(text in any::<String>(), near in "[+-]?[0-9]{1,5}-?[0-9]{0,3}-?[0-9]{0,3}") {
        for text in [text, near] {
            // One way to write each day.
            if let Some(date) = parse_date(&text) {
                prop_assert_eq!(date.format("%Y-%m-%d").to_string(), text);
            }
        }
    }

    #[test]
    fn any_code(text in any::<String>(), near in "[A-Za-z0-9_.-]{0,70}") {
        for text in [text, near] {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            let expected = (1..=64).contains(&text.len()) && text.bytes().all(plain) && text.as_bytes()[0].is_ascii_alphanumeric();
            prop_assert_eq!(is_code(&text), expected, "{:?}", text);
        }
    }

    #[test]
    fn any_name(text in any::<String>(), other in any::<String>()) {
        trimmed(&text);
        let words = folded_words(&text);
        // Folded once is folded.
        prop_assert_eq!(folded_words(&words.join(" ")), words);
        if let Some(found) = nearest(&text, [other.as_str()]) {
            prop_assert_eq!(found, other.as_str());
        }
    }

    #[test]
    fn any_address(text in any::<String>(), near in "(http|https|ftp|javascript)?:?/{0,3}[a-z0-9.:@\\[\\]/?#%]{0,40}") {
        for text in [text, near] {
            if http_url(&text).is_ok() {
                let lower = text.to_ascii_lowercase();
                prop_assert!(lower.starts_with("http://") || lower.starts_with("https://"), "{:?}", text);
            }
        }
    }
}
