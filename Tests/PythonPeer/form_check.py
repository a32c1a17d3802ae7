"""Holds what the client reads from questionnaires against pyxform, the reference converter of XLSForms.

  form_check.py PROGRAM SEED COUNT

Makes COUNT forms from SEED inside the subset that is taken over, writes each as a workbook, as comma-separated values and as Markdown, has PROGRAM
(`form check FILE --json`) and pyxform read each, and compares what was understood: names, types, groups, words in every language, conditions, messages,
choices. What the record has anyway (`start`, `deviceid`), `appearance` and `default` change nothing of that, and have to be told with their rows. Then it puts into each form one thing that is not taken over, which the program must refuse at that row and column, and alters bytes of the
workbook, which the program must read or refuse, and no more. Exit status 1 on any difference.
"""
import csv, json, pathlib, random, re, subprocess, sys, tempfile, xml.etree.ElementTree as tree
import openpyxl
from pyxform.xls2xform import convert

X = '{http://www.w3.org/2002/xforms}'
JR = '{http://openrosa.org/javarosa}'
HTML = '{http://www.w3.org/1999/xhtml}'
FACTS = ['start', 'end', 'today', 'deviceid', 'username']
PRESET = {'text': 'planer', 'integer': '5', 'decimal': '0.5', 'date': '2026-03-02'}
WORDS = ['belt', 'dock', 'shift', 'planer', 'relay', 'crew', 'valve', 'crane', 'pallet', 'gauge', 'ledger', 'roster']


