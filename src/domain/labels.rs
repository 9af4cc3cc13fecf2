//! The vocabularies as data: each word with its Arabic label, for templates, dictionaries and what people type in sheets.

use super::words::{
    BatchKind, FigureRole, HouseholdCompleteness, LocationKind, PartyRole, Precision, Quantifier, Reason, Reliability,
    Scope, SettlementType, SourceKind, Stage, Visibility, Word,
};

/// A vocabulary without its type: what it is called, and its words with their Arabic labels.
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// What a word of it is called: "a stage".
    pub what: &'static str,
    /// The words, in the order in which they are documented, each with its Arabic label; no label stands twice.
    pub words: &'static [(&'static str, &'static str)],
}

impl Vocabulary {
    /// The words alone.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        self.words.iter().map(|(word, _)| *word)
    }
}

macro_rules! labels {
    ($($(#[$meta:meta])* $name:ident: $type:ident { $($word:literal = $label:literal),+ $(,)? })+) => {
        $($(#[$meta])* pub static $name: Vocabulary =
            Vocabulary { what: <$type as Word>::WHAT, words: &[$(($word, $label)),+] };)+

        #[cfg(test)]
        fn pairs() -> Vec<(&'static Vocabulary, Vec<&'static str>)> {
            vec![$((&$name, $type::ALL.iter().map(|word| word.word()).collect())),+]
        }
    };
}

labels! {
    /// At which moment of the journey a figure was counted.
    STAGE: Stage {
        "planned" = "مخطط", "registered" = "مسجّل", "waitlisted" = "على قائمة الانتظار",
        "departed" = "غادر", "arrived" = "وصل", "withdrawn" = "انسحب",
    }
    /// Whether a figure is the one that counts.
    ROLE: FigureRole { "recommended" = "معتمد", "triangulation" = "للمقارنة" }
    /// Whether a figure speaks of the whole.
    SCOPE: Scope { "whole" = "كامل", "part" = "جزء" }
    /// How exactly a source gives a number.
    QUANTIFIER: Quantifier {
        "exact" = "بالضبط", "approximately" = "تقريباً", "more_than" = "أكثر من", "less_than" = "أقل من",
        "between" = "بين",
    }
    /// How exactly a date is known.
    PRECISION: Precision { "day" = "يوم", "week" = "أسبوع", "month" = "شهر", "year" = "سنة" }
    /// What kind of departure a batch is.
    BATCH_KIND: BatchKind {
        "displacement" = "نزوح", "redisplacement" = "نزوح متكرر", "onward" = "انتقال لاحق",
    }
    /// What kind of place a location is.
    LOCATION_KIND: LocationKind {
        "country" = "بلد", "admin1" = "المستوى الإداري الأول", "admin2" = "المستوى الإداري الثاني",
        "admin3" = "المستوى الإداري الثالث", "admin4" = "المستوى الإداري الرابع", "area" = "منطقة جغرافية",
        "locality" = "تجمع سكني", "neighbourhood" = "حي", "camp" = "مخيم", "crossing" = "معبر",
    }
    /// Where displaced people stay.
    SETTLEMENT_TYPE: SettlementType {
        "individual" = "سكن فردي", "self_settled_camp" = "مخيم عشوائي", "planned_camp" = "مخيم منظم",
        "collective_centre" = "مركز جماعي", "reception_centre" = "مركز استقبال", "undefined" = "غير محدد",
    }
    /// What kind of organisation a source is.
    SOURCE_KIND: SourceKind {
        "own_count" = "إحصاء خاص", "government" = "جهة حكومية", "local_council" = "مجلس محلي",
        "armed_group" = "جماعة مسلحة", "un_agency" = "وكالة أممية", "ngo" = "منظمة غير حكومية",
        "red_cross_red_crescent" = "الصليب الأحمر والهلال الأحمر", "monitor" = "جهة رصد",
        "community" = "المجتمع المحلي", "media" = "وسيلة إعلام", "state_media" = "إعلام رسمي", "research" = "بحث",
        "other" = "أخرى",
    }
    /// How reliable a source is held to be.
    RELIABILITY: Reliability { "low" = "منخفضة", "medium" = "متوسطة", "high" = "عالية", "unknown" = "غير معروفة" }
    /// What a party does.
    PARTY_ROLE: PartyRole {
        "signatory" = "موقّع", "guarantor" = "ضامن", "mediator" = "وسيط", "facilitator" = "ميسّر",
        "organiser" = "منظّم", "monitor" = "مراقب",
    }
    /// Why people left or came back.
    REASON: Reason {
        "hostilities" = "أعمال قتالية", "siege" = "حصار", "fear_of_reprisal" = "الخوف من الانتقام",
        "conscription" = "التجنيد", "poor_conditions" = "ظروف معيشية سيئة", "eviction" = "إخلاء",
        "security_improved" = "تحسّن الأمن", "guarantees" = "ضمانات", "family" = "أسباب عائلية",
        "property" = "ممتلكات", "other" = "أخرى", "unknown" = "غير معروف",
    }
    /// Whether whole families came back.
    HOUSEHOLD_COMPLETENESS: HouseholdCompleteness {
        "complete" = "كاملة", "partial" = "جزئية", "unknown" = "غير معروف",
    }
    /// Who may read a batch or a return.
    VISIBILITY: Visibility { "public" = "عام", "restricted" = "مقيّد" }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::domain::text::folded_words;

    #[test]
    fn every_word_has_a_label_of_its_own() {
        for (vocabulary, words) in pairs() {
            assert_eq!(vocabulary.words().collect::<Vec<_>>(), words, "{}", vocabulary.what);
            let folded: HashSet<String> = vocabulary
                .words
                .iter()
                .flat_map(|(word, label)| [folded_words(word).concat(), folded_words(label).concat()])
                .collect();
            assert_eq!(folded.len(), 2 * words.len(), "{}", vocabulary.what);
        }
    }
}
