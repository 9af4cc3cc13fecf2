"""Makes the workbooks of this folder: one small record, as the programs save it that people have.

    python3 -m venv venv && venv/bin/pip install openpyxl==3.1.5 xlsxwriter==3.3.1 pandas==3.1.1
    venv/bin/python make.py        # LibreOffice must be there, as `soffice`

The tests read the workbooks that are checked in, and need none of this. README.md says which program made which file.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

HERE = Path(__file__).parent
ENGLISH = ["batch", "origin", "departed_on", "destination", "arrived_on", "cancelled", "stage", "source", "families", "individuals", "notes"]
ARABIC = ["الدفعة", "المنشأ", "تاريخ المغادرة", "الوجهة", "تاريخ الوصول", "ملغاة", "المرحلة", "المصدر", "العائلات", "الأفراد", "ملاحظات"]
FIRST, SECOND, NONE = date(2016, 8, 26), date(2016, 8, 27), None
ROWS = [
    ["daraya-1", "داريا", FIRST, "إدلب", SECOND, False, "departed", "sarc", 300, 1354, "by bus, \"medical\" escort\nafter noon"],
    ["daraya-1", "داريا", FIRST, "إدلب", SECOND, False, "arrived", "الراصد", NONE, 1320, NONE],
    ["daraya-1", "داريا", FIRST, "حرجلة", NONE, False, "departed", "sarc", NONE, 62, NONE],
    [2, "داريا", SECOND, "حرجلة", NONE, False, "departed", "sarc", 40, 165, "نساء وأطفال & < > '"],
]


def serial(day, epoch=date(1899, 12, 30)):
    return (day - epoch).days


def letters(column):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[column]


def openpyxl_workbook(path, headings):
    """What a script of openpyxl writes: a table, drop-downs, names, widths, a second sheet, a chart sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Movements"
    sheet.append(headings)
    for row in ROWS:
        sheet.append(row)
    for row in sheet.iter_rows(min_row=2, min_col=3, max_col=5):
        row[0].number_format = "dd/mm/yyyy"
        row[2].number_format = "d-mmm-yyyy"
    table = Table(displayName="Movements", ref=f"A1:K{len(ROWS) + 1}")
    sheet.add_table(table)
    words = DataValidation(type="list", formula1='"planned,departed,arrived"')
    words.add("G2:G100")
    sheet.add_data_validation(words)
    sheet.freeze_panes = "B2"
    sheet.sheet_view.rightToLeft = headings is ARABIC
    book.create_sheet("Sheet2")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=10, min_row=1, max_row=5), titles_from_data=True)
    book.create_chartsheet("Chart").add_chart(chart)
    book.defined_names["Stages"] = DefinedName("Stages", attr_text="Movements!$G$2:$G$5")
    book.save(path)