class Form:
    """A random form: rows of the three sheets."""

    def __init__(self, dice):
        self.dice = dice
        self.languages = dice.choice([[None], [None], ['English (en)', 'Español (es)'], ['Deutsch (de)', 'English (en)', 'Français (fr)']])
        self.names, self.answered, self.chosen, self.rows, self.lists = [], [], [], [], {}
        for number in range(dice.randint(1, 3)):
            count = dice.randint(1, 6)
            self.lists[f'list{number}'] = [(f'c{n}' if dice.random() < .7 else str(n), self.words()) for n in range(count)]
        self.hints = dice.random() < .6
        facts = dice.sample(FACTS, dice.choice([0, 0, 1, 3, 5]))
        self.note(facts[:2])
        self.fill(dice.randint(1, 9), 0)
        self.note(facts[2:])
        if not self.answered: self.question()
        self.settings = {'form_title': f'Form of the {dice.choice(WORDS)}', 'form_id': f'form-{dice.randint(1, 99)}', 'version': str(dice.randint(1, 2000))}
        if self.languages[0]: self.settings['default_language'] = dice.choice(self.languages)

    def note(self, facts): self.rows += [{'type': fact, 'name': self.name()} for fact in facts]

    def text(self):
        if self.answered and self.dice.random() < .1: return 'So ${' + self.dice.choice(self.answered) + '} it was'
        text = ' '.join(self.dice.choice(WORDS) for _ in range(self.dice.randint(1, 5)))
        return text + self.dice.choice(['', '?', ', "so"', ' & <more>', ' ä ß 漢', ' 50 %'])

    def words(self): return {language: self.text() for language in self.languages}

    def name(self):
        name = self.dice.choice(WORDS) + self.dice.choice(['', '_', '-x.', '.']) + str(len(self.names))
        self.names.append(name)
        return name

    def logic(self, current=False):
        dice = self.dice
        def value():
            if current and dice.random() < .6: return '.'
            if self.answered and dice.random() < .8: return '${' + dice.choice(self.answered) + '}'
            return dice.choice(['3', "'c1'", '0.5', "''"])
        def part(depth):
            kind = dice.randint(0, 12 if depth < 3 else 3)
            if kind == 0: return f'{value()} {dice.choice(["=", "!=", "<", "<=", ">", ">="])} {dice.choice(["7", chr(39) + "c2" + chr(39), value()])}'
            if kind == 1: return f"selected({value()}, 'c1')"
            if kind == 2: return f'string-length({value()}) > {dice.randint(0, 9)}'
            if kind == 3: return f"regex({value()}, '[a-z]{{1,3}}[0-9]+')"
            if kind == 4: return f'not({part(depth + 1)})'
            if kind == 5: return f'({part(depth + 1)} {dice.choice(["and", "or"])} {part(depth + 1)})'
            if kind == 6: return f'if({part(depth + 1)}, {value()}, 1) = 1'
            if kind == 8: return f"{value()} {dice.choice(['<', '>=', '='])} {dice.choice(['now()', 'today()'])}"
            if kind == 9: return f"{dice.choice(['format-date', 'format-date-time'])}({value()}, '%Y-%m-%d %a %b %e %n %y') = '2026'" if dice.random() < .5 else "format-date-time(now(), '%H:%M:%S %h %3') > 8"
            if kind == 10 and self.chosen: return f"jr:choice-name({value()}, '${{{dice.choice(self.chosen)}}}') = 'Yes'"
            if kind == 11 and self.answered: return f"{dice.choice(['sum', 'count'])}(${{{dice.choice(self.answered)}}}) >= 1"
            if kind == 12 and current: return f'once({value()}) != 3'
            return f'count-selected({value()}) {dice.choice(["+", "-", "*", "div", "mod"])} 2 >= 1'
        return part(0)

    def question(self):
        dice, row = self.dice, {}
        kind = dice.choice(['text', 'integer', 'decimal', 'date', 'note', 'select_one', 'select_multiple'])
        row['type'] = f'{kind} {dice.choice(list(self.lists))}' if kind.startswith('select') else kind
        row['name'] = name = self.name()
        row['label'] = self.words()
        if dice.random() < .3: row['hint'] = self.words()
        if dice.random() < .4: row['relevant'] = self.logic()
        if kind != 'note':
            if dice.random() < .4: row['required'] = dice.choice(['yes', 'no', 'true()', 'TRUE', self.logic()])
            if dice.random() < .4:
                row['constraint'] = self.logic(current=True)
                if dice.random() < .6: row['constraint_message'] = self.words()
            if row.get('required') not in (None, 'no') and dice.random() < .4: row['required_message'] = self.words()
            self.answered.append(name)
            if kind.startswith('select'): self.chosen.append(name)
            if dice.random() < .3: row['appearance'] = {'text': 'multiline', 'date': 'no-calendar'}.get(kind, 'minimal')
            if dice.random() < .2 and kind in PRESET: row['default'] = PRESET[kind]
        self.rows.append(row)

    def fill(self, count, depth):
        for _ in range(count):
            if depth < 3 and self.dice.random() < .2:
                row = {'type': self.dice.choice(['begin group', 'begin_group']), 'name': self.name()}
                if self.dice.random() < .8: row['label'] = self.words()
                if self.dice.random() < .3: row['relevant'] = self.logic()
                if self.dice.random() < .3: row['appearance'] = 'field-list'
                self.rows.append(row)
                before = len(self.rows)
                self.fill(self.dice.randint(1, 4), depth + 1)
                if len(self.rows) == before: self.question()
                self.rows.append({'type': self.dice.choice(['end group', 'end_group'])})
            else:
                self.question()

    def sheets(self):
        """Header and rows of each sheet."""
        # The same in all of a sheet: where one header has two colons, one colon parts nothing.
        colon = self.dice.choice(['::', '::', ':', ': '])
        def columns(meaning): return [meaning if language is None else f'{meaning}{colon}{language}' for language in self.languages]
        def cells(row, header):
            flat = {}
            for key, value in row.items():
                if isinstance(value, dict):
                    for language, text in value.items(): flat[key if language is None else f'{key}{colon}{language}'] = text
                else: flat[key] = value
            return [flat.get(column, '') for column in header]
        survey = ['type', 'name'] + columns('label') + columns('hint') + ['relevant', 'required'] + columns('required_message') + ['constraint'] + columns('constraint_message') + (['appearance', 'default'] if self.hints else [])
        choices = ['list_name', 'name'] + columns('label')
        rows = [{'list_name': name, 'name': choice, 'label': words} for name, entries in self.lists.items() for choice, words in entries]
        return {
            'survey': [survey] + [cells(row, survey) for row in self.rows], 'choices': [choices] + [cells(row, choices) for row in rows],
            'settings': [list(self.settings), list(self.settings.values())]}


