"""Engagements from seeds, as engagement files: every kind of price, overlaps, pools, several levels, sites and seams, decisions, constraints, initiatives, gates.
All of it is invented."""
import random
from datetime import date, datetime, timedelta
from numbers_method import FORMULAS, inputs_of
from numbers_outputs import KEYS, QUESTIONS, Edition

LEVELS = ['executive', 'director', 'manager', 'supervisor', 'frontline', 'external']
VARIANTS = {'EXPEDITE': ['shipments', 'ledger'], 'QUALITY': ['scrap', 'rework', 'escapes'], 'LABOUR': ['overtime', 'agency', 'turnover'],
            'PENALTY': ['chargeback', 'serviceCredit', 'lostCustomer'], 'DOWNTIME': ['constraintHours', 'nonConstraint', 'decisionWait', 'energyOutput', 'other']}
UNITS = [['events/yr', 'money/event'], ['h/yr', 'money/h', '1'], ['units/yr', 'money/unit'], ['events/yr', 'h/event', 'money/h'],
         ['events/yr', 'h/event', 'money/h', '1'], ['money/yr', '1']]
# Units and bounds of the inputs of variants, money in cents.
INPUTS = {
    'shipments': ('shipments/yr', 10, 900), 'premiumPrice': ('money/shipment', 90_000, 300_000), 'standardPrice': ('money/shipment', 10_000, 90_000), 'share': ('1', 0, 1),
    'booked': ('money/yr', 10**8, 3 * 10**8), 'baseline': ('money/yr', 10**6, 10**8), 'units': ('units/yr', 10, 9000), 'variableCost': ('money/unit', 3000, 9000),
    'salvage': ('money/unit', 0, 3000), 'hours': ('h/yr', 10, 9000), 'rate': ('money/h', 1000, 9000), 'material': ('money/yr', 0, 10**7), 'events': ('events/yr', 1, 300),
    'costPerEvent': ('money/event', 1000, 3 * 10**6), 'premiumFraction': ('1', 0.3, 1), 'agencyRate': ('money/h', 4000, 9000), 'internalRate': ('money/h', 1000, 4000),
    'leavers': ('leavers/yr', 1, 40), 'costPerReplacement': ('money/leaver', 10**5, 3 * 10**6), 'value': ('money/yr', 10**6, 9 * 10**8), 'rateBasisPoints': ('bp', 0, 900),
    'contribution': ('money/yr', 10**6, 3 * 10**8), 'contributionPerHour': ('money/h', 10**4, 4 * 10**5), 'avoidableCostPerHour': ('money/h', 10**3, 10**5),
    'latencyHours': ('h/event', 5, 90), 'hoursToDamage': ('h/event', 1, 60), 'costPerHour': ('money/h', 10**3, 10**5), 'volume': ('units/yr', 10, 9000), 'marginPerUnit': ('money/unit', 100, 9000),
}
MODES = ['ownershipAmbiguity', 'kpiConflict', 'approvalLatency', 'exceptionByHeroics', 'relationshipDependence', 'dataMismatch']


