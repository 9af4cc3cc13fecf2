//! From what stands in a cell to the code that it refers to. What is unknown may be created, if that was asked for.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::domain::Resource;
use crate::domain::gazetteer::{Found, Gazetteer, Index, Named};
use crate::domain::report::{Problem, shown};
use crate::domain::text::{folded_words, is_code};
use crate::domain::words::Word;

/// What is created where a sheet refers to something that is not there (`create_missing`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CreateMissing {
    /// Locations, as localities without a parent.
    pub locations: bool,
    /// Sources, of kind `other`.
    pub sources: bool,
}

/// A row that is created because a cell refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// What it is.
    pub resource: Resource,
    /// The code that was made for it.
    pub code: String,
    /// Its name, as the cell has it.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// What there is that has a name like it.
    pub nearest: Option<String>,
}

/// How many candidates a problem names.
const CANDIDATES: usize = 10;
/// How many rows are compared for suggestions in one import: comparing with all names of a large gazetteer takes long.
const COMPARED: usize = 4_000_000;
/// How many unknown names are remembered: a report lists no more.
const REMEMBERED: usize = 1_000;

/// What cells refer to.
#[derive(Debug)]
pub struct References<'g> {
    gazetteer: &'g Gazetteer,
    /// The places of the sheet itself, where it is `locations`.
    own: &'g Index,
    create: CreateMissing,
    created: HashMap<(Resource, String), String>,
    created_codes: BTreeSet<(Resource, String)>,
    /// Those that nobody has taken yet.
    fresh: VecDeque<Created>,
    /// What was said of names that are unknown.
    unknown: HashMap<(Resource, String), Problem>,
    compared: usize,
}

impl<'g> References<'g> {
    /// Refers to what is there, and to the places of the sheet itself.
    pub fn new(gazetteer: &'g Gazetteer, own: &'g Index, create: CreateMissing) -> Self {
        let (created, created_codes, fresh) = (HashMap::new(), BTreeSet::new(), VecDeque::new());
        Self { gazetteer, own, create, created, created_codes, fresh, unknown: HashMap::new(), compared: 0 }
    }

    /// The next row that was created and not taken yet.
    pub fn take_created(&mut self) -> Option<Created> {
        self.fresh.pop_front()
    }

    /// The code that a text refers to.
    pub fn find(&mut self, resource: Resource, text: &str) -> Result<String, Problem> {
        let gazetteer = self.gazetteer;
        let index = match resource {
            Resource::Sources => &gazetteer.sources,
            Resource::Agreements => &gazetteer.agreements,
            _ => &gazetteer.locations,
        };
        let places = resource == Resource::Locations;
        if let Some(code) = index.find_code(text).or_else(|| self.own.find_code(text).filter(|_| places)) {
            return Ok(code.to_owned());
        }
        let mut codes = vec![];
        for found in [Some(index.find(text)), places.then(|| self.own.find(text))].into_iter().flatten() {
            match found {
                Found::One(code) => codes.push(code),
                Found::Several(several) => codes.extend(several),
                Found::Nothing => {}
            }
        }
        codes.sort_unstable();
        codes.dedup();
        match codes[..] {
            [code] => Ok(code.to_owned()),
            [] => self.missing(resource, index, text),
            _ => Err(ambiguous(resource, index, &codes, text)),
        }
    }

    /// The code of a place that is known by code or p-code, in the gazetteer or in the sheet itself.
    pub fn find_code(&self, text: &str) -> Option<String> {
        self.gazetteer.locations.find_code(text).or_else(|| self.own.find_code(text)).map(str::to_owned)
    }

    /// The code of a country: by one of these codes, else created with the first and called like it.
    pub fn country(&mut self, codes: [&str; 2]) -> String {
        let known = codes.iter().find_map(|code| self.gazetteer.locations.find_country(code));
        if let Some(known) = known.or_else(|| codes.iter().find_map(|code| self.own.find_country(code))) {
            return known.to_owned();
        }
        let key = (Resource::Locations, codes[0].to_owned());
        if let Some(code) = self.created.get(&key) {
            return code.clone();
        }
        let (resource, name) = (Resource::Locations, codes[0].to_owned());
        let code = self.free_code(resource, codes[0].to_owned());
        self.fresh.push_back(Created { resource, code: code.clone(), name, kind: "country", nearest: None });
        self.created.insert(key, code.clone());
        code
    }

