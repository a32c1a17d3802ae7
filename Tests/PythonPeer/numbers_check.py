"""Holds every figure of a report against a second calculation, which was written from the method's description alone.

  numbers_check.py PROGRAMS SEED COUNT EDITIONS [FILE…]

Makes COUNT engagements from SEED, the interviews of the first EDITIONS of them answered under several editions of an instrument, has the programs in the folder PROGRAMS take in each of them and each FILE (an engagement file), on a laptop of a server of its own
that listens on 127.0.0.1, and compares what `seamark report --json` says with what is calculated here: figures to TOLERANCE of themselves (or of the whole, for
what is a difference), and everything else exactly. Standard library only. Exit status 1 on any difference; the last line is JSON.
"""
import json, math, os, pathlib, shutil, subprocess, sys, tempfile
from datetime import date, timedelta
import numbers_method as method
import numbers_outputs as outputs
from numbers_engagements import editions, engagement
from numbers_method import spread

TOLERANCE = 1e-9
PASSPHRASE = b'seven quiet furnaces hum\n'


# --- What must be

def annualised(booking):
    """A pool's booked amount × 12 / months, of a period of whole months; without a period what is booked is a year's."""
    if not (booking.get('from') and booking.get('to')): return booking['booked'] / 100
    start, end = date.fromisoformat(booking['from']), date.fromisoformat(booking['to']) + timedelta(days=1)
    assert start.day == end.day, 'a period of whole months'
    return booking['booked'] / 100 * 12 / (12 * (end.year - start.year) + end.month - start.month)