def libreoffice(path):
    """What LibreOffice saves, of a sheet that it has read itself from text, with its own dates."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.xlsx")
        openpyxl_workbook(source, ARABIC)
        # Through its own format, so that nothing of openpyxl is left in the file.
        for kind, file in (("ods", source), ("xlsx:Calc MS Excel 2007 XML", Path(folder, "source.ods"))):
            run = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", kind, "--outdir", folder, str(file)]
            subprocess.run(run, check=True, capture_output=True)
        shutil.copy(source, path)


def pandas_workbook(path):
    """What DataFrame.to_excel writes: dates with a time, missing numbers empty, counts as floats."""
    frame = pandas.DataFrame(ROWS, columns=ENGLISH)
    for name in ("departed_on", "arrived_on"):
        frame[name] = pandas.to_datetime(frame[name])
    frame.to_excel(path, index=False, engine="xlsxwriter", sheet_name="Sheet1")


def excel(path, headings, options=None, day="dd/mm/yyyy"):
    """What Excel saves. XlsxWriter is compared byte by byte with files of Excel; `like_excel` adds what Excel has beyond it."""
    book = xlsxwriter.Workbook(path, options or {})
    sheet, empty = book.add_worksheet("Movements"), book.add_worksheet("Sheet2")
    head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
    dates = [book.add_format({"num_format": 14}), book.add_format({"num_format": day})]
    bold, thousands = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    text = book.add_format({"num_format": "@"})
    for column, heading in enumerate(headings):
        sheet.write(0, column, heading, head)
    for number, row in enumerate(ROWS, 1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, datetime(value.year, value.month, value.day, 14 * (number == 2)), dates[number % 2])
            elif column == 9:
                # A number that was typed into a cell of text, as the green triangle shows.
                sheet.write_string(number, column, str(value), text) if number == 3 else sheet.write_number(number, column, value, thousands)
            elif isinstance(value, str) and value.startswith("by bus"):
                sheet.write_rich_string(number, column, bold, value[:3], value[3:])
            elif value is not None:
                sheet.write(number, column, value)
            elif column == 4:
                sheet.write_blank(number, column, None, dates[0])
    # What a hand leaves below a table: cells with a format and nothing in them.
    for number in range(len(ROWS) + 1, len(ROWS) + 30):
        for column in range(len(headings)):
            sheet.write_blank(number, column, None, thousands)
    sheet.add_table(0, 0, len(ROWS), len(headings) - 1, {"columns": [{"header": one} for one in headings], "name": "Movements"})
    sheet.data_validation(1, 6, 100, 6, {"validate": "list", "source": ["planned", "departed", "arrived"]})
    sheet.set_row(3, None, None, {"hidden": True})
    sheet.set_column(8, 8, 12, None, {"hidden": True})
    sheet.freeze_panes(1, 1)
    if headings is ARABIC:
        sheet.right_to_left()
    book.define_name("Stages", "=Movements!$G$2:$G$5")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Movements!$J$2:$J$5"})
    book.add_chartsheet("Chart1").set_chart(chart)
    empty.write_comment(0, 0, "an empty sheet with a note")
    book.close()


def rewritten(path, change):
    """The same package, its parts of text changed."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    pack(path, {name: change(name, text.decode()).encode() if name.endswith((".xml", ".rels")) else text for name, text in parts.items()})


def pack(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text if isinstance(text, bytes) else text.encode(), zipfile.ZIP_DEFLATED)


def like_excel(name, text):
    """Ignorable namespaces, extensions, revision marks, phonetic readings, preserved space."""
    text = text.replace('encoding="UTF-8" standalone="yes"?>\n', 'encoding="UTF-8" standalone="yes"?>\r\n')
    if name.startswith("xl/worksheets/sheet"):
        more = (
            ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr"'
            ' xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
            ' xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" xr:uid="{6D5E0C9B-0000-4C6B-9A8C-000000000001}"'
        )
        text = re.sub(r"(<worksheet [^>]*)>", lambda found: found[1] + more + ">", text, count=1)
        text = re.sub(r'<row r="(\d+)"', r'<row r="\1" x14ac:dyDescent="0.25"', text)
    if name == "xl/sharedStrings.xml":
        # A reading beside the text, as Excel keeps it for East Asian input, and in the rich text.
        text = text.replace("<t>departed</t>", '<t xml:space="preserve">departed </t><rPh sb="0" eb="1"><t>READING</t></rPh><phoneticPr fontId="1"/>')
        text = text.replace("</r></si>", '</r><rPh sb="0" eb="2"><t>READING</t></rPh><phoneticPr fontId="1" type="noConversion"/></si>')
    return text


def strict(name, text):
    """Strict Open XML (File, Save As): the namespaces of ISO 29500, and days as text."""
    swap = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
        "http://schemas.openxmlformats.org/drawingml/2006/": "http://purl.oclc.org/ooxml/drawingml/",
    }
    for transitional, iso in swap.items():
        text = text.replace(transitional, iso)
    text = text.replace("<workbook xmlns=", '<workbook conformance="strict" xmlns=')

    if name == "xl/worksheets/sheet1.xml":
        text = re.sub(r'<c r="([CE]\d+)"( s="\d+")><v>([\d.]+)</v></c>', as_day, text)
    return text


