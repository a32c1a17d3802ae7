#!/usr/bin/env python3
"""Opens an exported workbook with LibreOffice and holds every cell that it shows against the exported tables.

    office_check.py BOOK.xlsx TABLES.zip

Both come from one state of one engagement. Every sheet has its table with the same rows and columns; what has a sheet of no rows has none. Numbers are
compared as numbers, times to the second, which is what the program shows. Prints what differs, a line each, then the counts; exits 1 on any difference.
"""
import csv
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

# One file for each sheet: comma, quote, UTF-8, from line 1, cells as they are shown, numbers by their looks, all sheets (the last, -1).
FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"

GUARDED = re.compile("'[\\s\"'\ufffd]*[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212]")


def is_same(ours: str, shown: str) -> bool:
    # In the tables an apostrophe keeps each piece of a text from being taken for a formula; the workbook types its cells.
    ours = "".join(piece[1:] if GUARDED.match(piece) else piece for piece in re.split("([;,|\n])", ours))
    if ours == shown or {ours.lower(), shown.lower()} in ({"true"}, {"false"}):
        return True
    if re.sub(r"(\.\d+)?Z$", "", ours).replace("T", " ") == shown and re.match(r"\d{4}-\d\d-\d\dT", ours):
        return True
    try:
        return abs(float(ours) - float(shown)) <= 1e-9 * max(1, abs(float(ours)))
    except ValueError:
        return False


def main() -> int:
    book, tables = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
    differences, cells, sheets = [], 0, 0
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(tables) as archive:
        subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", FILTER, str(book), "--outdir", folder + "/out"],
                       check=True, timeout=180, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": folder})
        for name in sorted(archive.namelist()):
            ours = list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            sheet = pathlib.Path(folder) / "out" / f"{book.stem}-{name}"
            if not sheet.exists():
                if len(ours) > 1:
                    differences.append(f"{name} has {len(ours) - 1} rows and the workbook no sheet")
                continue
            sheets += 1
            shown = list(csv.reader(sheet.open(encoding="utf-8-sig", newline="")))
            if len(shown) != len(ours):
                differences.append(f"{name}: {len(ours)} rows, shown are {len(shown)}")
            for row, (left, right) in enumerate(zip(ours, shown), 1):
                right += [""] * (len(left) - len(right))
                cells += len(left)
                differences += [f"{name}, row {row}, {ours[0][at]}: {a[:60]!r} is shown as {b[:60]!r}" for at, (a, b) in enumerate(zip(left, right)) if not is_same(a, b)]
    for line in differences[:50]:
        print(line)
    print(f"{sheets} sheets, {cells} cells, {len(differences)} differences")
    return 1 if differences or not cells else 0


if __name__ == "__main__":
    sys.exit(main())