def write(sheets, path):
    if path.suffix == '.xlsx':
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            # Whole numbers as numbers, as people type them.
            for row in rows: sheet.append([int(cell) if re.fullmatch('[0-9]+', cell) else cell for cell in row])
        book.save(path)
    elif path.suffix == '.csv':
        with open(path, 'w', newline='', encoding='utf-8') as file:
            out = csv.writer(file)
            for name, rows in sheets.items():
                out.writerow([name])
                for row in rows: out.writerow([''] + row)
    else:
        with open(path, 'w', encoding='utf-8') as file:
            for name, rows in sheets.items():
                file.write(f'| {name} |\n')
                for row in rows: file.write('|  | ' + ' | '.join(cell.replace('|', r'\|') for cell in row) + ' |\n')


def of_pyxform(path):
    """What pyxform understood, from the form that it wrote."""
    root = tree.fromstring(convert(xlsform=str(path), validate=False, pretty_print=False).xform)
    model = root.find(f'.//{X}model')
    data = model.find(f'{X}instance')[0]
    prefix = '/' + data.tag.split('}')[1]
    def spoken(element):
        out = element.text or ''
        for child in element: out += '${' + child.get('value').strip().split('/')[-1] + '}' + (child.tail or '')
        # Around words with an answer in them it puts blanks of its own.
        return out.strip() if len(element) else out
    texts = {}
    for translation in model.findall(f'{X}itext/{X}translation'):
        for text in translation.findall(f'{X}text'):
            for value in text.findall(f'{X}value'):
                if value.get('form') is None: texts.setdefault(text.get('id'), {})[translation.get('lang')] = spoken(value)
    def words(element):
        if element is None: return {}
        reference = element.get('ref')
        if reference: return {language: text for language, text in texts[re.search(r"jr:itext\('(.*)'\)", reference)[1]].items() if text != '-'}
        return {'default': spoken(element)}
    def message(bind, name):
        found = bind.get(JR + name)
        if found is None: return {}
        reference = re.fullmatch(r"jr:itext\('(.*)'\)", found)
        return texts[reference[1]] if reference else {'default': found}
    items, facts = {}, set()
    for bind in model.findall(f'{X}bind'):
        name = bind.get('nodeset')[len(prefix) + 1:]
        if name.startswith('meta'): continue
        if bind.get(JR + 'preload'):
            facts.add(name)
            continue
        items[name] = {
            'relevant': bind.get('relevant'), 'constraint': bind.get('constraint'), 'required': bind.get('required'), 'type': bind.get('type'),
            'readonly': bind.get('readonly'), 'constraintMessage': message(bind, 'constraintMsg'), 'requiredMessage': message(bind, 'requiredMsg')}
    lists = {}
    for instance in model.findall(f'{X}instance')[1:]:
        entries = []
        for item in instance.iter(f'{X}item'):
            found = {child.tag.split('}')[1]: child.text for child in item}
            entries.append((found['name'], texts[found['itextId']] if 'itextId' in found else {'default': found.get('label')}))
        lists[instance.get('id')] = entries
    def walk(element):
        for child in element:
            reference = child.get('ref')
            kind = child.tag.split('}')[1]
            if kind in ('group', 'input', 'select', 'select1'):
                name = reference[len(prefix) + 1:]
                item = items.setdefault(name, {})
                item['control'] = kind
                item['label'], item['hint'] = words(child.find(f'{X}label')), words(child.find(f'{X}hint'))
                itemset = child.find(f'{X}itemset')
                if itemset is not None: item['list'] = re.search(r"instance\('(.*?)'\)", itemset.get('nodeset'))[1]
                if kind == 'group': walk(child)
    walk(root.find(f'{HTML}body'))
    title = root.find(f'.//{HTML}title').text
    return {'prefix': prefix, 'items': items, 'facts': facts, 'lists': lists, 'title': title, 'id': data.get('id'), 'version': data.get('version')}


