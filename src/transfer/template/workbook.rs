//! A template as a workbook: the sheet that is filled in, the explanation of its columns, and the lists that its drop-downs
//! show.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, Format, FormatAlign, Formula, Workbook, Worksheet,
    XlsxError,
};

use super::super::sheet::{Column, Kind};
use super::super::xlsx::{MAX_ROWS, failed};
use super::Template;
use super::texts::{self, Both};
use crate::domain::labels::{self, Vocabulary};
use crate::domain::period::parse_date;
use crate::error::Error;
use crate::transfer::About;

/// The last row of a sheet, from 0.
const LAST: u32 = MAX_ROWS as u32;
/// The most characters of the message beside a cell.
const MESSAGE: usize = 255;

/// A list that drop-downs show: its heading, and its entries with what explains each.
struct List {
    heading: String,
    entries: Vec<(String, String)>,
}

/// Writes the whole workbook: it is small, whatever is recorded.
pub fn write(template: &Template, about: &About) -> Result<Vec<u8>, Error> {
    fill(template, about).map_err(failed)
}

fn fill(template: &Template, about: &About) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new().set_title(about.name).set_author("homeward");
    workbook.set_properties(&properties.set_creation_datetime(&about.made_at));
    let lists = lists(template, about.arabic);
    let sheet = workbook.add_worksheet();
    sheet.set_name(about.sheet())?.set_right_to_left(about.arabic).set_freeze_panes(1, 0)?;
    for (at, (column, value)) in (0..).zip(template.example()) {
        lay_out(sheet, at, column, about.arabic)?;
        example(sheet, at, column, &value, about.arabic)?;
        let validation = validation(column, &lists, about.arabic)?;
        sheet.add_data_validation(1, at, LAST, at, &validation)?;
    }
    explain(workbook.add_worksheet(), template, about.arabic)?;
    enumerate(workbook.add_worksheet(), &lists, about.arabic)?;
    workbook.save_to_buffer()
}

/// The heading of a column, and how its cells look. Codes and texts are texts, so that a spreadsheet makes no date of a code
/// like 2017-03 and takes no zeros away from 007.
fn lay_out(sheet: &mut Worksheet, at: u16, column: &Column, arabic: bool) -> Result<(), XlsxError> {
    let head = Format::new().set_bold();
    let head = if column.required { head.set_background_color(0xFFF2CC) } else { head };
    let cells = match column.kind {
        Kind::Date => Format::new().set_num_format("yyyy-mm-dd"),
        Kind::Whole => Format::new().set_num_format("0"),
        Kind::Real => Format::new().set_num_format("0.######"),
        _ => Format::new().set_num_format("@"),
    };
    let width = usize::from(column.width).max(column.name.len() + 2);
    sheet.set_column_width(at, f64::from(u32::try_from(width).unwrap_or(u32::MAX)))?.set_column_format(at, &cells)?;
    sheet.write_string_with_format(0, at, column.name, &head)?;
    sheet.insert_note(0, at, &note(column, arabic))?;
    Ok(())
}

fn note(column: &Column, arabic: bool) -> rust_xlsxwriter::Note {
    let text = if arabic { column.meaning_ar } else { column.meaning };
    rust_xlsxwriter::Note::new(text).add_author_prefix(false)
}

fn example(sheet: &mut Worksheet, at: u16, column: &Column, value: &str, arabic: bool) -> Result<(), XlsxError> {
    match column.kind {
        _ if value.is_empty() => return Ok(()),
        Kind::Whole | Kind::Real => match value.parse::<f64>() {
            Ok(number) => sheet.write_number(1, at, number)?,
            Err(_) => sheet.write_string(1, at, value)?,
        },
        Kind::Date => match parse_date(value) {
            Some(day) => sheet.write_datetime(1, at, day)?,
            None => sheet.write_string(1, at, value)?,
        },
        Kind::Word(words) => sheet.write_string(1, at, shown(words, value, arabic))?,
        Kind::YesNo => {
            let word = texts::YES_NO.iter().find(|word| word.english == value);
            sheet.write_string(1, at, word.map_or(value, |word| word.of(arabic)))?
        }
        _ => sheet.write_string(1, at, value)?,
    };
    Ok(())
}

/// A word as a drop-down shows it: imports read the Arabic label as well as the word.
fn shown<'w>(words: &'static Vocabulary, word: &'w str, arabic: bool) -> &'w str {
    let label = words.words.iter().find(|(one, _)| *one == word).map(|(_, label)| *label);
    label.filter(|_| arabic).unwrap_or(word)
}

/// Everything that drop-downs show, in the order of the columns.
fn lists(template: &Template, arabic: bool) -> Vec<List> {
    let mut lists: Vec<List> = vec![];
    for column in template.sheet.columns() {
        let Some(heading) = list_of(column) else { continue };
        if lists.iter().any(|list| list.heading == heading) {
            continue;
        }
        let entries: Vec<(String, String)> = match column.kind {
            Kind::Word(words) | Kind::Words(words) => {
                let pair = |(word, label): &(&str, &str)| {
                    if arabic {
                        ((*label).to_owned(), (*word).to_owned())
                    } else {
                        ((*word).to_owned(), (*label).to_owned())
                    }
                };
                words.words.iter().map(pair).collect()
            }
            Kind::YesNo => {
                texts::YES_NO.iter().map(|word| (word.of(arabic).to_owned(), word.of(!arabic).to_owned())).collect()
            }
            _ => {
                let name = |one: &super::Known| one.name_ar.clone().filter(|_| arabic).unwrap_or(one.name.clone());
                template.known(column).iter().map(|one| (one.code.clone(), name(one))).collect()
            }
        };
        lists.push(List { heading, entries });
    }
    lists
}

