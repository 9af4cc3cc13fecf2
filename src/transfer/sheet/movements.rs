//! The columns of `movements` before those of the figure: the batch and the movement that stand beside it.

use super::{Column, EXAMPLE, Kind, Part};
use crate::domain::labels;

pub(super) static BATCH: [Column; 13] = [
    Column::new("batch", Part::Batch, Kind::Code)
        .member("code")
        .also(&["batch code", "convoy", "convoy code", "الدفعة", "رمز الدفعة", "القافلة", "رمز القافلة"])
        .means(
            "The code of the batch (convoy); leave it empty only for a total that a source gives for a whole agreement.",
            "رمز الدفعة (القافلة)؛ يُترك فارغاً فقط لرقم إجمالي ينشره مصدر عن اتفاق بأكمله.",
        )
        .example(EXAMPLE),
    Column::new("kind", Part::Batch, Kind::Word(&labels::BATCH_KIND))
        .also(&["batch kind", "batch type", "type", "النوع", "نوع الدفعة"])
        .means(
            "What kind of departure it is; displacement where it is empty.",
            "نوع المغادرة؛ نزوح إذا تُرك فارغاً.",
        ),
    Column::new("number", Part::Batch, Kind::Whole)
        .also(&["batch number", "batch no", "convoy number", "convoy no", "رقم الدفعة", "رقم القافلة"])
        .means("Its number among the batches of its operation.", "رقمها بين دفعات العملية نفسها.")
        .example("1"),
    Column::new("agreement", Part::Batch, Kind::Agreement)
        .also(&["agreement code", "agreement name", "الاتفاق", "الاتفاقية", "رمز الاتفاق"])
        .means(
            "The agreement that provided for it: its code or name.",
            "الاتفاق الذي نصّ عليها: رمزه أو اسمه.",
        )
        .example("al-waer-2017"),
    Column::new("origin", Part::Batch, Kind::Place)
        .required()
        .also(&[
            "origin location",
            "place of origin",
            "departure place",
            "place of departure",
            "المنشأ",
            "مكان المغادرة",
            "مكان الانطلاق",
            "مكان الأصل",
        ])
        .means("Where it left: a code, p-code or name.", "المكان الذي غادرت منه: رمز أو رمز رسمي أو اسم.")
        .example("al-waer"),
    Column::new("scheduled_on", Part::Batch, Kind::Date)
        .also(&["scheduled date", "planned date", "announced date", "التاريخ المعلن", "التاريخ المقرر"])
        .means("The day that was first announced for it.", "اليوم الذي أُعلن عنه أولاً.")
        .example("2017-03-17"),
    Column::new("departed_on", Part::Batch, Kind::Date)
        .also(&["departure date", "date of departure", "تاريخ المغادرة", "تاريخ الخروج", "تاريخ الانطلاق"])
        .means("The first day of the period in which it left.", "أول يوم من الفترة التي غادرت فيها.")
        .example("2017-03-18"),
    Column::new("departed_on_precision", Part::Batch, Kind::Word(&labels::PRECISION))
        .also(&["departure date precision", "دقة تاريخ المغادرة", "دقة تاريخ الخروج"])
        .means(
            "How exactly that date is known; day where it is empty.",
            "مدى دقة هذا التاريخ؛ يوم إذا تُرك فارغاً.",
        )
        .example("day"),
    Column::new("cancelled", Part::Batch, Kind::YesNo)
        .also(&["canceled", "ملغاة", "ملغى"])
        .means("Whether it was called off.", "هل أُلغيت.")
        .example("no"),
    Column::new("reasons", Part::Batch, Kind::Words(&labels::REASON))
        .also(&["reason", "الأسباب", "السبب", "أسباب النزوح"])
        .means("Why people left, joined by semicolons.", "أسباب المغادرة، تفصل بينها فاصلة منقوطة (;).")
        .example("siege;guarantees"),
    Column::new("parties", Part::Batch, Kind::Parties)
        .also(&["party", "الأطراف"])
        .means(
            "Who organised, facilitated or watched it, as role:name, joined by semicolons.",
            "من نظّمها أو يسّرها أو راقبها، بصيغة الدور:الاسم، تفصل بينها فاصلة منقوطة (;).",
        )
        .example("facilitator:Syrian Arab Red Crescent"),
    Column::new("visibility", Part::Batch, Kind::Word(&labels::VISIBILITY))
        .also(&["الإتاحة"])
        .means(
            "Who may read the batch: everybody, or only holders of a token.",
            "من يمكنه الاطلاع على الدفعة: الجميع أو حاملو رمز الدخول فقط.",
        )
        .example("public"),
    Column::new("batch_notes", Part::Batch, Kind::Text)
        .member("notes")
        .also(&["notes on batch", "ملاحظات الدفعة", "ملاحظات القافلة"])
        .means("Anything else about the batch; never public.", "أي معلومات أخرى عن الدفعة؛ لا تُنشر أبداً."),
];

pub(super) static MOVEMENT: [Column; 6] = [
    Column::new("destination", Part::Movement, Kind::Place)
        .required()
        .also(&[
            "destination location",
            "place of destination",
            "arrival place",
            "place of arrival",
            "الوجهة",
            "المقصد",
            "مكان الوصول",
            "جهة الوصول",
        ])
        .means(
            "Where this part of the batch went: a code, p-code or name.",
            "المكان الذي ذهب إليه هذا الجزء من الدفعة: رمز أو رمز رسمي أو اسم.",
        )
        .example("SY0208"),
    Column::new("destination_as_reported", Part::Movement, Kind::Text)
        .also(&["reported destination", "الوجهة كما وردت"])
        .means("What a source calls the destination, word for word.", "تسمية المصدر للوجهة حرفياً.")
        .example("Jarablus"),
    Column::new("arrived_on", Part::Movement, Kind::Date)
        .also(&["arrival date", "date of arrival", "تاريخ الوصول"])
        .means("The first day of the period in which it arrived.", "أول يوم من الفترة التي وصل فيها.")
        .example("2017-03-19"),
    Column::new("arrived_on_precision", Part::Movement, Kind::Word(&labels::PRECISION))
        .also(&["arrival date precision", "دقة تاريخ الوصول"])
        .means("How exactly that date is known; day where it is empty.", "مدى دقة هذا التاريخ؛ يوم إذا تُرك فارغاً.")
        .example("day"),
    Column::new("settlement_type", Part::Movement, Kind::Word(&labels::SETTLEMENT_TYPE))
        .also(&["accommodation type", "settlement", "نوع الإقامة", "نوع السكن"])
        .means(
            "How people are accommodated there, if not as the destination itself says.",
            "طريقة إيواء الناس هناك، إن اختلفت عن المسجّل للوجهة نفسها.",
        ),
    Column::new("movement_notes", Part::Movement, Kind::Text)
        .member("notes")
        .also(&["notes on movement", "ملاحظات الحركة"])
        .means("Anything else about the movement; never public.", "أي معلومات أخرى عن الحركة؛ لا تُنشر أبداً."),
];
