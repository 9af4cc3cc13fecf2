//! The columns of the figure, which end the sheets `movements` and `returns`.

use super::{Column, Kind, Part};
use crate::domain::labels;

const fn count(name: &'static str) -> Column {
    Column::new(name, Part::Figure, Kind::Whole)
}

const fn quantifier(name: &'static str) -> Column {
    Column::new(name, Part::Figure, Kind::Word(&labels::QUANTIFIER))
}

pub(super) static FIGURE: [Column; 25] = [
    Column::new("figure", Part::Figure, Kind::Code).member("code").also(&["figure code", "رمز الرقم"]).means(
        "The code of the figure, as an export gives it; leave it empty for a new one.",
        "رمز الرقم كما يرد في التصدير؛ يُترك فارغاً لرقم جديد.",
    ),
    Column::new("stage", Part::Figure, Kind::Word(&labels::STAGE))
        .required()
        .also(&["المرحلة"])
        .means("At which moment of the journey was counted.", "المرحلة التي جرى فيها العدّ من الرحلة.")
        .example("arrived"),
    Column::new("role", Part::Figure, Kind::Word(&labels::ROLE))
        .also(&["دور الرقم"])
        .means(
            "Whether it is the figure that counts; the first of a phase is, where this is empty.",
            "هل هو الرقم المعتمد؛ إذا تُرك فارغاً يُعتمد أول رقم في المرحلة.",
        )
        .example("recommended"),
    Column::new("scope", Part::Figure, Kind::Word(&labels::SCOPE))
        .also(&["النطاق"])
        .means(
            "Whether it speaks of the whole, or of a part, which is kept and never counted.",
            "هل يشمل الرقم الكلّ أم جزءاً يُحفظ ولا يُحسب.",
        )
        .example("whole"),
    Column::new("source", Part::Figure, Kind::Source)
        .also(&["source name", "source code", "information source", "المصدر", "اسم المصدر", "رمز المصدر"])
        .means("Who says so: the code or name of a source.", "صاحب الرقم: رمز المصدر أو اسمه.")
        .example("jarablus-council"),
    Column::new("url", Part::Figure, Kind::Text)
        .also(&["link", "source url", "source link", "الرابط", "رابط المصدر"])
        .means("Where that was published.", "رابط النشر.")
        .example("https://example.org/report")
        .wide(36),
    Column::new("title", Part::Figure, Kind::Text)
        .also(&["source title", "title of publication", "عنوان الخبر", "عنوان التقرير", "عنوان المنشور"])
        .means("The title of the publication.", "عنوان المنشور."),
    Column::new("reported_on", Part::Figure, Kind::Date)
        .also(&["report date", "date reported", "publication date", "تاريخ النشر", "تاريخ التقرير"])
        .means("The day on which that was published.", "يوم النشر.")
        .example("2017-05-02"),
    Column::new("as_of", Part::Figure, Kind::Date)
        .also(&["as of date", "حتى تاريخ"])
        .means("The day up to which a cumulative claim counts.", "اليوم الذي يمتد إليه الرقم التراكمي."),
    Column::new("excerpt", Part::Figure, Kind::Text)
        .also(&["quote", "اقتباس", "الاقتباس"])
        .means("What the source wrote, word for word; never public.", "ما كتبه المصدر حرفياً؛ لا يُنشر أبداً."),
    Column::new("term_as_reported", Part::Figure, Kind::Text)
        .also(&["reported term", "التسمية كما وردت"])
        .means("What the source calls these people, word for word.", "تسمية المصدر لهؤلاء الناس حرفياً."),
    Column::new("place_as_reported", Part::Figure, Kind::Text)
        .also(&["reported place", "المكان كما ورد"])
        .means("What the source calls the place, word for word.", "تسمية المصدر للمكان حرفياً."),
    Column::new("notes", Part::Figure, Kind::Text)
        .also(&["note", "comments", "remarks", "figure notes", "ملاحظات", "ملاحظة"])
        .means("Anything else about the figure; never public.", "أي معلومات أخرى عن الرقم؛ لا تُنشر أبداً."),
    count("households")
        .also(&[
            "families",
            "hh",
            "number of families",
            "number of households",
            "العائلات",
            "عدد العائلات",
            "الأسر",
            "عدد الأسر",
        ])
        .means("How many families.", "عدد العائلات.")
        .example("306"),
    quantifier("households_quantifier")
        .also(&["families quantifier", "دقة عدد العائلات", "دقة عدد الأسر"])
        .means(
            "How exactly the number of families is given; exact where it is empty.",
            "مدى دقة عدد العائلات؛ بالضبط إذا تُرك فارغاً.",
        )
        .example("exact"),
    count("households_high").also(&["families high", "الحد الأعلى لعدد العائلات", "الحد الأعلى لعدد الأسر"]).means(
        "The upper end of the number of families, with the quantifier between.",
        "الحد الأعلى لعدد العائلات عند اختيار بين.",
    ),
    count("individuals")
        .also(&[
            "persons",
            "people",
            "number of persons",
            "number of people",
            "number of individuals",
            "الأفراد",
            "عدد الأفراد",
            "الأشخاص",
            "عدد الأشخاص",
        ])
        .means("How many persons.", "عدد الأفراد.")
        .example("1354"),
    quantifier("individuals_quantifier")
        .also(&["persons quantifier", "people quantifier", "دقة عدد الأفراد", "دقة عدد الأشخاص"])
        .means(
            "How exactly the number of persons is given; exact where it is empty.",
            "مدى دقة عدد الأفراد؛ بالضبط إذا تُرك فارغاً.",
        )
        .example("exact"),
    count("individuals_high")
        .also(&["persons high", "people high", "الحد الأعلى لعدد الأفراد", "الحد الأعلى لعدد الأشخاص"])
        .means(
            "The upper end of the number of persons, with the quantifier between.",
            "الحد الأعلى لعدد الأفراد عند اختيار بين.",
        ),
    count("men")
        .also(&["number of men", "الرجال", "رجال", "عدد الرجال"])
        .means("How many of the individuals are men.", "عدد الرجال بين الأفراد."),
    count("women")
        .also(&["number of women", "النساء", "نساء", "عدد النساء"])
        .means("How many of the individuals are women.", "عدد النساء بين الأفراد.")
        .example("412"),
    count("children")
        .also(&["number of children", "الأطفال", "أطفال", "عدد الأطفال"])
        .means("How many of the individuals are children, without the infants.", "عدد الأطفال بين الأفراد، من دون الرضّع.")
        .example("519"),
    count("infants")
        .also(&["number of infants", "babies", "الرضع", "رضع", "عدد الرضع"])
        .means("How many of the individuals are infants.", "عدد الرضّع بين الأفراد."),
    count("civilians").also(&["number of civilians", "المدنيون", "المدنيين", "عدد المدنيين"]).means(
        "How many are civilians in the words of the source, which is no legal status; never public.",
        "عدد المدنيين بحسب المصدر، وهو ليس وصفاً قانونياً؛ لا يُنشر أبداً.",
    ),
    count("fighters").also(&["number of fighters", "combatants", "المقاتلون", "المقاتلين", "عدد المقاتلين"]).means(
        "How many are fighters in the words of the source, which is no legal status; never public.",
        "عدد المقاتلين بحسب المصدر، وهو ليس وصفاً قانونياً؛ لا يُنشر أبداً.",
    ),
];