def compare(ours, theirs):
    """Every difference, in words."""
    wrong = []
    def same(what, a, b):
        if a != b: wrong.append(f'{what}: {a!r} is not {b!r}')
    same('key', ours['key'], theirs['id'])
    same('edition', ours['edition'], theirs['version'])
    same('title', ours['title'], theirs['title'])
    paths, flat = {}, {}
    def visit(items, above):
        for item in items:
            path = '/'.join(above + [item['name']])
            paths[item['name']], flat[path] = path, item
            visit(item.get('items', []), above + [item['name']])
    visit(ours['items'], [])
    same('questions', sorted(flat), sorted(theirs['items']))
    def logic(text):
        if text is None: return None
        text = re.sub(r'\$\{(.*?)\}', lambda found: f' {theirs["prefix"]}/{paths[found[1]]} ', text)
        return ' '.join(text.split())
    def plain(text): return None if text is None else ' '.join(text.split())
    types = {'text': ('string', 'input'), 'integer': ('int', 'input'), 'decimal': ('decimal', 'input'), 'date': ('date', 'input'), 'note': ('string', 'input'),
             'select_one': ('string', 'select1'), 'select_multiple': ('string', 'select'), 'group': (None, 'group')}
    for path, item in flat.items():
        other = theirs['items'].get(path)
        if other is None: continue
        for key in ('relevant', 'constraint'): same(f'{path} {key}', logic(item.get(key)), plain(other.get(key)))
        required = plain(other.get('required'))
        same(f'{path} required', logic(item.get('required')), None if required == 'false()' else required)
        kind, control = types[item['type']]
        same(f'{path} type', kind, other.get('type'))
        same(f'{path} control', control, other.get('control'))
        if item['type'] == 'note': same(f'{path} note', 'true()', other.get('readonly'))
        same(f'{path} list', item.get('list'), other.get('list'))
        for key in ('label', 'hint', 'constraintMessage', 'requiredMessage'): same(f'{path} {key}', item.get(key, {}), other.get(key) or {})
    used = {item['list'] for item in flat.values() if 'list' in item}
    same('lists', sorted(entry['name'] for entry in ours['lists']), sorted(used))
    for entry in ours['lists']:
        same(f'list {entry["name"]}', [(choice['name'], choice['label']) for choice in entry['choices']], theirs['lists'].get(entry['name']))
    return wrong


def untold(sheets, theirs, path, said):
    """What the program does not say, or says without a reason, of what it does not take over."""
    header, first = sheets['survey'][0], 1 if path.suffix == '.xlsx' else 2
    facts = [(index + first, row[1]) for index, row in enumerate(sheets['survey']) if row[0] in FACTS]
    wrong = [] if {name for _, name in facts} == theirs['facts'] else [f'pyxform has the facts {sorted(theirs["facts"])}']
    places = [f'survey, row {row}, column type ({name}):' for row, name in facts]
    for column in ('appearance', 'default'):
        rows = [index + first for index, row in enumerate(sheets['survey']) if index and column in header and row[header.index(column)]]
        if rows: places.append(f'survey, row{"s" if rows[1:] else ""} {", ".join(map(str, rows[:12]))}')
    wrong += [f'not told: {place}' for place in places if place not in said]
    if said.count('Note: ') != len(places): wrong.append(f'told beyond that: {said}')
    return wrong