    fn missing(&mut self, resource: Resource, index: &Index, text: &str) -> Result<String, Problem> {
        let kind = match resource {
            Resource::Locations if self.create.locations => Some("locality"),
            Resource::Sources if self.create.sources => Some("other"),
            _ => None,
        };
        let folded = folded_words(text).concat();
        let Some(kind) = kind.filter(|_| !folded.is_empty()) else {
            return Err(self.unknown(resource, index, text));
        };
        if let Some(code) = self.created.get(&(resource, folded.clone())) {
            return Ok(code.clone());
        }
        let nearest = self.nearest(index, text).map(str::to_owned);
        let code = self.free_code(resource, code_for(resource, text));
        let name = text.to_owned();
        self.fresh.push_back(Created { resource, code: code.clone(), name, kind, nearest });
        self.created.insert((resource, folded), code.clone());
        Ok(code)
    }

    fn unknown(&mut self, resource: Resource, index: &Index, text: &str) -> Problem {
        let key = (resource, text.to_owned());
        if let Some(problem) = self.unknown.get(&key) {
            return problem.clone();
        }
        let nearest = self.nearest(index, text);
        let what = resource.singular();
        let mut message = format!("There is no {what} {:?}.", shown(text));
        match (nearest, resource) {
            (Some(code), _) => message.push_str(&format!(" The nearest is {}.", index.described(code))),
            (None, Resource::Locations | Resource::Sources) => {
                let sheet = resource.word();
                message.push_str(&format!(
                    " Import it with the sheet `{sheet}` first, or ask for it with create_missing={sheet}."
                ));
            }
            (None, _) => message.push_str(&format!(" Import it with the sheet `{}` first.", resource.word())),
        }
        let mut problem = Problem::new("unknown_reference", message);
        problem.suggestion = nearest.map(str::to_owned);
        if self.unknown.len() < REMEMBERED {
            self.unknown.insert(key, problem.clone());
        }
        problem
    }

    fn nearest<'i>(&mut self, index: &'i Index, text: &str) -> Option<&'i str> {
        self.compared = self.compared.saturating_add(index.len());
        if self.compared > COMPARED { None } else { index.nearest(text) }
    }

    /// The code, or the code with the first number behind it that nobody has.
    fn free_code(&mut self, resource: Resource, wanted: String) -> String {
        let index = if resource == Resource::Sources { &self.gazetteer.sources } else { &self.gazetteer.locations };
        let taken = |code: &str| {
            index.find_code(code).is_some()
                || (resource == Resource::Locations && self.own.find_code(code).is_some())
                || self.created_codes.contains(&(resource, code.to_owned()))
        };
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        let free = std::iter::once(wanted.clone()).chain(numbered).find(|code| !taken(code)).unwrap_or(wanted);
        self.created_codes.insert((resource, free.clone()));
        free
    }
}

