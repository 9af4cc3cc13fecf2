//! From what people write to codes: by code, then p-code, then name or alias, folded. Never guessed: several are all
//! named.

use std::collections::HashMap;

use super::text::folded_words;

/// What can be referred to by name.
#[derive(Debug, Default)]
pub struct Gazetteer {
    /// Places, with their p-codes and aliases.
    pub locations: Index,
    /// Sources.
    pub sources: Index,
    /// Agreements.
    pub agreements: Index,
}

/// One row as it goes into an index.
#[derive(Clone, Copy, Debug, Default)]
pub struct Named<'a> {
    /// Its code.
    pub code: &'a str,
    /// Its p-code.
    pub p_code: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
    /// The code of the row above it.
    pub parent: Option<&'a str>,
    /// Whether it is a country.
    pub is_country: bool,
}

/// What a text refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'i> {
    /// The row of this code.
    One(&'i str),
    /// One of these codes, in their order: only who wrote it knows which.
    Several(Vec<&'i str>),
    /// Nothing that is known.
    Nothing,
}

/// The codes and names of one resource.
#[derive(Debug, Default)]
pub struct Index {
    rows: Vec<Row>,
    codes: HashMap<Box<str>, u32>,
    p_codes: HashMap<Box<str>, u32>,
    /// The folded names, one after the other.
    letters: String,
    /// Where they lie in `letters`, and whose they are; in their order once `names_sorted`.
    names: Vec<Name>,
    names_sorted: bool,
}

#[derive(Debug)]
struct Row {
    code: Box<str>,
    name: Box<str>,
    parent: Option<Box<str>>,
    is_country: bool,
}

#[derive(Clone, Copy, Debug)]
struct Name {
    start: u32,
    end: u32,
    row: u32,
    /// Whether it is the row's code, which others' names go before.
    is_code: bool,
    /// A bit for each letter in it, by which most others are put aside quickly.
    letters: u64,
}

impl Index {
    /// Adds a row with its other names. A row of the same code gets further names.
    pub fn add<'n>(&mut self, row: Named<'n>, names: impl IntoIterator<Item = &'n str>) {
        let number = *self.codes.entry(row.code.into()).or_insert_with(|| {
            self.rows.push(Row {
                code: row.code.into(),
                name: row.name.into(),
                parent: row.parent.map(Into::into),
                is_country: row.is_country,
            });
            u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX)
        });
        if let Some(p_code) = row.p_code {
            self.p_codes.entry(p_code.into()).or_insert(number);
        }
        for (index, name) in [row.code, row.name].into_iter().chain(names).enumerate() {
            let folded = folded_words(name).concat();
            let start = self.letters.len();
            self.letters.push_str(&folded);
            if let (Ok(start), Ok(end), false) =
                (u32::try_from(start), u32::try_from(self.letters.len()), folded.is_empty())
            {
                let is_code = index == 0;
                self.names.push(Name { start, end, row: number, is_code, letters: letters(&folded) });
            }
        }
        self.names_sorted = false;
    }

    /// Puts the names in order: until then, only codes are found.
    pub fn sort(&mut self) {
        let mut names = std::mem::take(&mut self.names);
        names.sort_unstable_by(|a, b| {
            self.text(*a).cmp(self.text(*b)).then(a.row.cmp(&b.row)).then(a.is_code.cmp(&b.is_code))
        });
        names.dedup_by(|a, b| a.row == b.row && self.text(*a) == self.text(*b));
        self.names = names;
        self.names_sorted = true;
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether a row has this very code.
    pub fn has_code(&self, code: &str) -> bool {
        self.codes.contains_key(code)
    }

    /// What a text refers to.
    pub fn find(&self, text: &str) -> Found<'_> {
        if let Some(code) = self.find_code(text) {
            return Found::One(code);
        }
        let folded = folded_words(text).concat();
        let with = |is_code| self.named(&folded).filter(move |name| name.is_code == is_code);
        let mut codes: Vec<&str> = with(false).map(|name| self.code(name.row)).collect();
        if codes.is_empty() {
            codes.extend(with(true).map(|name| self.code(name.row)));
        }
        codes.sort_unstable();
        match codes[..] {
            [] => Found::Nothing,
            [code] => Found::One(code),
            _ => Found::Several(codes),
        }
    }

    /// The code of a code or p-code.
    pub fn find_code(&self, text: &str) -> Option<&str> {
        self.codes.get(text).or_else(|| self.p_codes.get(text)).map(|row| self.code(*row))
    }

    /// The code of the country of a code or p-code.
    pub fn find_country(&self, text: &str) -> Option<&str> {
        let row = self.codes.get(text).or_else(|| self.p_codes.get(text))?;
        self.rows.get(*row as usize).filter(|row| row.is_country).map(|row| &*row.code)
    }

    /// A row in a sentence: its code, its name, and the name of what it lies in.
    pub fn described(&self, code: &str) -> String {
        let row = |code: &str| self.codes.get(code).and_then(|row| self.rows.get(*row as usize));
        let Some(found) = row(code) else { return code.to_owned() };
        match found.parent.as_deref().and_then(row) {
            Some(parent) => format!("{code} ({} in {})", found.name, parent.name),
            None => format!("{code} ({})", found.name),
        }
    }

    /// The code of the row whose code or name is nearest, if any is near.
    pub fn nearest(&self, text: &str) -> Option<&str> {
        let folded = folded_words(text).concat();
        let (set, len) = (letters(&folded), folded.chars().count());
        if len == 0 {
            return None;
        }
        let typing_limit = 1 + len / 4;
        let near = self.names.iter().filter_map(|name| {
            // Names that share few letters are neither alike nor a typing error apart.
            let (shared, all) = ((name.letters & set).count_ones(), (name.letters | set).count_ones());
            if 2 * shared < all {
                return None;
            }
            let candidate = self.text(*name);
            let alike = strsim::jaro_winkler(&folded, candidate);
            let typing = strsim::osa_distance(&folded, candidate);
            (alike >= 0.82 || typing <= typing_limit).then_some((alike, typing, name.row))
        });
        let order = |a: &(f64, usize, u32), b: &(f64, usize, u32)| {
            a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)).then_with(|| self.code(b.2).cmp(self.code(a.2)))
        };
        near.max_by(order).map(|(_, _, row)| self.code(row))
    }

    /// The names that are written like this, folded.
    fn named(&self, folded: &str) -> impl Iterator<Item = Name> {
        let sorted = self.names_sorted && !folded.is_empty();
        let start = if sorted { self.names.partition_point(|name| self.text(*name) < folded) } else { 0 };
        let names = if sorted { &self.names[start..] } else { &[] };
        names.iter().copied().take_while(move |name| self.text(*name) == folded)
    }

    fn text(&self, name: Name) -> &str {
        self.letters.get(name.start as usize..name.end as usize).unwrap_or_default()
    }

    fn code(&self, row: u32) -> &str {
        self.rows.get(row as usize).map_or("", |row| &row.code)
    }
}

