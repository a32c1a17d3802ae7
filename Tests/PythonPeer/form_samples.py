"""Holds what the client reads from other people's workbooks against pyxform, the reference converter of XLSForms.

  form_samples.py PROGRAM FOLDER

Has PROGRAM (`form check FILE --json`) and pyxform read every workbook in FOLDER. What both take must be understood alike (`form_check.compare`); what
PROGRAM refuses it must refuse at a sheet, by 65; what pyxform refuses PROGRAM may not take. Prints a line a workbook, then for each reason for which PROGRAM alone
refuses some in how many of them it stands (a workbook counts at each of its reasons), and exits with 1 on any difference.
A workbook of Excel 97 is written anew, cell by cell, as one of today for PROGRAM.
"""
import collections, json, pathlib, re, subprocess, sys, tempfile
import openpyxl, xlrd
from form_check import compare, of_pyxform


def today(path, folder):
    """The same cells in a workbook of today."""
    old, new = xlrd.open_workbook(path), openpyxl.Workbook()
    new.remove(new.active)
    for sheet in old.sheets():
        page = new.create_sheet(sheet.name)
        for row in range(sheet.nrows):
            for column in range(sheet.ncols):
                cell = sheet.cell(row, column)
                value = cell.value
                if cell.ctype == xlrd.XL_CELL_BOOLEAN: value = bool(value)
                elif cell.ctype == xlrd.XL_CELL_NUMBER and value == int(value): value = int(value)
                elif cell.ctype == xlrd.XL_CELL_DATE: value = xlrd.xldate_as_datetime(value, old.datemode)
                if value != '': page.cell(row + 1, column + 1, value)
    out = folder / (path.stem + '.xlsx')
    new.save(out)
    return out


def about(one):
    """What a refusal is about, without the names in it; a column or row by its sheet."""
    words = re.sub(r'"[^"]*"', '…', one['problem'].split(';')[0])
    return words.replace('this column', f'a column of {one["sheet"]}').replace('this sheet', f'the sheet {one["sheet"]}')


def main():
    program, failures, counts = sys.argv[1].split(), 0, {'workbooks': 0, 'both': 0, 'refusedByBoth': 0, 'refusedByUs': 0}
    reasons = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(path for path in pathlib.Path(sys.argv[2]).rglob('*.xls*') if path.suffix in ('.xls', '.xlsx')):
            counts['workbooks'] += 1
            own = today(path, pathlib.Path(folder)) if path.suffix == '.xls' else path
            said = subprocess.run(program + [str(own)], capture_output=True, text=True)
            try: theirs, reason = of_pyxform(path), ''
            except Exception as error: theirs, reason = None, ' '.join(str(error).split())[:160]
            refused = []
            if said.returncode:
                try: refused = json.loads(said.stdout)['refused']
                except (ValueError, KeyError): pass
                if said.returncode != 65 or not refused:
                    failures += 1
                    print(f'{path.name}: FAILS: ended with {said.returncode}: {said.stdout}{said.stderr}')
                    continue
            places = '; '.join(' '.join(str(one[key]) for key in ('sheet', 'row', 'column') if key in one) + ': ' + one['problem'] for one in refused[:3])
            if theirs is None and refused:
                counts['refusedByBoth'] += 1
                print(f'{path.name}: refused by both: {places} | {reason}')
            elif theirs is None:
                failures += 1
                print(f'{path.name}: FAILS: taken, and pyxform refuses it: {reason}')
            elif refused:
                counts['refusedByUs'] += 1
                reasons.update({about(one) for one in refused})
                print(f'{path.name}: refused here: {places}')
            else:
                # A form that says none is of the first edition here, and of none there.
                theirs['version'] = theirs['version'] or '1'
                wrong = compare(json.loads(said.stdout), theirs)
                counts['both'] += 1
                failures += bool(wrong)
                print(f'{path.name}: ' + ('taken by both, alike' if not wrong else 'FAILS: ' + '; '.join(wrong)))
    print(json.dumps({'reasons': dict(sorted(reasons.items(), key=lambda one: (-one[1], one[0])))}))
    print(json.dumps(counts | {'failures': failures}))
    sys.exit(1 if failures else 0)


main()