/// The heading of the list that a column takes its words from, if it does.
fn list_of(column: &Column) -> Option<String> {
    match column.kind {
        Kind::Word(words) | Kind::Words(words) => {
            Some(words.what.trim_start_matches("a ").trim_start_matches("an ").to_owned())
        }
        Kind::YesNo => Some("yes or no".to_owned()),
        kind => super::referred(kind).map(|resource| {
            use crate::domain::words::Word as _;
            resource.word().to_owned()
        }),
    }
}

/// The drop-down of a column, and what is said beside its cells. Other values are let through where the import takes them
/// too (a name instead of a code, several words), and asked about where they are probably slips.
fn validation(column: &Column, lists: &[List], arabic: bool) -> Result<DataValidation, XlsxError> {
    let list = list_of(column).and_then(|heading| lists.iter().position(|list| list.heading == heading));
    let list = list.filter(|at| !lists[*at].entries.is_empty());
    let rule = match list {
        Some(at) => {
            let (letters, last) = (letters(2 * at), lists[at].entries.len() + 1);
            let range = format!("='{}'!${letters}$2:${letters}${last}", texts::LISTS.of(arabic));
            DataValidation::new().allow_list_formula(Formula::new(range))
        }
        None => DataValidation::new().allow_any_value(),
    };
    let asks = matches!(column.kind, Kind::Word(_) | Kind::YesNo);
    let rule = rule.show_error_message(asks).set_error_style(DataValidationErrorStyle::Warning);
    let text = if arabic { column.meaning_ar } else { column.meaning };
    let text: String = text.chars().take(MESSAGE).collect();
    rule.set_input_title(column.name)?.set_input_message(text)
}

/// The letters of a column, from 0.
fn letters(at: usize) -> String {
    let letter = |at: usize| char::from(b'A' + u8::try_from(at % 26).unwrap_or_default());
    if at < 26 { letter(at).to_string() } else { format!("{}{}", letter(at / 26 - 1), letter(at)) }
}

/// The worksheet that explains the columns, in both languages: the reader's comes first.
fn explain(sheet: &mut Worksheet, template: &Template, arabic: bool) -> Result<(), XlsxError> {
    sheet.set_name(texts::COLUMNS.of(arabic))?.set_right_to_left(arabic);
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let head = Format::new().set_bold().set_text_wrap();
    let order: [usize; 6] = if arabic { [0, 2, 1, 3, 4, 5] } else { [0, 1, 2, 3, 4, 5] };
    let widths = [26.0, 50.0, 50.0, 16.0, 60.0, 36.0];
    let mut row = 0;
    for how in texts::HOW {
        sheet.write_string(row, 0, how.of(arabic))?;
        sheet.write_string(row + 1, 0, how.of(!arabic))?;
        row += 2;
    }
    row += 1;
    for (at, which) in (0..).zip(order) {
        sheet.set_column_width(at, widths[which])?;
        sheet.write_string_with_format(row, at, texts::HEADINGS[which].of(arabic), &head)?;
    }
    for column in template.sheet.columns() {
        row += 1;
        let required = told(texts::required(column), arabic, " / ");
        let example = if column.kind == Kind::Code && column.required { "al-waer-01" } else { column.example };
        let told = [column.name, column.meaning, column.meaning_ar, &required, &takes(column, arabic), example];
        for (at, which) in (0..).zip(order) {
            sheet.write_string_with_format(row, at, told[which], &wrapped)?;
        }
    }
    Ok(())
}

/// A text in both languages, the reader's first.
fn told(text: Both, arabic: bool, between: &str) -> String {
    format!("{}{between}{}", text.of(arabic), text.of(!arabic))
}

/// What a column takes, with its words and their Arabic labels.
fn takes(column: &Column, arabic: bool) -> String {
    let words = match column.kind {
        Kind::Word(words) | Kind::Words(words) => words,
        Kind::Parties => &labels::PARTY_ROLE,
        _ => return told(texts::takes(column), arabic, "\n"),
    };
    let all: Vec<String> = words.words.iter().map(|(word, label)| format!("{word} ({label})")).collect();
    format!("{}\n{}", told(texts::takes(column), arabic, "\n"), all.join(", "))
}

/// The worksheet that the drop-downs take their words from, with what explains each: people look codes up here.
fn enumerate(sheet: &mut Worksheet, lists: &[List], arabic: bool) -> Result<(), XlsxError> {
    sheet.set_name(texts::LISTS.of(arabic))?.set_right_to_left(arabic).set_freeze_panes(1, 0)?;
    let head = Format::new().set_bold();
    for (at, list) in lists.iter().enumerate() {
        let at = u16::try_from(2 * at).unwrap_or(u16::MAX - 1);
        sheet.set_column_width(at, 24.0)?.set_column_width(at + 1, 30.0)?;
        sheet.write_string_with_format(0, at, &list.heading, &head)?;
        for (row, (value, meaning)) in (1..).zip(&list.entries) {
            sheet.write_string(row, at, value)?;
            if !meaning.is_empty() {
                sheet.write_string(row, at + 1, meaning)?;
            }
        }
    }
    Ok(())
}
