#!/usr/bin/env python3
"""Is anything live in an exported workbook, as it is and as LibreOffice saves it again?

    workbook_check.py LEAST BOOK.xlsx…

Opens each book with openpyxl, has LibreOffice open it and save it, and opens that. In both no cell is a formula, an error or a link (LibreOffice writes
truth values as the formulas TRUE() and FALSE()), no part of the file leads elsewhere, and what was a text still is one: at least LEAST cells of each
book begin as a formula would. Prints what is wrong, a line each, then the counts; exits 1 when something is.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import openpyxl

LIKE_FORMULA = re.compile("^[\\s'\"]*[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212\t\r]")
# What a book of values has: anything else may run, embed or fetch.
PARTS = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core|custom)\.xml|xl/(workbook|styles|sharedStrings)\.xml|xl/theme/theme\d+\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/sheet\d+\.xml")


def read(path, findings, ours):
    """Sheet, row and column to the text of each cell that holds one."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if ours and not PARTS.fullmatch(name):
                findings.append(f"{path.name} has the part {name!r}")
            if name.endswith(".rels") and b"TargetMode=\"External\"" in archive.read(name):
                findings.append(f"{path.name}: {name} leads elsewhere")
            if name.startswith("xl/worksheets/") and re.search(rb"<hyperlink|<oleObject|<control" + (rb"|<f[ >/]" if ours else b""), archive.read(name)):
                findings.append(f"{path.name}: {name} holds a formula, a link or an object")
    book = openpyxl.load_workbook(path)
    texts = {}
    for name in book.defined_names:
        findings.append(f"{path.name} defines the name {name!r}")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink or cell.data_type in ("f", "e") and (ours or cell.value not in ("=TRUE()", "=FALSE()")):
                    findings.append(f"{path.name}, {sheet.title} {cell.coordinate} is live: {cell.data_type} {str(cell.value)[:60]!r}")
                if isinstance(cell.value, str):
                    texts[sheet.title, cell.coordinate] = cell.value
    return texts


def words(text):
    """Without what the two writers say in different ways: line ends, controls, and how an underscore is kept from beginning a code."""
    return "".join(re.sub(r"_x005F_(?=x[0-9A-Fa-f]{4}_)", "_", text).split())


def main():
    least, books = int(sys.argv[1]), [pathlib.Path(word).resolve() for word in sys.argv[2:]]
    findings, cells, alike = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", *map(str, books), "--outdir", folder + "/again"],
                       check=True, timeout=200, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": folder})
        for book in books:
            ours, theirs = read(book, findings, True), read(pathlib.Path(folder) / "again" / book.name, findings, False)
            live = [place for place, text in ours.items() if LIKE_FORMULA.match(text)]
            if len(live) < least:
                findings.append(f"{book.name} has only {len(live)} texts that begin as a formula: this sees nothing")
            for place, text in ours.items():
                if words(theirs.get(place, "")) != words(text):
                    findings.append(f"{book.name}, {place}: the text {text[:60]!r} became {theirs.get(place)!r:.60}")
            cells, alike = cells + len(ours), alike + len(live)
    for line in findings[:40]:
        print(line)
    print(f"{len(books)} books, {cells} texts, {alike} begin as a formula, {len(findings)} live or altered")
    return 1 if findings or not books else 0


if __name__ == "__main__":
    sys.exit(main())