class Maker:
    def __init__(self, seed):
        self.dice, self.seed = random.Random(f'numbers {seed}'), seed
        self.today = date.today()

    def chance(self, p): return self.dice.random() < p

    def some(self, items, p): return [item for item in items if self.chance(p)]

    def three(self, least, most, whole=True, unlike=None):
        """Three points, not falling; at times with the likely one at an end, at times all alike."""
        kind = self.dice.random()
        values = sorted(self.dice.uniform(least, most) for _ in range(3))
        if kind < 0.08: values = [values[1]] * 3
        elif kind < 0.16: values = [values[0], values[0], values[2]]
        elif kind < 0.24: values = [values[0], values[2], values[2]]
        if self.chance(0.06) and least == 0: values[0] = 0
        if whole: values = [round(value) for value in values]
        return dict(zip(('low', 'likely', 'high'), values))

    def make(self):
        dice = self.dice
        self.sites = [f'ST{n + 1}' for n in range(dice.randint(1, 3))]
        self.units = [f'U{n + 1}' for n in range(dice.randint(1, 4))]
        self.seams = [f'S{n + 1}' for n in range(dice.choice([0, 1, 2, 3, 5, 11]))]
        self.constraints = [f'K{n + 1}' for n in range(dice.randint(0, 4))]
        self.decisions = [f'DR{n + 1}' for n in range(dice.randint(0, 5))]
        self.pools = [f'PL{n + 1}' for n in range(dice.randint(0, 2))]
        count = dice.choice([2, 4, 6, 8, 12, 14])
        self.lines = [f'{dice.choice(["L", "L", "L-B0", "l", "X"])}{n + 1}' for n in range(count)]
        rows = [self.line(handle) for handle in self.lines]
        file = {
            'format': 'seamark-engagement', 'version': 1,
            'engagement': {'handle': 'E', 'title': f'Invented {self.seed}', 'currency': 'USD', 'financials': {
                'revenue': dice.randint(10**9, 10**11), 'plannedOperatingIncome': dice.choice([-1, 0, 1, 1, 1, 1]) * dice.randint(10**8, 10**10), 'fiscalYear': 2026},
                           'inScopeDomains': list(QUESTIONS) if self.chance(0.8) else self.some(list(QUESTIONS), 0.8) or ['D1']},
            'contributors': [{'handle': f'C{n}', 'name': f'Scorer {n} (fictitious)'} for n in range(3)],
            'sites': [{'handle': site, 'name': f'Site {site}'} for site in self.sites],
            'units': [{'handle': unit, 'name': f'Unit {unit}', 'site': dice.choice(self.sites)} for unit in self.units],
        }
        if self.chance(0.8): file['engagement']['budget'] = dice.randint(10**7, 10**9)
        file |= self.interviews()
        file['seams'] = [self.seam(handle) for handle in self.seams]
        file['decisions'] = [self.decision(handle) for handle in self.decisions]
        file['constraints'] = [self.constraint(handle) for handle in self.constraints]
        file['pools'] = [{'handle': pool, 'name': f'Pool {pool}', 'booking': {'code': pool, 'booked': dice.randint(10**6, dice.choice([10**7, 10**8, 6 * 10**8]))} | dice.choice(
            [{}, {'from': '2025-01-01', 'to': '2025-12-31'}, {'from': '2025-03-01', 'to': '2026-02-28'}, {'from': '2025-07-01', 'to': '2025-12-31'}])}
            for pool in self.pools]
        file['lines'], file['overlaps'] = rows, self.overlaps(rows)
        file |= self.programme(rows)
        if self.chance(0.5):
            file['quickChecks'] = [{'handle': f'QC{n}', 'subject': 'Dock', 'date': '2026-03-02', 'boxes': [self.chance(0.4) for _ in range(25)]}
                                   for n in range(dice.randint(1, 3))]
        return file

    # --- Lines

    def line(self, handle):
        dice = self.dice
        category = dice.choice(list(VARIANTS))
        amount = {'grade': dice.choice('ABCD'), 'kind': 'runRate', 'variant': dice.choice(VARIANTS[category])}
        way = dice.random()
        if way < 0.3:
            amount['range'] = self.three(0, dice.choice([10**6, 10**8, 3 * 10**8]))
        elif way < 0.6 and amount['variant'] in FORMULAS:
            amount['inputs'] = [{'name': name, 'unit': INPUTS[name][0], 'range': self.three(*INPUTS[name][1:], whole=INPUTS[name][0].startswith('money'))}
                                for name in inputs_of(amount['variant'])]
            dice.shuffle(amount['inputs'])
        elif way < 0.75:
            # A year of what was observed, less the baseline, is never below nothing.
            months = dice.choice([0.5, 2, 2.99, 3, 9, 12, 24])
            amount |= {'observed': dice.randint(10**6, 10**8), 'monthsObserved': months}
            if self.chance(0.5): amount['baseline'] = dice.randint(0, int(amount['observed'] * 12 / months))
            if self.chance(0.6): amount['share'] = self.three(0, 1, whole=False)
        else:
            amount['factors'] = [{'name': f'factor {n}', 'unit': unit, 'range': self.three(*self.bounds(unit), whole=False)} for n, unit in enumerate(dice.choice(UNITS))]
        if self.chance(0.2) or amount.get('inputs') and amount['variant'] == 'lostCustomer': amount |= {'kind': 'contingent', 'probability': dice.choice([0.2, 0.5, 1, 0.033, round(dice.random(), 3)])}
        if self.chance(0.7): amount['inPlan'] = dice.choice(['yes', 'no', 'unknown'])
        if 'monthsObserved' not in amount and self.chance(0.5): amount['monthsObserved'] = dice.choice([0.5, 2, 2.99, 3, 9, 12])
        row = {'handle': handle, 'title': f'Line {handle}', 'category': category, 'amount': amount, 'status': 'priced'}
        if self.chance(0.8): row['site'] = dice.choice(self.sites)
        if self.chance(0.4): row['unit'] = dice.choice(self.units)
        if self.pools and self.chance(0.4): row['pool'] = dice.choice(self.pools)
        if self.chance(0.65): row['domainPoints'] = self.points(list(QUESTIONS))
        if self.seams and self.chance(0.7): row['seamPoints'] = self.points(self.seams)
        if self.constraints and self.chance(0.3): row['constraint'] = dice.choice(self.constraints)
        if self.chance(0.05): row['isWithdrawn'] = True
        if self.chance(0.05): del row['amount'], row['status']
        return row

    def bounds(self, unit):
        if unit == '1': return 0, 1
        if unit.startswith('money/yr'): return 10**6, 10**8
        if unit.startswith('money'): return 10**3, 10**6
        return (1, 10) if unit == 'h/event' else (5, 300)

    def points(self, keys):
        left, found = 100, {}
        for key in self.dice.sample(keys, min(len(keys), self.dice.randint(1, 5))):
            if left < 1: break
            found[key] = self.dice.randint(1, left)
            left -= found[key]
        return found

    def overlaps(self, rows):
        """Shares that add up to a whole for no line."""
        used, found = dict.fromkeys(self.lines, 0), []
        for n, one in enumerate(self.lines):
            for other in self.lines[n + 1:]:
                room = 10000 - max(used[one], used[other])
                if self.chance(0.2) and room > 0:
                    share = self.dice.choice([0, self.dice.randint(0, room), self.dice.randint(0, room), room])
                    used[one], used[other] = used[one] + share, used[other] + share
                    found.append({'lines': self.dice.sample([one, other], 2), 'judgement': {'share': share, 'reason': 'Counted by hand.'}})
        return found

    # --- People

    def interviews(self):
        dice = self.dice
        people, interviews, answers = [], [], []
        levels = dice.choice([LEVELS, LEVELS, ['executive', 'frontline'], ['manager', 'frontline', 'frontline', 'director']])
        asked = [key for questions in QUESTIONS.values() for key in questions if self.chance(0.9)]
        style = dice.choice([0.4, 0.9])
        for n in range(dice.choice([2, 5, 9, 16, 24])):
            person = f'P{n:02}'
            people.append({'handle': person, 'name': f'Person {n} (fictitious)', 'level': dice.choice(levels),
                           'consent': {'state': 'given' if self.chance(0.97) else 'none', 'method': 'written', 'scope': ['quotes', 'role']}})
        waiting = [row['handle'] for row in people]
        while waiting:
            together = [waiting.pop() for _ in range(min(len(waiting), 1 if self.chance(0.85) else 2))]
            handle = f'IV{len(interviews)}'
            interview = {'handle': handle, 'persons': together, 'startedAt': '2026-03-03T09:00:00Z', 'endedAt': '2026-03-03T10:00:00Z', 'lead': 'C0',
                         'instrument': 'core-9@1'}
            if self.chance(0.9): interview['site'] = dice.choice(self.sites)
            if self.chance(0.5): interview['unit'] = dice.choice(self.units)
            if self.chance(0.3): interview['attribution'] = dice.choice(['roleOk', 'unattributed', 'teamOnly'])
            interviews.append(interview)
            for question in self.some(asked, style):
                for scorer in dice.choice([['C0'], ['C1'], ['C0', 'C1']]):
                    row = {'interview': handle, 'question': question, 'scorer': scorer, 'response': self.response()}
                    if len(together) > 1 or self.chance(0.7): row['person'] = dice.choice(together)
                    answers.append(row)
        reviews = [{'handle': f'SR{n}', 'question': question, 'ruling': {'value': dice.randint(0, 4), 'reason': 'Heard both.'}}
                   for n, question in enumerate(sorted({row['question'] for row in answers if row['response']['outcome'] == 'scored'})) if self.chance(0.04)]
        for review in reviews:
            if self.chance(0.3): review['site'] = dice.choice(self.sites)
        return {'people': people, 'interviews': interviews, 'answers': answers, 'scoreReviews': reviews}

    def response(self):
        outcome = self.dice.choices(['scored', 'dontKnow', 'notApplicable', 'declined'], [80, 8, 8, 4])[0]
        if outcome != 'scored': return {'outcome': outcome}
        return {'outcome': outcome, 'score': self.dice.randint(0, 4), 'grade': self.dice.choice('ABCD'), 'reference': 'an extract (fictitious)'}

    # --- Places where work is lost

    def seam(self, handle):
        dice = self.dice
        row = {'handle': handle, 'name': f'Seam {handle}', 'aiExposed': self.chance(0.5), 'modeScores': []}
        if self.chance(0.6):
            row['velocity'] = self.three(1, 3, whole=False)
        if self.chance(0.5):
            row['volumetrics'] = {'failuresPerWeek': self.three(0, 40, whole=False), 'costPerFailure': self.three(0, 10**6)}
        for mode in self.some(MODES, 0.6):
            for scorer in dice.choice([['C0'], ['C1'], ['C0', 'C1', 'C2']]):
                row['modeScores'].append({'mode': mode, 'scorer': scorer, 'rating': {'score': dice.randint(0, 4), 'grade': dice.choice('ABCD')}})
        return row

    def decision(self, handle):
        dice = self.dice
        decider = dice.choice(['planner', 'plant manager', 'compliance director'])
        row = {'handle': handle, 'name': f'Decision {handle}'}
        if self.chance(0.85): row['decider'] = decider
        if self.chance(0.5): row['cadence'] = {'forum': 'meeting', 'interval': dice.choice([3600, 86400, 604800])}
        if self.chance(0.8):
            row['economics'] = {'timeToDamage': self.three(3600, 10**6), 'eventsPerYear': self.three(0, 200, whole=False), 'costPerHour': self.three(0, 10**5)}
        if self.chance(0.6): row['latency'] = self.three(3600, 10**6)
        if self.chance(0.7):
            # A role has the same minutes whatever it decides.
            row['bandwidth'] = {'arrivalsPerWeek': dice.uniform(0, 40), 'minutesPerDecision': dice.uniform(1, 60), 'minutesPerWeek': 500.0 + 100 * len(decider)}
        samples = []
        for n in range(dice.choice([0, 0, 1, 4, 5, 6, 9])):
            start = datetime(2026, 2, 1 + n, 8)
            end = start + timedelta(seconds=dice.randint(3600, 10**6))
            sample = {'handle': f'{handle}-{n}', 'times': {'detectedAt': f'{start:%FT%TZ}', 'decidedAt': f'{end:%FT%TZ}', 'actedAt': f'{end:%FT%TZ}'}}
            if self.chance(0.4): sample['reopened'] = self.chance(0.5)
            if self.chance(0.8): sample['levels'] = dice.randint(0, 4)
            if self.chance(0.5): sample['isRoutine'] = self.chance(0.6)
            samples.append(sample)
        if samples: row['samples'] = samples
        return row

    def constraint(self, handle):
        dice = self.dice
        row = {'handle': handle, 'resource': f'Resource {handle}', 'site': dice.choice(self.sites),
               'status': dice.choice(['suspected', 'measured', 'measured', 'relieved'])}
        if self.chance(0.9): row['valueStream'] = dice.choice(['north', 'south'])
        if self.chance(0.9):
            capacity = dice.uniform(100, 200)
            row['load'] = {'load': self.three(0.9 * capacity, 1.1 * capacity, whole=False), 'capacity': capacity, 'unit': 'h', 'period': 'week',
                           'grade': dice.choice('ABC')}
            if self.chance(0.2): row['load'] |= {'capacity': 100.0, 'load': {'low': 90.0, 'likely': dice.choice([94.9, 95.0, 120.0]), 'high': 130.0}}
        if self.chance(0.8): row['rate'] = {'contributionPerUnit': self.three(0, 10**6), 'method': 'contribution'}
        if self.chance(0.8): row['lostUnitsPerYear'] = self.three(0, 500, whole=False)
        return row

    # --- Initiatives

    def programme(self, rows):
        dice = self.dice
        handles = [f'N{n + 1}' for n in range(dice.choice([0, 3, 6, 9, 12]))]
        initiatives, reviews = [], []
        for n, handle in enumerate(handles):
            row = {'handle': handle, 'name': f'Initiative {handle}', 'cost': self.three(10**5, dice.choice([10**7, 10**8, 10**9])), 'isAIScale': self.chance(0.25)}
            if self.chance(0.9): row['declaredRank'] = n + 1
            if self.chance(0.9):
                row['schedule'] = {'delayMonths': float(dice.choice([0, 1, 5, 14, 36, 40])),
                                   'stage': dice.choice(['idea', 'planned', 'approved', 'running', 'live', 'stopped'])}
            if self.chance(0.2): row['mandate'] = {'kind': dice.choice(['none', 'safety', 'regulatory', 'endOfLife'])}
            if self.chance(0.3): row['growthCase'] = self.three(0, 10**8)
            if self.constraints and self.chance(0.3): row['relievesConstraint'] = dice.choice(self.constraints)
            if self.chance(0.2) and self.seams + self.constraints: row['addsLoadTo'] = [dice.choice(self.seams + self.constraints)]
            if n and self.chance(0.25): row['prerequisites'] = [dice.choice(handles[:n])]
            if self.seams and self.chance(0.3): row['treatsSeam'] = dice.choice(self.seams)
            if self.decisions and self.chance(0.3): row['treatsDecision'] = dice.choice(self.decisions)
            lines = [line['handle'] for line in rows]
            targets = dice.sample(lines, min(len(lines), dice.randint(1, 4))) if self.chance(0.85) else []
            row['targets'] = [{'line': line, 'reduction': self.three(0, 9000)} for line in targets]
            initiatives.append(row)
            if row['isAIScale'] and self.chance(0.8): reviews.append(self.review(f'GR{n + 1}', handle))
        verdicts = ['keepMandated', 'fundConstraint', 'fund', 'review', 'notFunded', 'pause']
        rulings = [{'handle': f'SD{n}', 'initiative': handle, 'ruling': {'verdict': dice.choice(verdicts), 'reason': 'The board.', 'approver': 'chair'}}
                   for n, handle in enumerate(handles) if self.chance(0.1)]
        return {'initiatives': initiatives, 'gateReviews': reviews, 'sequenceDecisions': rulings}

    def review(self, handle, initiative):
        dice = self.dice
        row = {'handle': handle, 'initiative': initiative, 'date': str(self.today - timedelta(days=dice.choice([1, 20, 60, 89, 90, 91, 200]))),
               'isLive': self.chance(0.3), 'isRegulated': self.chance(0.5)}
        if self.chance(0.3): row['validDays'] = dice.choice([30, 60, 120])
        bad = dice.choice([0, 0, 0, 0.1, 0.3])
        row['results'] = [{'criterion': f'G{n}', 'finding': {'result': dice.choice(['conditional', 'fail', 'notAssessed']) if self.chance(bad) else 'pass'}}
                          for n in range(1, 13) if not self.chance(bad / 3)]
        for result in row['results']:
            if result['criterion'] == 'G2' and self.chance(0.6):
                spread = dice.choice([0.8, 1.0, 1.3])
                result['finding'] |= {'live': [dice.gauss(100, 9 * spread) for _ in range(dice.choice([20, 24, 19]))], 'baseline': [dice.gauss(98, 9) for _ in range(dice.choice([20, 30, 12]))]}
        return row


