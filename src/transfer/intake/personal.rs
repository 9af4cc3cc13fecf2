//! Columns that look like data about a person. They are refused by their heading: nothing of them is read.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::domain::text::folded_words;
use crate::transfer::sheet::Sheet;

/// Words that no column has but one about a person.
const WORDS: &str = "phone phones telephone tel mobile cellphone whatsapp telegram email passport surname forename nickname dob birth birthday \
     birthdate birthplace father mother grandfather husband wife spouse beneficiary beneficiaries biometric fingerprint iban ssn hoh \
     disability diagnosis religion ethnicity sect \
     هاتف هواتف جوال موبايل محمول تلفون تليفون واتساب واتس ايميل كنية هوية وطني جواز ميلاد ولادة مواليد والد والدة اب زوج زوجة \
     معيل معيلة مستفيد مستفيدين مستفيدون ديانة طائفة إعاقة بصمة";

/// Headings, written together, that no column has but one about a person.
const HEADINGS: &str = "nationalid nationalidno nationalidnumber nationalno nationalnumber idno idnumber idcard identity identityno \
     identitynumber identitycard individualid personid familyid householdid familybook firstname lastname middlename \
     givenname familyname fullname mail email emailaddress gender sex age homeaddress householdaddress contact contactdetails \
     الجنس العمر الشهرة العنوانالبريدي البريدالالكتروني بريدالكتروني دفترالعائلة رقمدفترالعائلة عنوانالسكن عنوانالمنزل رقمالسجل";

/// Words that make a name a person's.
const PERSONS: &str = "first last middle given family full person persons individual individuals head heads member members contact owner \
     respondent participant representative victim child children man woman people \
     شخص أشخاص فرد أفراد رب ربة أسرة عائلة طفل أم جد مسؤول مندوب ممثل ثلاثي رباعي كامل أول أخير";

/// Words that make a name that of something else.
const THINGS: &str = "place location camp village town city country governorate district subdistrict neighbourhood neighborhood area \
     source agreement organisation organization convoy batch movement origin destination project file sheet donor \
     مكان موقع مخيم قرية بلدة مدينة بلد محافظة منطقة ناحية حي مصدر اتفاق اتفاقية منظمة جهة دفعة قافلة وجهة مشروع ملف";

const NAMES: &str = "name names اسم أسماء";

/// A list of words as headings are compared.
fn folded(list: &str) -> HashSet<String> {
    list.split_whitespace().map(|word| without_article(&folded_words(word).concat()).to_owned()).collect()
}

fn without_article(word: &str) -> &str {
    word.strip_prefix("ال").filter(|rest| rest.chars().count() > 1).unwrap_or(word)
}

/// Whether a heading that is none of ours looks like data about a person.
pub fn is_personal(sheet: Sheet, heading: &str) -> bool {
    static LISTS: LazyLock<[HashSet<String>; 5]> =
        LazyLock::new(|| [WORDS, HEADINGS, PERSONS, THINGS, NAMES].map(folded));
    let [words, headings, persons, things, names] = &*LISTS;
    let parts = folded_words(heading);
    let parts: Vec<&str> = parts.iter().map(|word| without_article(word)).collect();
    // Father's name, names of heads.
    let is = |list: &HashSet<String>, word: &str| {
        list.contains(word) || word.strip_suffix('s').is_some_and(|one| list.contains(one))
    };
    let any = |list: &HashSet<String>| parts.iter().any(|word| is(list, word));
    let together = folded_words(heading).concat();
    if any(words) || headings.contains(without_article(&together)) {
        return true;
    }
    // "Head of household" without a word about a name.
    let heads = any(&folded("head رب ربة")) && any(&folded("household family hh families أسرة عائلة بيت"));
    let is_name = any(names) || parts.iter().any(|word| word.ends_with("name"));
    let has_names = matches!(sheet, Sheet::Locations | Sheet::Sources | Sheet::Agreements);
    heads || (is_name && if has_names { any(persons) } else { !any(things) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_about_persons_are_seen_in_both_languages() {
        let personal = [
            "Phone number",
            "phone_number",
            "Mobile",
            "National ID",
            "national_id",
            "ID number",
            "Passport No.",
            "Date of birth",
            "DOB",
            "E-mail",
            "Father's name",
            "father_name",
            "First name",
            "Head of household",
            "Head of HH name",
            "Surname",
            "Age",
            "اسم الأب",
            "الكنية",
            "رقم الهاتف",
            "رقم الجوال",
            "الرقم الوطني",
            "رقم الهوية",
            "تاريخ الميلاد",
            "تاريخ الولادة",
            "رب الأسرة",
            "اسم رب الأسرة",
            "البريد الإلكتروني",
            "جواز السفر",
            "الاسم الثلاثي",
            "الاسم الأول",
            "اسم الأم",
        ];
        for sheet in Sheet::ALL {
            for heading in personal {
                assert!(is_personal(sheet, heading), "{heading} in {}", sheet.word());
            }
        }
        for heading in ["Name", "name", "الاسم", "الأسماء", "Full Name", "beneficiary"] {
            assert!(is_personal(Sheet::Movements, heading) && is_personal(Sheet::Returns, heading), "{heading}");
        }
    }

    #[test]
    fn other_headings_are_not() {
        let others =
            ["place name", "remarks 2", "distance", "camp name", "orgin", "العدد", "المحافظة", "عدد العائلات", "month"];
        for sheet in Sheet::ALL {
            for heading in others {
                assert!(!is_personal(sheet, heading), "{heading} in {}", sheet.word());
            }
            for column in sheet.columns() {
                for heading in column.aliases.iter().chain([&column.name]) {
                    let ours = ["name", "organi"].iter().any(|word| heading.contains(word));
                    assert!(ours || heading.contains("سم") || !is_personal(sheet, heading), "{heading}");
                }
            }
        }
    }
}
