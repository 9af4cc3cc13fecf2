"""Sends a sheet (CSV or an Excel workbook), and says by row and column what is wrong in it. Needs nothing but Python.

    export HOMEWARD_URL=http://127.0.0.1:8080 HOMEWARD_TOKEN=hw_…
    python send_sheet.py movements sheet.xlsx            # a dry run: nothing is written
    python send_sheet.py movements sheet.xlsx --commit

Exit status 1 if the sheet was refused. The tests run this against `homeward demo`.
"""

import json
import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

URL = os.environ.get("HOMEWARD_URL", "http://127.0.0.1:8080")
TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def send(sheet: str, path: str, commit: bool) -> dict:
    """Sends a sheet, and gives what the service makes of it: a report, also where the sheet is refused."""
    with open(path, "rb") as file:
        request = Request(f"{URL}/v1/imports/{sheet}" + ("?commit=true" if commit else ""), data=file.read(), method="POST")
    request.add_header("Authorization", f"Bearer {os.environ['HOMEWARD_TOKEN']}")
    request.add_header("Content-Type", TYPES[os.path.splitext(path)[1].lower()])
    try:
        with urlopen(request) as answer:
            return json.load(answer)
    except HTTPError as refused:
        return json.load(refused)


def show(kind: str, entry: dict) -> None:
    """Prints one entry of the report as people read it."""
    where = ", ".join(str(part) for part in (entry["row"] and f"row {entry['row']}", entry["column"]) if part)
    value = f" ({entry['value']})" if entry["value"] is not None else ""
    meant = f" Perhaps {entry['suggestion']}?" if entry["suggestion"] else ""
    print(f"{kind}: {where or 'the file'}{value}: {entry['message']}{meant}")


def main() -> int:
    sheet, path, *options = sys.argv[1:]
    report = send(sheet, path, "--commit" in options)
    if "counts" not in report:
        # Not about the sheet: no token, no such sheet, too large.
        print(report["title"] + ":", report["detail"])
        return 1
    for kind in ("errors", "warnings"):
        for entry in report[kind]:
            show(kind.rstrip("s"), entry)
    for resource, counts in report["counts"].items():
        print(f"{resource}: " + ", ".join(f"{number} {what}" for what, number in counts.items()))
    if report["errors_total"]:
        print(f"{report['rows']} rows, nothing written.")
    elif report["committed"]:
        print(f"{report['rows']} rows written. To take them back: DELETE {URL}/v1/imports/{report['code']}")
    else:
        print(f"{report['rows']} rows can be written: --commit does it.")
    return 1 if report["errors_total"] else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main())
