#!/usr/bin/env python3
"""Reads what 'export' wrote as other programs do (zipfile, csv, openpyxl), independent of what wrote it.

  export_check.py LINES.jsonl TABLES.zip BOOK.xlsx DATA.sqlite [--words FILE]

The four hold the same records, cell by cell; numbers, dates and truth values are typed in the workbook; nothing is a formula, and in the tables no
piece of a text begins like one, at its beginning or behind what a spreadsheet may take for a separator. --words: a JSON list of texts that must be
found in the workbook. Prints what is wrong, one finding a line, and exits 1.
"""

import csv
import datetime
import io
import json
import re
import sqlite3
import sys
import zipfile

import openpyxl

# Where a cell may begin for whoever reads a table with another separator, or without heeding quotes.
SEPARATORS = re.compile("([;,|\t\r\n])")
FORMULA = re.compile("[\\s\"\ufffd]*[=+\\-@＝＋－＠−]")
GUARDED = re.compile("'[\\s\"'\ufffd]*[=+\\-@＝＋－＠−]")
NUMBER = re.compile(r"^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$")
DATE, TIME = re.compile(r"^\d{4}-\d\d-\d\d$"), re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$")
STEERS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff]")
# What an edition of a questionnaire was answered: rows of answers, which are records of their own among the lines.
ANSWERS = r"form[A-Za-z0-9]*E[0-9]+(N[0-9]+)?"
findings = []


def find(text):
    findings.append(text)