def spoilt(sheets, dice):
    """The form with one thing in it that is not taken over; what the refusal must say of where it is, as sheet, row and column."""
    sheets = {name: [list(row) for row in rows] for name, rows in sheets.items()}
    survey = sheets['survey']
    rows = [index for index, row in enumerate(survey) if index and row[1] and not row[0].startswith('begin')]
    row = dice.choice(rows)
    kind = dice.randint(0, 7)
    def column(name, text):
        survey[0].append(name)
        for index, cells in enumerate(survey[1:], 1): cells.append(text if index == row else '')
        return ('survey', row + 1, name)
    if kind == 0: return sheets, column('calculation', '1 + 1')
    if kind == 1: return sheets, column('read_only', 'yes')
    if kind == 2: return sheets, column('choice_filter', "name = 'c1'")
    if kind == 3:
        survey[row][0] = dice.choice(['calculate', 'geopoint', 'image', 'select_one_from_file places.csv', 'rank list0', 'phonenumber', 'time', 'acknowledge'])
        return sheets, ('survey', row + 1, 'type')
    if kind == 4:
        survey.insert(row, ['begin repeat', 'again'] + [''] * (len(survey[0]) - 2))
        survey.insert(row + 2, ['end repeat'] + [''] * (len(survey[0]) - 1))
        return sheets, ('survey', row + 1, 'type')
    if kind == 5:
        where = survey[0].index('relevant')
        survey[row][where] = dice.choice(['uuid() = 1', "pulldata('a', 'b', 'c', 'd') = 1", 'indexed-repeat(1, 2, 3) = 1', 'position(..) = 1', 'instance(1)/root = 2'])
        return sheets, ('survey', row + 1, 'relevant')
    where = survey[0].index('relevant')
    facts = [cells[1] for cells in survey if cells[0] in FACTS]
    survey[row][where] = '${%s} = 1' % (facts[0] if kind == 7 and facts else 'nobody')
    return sheets, ('survey', row + 1, 'relevant')


def main():
    program, seed, count = sys.argv[1].split(), int(sys.argv[2]), int(sys.argv[3])
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(seed, seed + count):
            dice = random.Random(number)
            form = Form(dice)
            sheets = form.sheets()
            for ending in ('.xlsx', '.csv', '.md'):
                path = pathlib.Path(folder) / f'form{number}{ending}'
                write(sheets, path)
                said = subprocess.run(program + [str(path)], capture_output=True, text=True)
                try: theirs = of_pyxform(path)
                except Exception as error: theirs = None; print(f'{path.name}: pyxform refuses it: {error}')
                if theirs is None: failures += 1; continue
                if said.returncode: wrong = [f'refused: {said.stdout}{said.stderr}']
                else: wrong = compare(json.loads(said.stdout), theirs) + untold(sheets, theirs, path, said.stderr)
                for line in wrong: print(f'{path.name}: {line}')
                failures += bool(wrong)
            broken, (sheet, row, column) = spoilt(sheets, dice)
            path = pathlib.Path(folder) / f'broken{number}.xlsx'
            write(broken, path)
            said = subprocess.run(program + [str(path)], capture_output=True, text=True)
            try: places = [(fault['sheet'], fault.get('row'), fault.get('column')) for fault in json.loads(said.stdout)['refused']]
            except (ValueError, KeyError): places = []
            if said.returncode != 65 or (sheet, row, column) not in places:
                failures += 1
                print(f'{path.name}: not refused at {sheet}, row {row}, column {column}: {said.stdout}{said.stderr}')
            damaged = bytearray(path.read_bytes())
            for _ in range(dice.randint(1, 4)): damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            path.write_bytes(damaged)
            said = subprocess.run(program + [str(path)], capture_output=True, text=True)
            if said.returncode not in (0, 65):
                failures += 1
                print(f'{path.name}: altered, it ended with {said.returncode}: {said.stderr}')
    print(json.dumps({'forms': count, 'files': count * 3, 'failures': failures}))
    sys.exit(1 if failures else 0)


if __name__ == "__main__": main()