def as_day(found):
    """A cell with a day as ISO text."""
    at = pandas.Timestamp("1899-12-30") + pandas.Timedelta(days=float(found[3]))
    return f'<c r="{found[1]}"{found[2]} t="d"><v>{at.isoformat()}</v></c>'


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
FORMATS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def by_hand(path, sheet, styles, strings=None, prefix="", bom="", workbook_more="", extra=None):
    """A package of the parts that each program writes."""
    p = prefix + ":" if prefix else ""
    ns = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    kinds = {"/xl/workbook.xml": "sheet.main", "/xl/worksheets/sheet1.xml": "worksheet", "/xl/styles.xml": "styles"}
    relations = {"rId1": ("worksheet", "worksheets/sheet1.xml"), "rId2": ("styles", "styles.xml")}
    if strings is not None:
        kinds["/xl/sharedStrings.xml"] = "sharedStrings"
        relations["rId3"] = ("sharedStrings", "sharedStrings.xml")
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{FORMATS}.{kind}+xml"/>' for name, kind in kinds.items())
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="{one}" Type="{OFFICE}/{kind}" Target="{target}"/>' for one, (kind, target) in relations.items())
        + "</Relationships>",
        "xl/workbook.xml": f'<{p}workbook {ns} xmlns:r="{OFFICE}">{workbook_more}<{p}sheets><{p}sheet name="Sheet1" sheetId="1" r:id="rId1"/></{p}sheets></{p}workbook>',
        "xl/styles.xml": styles,
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings is not None:
        parts["xl/sharedStrings.xml"] = strings
    parts.update(extra or {})
    pack(path, {name: bom + XML + text for name, text in parts.items()})


def styles(days, prefix=""):
    """Two formats for days after the general one: a built-in number, or a format of its own."""
    p = prefix + ":" if prefix else ""
    ns = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    own = [(number, code) for number, code in days if code]
    formats = "".join(f'<{p}numFmt numFmtId="{number}" formatCode="{code}"/>' for number, code in own)
    cells = "".join(f'<{p}xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' for number, _ in days)
    return (
        f"<{p}styleSheet {ns}>" + (f'<{p}numFmts count="{len(own)}">{formats}</{p}numFmts>' if own else "")
        + f'<{p}fonts count="1"><{p}font><{p}sz val="10"/><{p}name val="Arial"/></{p}font></{p}fonts>'
        f'<{p}fills count="1"><{p}fill><{p}patternFill patternType="none"/></{p}fill></{p}fills><{p}borders count="1"><{p}border/></{p}borders>'
        f'<{p}cellStyleXfs count="1"><{p}xf borderId="0" fillId="0" fontId="0" numFmtId="0"/></{p}cellStyleXfs>'
        f'<{p}cellXfs count="{len(days) + 1}"><{p}xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>{cells}</{p}cellXfs></{p}styleSheet>'
    )


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Shared:
    """Shared strings while a sheet is written."""

    def __init__(self):
        self.texts = []

    def cell(self, place, text, style=""):
        if text not in self.texts:
            self.texts.append(text)
        return f'<c r="{place}"{style} t="s"><v>{self.texts.index(text)}</v></c>'

    def part(self):
        items = "".join(f'<si><t xml:space="preserve">{escaped(text)}</t></si>' for text in self.texts)
        return f'<sst xmlns="{MAIN}" count="{len(self.texts)}" uniqueCount="{len(self.texts)}">{items}</sst>'


