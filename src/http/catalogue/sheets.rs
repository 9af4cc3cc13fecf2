//! The codes of entries about sheets, beside those of bodies.

use super::{Entry, error, warning};

const fn sheet(code: &'static str, title: &'static str, meaning: &'static str) -> Entry {
    error(code, 422, title, meaning)
}

/// What is wrong with files, headers, cells and rows.
pub const SHEETS: &[Entry] = &[
    // Files.
    sheet(
        "not_utf8",
        "Not UTF-8",
        "The text is in another encoding. Save the sheet as \"CSV UTF-8\" or as Excel workbook (.xlsx).",
    ),
    sheet("unclosed_quote", "Quote not closed", "A quote (\") is opened in this row and never closed."),
    sheet("stray_quote", "Stray quote", "Text follows a closing quote; a quote inside a quoted cell is written twice."),
    sheet("not_a_workbook", "Not a workbook", "The file is no Excel workbook (.xlsx)."),
    sheet("encrypted_workbook", "Workbook with a password", "The workbook is encrypted. Remove its password."),
    sheet("macro_workbook", "Workbook with macros", "The workbook holds macros. Save it without them, as .xlsx."),
    sheet("old_workbook", "Old workbook", "The workbook is of Excel 97-2003 (.xls). Save it as .xlsx."),
    sheet(
        "broken_workbook",
        "Broken workbook",
        "The workbook cannot be read. Open it in a spreadsheet program and save it again.",
    ),
    sheet(
        "zip_bomb",
        "Unpacks to too much",
        "The workbook unpacks to far more than a sheet holds. Send the sheet as CSV.",
    ),
    sheet("not_a_sheet", "Not a sheet", "The file is a PDF, a web page or JSON, whatever its name ends in."),
    sheet("empty_sheet", "Empty", "Nothing stands in the file, not even a header."),
    // Headers.
    sheet("no_header", "No header", "The first row that is not empty must hold the names of the columns."),
    sheet("missing_column", "Missing column", "Without this column the rows cannot be read."),
    sheet(
        "unknown_column",
        "Unknown column",
        "The sheet has no column of this name. Correct the heading or delete the column.",
    ),
    sheet("repeated_column", "Column twice", "A column is there twice, perhaps under two of its names."),
    sheet("unnamed_column", "Column without a heading", "Something stands in a column that has no heading."),
    sheet("too_many_columns", "Too many columns", "The sheet has more columns than are read."),
    sheet("too_many_cells", "More cells than columns", "The row has more cells than the header has columns."),
    sheet(
        "several_tables",
        "Several tables",
        "A sheet holds one table, with one header. Move the other to a sheet of its own.",
    ),
    sheet(
        "personal_data",
        "Personal data",
        "The column looks like data about persons: names, phone or identity numbers, dates of birth. Only numbers of people are recorded here. Delete the column.",
    ),
    // Cells.
    sheet("formula", "Formula", "Formulas are not computed here. Paste the cell as a value."),
    sheet("error_cell", "Error of the spreadsheet", "The spreadsheet shows an error in this cell, such as #REF!."),
    sheet(
        "ambiguous_number",
        "Ambiguous number",
        "The dot may separate thousands or decimals. `suggestion` has both numbers.",
    ),
    sheet("ambiguous_date", "Ambiguous date", "Day and month may be exchanged. `suggestion` has both days."),
    sheet("ambiguous_name", "Ambiguous name", "Several rows have this name. `suggestion` has their codes."),
    sheet("not_a_party", "Not a party", "A party is written as role:name, several joined by semicolons."),
    // Rows.
    sheet(
        "contradiction",
        "Contradiction",
        "Rows of one batch, movement or return say different things in one column.",
    ),
    sheet(
        "no_batch",
        "No batch",
        "A row without `batch` holds a total of an agreement, and nothing of a batch or a movement.",
    ),
    sheet(
        "repeated_code",
        "Code twice",
        "Two rows of the sheet have one code and say different things. Each row is a thing of its own.",
    ),
    sheet(
        "total_row",
        "Total row",
        "The row looks like the sum below a table. Delete it: totals are made of the rows themselves.",
    ),
    sheet("no_destination", "No destination", "The value speaks of a movement, and the row names no destination."),
    sheet(
        "too_many_parts",
        "Too many rows of one",
        "More rows speak of one batch, return or agreement than are read together.",
    ),
    // Warnings.
    warning(
        "created",
        "Created",
        "What the cell refers to was not there, and is created with the import, as was asked for.",
    ),
    warning("no_rows", "No rows", "There is a header, and no row of data below it."),
    warning("same_file", "Same file", "This very file was imported before; `message` says when, and as what."),
    warning(
        "other_worksheet",
        "Another worksheet",
        "Another worksheet of the workbook has these columns, too, and was not read.",
    ),
];
