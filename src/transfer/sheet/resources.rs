//! The columns of the sheets in which a row is a resource.

use super::{Column, EXAMPLE, Kind, Part};
use crate::domain::labels;

pub(super) static LOCATIONS: [Column; 10] = [
    Column::new("code", Part::Row, Kind::Code)
        .required()
        .also(&["location code", "place code", "الرمز", "رمز المكان", "رمز الموقع"])
        .means(
            "The public key of the place, chosen by you, which never changes.",
            "رمز المكان الذي تختاره أنت ولا يتغيّر أبداً.",
        )
        .example(EXAMPLE),
    Column::new("name", Part::Row, Kind::Text)
        .required()
        .also(&["location name", "place name", "english name", "name en", "الاسم", "اسم المكان", "اسم الموقع"])
        .means("The name of the place in Latin letters.", "اسم المكان بالأحرف اللاتينية.")
        .example("Al-Waer"),
    Column::new("kind", Part::Row, Kind::Word(&labels::LOCATION_KIND))
        .required()
        .also(&["type", "location type", "location kind", "place type", "النوع", "نوع المكان", "نوع الموقع"])
        .means("What kind of place it is, from country down to a camp.", "نوع المكان، من البلد نزولاً إلى المخيم.")
        .example("neighbourhood"),
    Column::new("name_ar", Part::Row, Kind::Text)
        .also(&["arabic name", "name arabic", "name in arabic", "الاسم بالعربية", "الاسم العربي", "الاسم بالعربي"])
        .means("The name of the place in Arabic letters.", "اسم المكان بالأحرف العربية.")
        .example("الوعر"),
    Column::new("aliases", Part::Row, Kind::Names)
        .also(&["alias", "other names", "alternative names", "أسماء أخرى", "أسماء بديلة"])
        .means(
            "Other spellings and names of the place, joined by semicolons.",
            "تهجئات وأسماء أخرى للمكان، تفصل بينها فاصلة منقوطة (;).",
        )
        .example("Al-Wa'er;Waer"),
    Column::new("parent", Part::Row, Kind::Place)
        .also(&["parent code", "parent location", "located in", "المكان الأعلى", "الموقع الأعلى", "يتبع إلى"])
        .means(
            "The place that this one lies in: its code, p-code or name.",
            "المكان الذي يقع فيه هذا المكان: رمزه أو رمزه الرسمي أو اسمه.",
        )
        .example("SY0401"),
    Column::new("p_code", Part::Row, Kind::Code)
        .also(&["official code", "ocha code", "الرمز الرسمي", "رمز أوتشا"])
        .means("The official place code (OCHA p-code), unique.", "الرمز الرسمي الفريد للمكان (p-code من أوتشا)."),
    Column::new("latitude", Part::Row, Kind::Real)
        .also(&["lat", "خط العرض", "دائرة العرض"])
        .means("Degrees north (WGS 84).", "درجات العرض شمالاً (WGS 84).")
        .example("34.745"),
    Column::new("longitude", Part::Row, Kind::Real)
        .also(&["lon", "lng", "long", "خط الطول"])
        .means("Degrees east (WGS 84).", "درجات الطول شرقاً (WGS 84).")
        .example("36.665"),
    Column::new("settlement_type", Part::Row, Kind::Word(&labels::SETTLEMENT_TYPE))
        .also(&["accommodation type", "settlement", "نوع الإقامة", "نوع السكن"])
        .means("How displaced people are accommodated there.", "طريقة إيواء النازحين هناك."),
];

