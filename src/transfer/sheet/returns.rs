//! The columns of `returns` before those of the figure: the return that stands beside it.

use super::{Column, EXAMPLE, Kind, Part};
use crate::domain::labels;

pub(super) static RETURN: [Column; 16] = [
    Column::new("return", Part::Return, Kind::Code)
        .member("code")
        .required()
        .also(&["return code", "رمز العودة", "العودة"])
        .means(
            "The code of the return, chosen by you, which never changes.",
            "رمز العودة الذي تختاره أنت ولا يتغيّر أبداً.",
        )
        .example(EXAMPLE),
    Column::new("from", Part::Return, Kind::Place)
        .required()
        .also(&["returned from", "place of displacement", "من", "مكان النزوح"])
        .means(
            "The place of displacement that they left: a code, p-code or name.",
            "مكان النزوح الذي غادروه: رمز أو رمز رسمي أو اسم.",
        )
        .example("SY0208"),
    Column::new("to", Part::Return, Kind::Place)
        .required()
        .also(&["returned to", "place of return", "إلى", "مكان العودة"])
        .means(
            "The place that they came back to: a code, p-code or name.",
            "المكان الذي عادوا إليه: رمز أو رمز رسمي أو اسم.",
        )
        .example("al-waer"),
    Column::new("movement", Part::Return, Kind::Movement).also(&["movement code", "رمز الحركة", "الحركة"]).means(
        "The code of the outbound movement that they were a part of, if known: batch.destination.",
        "رمز حركة الخروج التي كانوا جزءاً منها، إن عُرف: الدفعة.الوجهة.",
    ),
    Column::new("agreement", Part::Return, Kind::Agreement)
        .also(&["agreement code", "agreement name", "الاتفاق", "الاتفاقية", "رمز الاتفاق"])
        .means(
            "The agreement that provided for the return: its code or name.",
            "الاتفاق الذي نصّ على العودة: رمزه أو اسمه.",
        )
        .example("al-waer-2017"),
    Column::new("scheduled_on", Part::Return, Kind::Date)
        .also(&["scheduled date", "planned date", "announced date", "التاريخ المعلن", "التاريخ المقرر"])
        .means("The day that was first announced for it.", "اليوم الذي أُعلن عنه أولاً."),
    Column::new("returned_on", Part::Return, Kind::Date)
        .also(&["return date", "date of return", "تاريخ العودة"])
        .means("The first day of the period in which they came back.", "أول يوم من الفترة التي عادوا فيها.")
        .example("2017-05-01"),
    Column::new("returned_on_precision", Part::Return, Kind::Word(&labels::PRECISION))
        .also(&["return date precision", "دقة تاريخ العودة"])
        .means("How exactly that date is known; day where it is empty.", "مدى دقة هذا التاريخ؛ يوم إذا تُرك فارغاً.")
        .example("week"),
    Column::new("from_as_reported", Part::Return, Kind::Text)
        .also(&["reported place of displacement", "مكان النزوح كما ورد"])
        .means("What a source calls the place that they left, word for word.", "تسمية المصدر للمكان الذي غادروه حرفياً.")
        .example("camps at Jarablus"),
    Column::new("household_completeness", Part::Return, Kind::Word(&labels::HOUSEHOLD_COMPLETENESS))
        .also(&["family completeness", "اكتمال العائلات", "اكتمال الأسر"])
        .means("Whether whole families came back, or parts of them.", "هل عادت عائلات كاملة أم أجزاء منها.")
        .example("complete"),
    Column::new("members_remaining", Part::Return, Kind::Whole)
        .also(&["remaining members", "الأفراد المتبقون", "عدد المتبقين"])
        .means(
            "How many members of these families stayed behind; never public.",
            "عدد أفراد هذه العائلات الذين لم يعودوا؛ لا يُنشر أبداً.",
        ),
    Column::new("cancelled", Part::Return, Kind::YesNo)
        .also(&["canceled", "ملغاة", "ملغى"])
        .means("Whether it was called off.", "هل أُلغيت.")
        .example("no"),
    Column::new("reasons", Part::Return, Kind::Words(&labels::REASON))
        .also(&["reason", "الأسباب", "السبب", "أسباب العودة"])
        .means("Why people came back, joined by semicolons.", "أسباب العودة، تفصل بينها فاصلة منقوطة (;).")
        .example("poor_conditions;family"),
    Column::new("parties", Part::Return, Kind::Parties)
        .also(&["party", "الأطراف"])
        .means(
            "Who organised, facilitated or watched it, as role:name, joined by semicolons.",
            "من نظّمها أو يسّرها أو راقبها، بصيغة الدور:الاسم، تفصل بينها فاصلة منقوطة (;).",
        )
        .example("organiser:Governor of Homs"),
    Column::new("visibility", Part::Return, Kind::Word(&labels::VISIBILITY))
        .also(&["الإتاحة"])
        .means(
            "Who may read the return: everybody, or only holders of a token.",
            "من يمكنه الاطلاع على العودة: الجميع أو حاملو رمز الدخول فقط.",
        )
        .example("public"),
    Column::new("return_notes", Part::Return, Kind::Text)
        .member("notes")
        .also(&["notes on return", "ملاحظات العودة"])
        .means("Anything else about the return; never public.", "أي معلومات أخرى عن العودة؛ لا تُنشر أبداً."),
];