def tables(path):
    """Name to rows of the zip file's tables."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        broken = archive.testzip()
        if broken:
            find(f"{broken} does not match its sum")
        for name in archive.namelist():
            if not re.fullmatch(r"[A-Za-z0-9]+\.csv", name):
                find(f"a file named {name!r}")
            text = archive.read(name).decode("utf-8")
            if STEERS.search(text.replace("\r\n", "\n")):
                find(f"{name} holds what steers")
            found[name[:-4]] = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    return found


def is_live(text):
    """Would a spreadsheet compute a piece of the text?"""
    return any(FORMULA.match(piece) for piece in SEPARATORS.split(text))


def bare(text):
    """What was said: without the apostrophes that keep pieces of it from being computed."""
    return "".join(piece[1:] if GUARDED.match(piece) else piece for piece in SEPARATORS.split(text))


def same(text, value):
    """Is the workbook's cell what the table's says?"""
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return text == ("TRUE" if value else "FALSE")
    if isinstance(value, datetime.datetime):
        if DATE.match(text):
            return value == datetime.datetime.fromisoformat(text)
        return TIME.match(text) and abs(value - datetime.datetime.fromisoformat(text[:-1])) < datetime.timedelta(milliseconds=2)
    if isinstance(value, (int, float)):
        return NUMBER.match(text) and abs(float(text) - value) <= 1e-9 * max(1, abs(value))
    value = plain(value)
    return bare(text) == value


def plain(text):
    """The text of a cell: a workbook writes '_x0041_' as '_x005F_x0041_', which openpyxl leaves as it is where texts stand in their cells."""
    return re.sub(r"_x005F_(?=x[0-9A-Fa-f]{4}_)", "_", text)


def database(path, found):
    """Every table of the zip file is in the database, with the same cells; the views answer; the file is whole."""
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    if base.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        find("the database is damaged")
    names = {name for name, in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if names != set(found):
        find(f"the database has other tables: {sorted(names ^ set(found))}")
    for name in names & set(found):
        cursor = base.execute(f'SELECT * FROM "{name}" ORDER BY rowid')
        head, rows = [column[0] for column in cursor.description], cursor.fetchall()
        if head != found[name][0] or len(rows) != len(found[name]) - 1:
            find(f"{name} has other columns or rows in the database")
            continue
        for number, (texts, row) in enumerate(zip(found[name][1:], rows)):
            for column, text, value in zip(head, texts, row):
                if value is None:
                    good = text == ""
                elif isinstance(value, (int, float)):
                    good = text in ("TRUE", "FALSE") and value == (text == "TRUE") or bool(NUMBER.match(text)) and abs(float(text) - value) <= 1e-9 * max(1, abs(value))
                else:
                    shown = bare(text)
                    good = shown.replace("\ufffd", "").split() == STEERS.sub("", value.replace("\ufffd", "")).split() or "\ufffd" in text
                if not good:
                    find(f"{name}.{column} row {number}: {text!r} in the table, {value!r} in the database")
    for name, in base.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        cursor = base.execute(f'SELECT * FROM "{name}"')
        if any(not re.fullmatch("[a-z_]+", column[0]) for column in cursor.description):
            find(f"a column of {name} needs quotes")
        views[name] = len(cursor.fetchall())


views = {}


def main():
    lines, archive, book, base = sys.argv[1:5]
    records = [json.loads(line) for line in open(lines, encoding="utf-8")]
    found = tables(archive)
    workbook = openpyxl.load_workbook(book)
    counted = 0
    for name, rows in found.items():
        head, body = rows[0], rows[1:]
        if len(set(head)) != len(head):
            find(f"{name} has a column twice")
        for number, row in enumerate(body):
            if len(row) != len(head):
                find(f"{name} row {number} has {len(row)} cells, not {len(head)}")
            for column, text in zip(head, row):
                if is_live(text) and not NUMBER.match(text):
                    find(f"{name}.{column} row {number} holds what begins like a formula")
        if name not in workbook.sheetnames:
            if body:
                find(f"no sheet {name}")
            continue
        sheet = workbook[name]
        if sheet.freeze_panes != "A2":
            find(f"the first row of {name} is not held")
        cells = list(sheet.iter_rows())
        if len(cells) != len(rows):
            find(f"{name}: {len(cells)} rows in the workbook, {len(rows)} in the table")
        for number, (texts, row) in enumerate(zip(rows, cells)):
            for column, text, cell in zip(head, texts, row):
                if cell.data_type == "f":
                    find(f"{name}!{cell.coordinate} is a formula")
                if isinstance(cell.value, str) and STEERS.search(cell.value.replace("\n", "")):
                    find(f"{name}!{cell.coordinate} holds what steers")
                if not same(text, cell.value):
                    find(f"{name}.{column} row {number}: {text!r} in the table, {cell.value!r} in the workbook")
        counted += len(body)
    database(base, found)
    documents = {record["id"]: record for record in records}
    if len(documents) != len(records):
        find("an id twice among the lines")
    rows = {}
    for name, table in found.items():
        if name in ("audit", "columns", "merged") or re.fullmatch(ANSWERS, name):
            continue
        for row in table[1:]:
            cells = dict(zip(table[0], row))
            rows[cells["KEY"]] = cells
            document = documents.get(cells["KEY"])
            if document is None or document["type"] != name:
                find(f"{name} {cells['KEY']} is not among the lines")
                continue
            for key, value in document.items():
                if key not in cells or isinstance(value, (dict, list)) or value is None:
                    continue
                text = bare(cells[key])
                if isinstance(value, bool):
                    good = text == str(value).upper()
                elif isinstance(value, int):
                    # Money and shares are in hundredths among the lines.
                    good = text != "" and float(text) in (value, value / 100)
                elif isinstance(value, float):
                    good = abs(float(text) - value) <= 1e-9 * max(1, abs(value))
                else:
                    good = STEERS.sub("", text.replace("�", "")).split() == STEERS.sub("", value.replace("�", "")).split() or "�" in text
                if not good:
                    find(f"{name}.{key} of {cells['KEY']}: {text!r}, and {value!r} among the lines")
    if set(rows) != set(documents):
        find(f"{len(set(documents) - set(rows))} of the lines are in no table")
    for cells in rows.values():
        for key, text in cells.items():
            if key.endswith(".KEY") or key == "PARENT_KEY":
                for one in text.split("; "):
                    if one and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", one):
                        find(f"{key} is {one!r}")
    described = {(row[0], row[1]) for row in found["columns"][1:]}
    for name, table in found.items():
        if name not in ("audit", "columns"):
            for column in table[0]:
                if (name, column) not in described:
                    find(f"{name}.{column} is not described")
    if "--words" in sys.argv:
        said = [plain(cell) for sheet in workbook for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
        together = "\n".join(said)
        for word in json.load(open(sys.argv[sys.argv.index("--words") + 1], encoding="utf-8")):
            if word not in together:
                find(f"{word!r} is not in the workbook")
    for finding in findings[:40]:
        print(finding)
    if findings:
        sys.exit(1)
    print(json.dumps({"records": len(records), "rows": counted, "sheets": len(workbook.sheetnames), "views": views}))


main()