pub(super) static SOURCES: [Column; 7] = [
    Column::new("code", Part::Row, Kind::Code)
        .required()
        .also(&["source code", "الرمز", "رمز المصدر"])
        .means(
            "The public key of the source, chosen by you, which never changes.",
            "رمز المصدر الذي تختاره أنت ولا يتغيّر أبداً.",
        )
        .example(EXAMPLE),
    Column::new("name", Part::Row, Kind::Text)
        .required()
        .also(&["source name", "organisation", "organization", "الاسم", "اسم المصدر", "اسم الجهة"])
        .means(
            "The name of the organisation or office, never of a private person.",
            "اسم المنظمة أو الجهة، وليس اسم شخص أبداً.",
        )
        .example("Jarablus local council")
        .wide(30),
    Column::new("kind", Part::Row, Kind::Word(&labels::SOURCE_KIND))
        .required()
        .also(&["type", "source type", "source kind", "النوع", "نوع المصدر"])
        .means("What kind of organisation it is.", "نوع المنظمة أو الجهة.")
        .example("local_council"),
    Column::new("name_ar", Part::Row, Kind::Text)
        .also(&["arabic name", "name arabic", "name in arabic", "الاسم بالعربية", "الاسم العربي", "الاسم بالعربي"])
        .means("The name in Arabic letters.", "الاسم بالأحرف العربية.")
        .example("المجلس المحلي في جرابلس")
        .wide(30),
    Column::new("reliability", Part::Row, Kind::Word(&labels::RELIABILITY))
        .also(&["الموثوقية", "درجة الموثوقية"])
        .means("How reliable the source is held to be.", "مدى الموثوقية المنسوبة إلى المصدر.")
        .example("medium"),
    Column::new("url", Part::Row, Kind::Text)
        .also(&["website", "web", "link", "الرابط", "الموقع الإلكتروني"])
        .means("The address of the source on the web.", "عنوان المصدر على الإنترنت.")
        .example("https://example.org")
        .wide(36),
    Column::new("confidential", Part::Row, Kind::YesNo)
        .also(&["سري", "سرّية المصدر"])
        .means(
            "Whether only editors may know the source: its figures count, but do not name it.",
            "هل معرفة المصدر مقصورة على المحررين: تُحسب أرقامه دون ذكره.",
        )
        .example("no"),
];

pub(super) static AGREEMENTS: [Column; 9] = [
    Column::new("code", Part::Row, Kind::Code)
        .required()
        .also(&["agreement code", "الرمز", "رمز الاتفاق"])
        .means(
            "The public key of the agreement, chosen by you, which never changes.",
            "رمز الاتفاق الذي تختاره أنت ولا يتغيّر أبداً.",
        )
        .example(EXAMPLE),
    Column::new("name", Part::Row, Kind::Text)
        .required()
        .also(&["agreement name", "الاسم", "اسم الاتفاق"])
        .means("The name of the agreement in Latin letters.", "اسم الاتفاق بالأحرف اللاتينية.")
        .example("Al-Waer agreement"),
    Column::new("name_ar", Part::Row, Kind::Text)
        .also(&["arabic name", "name arabic", "name in arabic", "الاسم بالعربية", "الاسم العربي", "الاسم بالعربي"])
        .means("The name of the agreement in Arabic letters.", "اسم الاتفاق بالأحرف العربية.")
        .example("اتفاق الوعر"),
    Column::new("name_as_reported", Part::Row, Kind::Text)
        .also(&["reported name", "الاسم كما ورد"])
        .means("What a source calls the agreement, word for word.", "تسمية المصدر للاتفاق حرفياً."),
    Column::new("signed_on", Part::Row, Kind::Date)
        .also(&["date signed", "signing date", "signature date", "date of signature", "تاريخ التوقيع"])
        .means("The day on which it was signed.", "يوم التوقيع.")
        .example("2017-03-13"),
    Column::new("location", Part::Row, Kind::Place)
        .also(&["place", "المكان", "الموقع"])
        .means(
            "The place that the agreement is about: its code, p-code or name.",
            "المكان الذي يخصّه الاتفاق: رمزه أو رمزه الرسمي أو اسمه.",
        )
        .example("al-waer"),
    Column::new("parties", Part::Row, Kind::Parties)
        .also(&["party", "الأطراف"])
        .means(
            "Who signed, guaranteed or mediated, as role:name, joined by semicolons.",
            "من وقّع أو ضمن أو توسّط، بصيغة الدور:الاسم، تفصل بينها فاصلة منقوطة (;).",
        )
        .example("guarantor:Russian Federation;facilitator:Syrian Arab Red Crescent"),
    Column::new("url", Part::Row, Kind::Text)
        .also(&["link", "الرابط"])
        .means("Where the text of the agreement, or a report of it, is found.", "رابط نص الاتفاق أو تقرير عنه.")
        .example("https://example.org/agreement")
        .wide(36),
    Column::new("notes", Part::Row, Kind::Text)
        .also(&["note", "comments", "remarks", "ملاحظات", "ملاحظة"])
        .means("Anything else; never public.", "أي معلومات أخرى؛ لا تُنشر أبداً."),
];