def google(path):
    """Google Sheets: shared strings, floats, a thousand rows of which most are empty, each with its height."""
    shared, rows = Shared(), []
    for number, row in enumerate([ARABIC, *ROWS], 1):
        cells = []
        for column, value in enumerate(row):
            place = f"{letters(column)}{number}"
            if isinstance(value, bool):
                cells.append(f'<c r="{place}" s="3" t="b"><v>{int(value)}</v></c>')
            elif isinstance(value, date):
                cells.append(f'<c r="{place}" s="{1 + number % 2}"><v>{serial(value)}.0</v></c>')
            elif isinstance(value, int):
                cells.append(f'<c r="{place}" s="3"><v>{value}.0</v></c>')
            elif value is not None:
                cells.append(shared.cell(place, value, ' s="3"'))
            else:
                cells.append(f'<c r="{place}" s="3"/>')
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
    rows += [f'<row r="{number}" ht="15.75" customHeight="1"/>' for number in range(len(ROWS) + 2, 1001)]
    sheet = (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:mx="http://schemas.microsoft.com/office/mac/excel/2008/main"'
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
        '<sheetPr><outlinePr summaryBelow="0" summaryRight="0"/></sheetPr><sheetViews><sheetView workbookViewId="0" rightToLeft="1"/></sheetViews>'
        f'<sheetFormatPr customHeight="1" defaultColWidth="12.63" defaultRowHeight="15.75"/><sheetData>{"".join(rows)}</sheetData></worksheet>'
    )
    by_hand(path, sheet, styles([(164, "yyyy-mm-dd"), (165, "d/m/yyyy"), (0, "")]), shared.part(), workbook_more="<workbookPr/>")


def wps(path):
    """WPS Office (Kingsoft): formats of days from number 176, its build in a property, cells by row with spans."""
    shared, rows = Shared(), []
    for number, row in enumerate([ENGLISH, *ROWS], 1):
        cells = []
        for column, value in enumerate(row):
            place = f"{letters(column)}{number}"
            if isinstance(value, bool):
                cells.append(f'<c r="{place}" t="b"><v>{int(value)}</v></c>')
            elif isinstance(value, date):
                cells.append(f'<c r="{place}" s="{1 + number % 2}"><v>{serial(value)}</v></c>')
            elif isinstance(value, int):
                cells.append(f'<c r="{place}"><v>{value}</v></c>')
            elif value is not None:
                cells.append(shared.cell(place, value))
        rows.append(f'<row r="{number}" spans="1:11">{"".join(cells)}</row>')
    sheet = (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}" xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><sheetPr/><dimension ref="A1:K5"/>'
        '<sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetFormatPr defaultColWidth="9" defaultRowHeight="14.4"/>'
        f'<sheetData>{"".join(rows)}</sheetData><pageMargins left="0.75" right="0.75" top="1" bottom="1" header="0.5" footer="0.5"/><headerFooter/></worksheet>'
    )
    build = (
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="KSOProductBuildVer"><vt:lpwstr>1033-12.2.0.13431</vt:lpwstr></property></Properties>'
    )
    days = [(176, "yyyy/m/d;@"), (177, "[$-409]d\\-mmm\\-yy;@")]
    more = '<fileVersion appName="xl" lastEdited="3" lowestEdited="5" rupBuild="9302"/><workbookPr/>'
    by_hand(path, sheet, styles(days), shared.part(), workbook_more=more, extra={"docProps/custom.xml": build})


def dotnet(path):
    """A report of a .NET program (Open XML SDK): a prefix on every element, a byte order mark, inline texts, no positions."""
    rows = []
    for number, row in enumerate([ENGLISH, *ROWS]):
        cells = []
        for value in row:
            if isinstance(value, bool):
                cells.append(f'<x:c t="b"><x:v>{int(value)}</x:v></x:c>')
            elif isinstance(value, date):
                cells.append(f'<x:c s="1"><x:v>{serial(value)}</x:v></x:c>')
            elif isinstance(value, int):
                cells.append(f'<x:c t="n"><x:v>{value}</x:v></x:c>')
            elif value is not None:
                cells.append(f'<x:c t="inlineStr"><x:is><x:t xml:space="preserve">{escaped(value)}</x:t></x:is></x:c>')
            else:
                cells.append("<x:c/>")
        rows.append(f'<x:row>{"".join(cells)}</x:row>')
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{"".join(rows)}</x:sheetData></x:worksheet>'
    by_hand(path, sheet, styles([(14, "")], "x"), prefix="x", bom="\ufeff")


