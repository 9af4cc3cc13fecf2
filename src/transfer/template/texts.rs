//! What a template says to people, in English and Arabic.

use super::super::sheet::{Column, Kind, Part};

/// A text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Both {
    /// In English.
    pub english: &'static str,
    /// In Arabic.
    pub arabic: &'static str,
}

const fn both(english: &'static str, arabic: &'static str) -> Both {
    Both { english, arabic }
}

impl Both {
    /// In one language.
    pub fn of(self, arabic: bool) -> &'static str {
        if arabic { self.arabic } else { self.english }
    }
}

/// The name of the worksheet that explains the columns.
pub const COLUMNS: Both = both("columns", "شرح الأعمدة");
/// The name of the worksheet that the drop-downs take their words from.
pub const LISTS: Both = both("lists", "القوائم");

/// How to fill in the sheet.
pub const HOW: [Both; 5] = [
    both(
        "Fill in the first sheet, one row below the other, and send the workbook to POST /v1/imports: without commit=true nothing is written.",
        "املأ الورقة الأولى صفاً بعد صف، ثم أرسل الملف إلى POST /v1/imports: من دون commit=true لا يُكتب شيء.",
    ),
    both(
        "The row with the code EXAMPLE is ignored: delete it or leave it.",
        "يُتجاهل الصف الذي رمزه EXAMPLE: احذفه أو اتركه.",
    ),
    both(
        "Keep the headings. Columns that you do not need can be deleted: a column that is absent changes nothing, an empty cell clears what was there.",
        "لا تغيّر العناوين. يمكن حذف الأعمدة التي لا تحتاجها: العمود الغائب لا يغيّر شيئاً، والخلية الفارغة تمحو ما كان مسجّلاً.",
    ),
    both(
        "Unknown is an empty cell, never 0. Dates can be day, week, month or year: write the first day of the period, and its precision beside it.",
        "غير المعروف خلية فارغة وليس صفراً. يمكن أن يكون التاريخ يوماً أو أسبوعاً أو شهراً أو سنة: اكتب أول يوم من الفترة ودقته بجانبه.",
    ),
    both(
        "No names of private people, telephone numbers or identity numbers: sheets that hold any are refused.",
        "لا تكتب أسماء أشخاص ولا أرقام هواتف ولا أرقام هويات: تُرفض الجداول التي تحتوي عليها.",
    ),
];

/// The headings of the worksheet that explains the columns, in the order of English: Arabic meanings come first in Arabic.
pub const HEADINGS: [Both; 6] = [
    both("column", "العمود"),
    both("meaning", "المعنى بالإنكليزية"),
    both("meaning in Arabic", "المعنى"),
    both("required", "إلزامي"),
    both("what it takes", "القيم المقبولة"),
    both("example", "مثال"),
];

/// What stands in the cells that can be yes or no.
pub const YES_NO: [Both; 2] = [both("yes", "نعم"), both("no", "لا")];

/// Whether a column must be filled in.
pub fn required(column: &Column) -> Both {
    match column.part {
        _ if !column.required => both("no", "لا"),
        Part::Row | Part::Return => both("yes", "نعم"),
        Part::Batch => both("for a batch", "للدفعة"),
        Part::Movement => both("for a movement", "للحركة"),
        Part::Figure => both("for a figure", "للرقم"),
    }
}

/// What a column takes.
pub fn takes(column: &Column) -> Both {
    match column.kind {
        Kind::Code => both(
            "A code: 1 to 64 letters (A to Z), digits, - or _, beginning with a letter or digit.",
            "رمز: من 1 إلى 64 من الأحرف اللاتينية أو الأرقام أو - أو _، يبدأ بحرف أو رقم.",
        ),
        Kind::Text => both("Text.", "نص."),
        Kind::Place => both(
            "A place that is recorded: its code, p-code, name or another name of it.",
            "مكان مسجّل: رمزه أو رمزه الرسمي أو اسمه أو اسم آخر له.",
        ),
        Kind::Source => both("A source that is recorded: its code or name.", "مصدر مسجّل: رمزه أو اسمه."),
        Kind::Agreement => both("An agreement that is recorded: its code or name.", "اتفاق مسجّل: رمزه أو اسمه."),
        Kind::Movement => both("The code of a movement that is recorded.", "رمز حركة مسجّلة."),
        Kind::Whole => both("A whole number, 0 or more.", "عدد صحيح، 0 أو أكثر."),
        Kind::Real => both("A number with decimals.", "عدد عشري."),
        Kind::Date => {
            both("A date: YYYY-MM-DD, or a date of the spreadsheet.", "تاريخ: YYYY-MM-DD أو تاريخ من برنامج الجداول.")
        }
        Kind::YesNo => both("yes or no.", "نعم أو لا."),
        Kind::Word(_) => both("One of:", "إحدى القيم:"),
        Kind::Words(_) => {
            both("One or more of, joined by semicolons (;):", "قيمة أو أكثر، تفصل بينها فاصلة منقوطة (;):")
        }
        Kind::Names => both("Names, joined by semicolons (;).", "أسماء تفصل بينها فاصلة منقوطة (;)."),
        Kind::Parties => both(
            "role:name, joined by semicolons (;). The roles are:",
            "الدور:الاسم، تفصل بينها فاصلة منقوطة (;). الأدوار هي:",
        ),
    }
}
