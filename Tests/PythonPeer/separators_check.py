#!/usr/bin/env python3
"""Is anything live in exported tables for a spreadsheet that takes another separator than the comma?

    separators_check.py TABLES.zip…

Has LibreOffice open every table of each archive with commas, semicolons and tabs as separators, and compute what it takes for a formula: no cell may be
one. A table of its own beside them, which nobody guarded, has to be found live with its separator, or this sees nothing. Prints what is live, a line
each, then the counts; exits 1 when something is.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

# The separator's number, quotes, UTF-8, from line 1; numbers by their looks; formulas are computed.
FILTER = "CSV:{},34,76,1,,0,false,true,false,false,false,-1,true"
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def main() -> int:
    findings, tables = [], 0
    with tempfile.TemporaryDirectory() as folder:
        given = pathlib.Path(folder) / "given"
        given.mkdir()
        for number, word in enumerate(sys.argv[1:]):
            with zipfile.ZipFile(word) as archive:
                for name in archive.namelist():
                    (given / f"{number}-{pathlib.PurePath(name).name}").write_bytes(archive.read(name))
                    tables += 1
        for separator, sign in SEPARATORS.items():
            (given / "control.csv").write_text(f"a{sign}=1+1\r\n", encoding="utf-8")
            shown = pathlib.Path(folder) / separator
            subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", f"--infilter={FILTER.format(ord(sign))}", "--convert-to", "fods", *map(str, sorted(given.iterdir())), "--outdir", str(shown)],
                           check=True, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": folder})
            for table in sorted(given.iterdir()):
                live = re.findall(r'table:formula="([^"]*)"', (shown / f"{table.stem}.fods").read_text(encoding="utf-8"))
                if table.name == "control.csv":
                    if not live:
                        findings.append(f"{separator}: the control is not live, so this sees nothing")
                else:
                    findings += [f"{table.name} with {separator}: {formula[:60]!r} is live" for formula in live]
    for line in findings[:40]:
        print(line)
    print(f"{tables} tables, {len(SEPARATORS)} separators, {len(findings)} live")
    return 1 if findings or not tables else 0


if __name__ == "__main__":
    sys.exit(main())