fn ambiguous(resource: Resource, index: &Index, codes: &[&str], text: &str) -> Problem {
    let listed: Vec<String> = codes.iter().take(CANDIDATES).map(|code| index.described(code)).collect();
    let more = codes.len().saturating_sub(CANDIDATES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!(
        "{:?} can be more than one {}: {}{more}. Write the code of the one that is meant.",
        shown(text),
        resource.singular(),
        listed.join(", ")
    );
    let candidates: Vec<&str> = codes.iter().copied().take(CANDIDATES).collect();
    Problem::new("ambiguous_name", message).meant(candidates.join(" or "))
}

/// A code made of a name: in Latin letters, the same whenever it is made.
fn code_for(resource: Resource, name: &str) -> String {
    // What looks like a code is kept: C1234, SY0299.
    if is_code(name) && name.bytes().any(|byte| byte.is_ascii_digit()) && !name.bytes().any(|b| b.is_ascii_lowercase())
    {
        return name.to_owned();
    }
    let words: Vec<String> = folded_words(name)
        .iter()
        .map(|word| word.chars().map(latin).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    let code: String = words.join("-").chars().take(50).collect();
    if is_code(&code) { code } else { resource.singular().to_owned() }
}

/// A letter in Latin letters, for codes only: names keep theirs.
fn latin(letter: char) -> &'static str {
    const ASCII: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    if let Some(at) = ASCII.find(letter) {
        return &ASCII[at..=at];
    }
    match letter {
        'ا' => "a",
        'ب' => "b",
        'ت' | 'ط' => "t",
        'ث' => "th",
        'ج' => "j",
        'ح' | 'ه' => "h",
        'خ' => "kh",
        'د' | 'ض' => "d",
        'ذ' => "dh",
        'ر' => "r",
        'ز' | 'ظ' => "z",
        'س' | 'ص' => "s",
        'ش' => "sh",
        'ع' | 'ء' => "",
        'غ' => "gh",
        'ف' => "f",
        'ق' => "q",
        'ك' => "k",
        'ل' => "l",
        'م' => "m",
        'ن' => "n",
        'و' => "w",
        'ي' => "y",
        'پ' => "p",
        'چ' => "ch",
        'گ' => "g",
        _ => "",
    }
}

/// A place of the sheet itself, as its own index has it.
pub fn named<'a>(code: &'a str, p_code: Option<&'a str>, name: &'a str, is_country: bool) -> Named<'a> {
    Named { code, p_code, name, parent: None, is_country }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gazetteer() -> Gazetteer {
        let mut gazetteer = Gazetteer::default();
        for (code, name, aliases) in [
            ("SY04", "Homs", &["حمص"][..]),
            ("SY0401", "Homs", &[]),
            ("SY0208", "Jarablus", &["Jarabulus", "جرابلس"]),
            ("zoghra", "Zoghra", &[]),
        ] {
            gazetteer.locations.add(named(code, None, name, false), aliases.iter().copied());
        }
        gazetteer.locations.sort();
        gazetteer.sources.add(named("sana", None, "SANA", false), []);
        gazetteer.sources.sort();
        gazetteer
    }

    #[test]
    fn names_become_codes_and_are_never_guessed() {
        let (gazetteer, own) = (gazetteer(), Index::default());
        let mut references = References::new(&gazetteer, &own, CreateMissing::default());
        let mut find = |text| references.find(Resource::Locations, text);
        assert_eq!(find("جرابلس"), Ok("SY0208".to_owned()));
        let problem = find("homs").unwrap_err();
        assert_eq!((problem.code, problem.suggestion.as_deref()), ("ambiguous_name", Some("SY04 or SY0401")));
        let problem = find("Jarablous").unwrap_err();
        assert_eq!((problem.code, problem.suggestion.as_deref()), ("unknown_reference", Some("SY0208")));
        assert_eq!(problem.message, "There is no location \"Jarablous\". The nearest is SY0208 (Jarablus).");
        assert_eq!(references.find(Resource::Sources, "Sana"), Ok("sana".to_owned()));
    }

    #[test]
    fn what_is_missing_is_created_once_if_asked_for() {
        let (gazetteer, own) = (gazetteer(), Index::default());
        let create = CreateMissing { locations: true, sources: false };
        let mut references = References::new(&gazetteer, &own, create);
        let mut find = |text| references.find(Resource::Locations, text).unwrap();
        assert_eq!(
            [find("Zoghra camp"), find("zoghra  camp"), find("مخيم العمارنة")].map(|code| code),
            ["zoghra-camp", "zoghra-camp", "mkhym-almarnh"].map(str::to_owned)
        );
        assert_eq!(
            [find("C1234"), find("Zoghrá"), find("Заграда")].map(|code| code),
            ["C1234", "zoghra", "location"].map(str::to_owned)
        );
        let made: Vec<Created> = std::iter::from_fn(|| references.take_created()).collect();
        assert_eq!(
            made.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(),
            ["zoghra-camp", "mkhym-almarnh", "C1234", "location"]
        );
        assert_eq!((made[0].kind, made[0].nearest.as_deref()), ("locality", Some("zoghra")));
        assert_eq!(references.find(Resource::Sources, "Orient").unwrap_err().code, "unknown_reference");
    }
}