class Expected:
    def __init__(self, file, today, *editions):
        self.file, self.today = file, today
        rows = [row for row in file.get('lines', []) if row.get('amount') and not row.get('isWithdrawn')]
        self.lines = sorted((method.Line(row) for row in rows), key=lambda line: line.id)
        ceilings = {row['handle']: annualised(row['booking']) for row in file.get('pools', [])}
        self.guard = method.Guard(self.lines, file.get('overlaps', []), ceilings)
        self.figure = method.Figure(self.lines, self.guard, method.RHO)
        self.answers = outputs.Answers(file, *editions)
        self.scores = self.answers.domains()

    def amounts(self, chosen):
        return spread([math.fsum(net[n] for n in chosen) for net in self.figure.net])

    def grades(self, chosen):
        whole = math.fsum(self.figure.means[n] for n in chosen)
        found = {grade: self.amounts([n for n in chosen if self.lines[n].grade == grade]) for grade in 'ABCD'}
        return [{'grade': grade, 'share': value['mean'] / whole if whole else 0.0} | value for grade, value in found.items()]

    def report(self):
        figure, lines, everything = self.figure, self.lines, range(len(self.lines))
        total, corner = spread(figure.total), lambda name: math.fsum(self.guard.apply([self.corner(line, name) for line in lines])[1])
        said = self.file['engagement'].get('financials') or {}
        plan, revenue = said.get('plannedOperatingIncome', 0) / 100, said.get('revenue', 0) / 100
        base = ('plannedOperatingIncome', plan) if plan > 0 else ('revenue', revenue)
        ordered = sorted(figure.total)
        plan_part = lambda word: self.amounts([n for n in everything if (lines[n].row['amount'].get('inPlan') or 'unknown') == word])
        parts = {'alreadyInPlan': plan_part('yes'), 'notInPlan': plan_part('no'), 'unknown': plan_part('unknown')}
        report = {
            'headline': total | {
                'rho': method.RHO, 'rho0': spread(method.Figure(lines, self.guard, 0).total), 'rho1': spread(method.Figure(lines, self.guard, 1).total),
                'allLow': corner('low'), 'allLikely': corner('likely'), 'allHigh': corner('high'),
                'relative': {'of': base[0]} | {key: value / base[1] for key, value in total.items()}},
            'inPlan': {key: value['mean'] for key, value in parts.items()} | {'ranges': parts},
            'evidence': self.grades(everything), 'waterfall': self.waterfall(),
            'exceedance': lambda rows: [{'probability': row['probability'], 'amount': method.percentile(ordered, 1 - row['probability'])} for row in rows],
            'engagement': {'interviews': len(self.answers.interviews), 'answers': sum(row['outcome'] == 'scored' for row in self.answers.rows)},
            'leftOut': self.answers.told,
            'lines': self.line_rows(), 'categories': self.parted('category'), 'sites': self.parted('site'),
        }
        report |= self.attributed()
        return report | self.governance(report)

    @staticmethod
    def corner(line, name):
        """What a line is at its least, as is likely, and at its most: what may not come at all is nothing at its least."""
        if line.p is None: return getattr(line, name)
        return {'low': 0.0 if line.p < 1 else line.low, 'likely': line.p * line.likely, 'high': line.high if line.p > 0 else 0.0}[name]

    def waterfall(self):
        gross = [math.fsum(each) for each in zip(*self.figure.gross)]
        overlapped = [math.fsum(each) for each in self.figure.overlapped]
        less = lambda more, rest: spread([a - b for a, b in zip(more, rest)])
        steps = {'gross': spread(gross), 'overlap': less(gross, overlapped), 'ceiling': less(overlapped, self.figure.total), 'net': spread(self.figure.total)}
        return {key: step['mean'] for key, step in steps.items()} | {'ranges': steps}

    def line_rows(self):
        found = {}
        for n, (line, share) in enumerate(zip(self.lines, self.figure.variance_shares())):
            gross, before, net = spread(self.figure.gross[n]), method.mean(self.figure.before[n]), spread(self.figure.columns[n])
            found[line.id] = {'key': line.id, 'grade': line.grade, 'probability': line.p, 'exactMean': line.mean, 'gross': gross, 'net': net,
                              'overlap': gross['mean'] - before, 'ceiling': before - net['mean'], 'varianceShare': share}
        return found

    def parted(self, key):
        names = {row['handle']: row['name'] for row in self.file.get('sites', [])}
        found = {}
        for n, line in enumerate(self.lines): found.setdefault(line.row.get(key), []).append(n)
        rows = {value: {key: names.get(value, value), 'evidence': self.grades(chosen)} | self.amounts(chosen) for value, chosen in found.items()}
        if key == 'site':
            columns = [[math.fsum(net[n] for n in chosen) for net in self.figure.net] for chosen in found.values()]
            stable = method.stability(columns, list(found), [value for value in found if value is not None])
            for value, row in rows.items(): row['firstShare'], row['firstThreeShare'] = stable[value] if value is not None else (None, None)
        return {names.get(value, value): row for value, row in rows.items()}

    def attributed(self):
        given = []
        for line in self.lines:
            said = line.row.get('domainPoints')
            given.append({key: value / 100 for key, value in said.items()} if said else outputs.default_points(line, self.answers.for_line(line), self.answers.edition.matrix))
        listed = [domain for domain in self.answers.edition.questions if domain in self.answers.scope or any(domain in points for points in given)]
        domains = {domain: self.figure.weighted([points.get(domain, 0) for points in given]) for domain in listed}
        ranked = [domain for domain in domains if self.scores[domain] and self.scores[domain]['confidence'] >= 0.5 - outputs.HAIR]
        seams = [row['handle'] for row in self.file.get('seams', [])]
        at = [{key: value / 100 for key, value in (line.row.get('seamPoints') or {}).items()} for line in self.lines]
        self.seam_draws = {seam: self.figure.weighted([points.get(seam, 0) for points in at]) for seam in sorted(seams)}
        report = {'domains': self.ranking(domains, ranked), 'unallocated': spread(self.figure.weighted([1 - math.fsum(points.values()) for points in given])),
                  'seams': self.ranking(self.seam_draws, list(self.seam_draws)),
                  'notAtASeam': spread(self.figure.weighted([1 - math.fsum(points.values()) for points in at]))}
        report['method'] = {'unallocatedShare': report['unallocated']['mean'] / method.mean(self.figure.total), 'assumptions': self.answers.assumed}
        front = lambda rows: sorted((key for key, row in rows.items() if row['firstShare'] >= 0.2), key=lambda key: (-rows[key]['mean'], key))
        report['frontRunners'] = {'domains': front(report['domains']), 'seams': front(report['seams'])}
        for domain, row in report['domains'].items():
            score = self.scores[domain]
            row |= {'inScope': domain in self.answers.scope, 'severity': score and score['severity'], 'confidence': score and score['confidence'],
                    'confidenceLevel': score and score['level'], 'coverage': score['coverage'] if score else self.unscored,
                    'perceptionGap': score and score['gap'],
                    'reviewedQuestions': score['reviewed'] if score else []}
        return report

    @staticmethod
    def unscored(said):
        """The coverage of a domain that nobody scored is nothing or none: the report says the one where a line names it, and else the other."""
        return said if said == 0 else None

    def ranking(self, draws, ranked):
        means = {key: method.mean(column) for key, column in draws.items()}
        order = sorted(ranked, key=lambda key: (-means[key], key))
        stable = method.stability([draws[key] for key in draws], list(draws), ranked)
        return {key: spread(draws[key]) | {'key': key, 'rank': order.index(key) + 1 if key in ranked else None,
                                   'firstShare': stable[key][0], 'firstThreeShare': stable[key][1], 'inputs': {'ranges': {'total': spread(draws[key])}}}
                for key in draws}

    # --- The four outputs

    def governance(self, report):
        file = self.file
        seams = {row['handle']: row for row in file.get('seams', [])}
        severities = {key: outputs.severity(row) for key, row in seams.items()}
        found = {'seamMap': {}, 'stress': self.stress(seams, severities)}
        for key, row in report['seams'].items():
            row |= {'severity': severities[key], 'modes': outputs.seam_modes(seams[key])}
            row['velocity'] = outputs.named(method.points(seams[key]['velocity'])) if seams[key].get('velocity') else None
            row['riskIndex'] = row['mean'] * severities[key] / 4
            row['ranges'] = {'riskIndex': spread([amount * severities[key] / 4 for amount in self.seam_draws[key]])}
            cost = outputs.failure_cost(seams[key])
            ranges = {'index': row['ranges']['riskIndex'], 'exposure': spread(self.seam_draws[key]),
                      'stressAdded': (found['stress'] or {'ranges': {'bySeam': {}}})['ranges']['bySeam'].get(key)}
            found['seamMap'][key] = {'ranges': ranges, 'seam': key, 'index': row['riskIndex'], 'exposure': row['mean'], 'severity': severities[key], 'failureCost': cost,
                                     'costDiffers': bool(cost and abs(cost['mean'] - row['mean']) > 0.3 * row['mean'] + outputs.HAIR * max(1, cost['mean'], row['mean'])),
                                     'stressAdded': (found['stress'] or {'bySeam': {}})['bySeam'].get(key)}
        by_index = lambda key: (-found['seamMap'][key]['index'], -found['seamMap'][key]['exposure'], key)
        for rank, key in enumerate(sorted(found['seamMap'], key=by_index)): found['seamMap'][key]['rank'] = rank + 1
        constraints = file.get('constraints', [])
        governs = outputs.governing(constraints)
        decisions = [outputs.decision(row) for row in file.get('decisions', [])]
        gates = {key: {'initiative': key, 'verdict': 'hold', 'review': None, 'expired': None, 'validDays': None} for key in
                 (row['handle'] for row in file.get('initiatives', []) if row.get('isAIScale'))}
        for review in sorted(file.get('gateReviews', []), key=lambda row: row['date']):
            verdict, expired = outputs.gate(review, self.today)
            gates[review['initiative']] = {'initiative': review['initiative'], 'verdict': verdict, 'review': review['handle'], 'expired': expired, 'validDays': review.get('validDays') or 90}
        sequence = outputs.Sequence(file, self.lines, self.figure, severities, {key for key, _ in governs.values() if key}, {row['key']: math.inf if row['standing'] == 'behind' else 0.0 for row in decisions},
                                    {key: row['verdict'] for key, row in gates.items()})
        rows = sequence.found
        funded = [row['key'] for row in rows if row['verdict'] in outputs.FUNDED]
        programme = [key for key, row in sequence.rows.items() if (row.get('schedule') or {}).get('stage') in (None, 'planned', 'approved', 'running', 'live')]
        # A ruling stands where there is one.
        stands = {row['key']: row['verdict'] for row in rows} | {row['initiative']: row['ruling']['verdict'] for row in file.get('sequenceDecisions', [])}
        ruled = any(stands[row['key']] != row['verdict'] for row in rows)
        by_verdict = lambda verdict_of: {verdict: sequence.costs([row['key'] for row in rows if verdict_of(row) == verdict]) for verdict in
                                         ('keepMandated', 'fundConstraint', 'fund', 'review', 'notFunded', 'pause')}
        money, ruled_money = by_verdict(lambda row: row['verdict']), by_verdict(lambda row: stands[row['key']]) if ruled else None
        means = lambda costs: costs and {verdict: cost['mean'] for verdict, cost in costs.items()}
        asked, spent = sequence.costs([row['key'] for row in rows]), sequence.costs(funded)
        whole = file['engagement'].get('budget')
        left = None if whole is None else {'mean': whole / 100 - spent['mean'], 'low': whole / 100 - spent['high'], 'high': whole / 100 - spent['low']}
        found['constraint'] = {
            'streams': {str(stream): {'valueStream': stream, 'governing': key, 'because': why} for stream, (key, why) in governs.items()},
            'resources': {row['handle']: self.resource(row) for row in constraints},
            'alignmentBefore': sequence.alignment(programme), 'alignmentAfter': sequence.alignment(funded),
            'alignmentOfFreeChoice': sequence.alignment([key for key in funded if not sequence.mandated(key)]),
            'funding': {'before': sequence.funding(programme), 'after': sequence.funding(funded)}}
        found['decisions'], found['bandwidth'] = {row['key']: row for row in decisions}, outputs.bandwidth(file.get('decisions', []))
        found['gates'] = gates
        found['sequence'] = {'budgetLeft': sequence.budget, 'rows': rows, 'stopped': sequence.stopped, 'asked': asked['mean'], 'money': means(money), 'ruledMoney': means(ruled_money),
                             'ranges': {'budgetLeft': left, 'asked': asked, 'money': money, 'ruledMoney': ruled_money},
                             'residual': sequence.residual, 'ruledResidual': sequence.ruled_residual()}
        if file.get('quickChecks'): found['cycle'] = {'interviewFirst': self.first()}
        return found

    @staticmethod
    def resource(row):
        hour, k = outputs.lost_hour(row), method.WEIGHT_ON_LIKELY[(row.get('load') or {}).get('grade', 'D')]
        lost = method.points(row['lostUnitsPerYear']) if row.get('lostUnitsPerYear') else None
        load = row.get('load')
        captured = {'load': outputs.named(method.points(load['load'])), 'capacity': load['capacity'], 'unit': load['unit'], 'period': load['period']} if load else {'load': None, 'capacity': None}
        return captured | {'key': row['handle'], 'status': row.get('status'), 'isMarket': bool(row.get('isMarket')), 'utilisation': outputs.named(outputs.utilisation(row)) if row.get('load') else None,
                'lostHour': outputs.named(hour) if row.get('load') else None, 'yearlyCost': outputs.product(lost, hour, k=k) if lost and hour else None}

    def stress(self, seams, severities):
        """A velocity is drawn on a stream of its own, as a range that somebody told (grade D)."""
        added = {}
        for key, row in seams.items():
            if row.get('aiExposed') and row.get('velocity'):
                pert, weight = method.Pert(method.points(row['velocity']), method.WEIGHT_ON_LIKELY['D']), severities[key] / 4
                speeds = method.arrange(pert.midpoints(), method.normals(f'seam:{key}/velocity'))
                added[key] = [amount * (speed - 1) * weight for amount, speed in zip(self.seam_draws[key], speeds)]
        if not added: return None
        said = spread([math.fsum(each) for each in zip(self.figure.total, *added.values())])
        return said | {'addedMean': said['mean'] - method.mean(self.figure.total), 'seams': sorted(added),
                       'bySeam': {key: method.mean(each) for key, each in added.items()},
                       'ranges': {'addedMean': spread([math.fsum(each) for each in zip(*added.values())]), 'bySeam': {key: spread(each) for key, each in added.items()}}}

    def first(self):
        ticks = dict.fromkeys(outputs.QUESTIONS, 0)
        for row in self.file['quickChecks']:
            for section, domains in enumerate((('D1', 'D3'), ('D2',), ('D3', 'D8'), ('D4', 'D1'), ('D6', 'D5'))):
                for domain in domains: ticks[domain] += sum(row['boxes'][5 * section:5 * section + 5])
        return [domain for domain in sorted(ticks, key=lambda domain: (-ticks[domain], domain)) if ticks[domain] and domain in self.answers.scope]