def engagement(seed): return Maker(seed).make()


# --- Editions

class Editions(Maker):
    """An engagement whose interviews were answered under several editions of an instrument of its own; some of them went on under a later one."""

    def make(self):
        file, dice = super().make(), self.dice
        self.key, self.fresh = f'inv-{self.seed}', 0
        self.documents = [self.first_edition()]
        for _ in range(dice.choice([1, 1, 2])): self.documents.append(self.next_edition())
        latest = len(self.documents)
        # Mostly the latest is asked; an engagement may be given an earlier one too.
        self.asked = latest if self.chance(0.8) else dice.randint(1, latest)
        domains = [domain['code'] for domain in self.document()['domains']]
        if 'inScopeDomains' in file['engagement'] and self.chance(0.7): file['engagement']['inScopeDomains'] = domains
        for line in file['lines']:
            # The points of more lines are left to the matrix and the scores.
            if self.chance(0.5): line.pop('domainPoints', None)
            elif line.get('domainPoints') and self.chance(0.3): line['domainPoints'] = self.points(domains)
        answers = []
        # Who answered, and where, is as it was; what was asked is the edition's.
        for interview in list(file['interviews']):
            number = dice.randint(1, latest)
            interview['instrument'] = f'{self.key}@{number}'
            rows = self.answers(interview, number)
            answers += rows
            while number < latest and self.chance(0.4):
                number, rows = self.go_on(file, interview, number, rows)
                interview = file['interviews'][-1]
                answers += rows
        file['answers'] = answers
        self.rule(file)
        return file

    def document(self): return self.documents[self.asked - 1]

    def first_edition(self):
        domains = [{'code': code, 'key': KEYS[code], 'name': f'Domain {code}', 'description': 'Invented.', 'mayBeNotAssessed': False, 'drives': [], 'evidence': 'counts',
                    'questions': [self.question(key) for key in questions[:self.dice.randint(2, 6)]]} for code, questions in QUESTIONS.items()]
        return self.edition(1, domains)

    def edition(self, number, domains):
        codes = [domain['code'] for domain in domains]
        matrix = {category: {code: self.dice.randint(1, 3) for code in self.some(codes, 0.6)} for category in VARIANTS}
        return {'format': 'seamark-instrument', 'version': 1, 'key': self.key, 'edition': number, 'language': 'en', 'name': f'Invented {self.seed}',
                'matrix': {category: weights for category, weights in matrix.items() if weights}, 'domains': domains}

    def question(self, key):
        return {'id': key, 'text': f'What of {key}?', 'asked': LEVELS, 'weight': self.dice.choice([1, 1, 2, 3, 0.5]), 'anchors': {'0': 'all of it', '4': 'nothing'}}

    def new_key(self):
        self.fresh += 1
        return f'Q{self.fresh}'

    def next_edition(self):
        """Questions that stay, that have other words, other codes or another domain, that are not asked any more, and new ones; with and without saying what they are comparable with."""
        dice, number = self.dice, len(self.documents) + 1
        domains = [dict(domain, questions=[]) for domain in self.documents[-1]['domains']]
        if self.chance(0.4): domains.append(dict(domains[0], code=f'D{len(domains) + 1}', key=f'more{number}', name='One more', questions=[]))
        claimed = set()
        def claim(row, edition, former):
            if (edition, former) in claimed: return
            claimed.add((edition, former))
            row.setdefault('comparable', {})[str(edition)] = former
        before = {edition: [row['id'] for domain in document['domains'] for row in domain['questions']] for edition, document in enumerate(self.documents, 1)}
        for domain, former in zip(domains, self.documents[-1]['domains']):
            for old in former['questions']:
                row, way = {key: value for key, value in old.items() if key != 'comparable'}, dice.random()
                if self.chance(0.2): row['weight'] = dice.choice([1, 2, 5])
                if way < 0.45: pass
                elif way < 0.55: row['text'] = f'And what of {row["id"]}, by edition {number}?'
                elif way < 0.6: row['anchors'] = {'0': 'all of it', '2': f'half of it, by edition {number}', '4': 'nothing'}
                elif way < 0.8:
                    row |= {'text': f'What of {old["id"]}, in the words of edition {number}?'}
                    if self.chance(0.7): row['id'] = self.new_key()
                    claim(row, number - 1, old['id'])
                elif way < 0.88: continue
                elif way < 0.94: claim(row, number - 1, dice.choice(before[number - 1]))
                else: row['id'] = self.new_key()
                if number > 2 and self.chance(0.3): claim(row, 1, dice.choice(before[1]))
                (dice.choice(domains) if self.chance(0.05) else domain)['questions'].append(row)
        for domain in domains:
            if not domain['questions'] or self.chance(0.3): domain['questions'].append(self.question(self.new_key()))
            for row in domain['questions']:
                if 'comparable' in row: row['comparable'] = dict(sorted(row['comparable'].items()))
        return self.edition(number, domains)

    def answers(self, interview, number):
        found, people, style = [], interview['persons'], self.dice.choice([0.4, 0.9])
        for question in self.some([row['id'] for domain in self.documents[number - 1]['domains'] for row in domain['questions']], style):
            for scorer in self.dice.choice([['C0'], ['C1'], ['C0', 'C1']]):
                row = {'interview': interview['handle'], 'question': question, 'scorer': scorer, 'response': self.response()}
                if len(people) > 1 or self.chance(0.7): row['person'] = self.dice.choice(people)
                found.append(row)
        return found

    def go_on(self, file, former, number, rows):
        """The interview goes on under a later edition: some answers are carried over to questions that are comparable, as they are or as they were answered anew."""
        later = self.dice.randint(number + 1, len(self.documents))
        interview = dict(former, handle=f'{former["handle"]}.{later}', instrument=f'{self.key}@{later}', carriedFrom=former['handle'])
        file['interviews'].append(interview)
        before, after = Edition(self.documents[number - 1]), Edition(self.documents[later - 1])
        found = {}
        for row in rows:
            question = after.counts_for(row['question'], before)
            if question is None or self.chance(0.2): continue
            response = row['response'] if self.chance(0.8) else self.response()
            carried = {key: value for key, value in response.items() if key != 'carriedFrom'} | {'carriedFrom': row['question']}
            found[question, row['scorer']] = dict(row, interview=interview['handle'], question=question, response=carried)
        for row in self.answers(interview, later):
            if self.chance(0.3): found.setdefault((row['question'], row['scorer']), row)
        return later, list(found.values())

    def rule(self, file):
        """A ruling is for a question by its code, in the edition that the engagement asks; one on a code that it does not ask is used for none."""
        asked = sorted({row['question'] for row in file['answers']})
        file['scoreReviews'] = [{'handle': f'SR{n}', 'question': question, 'ruling': {'value': self.dice.randint(0, 4), 'reason': 'Heard both.'}}
                                for n, question in enumerate(asked) if self.chance(0.06)]
        for review in file['scoreReviews']:
            if self.chance(0.3): review['site'] = self.dice.choice(self.sites)


def editions(seed):
    """An engagement file, the documents of the editions, the earliest first, and the number of the one that the engagement asks."""
    maker = Editions(seed)
    file = maker.make()
    return file, maker.documents, maker.asked
