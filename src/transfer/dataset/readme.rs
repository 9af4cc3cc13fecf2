//! The description of a data set for people, in English and Arabic.

use super::{About, Written, package};
use crate::domain::access::Viewer;

const ENGLISH: &str = include_str!("readme.en.txt");
const ARABIC: &str = include_str!("readme.ar.txt");

/// `README.txt`. Lines end as Windows' editor likes it; the byte order mark tells every program that it is UTF-8.
pub fn text(about: &About, written: &[Written]) -> String {
    let english = filled(
        ENGLISH,
        about,
        written,
        left_out(about.viewer).0,
        "No licence is stated: ask whoever runs the service before you publish.",
    );
    let arabic =
        filled(ARABIC, about, written, left_out(about.viewer).1, "لم تُحدَّد رخصة: اسأل القائمين على الخدمة قبل النشر.");
    format!("\u{feff}{english}\n\n{}\n\n{arabic}", "=".repeat(78)).replace('\n', "\r\n")
}

fn filled(text: &str, about: &About, written: &[Written], left_out: &str, unlicensed: &str) -> String {
    let files: Vec<String> = written
        .iter()
        .map(|file| format!("  {}.csv: {} (v{})", file.sheet.word(), file.rows, package::span(file.versions)))
        .collect();
    let values = [
        ("{title}", about.terms.title.clone()),
        ("{time}", about.made_at.format("%Y-%m-%d %H:%M").to_string()),
        ("{homeward}", env!("CARGO_PKG_VERSION").to_owned()),
        ("{version}", package::version(written)),
        ("{licence}", about.terms.licence.clone().unwrap_or_else(|| unlicensed.to_owned())),
        ("{citation}", package::citation(about, written)),
        ("{files}", files.join("\n")),
        ("{left_out}", left_out.to_owned()),
    ];
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// What is missing for this reader, in English and Arabic.
fn left_out(viewer: Viewer) -> (&'static str, &'static str) {
    match viewer {
        Viewer::Public => (
            "This is the public's version. Left out are: restricted batches and returns; those that have not left or come back, or\n\
             were cancelled; planned, registered, waitlisted and withdrawn figures; confidential sources and their figures; and the\n\
             columns of scheduled dates, fighters, civilians, members remaining, notes and excerpts.",
            "هذه نسخة الجمهور. حُذفت منها: الدفعات والعودات المقيّدة؛ وما لم يغادر أو لم يعد بعد أو أُلغي؛ والأرقام المخططة والمسجّلة\n\
             وأرقام قوائم الانتظار والمنسحبين؛ والمصادر السرية وأرقامها؛ وأعمدة المواعيد المعلنة والمقاتلين والمدنيين والأفراد المتبقين\n\
             والملاحظات والاقتباسات.",
        ),
        Viewer::Reader => (
            "This is the version for readers with a token. Left out are confidential sources and their figures.",
            "هذه نسخة القرّاء الذين يحملون رمز دخول. حُذفت منها المصادر السرية وأرقامها.",
        ),
        Viewer::Editor => (
            "This is the editors' version. Nothing is left out. It holds confidential sources, plans and notes: do not pass it on.",
            "هذه نسخة المحررين. لم يُحذف منها شيء، وفيها مصادر سرية وخطط وملاحظات: لا تنقلها إلى غيرك.",
        ),
    }
}