# --- Comparing

NAMES = ('key', 'seam', 'role', 'initiative', 'category', 'site', 'valueStream')


class Comparison:
    def __init__(self, whole, integrals=()):
        self.whole, self.differences, self.figures, self.furthest = whole, [], 0, 0.0
        self.integrals = {f'/lines/{line}/exactMean' for line in integrals}

    def __call__(self, mine, theirs, path=''):
        if callable(mine): mine = mine(theirs)
        if isinstance(mine, dict) and isinstance(theirs, list):
            keyed = {}
            for row in theirs: keyed[str(next((row[name] for name in NAMES if name in row), None))] = row
            mine = {str(key): value for key, value in mine.items()}
            if set(mine) != set(keyed): return self.say(path, sorted(mine), sorted(keyed))
            for key, value in mine.items(): self(value, keyed[key], f'{path}/{key}')
        elif isinstance(mine, dict) and isinstance(theirs, dict):
            for key, value in mine.items():
                if key in theirs: self(value, theirs[key], f'{path}/{key}')
                else: self.say(f'{path}/{key}', value, 'nothing')
            if path.endswith(('/modes', '/bySeam')) and set(mine) != set(theirs): self.say(path, sorted(mine), sorted(theirs))
        elif isinstance(mine, list) and isinstance(theirs, list):
            if len(mine) != len(theirs): return self.say(path, mine, theirs)
            for n, (one, other) in enumerate(zip(mine, theirs)): self(one, other, f'{path}/{n}')
        elif isinstance(mine, (int, float)) and isinstance(theirs, (int, float)) and not isinstance(mine, bool):
            self.figures += 1
            off = abs(mine - theirs)
            scale = max(abs(mine), abs(theirs), self.whole if path.endswith(('overlap', 'ceiling', 'addedMean', 'budgetLeft')) or '/budgetLeft/' in path else 1)
            self.furthest = max(self.furthest, off / scale)
            if not off <= self.allowed(path) * scale: self.say(path, mine, theirs)
        elif mine != theirs: self.say(path, mine, theirs)

    def allowed(self, path):
        # An integral where latency and damage cross, of which the method says only what it is.
        return 1e-6 if path.endswith('/excess/mean') or path in self.integrals else TOLERANCE

    def say(self, path, mine, theirs): self.differences.append(f'{path}: calculated {json.dumps(mine)[:200]}, reported {json.dumps(theirs)[:200]}')