def problems(path):
    """What goes wrong in workbooks: errors, formulas, percents, times, merged cells, dates that are numbers or text."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Movements")
    day, percent = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "0%"})
    clock, general = book.add_format({"num_format": "hh:mm"}), book.add_format()
    sheet.write_row(0, 0, ["batch", "origin", "departed_on", "destination", "stage", "source", "families", "individuals"])
    first = datetime(2016, 8, 26)
    good = ["p-1", "daraya", first, "idleb", "departed", "sarc", 10, 50]

    def row(number, **changes):
        for column, value in enumerate(good):
            if changes.get("ABCDEFGH"[column], good) is None:
                continue
            if isinstance(value, datetime):
                sheet.write_datetime(number, column, value, day)
            else:
                sheet.write(number, column, f"p-{number}" if column == 0 else value)
        for column, write in changes.items():
            if write:
                write(number, "ABCDEFGH".index(column))

    row(1, H=lambda r, c: sheet.write_formula(r, c, "=G2*5", general, 50))
    row(2, H=lambda r, c: sheet.write_formula(r, c, "=VLOOKUP(A3,Sheet9!A:B,2,0)", general, "#REF!"))
    row(3, G=lambda r, c: sheet.write_number(r, c, 0.85, percent))
    row(4, C=lambda r, c: sheet.write_number(r, c, 42608))
    row(5, C=lambda r, c: sheet.write_string(r, c, "26.08.16"))
    row(6, C=lambda r, c: sheet.write_string(r, c, "4/3/2017"))
    row(7, C=lambda r, c: sheet.write_number(r, c, 0.5, clock))
    row(8, H=lambda r, c: sheet.write_datetime(r, c, datetime(1900, 2, 19), day))
    row(9, H=lambda r, c: sheet.write_boolean(r, c, True))
    row(10, H=lambda r, c: sheet.write_number(r, c, 50.5))
    row(11, H=lambda r, c: sheet.write_string(r, c, "1.354"))
    row(12, B=lambda r, c: sheet.write_string(r, c, "Darayya"))
    row(13, E=lambda r, c: sheet.write_string(r, c, "left"))
    # A batch whose cells are merged over two rows: only the first one has them.
    row(14)
    row(15, A=None, B=None, D=lambda r, c: sheet.write_string(r, c, "harjala"))
    for column, value in ((0, "p-14"), (1, "daraya")):
        sheet.merge_range(14, column, 15, column, value, general)
    row(16, H=lambda r, c: sheet.write_number(r, c, -5))
    row(17, H=lambda r, c: sheet.write_number(r, c, 5e12))
    sheet.write(20, 0, "Total")
    sheet.write_formula(20, 7, "=SUM(H2:H18)", general, 900)
    sheet.write(1, 9, "checked by the office")
    book.close()


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    openpyxl_workbook(folder / "openpyxl.xlsx", ENGLISH)
    libreoffice(folder / "libreoffice.xlsx")
    pandas_workbook(folder / "pandas.xlsx")
    excel(folder / "excel.xlsx", ENGLISH, day="[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy")
    rewritten(folder / "excel.xlsx", like_excel)
    excel(folder / "excel-arabic-1904.xlsx", ARABIC, {"date_1904": True}, "[$-2010000]yyyy/mm/dd;@")
    rewritten(folder / "excel-arabic-1904.xlsx", like_excel)
    excel(folder / "excel-strict.xlsx", ENGLISH)
    rewritten(folder / "excel-strict.xlsx", strict)
    google(folder / "google-sheets.xlsx")
    wps(folder / "wps.xlsx")
    dotnet(folder / "open-xml-sdk.xlsx")
    problems(folder / "problems.xlsx")
    for path in sorted(folder.glob("*.xlsx")):
        book = openpyxl.load_workbook(path, data_only=True) if "strict" not in path.name else None
        print(path.name, path.stat().st_size, book.worksheets[0]["A2"].value if book else "")


if __name__ == "__main__":
    main()