/// A bit for each letter of a folded text; some letters share one.
fn letters(folded: &str) -> u64 {
    folded.chars().fold(0, |set, letter| set | 1 << (letter as u32 % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn homs() -> Index {
        let mut index = Index::default();
        let mut add = |code, p_code, name, parent, names: &[&str]| {
            let is_country = code == "SY";
            index.add(Named { code, p_code, name, parent, is_country }, names.iter().copied());
        };
        add("SY", Some("SYR"), "Syrian Arab Republic", None, &["سوريا"]);
        add("SY04", Some("SY04"), "Homs", Some("SY"), &["حمص", "Homs governorate"]);
        add("SY0401", None, "Homs", Some("SY04"), &["حمص"]);
        add("al-waer", None, "Al-Waer", Some("SY0401"), &["الوعر", "Al-Wa'er", "Waer"]);
        add("homs", None, "Talbiseh", Some("SY04"), &[]);
        index.sort();
        index
    }

    #[test]
    fn a_place_is_found_by_code_p_code_name_and_alias() {
        let index = homs();
        for text in ["al-waer", "AL WAER", "Al-Wa’er", "الوَعر", "waer", "AL-WAER"] {
            assert_eq!(index.find(text), Found::One("al-waer"), "{text}");
        }
        assert_eq!(index.find("SYR"), Found::One("SY"));
        assert_eq!(index.find("sy0401"), Found::One("SY0401"));
        assert_eq!(index.find("syria"), Found::Nothing);
        assert_eq!(index.find("؟"), Found::Nothing);
        assert_eq!((index.find_country("SYR"), index.find_country("SY04")), (Some("SY"), None));
    }

    #[test]
    fn an_ambiguous_name_names_all_that_it_could_be() {
        let index = homs();
        assert_eq!(index.find("Homs"), Found::Several(vec!["SY04", "SY0401"]));
        assert_eq!(index.find("homs"), Found::One("homs"), "a code goes before names");
        assert_eq!(index.find("حمص"), Found::Several(vec!["SY04", "SY0401"]));
        assert_eq!(index.described("SY0401"), "SY0401 (Homs in Homs)");
        assert_eq!(index.described("SY"), "SY (Syrian Arab Republic)");
    }

    #[test]
    fn the_nearest_is_suggested_only_when_near() {
        let index = homs();
        assert_eq!(index.nearest("Alwaar"), Some("al-waer"));
        assert_eq!(index.nearest("الوعار"), Some("al-waer"));
        assert_eq!(index.nearest("SY0402"), Some("SY0401"));
        assert_eq!(index.nearest("Damascus"), None);
        assert_eq!(index.nearest("-"), None);
    }
}
