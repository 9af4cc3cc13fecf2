//! The public p-code list, which imports as `locations` as it is published.

/// What a column of the public p-code list becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PcodeColumn {
    /// `Location`: the country's ISO 3166 code of three letters. It is the parent of the places of level 1.
    Country,
    /// `Admin Level`: 0 to 4, which is the kind of place.
    Level,
    /// `P-Code`: the p-code, and the code of a place that is new.
    PCode,
    /// `Name`: the name.
    Name,
    /// `Parent P-Code`: the parent below level 1.
    Parent,
    /// `Valid from date`: how old the boundary is, which is not recorded here.
    ValidFrom,
}

/// The headings of the public p-code list. A sheet that has the first five is that list, and not one of ours.
pub const PCODE_LIST: [(&str, PcodeColumn); 6] = [
    ("Location", PcodeColumn::Country),
    ("Admin Level", PcodeColumn::Level),
    ("P-Code", PcodeColumn::PCode),
    ("Name", PcodeColumn::Name),
    ("Parent P-Code", PcodeColumn::Parent),
    ("Valid from date", PcodeColumn::ValidFrom),
];

impl PcodeColumn {
    /// Its heading.
    pub fn heading(self) -> &'static str {
        PCODE_LIST.iter().find(|(_, column)| *column == self).map_or("", |(heading, _)| heading)
    }

    /// The column that a member of a location comes from.
    pub fn of_member(member: &str) -> Self {
        match member {
            "name" => Self::Name,
            "kind" => Self::Level,
            "parent" => Self::Parent,
            _ => Self::PCode,
        }
    }
}