# --- The programs

class Bench:
    """A server and one laptop in a folder of their own."""

    def __init__(self, programs, names):
        self.programs, self.folder = pathlib.Path(programs), pathlib.Path(tempfile.mkdtemp(prefix='seamark-numbers-'))
        runtime = self.folder / 'run'
        runtime.mkdir(mode=0o700)
        self.environment = dict(os.environ, SEAMARK_HOME=str(self.folder / 'laptop'), XDG_RUNTIME_DIR=str(runtime), NO_COLOR='1')
        self.server = None
        self.verb('init', '--name', '127.0.0.1:7440')
        self.verb('tenant', 'add', 'numbers', '--name', 'Numbers')
        self.verb('member', 'add', 'ann', '--role', 'lead')
        for name in names:
            self.verb('engagement', 'add', name, '--currency', 'USD')
            self.verb('engagement', 'staff', name, 'ann')
        log = open(self.folder / 'server.log', 'w')
        command = [self.programs / 'seamark-server', 'run', '--listen', '127.0.0.1:0', '--data', self.folder / 'data']
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        port = self.server.stdout.readline().rstrip().rstrip('.').rpartition(':')[2]
        invitation = self.verb('invite', 'ann', '--name', f'127.0.0.1:{port}')
        self('enrol', '--name', 'Laptop', given=invitation)
        self('sync')

    def verb(self, *words):
        done = subprocess.run([self.programs / 'seamark-server', *words, '--data', self.folder / 'data'], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode: raise SystemExit(f'seamark-server {words[0]} ended with {done.returncode}: {done.stderr}')
        return done.stdout

    def __call__(self, *words, given=''):
        read, write = os.pipe()
        os.write(write, PASSPHRASE)
        os.close(write)
        command = [self.programs / 'seamark', *words, '--passphrase-fd', str(read)]
        done = subprocess.run(command, capture_output=True, text=True, input=given, env=self.environment, pass_fds=[read])
        os.close(read)
        if done.returncode: raise SystemExit(f'seamark {words[0]} ended with {done.returncode}: {done.stderr}{done.stdout}')
        return done.stdout

    def publish(self, name, documents, asked):
        for document in documents:
            path = self.folder / f'{document["key"]}-{document["edition"]}.json'
            path.write_text(json.dumps(document))
            self.verb('instrument', 'publish', str(path))
        self.verb('instrument', 'use', name, f'{documents[asked - 1]["key"]}@{asked}')
        self('sync')

    def report(self, file, name):
        path = self.folder / f'{name}.json'
        path.write_text(json.dumps(file))
        self('import', str(path), '--engagement', name)
        return json.loads(self('report', '--json', '--engagement', name))

    def close(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
        subprocess.run([self.programs / 'seamark', 'lock'], capture_output=True, env=self.environment)
        shutil.rmtree(self.folder, ignore_errors=True)


def main(programs, seed, count, several, *paths):
    files, asked, seed = {}, {}, int(seed)
    for number in range(seed, seed + int(several)): files[f'e{number}'], *asked[f'e{number}'] = editions(number)
    files |= {f's{number}': engagement(number) for number in range(seed + int(several), seed + int(count))}
    files |= {pathlib.Path(path).stem.lower(): json.loads(pathlib.Path(path).read_text()) for path in paths}
    bench, figures, furthest, failed = None, 0, 0.0, 0
    try:
        bench = Bench(programs, files)
        for name, file in files.items():
            documents, number = asked.get(name, ([], 0))
            if documents: bench.publish(name, documents, number)
            report = bench.report(file, name)
            known = [outputs.Edition(document) for document in documents]
            expected = Expected(file, date.fromisoformat(report['asOf']), *([known[number - 1], known] if known else []))
            compare = Comparison(max(1.0, report['waterfall']['gross']), [line.id for line in expected.lines if line.variant == 'decisionWait'])
            compare(expected.report(), report)
            method.quantiles.cache_clear()
            figures, furthest = figures + compare.figures, max(furthest, compare.furthest)
            if compare.differences:
                failed += 1
                print(f'{name}: {len(compare.differences)} differences', *compare.differences[:int(os.environ.get('NUMBERS_SHOWN', 12))], sep='\n  ', flush=True)
    finally:
        if bench: bench.close()
    print(json.dumps({'engagements': len(files), 'figures': figures, 'furthest': furthest, 'failures': failed}))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
