"""Scores, seams, constraints, decisions, gates and the sequence of investments, calculated a second time from the method's description alone."""
import math, re, statistics
from fractions import Fraction
from datetime import date, datetime
from numbers_method import MATRIX, Pert, arrange, mean, mean_excess, normals, percentile, points, spread

QUESTIONS = {f'D{n + 1}': [f'{prefix}{i}' for i in range(1, 7)] for n, prefix in enumerate(['LB', 'XA', 'DR', 'HF', 'TR', 'KT', 'AI', 'CS', 'RX'])}
KEYS = dict(zip(QUESTIONS, ['leadership_bandwidth', 'cross_functional_alignment', 'decision_ownership', 'hiring_friction', 'training_roi', 'knowledge_transfer', 'ai_readiness',
                            'capital_sequencing', 'risk_exposure']))
WEIGHT = {'A': 1.0, 'B': 0.8, 'C': 0.5, 'D': 0.3}
LEAST_CELL, HORIZON, HURDLE = 5, 36, 1.0
# What meets a bound on paper meets it, and what is equal on paper is.
HAIR = 1e-12
FLOOR, TOP = ('frontline', 'supervisor'), ('executive', 'director')


def greatest(figures, keys):
    """The keys whose figure is the greatest, or lies below it by a hair."""
    most = max(figures[key] for key in keys)
    return [key for key in keys if figures[key] == most or math.isfinite(most) and most - figures[key] <= HAIR * abs(most)]


# --- Instruments

class Edition:
    """The questions of each domain with their weights, the matrix, and which questions of earlier editions are comparable."""

    def __init__(self, document):
        self.key, self.number, self.matrix = document['key'], document['edition'], document['matrix']
        self.questions = {domain['code']: {row['id']: row.get('weight', 1) for row in domain['questions']} for domain in document['domains']}
        asked = [row for domain in document['domains'] for row in domain['questions']]
        self.words = {row['id']: (row.get('text'), row.get('anchors')) for row in asked}
        self.claims = {}
        for row in asked:
            for edition, former in row.get('comparable', {}).items(): self.claims.setdefault(int(edition), {})[former] = row['id']

    @property
    def name(self): return f'{self.key}@{self.number}'

    def counts_for(self, question, edition):
        """The question that an answer to `question` of `edition` counts for, or None: what is said to be comparable goes before the same code in the same
        words, and a question that says what it is comparable with is comparable with nothing else of that edition."""
        if edition.key != self.key or edition.number > self.number: return None
        if edition.number == self.number: return question if question in self.words else None
        claims = self.claims.get(edition.number, {})
        if question in claims: return claims[question]
        return question if question in self.words and self.words[question] == edition.words[question] and question not in claims.values() else None


CORE_9 = Edition({'key': 'core-9', 'edition': 1, 'matrix': MATRIX,
                  'domains': [{'code': code, 'questions': [{'id': question} for question in questions]} for code, questions in QUESTIONS.items()]})


def conversations(interviews):
    """Interviews that go on with one another, by handle, each conversation a list."""
    of = {key: [key] for key in interviews}
    for key, row in interviews.items():
        former = row.get('carriedFrom')
        if former is None or of[former] is of[key]: continue
        of[former] += of[key]
        for each in of[key]: of[each] = of[former]
    return list({id(each): each for each in of.values()}.values())


# --- Scores

class Answers:
    """What was answered, with who and where. Words of people who did not consent are left out. A conversation counts once: by the interview under the edition that
    the engagement asks, else by the latest; and what was answered under an earlier edition counts for the question that is comparable."""

    def __init__(self, file, edition=CORE_9, editions=(CORE_9,)):
        people = {row['handle']: row for row in file.get('people', [])}
        interviews = {row['handle']: row for row in file.get('interviews', [])}
        self.edition, editions = edition, {each.name: each for each in editions}
        self.sites = sites = {row['handle']: row.get('site') for row in file.get('units', [])}
        self.scope = file['engagement'].get('inScopeDomains') or list(edition.questions)
        asked = {key: editions[row.get('instrument') or CORE_9.name] for key, row in interviews.items()}
        # Not those of an edition after the one that is asked, which are scored by none.
        former = lambda key: asked[key].number if asked[key].number <= edition.number else 0
        stands = {max(each, key=former) for each in conversations(interviews)}
        went_on = {(interviews[row['interview']].get('carriedFrom'), row['response'].get('carriedFrom'), row['scorer']) for row in file.get('answers', [])}
        self.rows, self.left_out, self.comparable = [], [], 0
        for row in file.get('answers', []):
            key, interview = row['interview'], interviews[row['interview']]
            person = row.get('person') or interview['persons'][0]
            question = edition.counts_for(row['question'], asked[key]) if key in stands else None
            if question is None or people[person].get('consent', {}).get('state') != 'given':
                # What was carried over stands where it was carried to.
                if key in stands or (key, row['question'], row['scorer']) not in went_on: self.left_out.append((key, row['question']))
                continue
            self.comparable += asked[key] is not edition
            self.rows.append({**row['response'], 'question': question, 'interview': key, 'person': person, 'level': people[person]['level'],
                              'site': interview.get('site') or sites.get(interview.get('unit')), 'unit': interview.get('unit')})
        self.interviews = {row['interview'] for row in self.rows}
        # Whatever was asked after the edition that is read: it is in no figure.
        self.later = {key for key in interviews if asked[key].number > edition.number}
        self.rulings = file.get('scoreReviews', [])

    def told(self, rows):
        """A report's rows of what was left out, if they name the answers that are in no figure, and else what they must name. What was asked after the edition that is
        read is aside."""
        here = lambda each: sorted(pair for pair in each if pair[0] not in self.later)
        mine, theirs = here(self.left_out), here(tuple(row['record'].rsplit('/', 1)) for row in rows if row['type'] == 'answer')
        return rows if mine == theirs else {'not named': sorted(set(mine) - set(theirs)), 'named': sorted(set(theirs) - set(mine))}

    def assumed(self, rows):
        """A report's assumptions, if they say how many answers to earlier editions count, and else the number."""
        said = [int(found[1]) for found in (re.match('([0-9]+) answers? w(?:as|ere) given to an earlier edition', row) for row in rows) if found]
        return rows if said == [self.comparable][:self.comparable] else self.comparable

    def domains(self, key=None, place=None):
        """The scores of each domain, everywhere or at one site or unit; None where nothing was scored. A ruling holds for what it was made for."""
        rows = [row for row in self.rows if key is None or row[key] == place]
        rulings = {}
        for ruling in self.rulings:
            where = {name: ruling.get(name) for name in ('site', 'unit') if ruling.get(name)}
            if where == ({key: place} if key else {}): rulings[ruling['question']] = ruling['ruling']['value']
        return {domain: domain_score([row for row in rows if row['question'] in questions], questions, rulings) if domain in self.scope else None
                for domain, questions in self.edition.questions.items()}

    def for_line(self, line):
        """Of each domain the scores at a line's own unit, else at its own site, where nobody can be told from what is shown; else the engagement's."""
        unit = line.row.get('unit')
        scores = self.domains()
        for key, place in (('site', line.row.get('site') or self.sites.get(unit)), ('unit', unit)):
            if not place: continue
            here = self.domains(key, place)
            scores |= {domain: here[domain] for domain in here if here[domain] is not None and place in self.shown(domain)}
        return scores

    def shown(self, domain):
        """Sites and units that have a reading of their own: threshold and remainder among the sites, and among the units of each site that is shown."""
        rows = [row for row in self.rows if row['question'] in self.edition.questions[domain] and row['outcome'] == 'scored']
        shown = set()
        for site in unhidden(rows, 'site'):
            shown.add(site)
            shown |= set(unhidden([row for row in rows if row['site'] == site], 'unit'))
        homes = {}
        for row in rows: homes.setdefault(row['unit'], set()).add(row['site'])
        return {place for place in shown if place is not None and len(homes.get(place, ())) <= 1}


def unhidden(rows, key):
    """The parts with people enough, once what is hidden has enough together as well: the smallest of them are hidden too until it has.

    Of equally many people: first those of no place, then by handle as people count."""
    parts = {}
    for row in rows: parts.setdefault(row[key], set()).add(row['person'])
    rising, hidden = sorted(parts, key=lambda part: (len(parts[part]), part is not None, counted(part or ''))), set()
    while rising and (len(parts[rising[0]]) < LEAST_CELL or hidden and len(hidden) < LEAST_CELL): hidden |= parts[rising.pop(0)]
    return rising


def counted(handle):
    """Sorts handles as people count: S2 before S10."""
    runs = re.findall('[0-9]+|[^0-9]', handle)
    return [(48, len(run.lstrip('0')), run.lstrip('0')) if run[0] in '0123456789' else (ord(run), 0, '') for run in runs], handle


def weighted(pairs):
    return float(sum(Fraction(str(w)) * Fraction(x) for w, x in pairs) / sum(Fraction(str(w)) for w, _ in pairs))


def domain_score(rows, questions, rulings):
    scored = [row for row in rows if row['outcome'] == 'scored']
    rulings = {question: value for question, value in rulings.items() if question in questions}
    if not scored and not rulings: return None
    by_question, by_person = {}, {}
    for row in scored:
        pair = (WEIGHT[row['grade']], row['score'])
        by_question.setdefault(row['question'], []).append(pair)
        by_person.setdefault(row['person'], []).append(pair)
    # A question that does not apply leaves the coverage, unless somebody answered it, or should have known.
    outcomes = {question: {row['outcome'] for row in rows if row['question'] == question} for question in questions}
    applicable = [question for question in questions
                  if question in rulings or 'notApplicable' not in outcomes[question] or outcomes[question] & {'scored', 'dontKnow'}]
    # A lead's ruling is used where it is there, whoever answered or nobody.
    scores = {question: weighted(pairs) for question, pairs in by_question.items()} | rulings
    score = math.fsum(questions[question] * value for question, value in scores.items()) / math.fsum(questions[question] for question in scores)
    if not scored:
        return {'severity': score / 4, 'confidence': 0.0, 'coverage': len(scores) / len(applicable), 'gap': None, 'level': 'low', 'reviewed': sorted(rulings)}
    people = {person: (math.fsum(w for w, _ in pairs), weighted(pairs)) for person, pairs in by_person.items()}
    middle = weighted(list(people.values()))
    deviation = math.sqrt(weighted([(w, (x - middle)**2) for w, x in people.values()]))
    levels = {row['person']: row['level'] for row in scored}
    coverage = len(scores) / len(applicable)
    triangulation = min(1, len(set(levels.values())) / 3)
    quality = mean([WEIGHT[row['grade']] for row in scored])
    confidence = (coverage * triangulation * quality * (1 - min(1, deviation / 2)))**0.25
    cells = {name: [person for person in people if levels[person] in group] for name, group in
             (('floor', FLOOR), ('top', TOP), ('middle', ('manager', 'external')))}
    gap = None
    if min(len(cells['floor']), len(cells['top'])) >= LEAST_CELL and (not cells['middle'] or len(cells['middle']) >= LEAST_CELL):
        gap = mean([people[person][1] for person in cells['floor']]) - mean([people[person][1] for person in cells['top']])
    return {'severity': score / 4, 'confidence': confidence, 'coverage': coverage, 'gap': gap,
            'level': 'high' if confidence >= 0.75 - HAIR else 'medium' if confidence >= 0.5 - HAIR else 'low',
            'reviewed': sorted(rulings)}


def default_points(line, scores, matrix):
    """Where the line's author said nothing: the instrument's matrix times severity and confidence, as shares of one."""
    raw = {domain: weight * scores[domain]['severity'] * scores[domain]['confidence'] for domain, weight in matrix.get(line.row['category'], {}).items() if scores[domain]}
    whole = math.fsum(raw.values())
    return {domain: weight / whole for domain, weight in raw.items() if weight} if whole else {}


# --- Seams

def seam_modes(seam):
    rows = {}
    for row in seam.get('modeScores', []): rows.setdefault(row['mode'], []).append((WEIGHT[row['rating']['grade']], row['rating']['score']))
    return {mode: weighted(pairs) for mode, pairs in rows.items()}


def severity(seam):
    """Of a seam whose modes nobody scored 0."""
    hard = ('ownershipAmbiguity', 'kpiConflict', 'approvalLatency')
    modes = seam_modes(seam)
    return max((value * (1 if mode in hard else 0.5) for mode, value in modes.items()), default=0.0)


def product(*ranges, k=4):
    """Mean and ends of a product of independent ranges, without a grade unless `k` follows from one."""
    return {'mean': math.prod(Pert(each, k).mean for each in ranges), 'low': math.prod(each[0] for each in ranges), 'high': math.prod(each[2] for each in ranges)}


def failure_cost(seam):
    v = seam.get('volumetrics') or {}
    if not (v.get('failuresPerWeek') and v.get('costPerFailure')): return None
    return product(points(v['failuresPerWeek']), points(v['costPerFailure'], 100), [52] * 3)


# --- Constraints

def utilisation(row): return [row['load']['load'][name] / row['load']['capacity'] for name in ('low', 'likely', 'high')]


def lost_hour(row): return points(row['rate']['contributionPerUnit'], 100) if row.get('rate') else None


def governing(constraints):
    """By value stream the resource, or none where the market is the constraint, and why."""
    streams = {}
    for row in constraints: streams.setdefault(row.get('valueStream'), []).append(row)
    found = {}
    for stream, rows in streams.items():
        full = [row for row in rows if row.get('load') and utilisation(row)[1] >= 0.95 - HAIR]
        found[stream] = (None, 'relieved' if full else 'noneFull')
        for status in ('suspected', 'measured'):
            able = [row for row in full if row.get('status') == status]
            if not able: continue
            rows_of = {row['handle']: row for row in able}
            fullest = greatest({key: utilisation(row)[1] for key, row in rows_of.items()}, rows_of)
            first = rows_of[min(greatest({key: (lost_hour(rows_of[key]) or [0, 0])[1] for key in fullest}, fullest))]
            found[stream] = (None, 'market') if first.get('isMarket') else (first['handle'], 'governs')
    return found


# --- Decisions

def time_of(text): return datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()


def decision(row):
    samples = row.get('samples', [])
    taken = sorted(time_of(each['times']['actedAt']) - time_of(each['times']['detectedAt']) for each in samples)
    latency = [percentile(taken, p) for p in (0.25, 0.5, 0.9)] if len(taken) >= 5 else points(row['latency']) if row.get('latency') else None
    economics, interval = row.get('economics') or {}, (row.get('cadence') or {}).get('interval')
    damage = points(economics['timeToDamage']) if economics.get('timeToDamage') else None
    ratio = None
    if latency and damage: ratio = latency[1] / damage[1] if damage[1] else math.inf if latency[1] else 0.0
    excess = None
    if latency and damage and economics.get('eventsPerYear') and economics.get('costPerHour'):
        events, cost = points(economics['eventsPerYear']), points(economics['costPerHour'], 100)
        excess = {'mean': Pert(events).mean * Pert(cost).mean * mean_excess(Pert(latency), Pert(damage)) / 3600,
                  'low': events[0] * cost[0] * max(0, latency[0] - damage[2]) / 3600, 'high': events[2] * cost[2] * max(0, latency[2] - damage[0]) / 3600}
    routine = [each for each in samples if each.get('isRoutine') is not False and each.get('levels') is not None]
    return {
        'key': row['handle'], 'latency': named(latency), 'isMeasured': len(taken) >= 5, 'samples': len(taken), 'timeToDamage': named(damage), 'ratio': None if ratio == math.inf else ratio,
        'standing': None if ratio is None else 'inside' if ratio <= 0.5 else 'marginal' if ratio <= 1 else 'behind',
        'forum': (row.get('cadence') or {}).get('forum'), 'forumInterval': interval, 'proposedInterval': (row.get('proposedCadence') or {}).get('interval'),
        'forumMeanWait': None if interval is None else interval / 2, 'forumWorstWait': interval,
        'cannotBeDecidedInForum': None if interval is None or damage is None else interval / 2 > damage[1], 'excess': excess,
        'reopenRate': mean([float(bool(each.get('reopened'))) for each in samples]) if samples else None,
        'escalatedShare': mean([float(each['levels'] >= 2) for each in routine]) if routine else None,
    }


def named(values): return None if values is None else dict(zip(('low', 'likely', 'high'), values))


def bandwidth(rows):
    roles = {}
    for row in rows:
        if row.get('decider') and row.get('bandwidth'): roles.setdefault(row['decider'], []).append(row)
    found = []
    for role, each in roles.items():
        load = math.fsum(row['bandwidth']['arrivalsPerWeek'] * row['bandwidth']['minutesPerDecision'] for row in each) / min(row['bandwidth']['minutesPerWeek'] for row in each)
        found.append({'role': role, 'load': load, 'light': 'red' if load >= 1 else 'amber' if load > 0.85 else 'green', 'decisions': [row['handle'] for row in each]})
    return {row['role']: row for row in found}


# --- Gates

MUSTS = ('G1', 'G2', 'G4', 'G5', 'G9')


def variance(live, baseline):
    """At least twenty periods of each; the standard deviation live at most 1.10 times that of the baseline."""
    if len(live) < 20 or len(baseline) < 20: return 'notAssessed'
    return 'pass' if statistics.stdev(live) <= 1.10 * statistics.stdev(baseline) else 'fail'


def gate(review, today):
    stop = 'rollBack' if review.get('isLive') else 'hold'
    if (today - date.fromisoformat(review['date'])).days > (review.get('validDays') or 90): return stop, True
    results = {row['criterion']: row['finding']['result'] for row in review.get('results', [])}
    for row in review.get('results', []):
        live, baseline = row['finding'].get('live') or [], row['finding'].get('baseline') or []
        # What was measured stands, whatever was ticked.
        if row['criterion'] == 'G2' and (live or baseline): results['G2'] = variance(live, baseline)
    musts = MUSTS + (('G11',) if review.get('isRegulated') else ())
    all_results = [(name, results.get(name, 'notAssessed')) for name in (f'G{n}' for n in range(1, 13))]
    if any(name in musts and result in ('fail', 'notAssessed') for name, result in all_results): return stop, False
    return ('pass' if all(result == 'pass' for _, result in all_results) else 'limited'), False


# --- The sequence

class Sequence:
    """Which initiatives are paused, funded, reviewed and not funded, in which order, and what each protects."""

    def __init__(self, file, lines, figure, severities, governs, ratios, gates):
        self.file, self.net, self.place = file, figure.net, {line.id: n for n, line in enumerate(lines)}
        # What was stopped is not in the sequence.
        rows = {row['handle']: row for row in file.get('initiatives', [])}
        self.stopped = sorted((key for key, row in rows.items() if (row.get('schedule') or {}).get('stage') == 'stopped'), key=lambda key: (len(key), key))
        self.rows = {key: row for key, row in rows.items() if key not in self.stopped}
        self.severities, self.governs, self.ratios, self.gates = severities, governs, ratios, gates
        self.targets = {key: {target['line']: Pert(points(target['reduction'], 10000)) for target in row.get('targets', []) if target['line'] in self.place}
                          for key, row in self.rows.items()}
        self.reduction = {key: {line: pert.mean for line, pert in targets.items()} for key, targets in self.targets.items()}
        self.cost = {key: Pert(points(row['cost'], 100)).mean if row.get('cost') else 0.0 for key, row in self.rows.items()}
        self.left = dict.fromkeys(self.place, 1.0)
        self.means = dict(zip(self.place, figure.means))
        # Money is spent in whole sixths of a cent, which the mean of a cost of whole cents is a number of: what fits exactly fits.
        self.asked = {key: sum(w * row['cost'][name] for name, w in (('low', 1), ('likely', 4), ('high', 1))) if row.get('cost') else 0 for key, row in self.rows.items()}
        budget = file['engagement'].get('budget')
        self.found, self.sixths = [], None if budget is None else 6 * budget
        self.run()
        self.budget = None if self.sixths is None else self.sixths / 600
        self.draw()

    def paused(self, key, seen=()):
        row = self.rows[key]
        loads = any(self.severities.get(each, 0) >= 3 or each in self.governs for each in row.get('addsLoadTo', []))
        bare = not self.reduction[key] and not self.mandated(key) and not row.get('growthCase')
        ahead = any(self.paused(each, (*seen, key)) for each in row.get('prerequisites', []) if each in self.rows and each not in (*seen, key))
        return bool(row.get('isAIScale') and self.gates.get(key) != 'pass') or loads or bare or ahead

    def mandated(self, key): return (self.rows[key].get('mandate') or {}).get('kind', 'none') != 'none'

    def tier(self, key):
        row = self.rows[key]
        if self.mandated(key): return 0
        if row.get('isAIScale'): return 5
        if row.get('relievesConstraint') in self.governs: return 1
        if self.severities.get(row.get('treatsSeam'), 0) >= 3 or (self.ratios.get(row.get('treatsDecision')) or 0) > 1: return 2
        return 3 if self.reduction[key] else 4

    def months(self, key): return max(0, HORIZON - (self.rows[key].get('schedule') or {}).get('delayMonths', 0))

    def shares(self, key):
        """Of each line, what the initiative takes off in a year, of what the ones before it left."""
        return {line: self.left[line] * r for line, r in self.reduction[key].items()}

    def note(self, key, tier, verdict):
        row, shares = self.rows[key], self.shares(key)
        yearly = math.fsum(self.means[line] * share for line, share in shares.items())
        declared = row.get('declaredRank')
        self.found.append({
            'key': key, 'rank': len(self.found) + 1, 'declaredRank': declared, 'moved': None if declared is None else declared - len(self.found) - 1, 'tier': tier,
            'verdict': verdict, 'cost': self.cost[key], 'ranges': {'cost': self.costs([key]) if row.get('cost') else None},
            'targets': [{'line': line, 'reduction': named([pert.low, pert.likely, pert.high])} for line, pert in sorted(self.targets[key].items())],
            'protectedByMeans': yearly * self.months(key) / 12,
            'ratio': yearly * self.months(key) / 12 / self.cost[key] if self.cost[key] else None, 'paybackMonths': 12 * self.cost[key] / yearly if yearly else None})

    def run(self):
        paused = [key for key in self.rows if self.paused(key)]
        open_ = [key for key in self.rows if key not in paused]
        worth = lambda key: math.fsum(self.means[line] * share for line, share in self.shares(key).items()) * self.months(key) / 12
        for tier in range(6):
            here = [key for key in open_ if self.tier(key) == tier]
            while here:
                ratios = {key: worth(key) / self.cost[key] if self.cost[key] else math.inf for key in here}
                tied = greatest(ratios, here)
                key = min(greatest({key: -self.cost[key] for key in tied}, tied))
                here.remove(key)
                if tier and ratios[key] < HURDLE - HAIR * max(1, HURDLE): verdict = 'review'
                elif self.sixths is not None and self.asked[key] > self.sixths: verdict = 'notFunded'
                else: verdict = 'keepMandated' if tier == 0 else 'fundConstraint' if tier == 1 else 'fund'
                self.note(key, tier, verdict)
                if verdict in FUNDED: self.fund(key)
        for key in sorted(paused, key=lambda key: (self.rows[key].get('declaredRank') or math.inf, key)): self.note(key, None, 'pause')

    def fund(self, key):
        if self.sixths is not None: self.sixths -= self.asked[key]
        for line, r in self.reduction[key].items(): self.left[line] *= 1 - r

    def drawn(self, key, line):
        """The share that an initiative takes off a line, by iteration, on a stream of its own."""
        pert = self.targets[key][line]
        return arrange(pert.midpoints(), normals(f'initiative:{key}/{line}')) if pert.high > pert.low else [pert.low] * len(self.net)

    def draw(self):
        """What each protects, and what the funded leave, as ranges."""
        columns = [list(column) for column in zip(*self.net)]
        for row in self.found:
            key, gained = row['key'], [0.0] * len(self.net)
            for line in self.targets[key]:
                column = columns[self.place[line]]
                taken = [amount * share for amount, share in zip(column, self.drawn(key, line))]
                gained = [sum_ + part for sum_, part in zip(gained, taken)]
                if row['verdict'] in FUNDED: columns[self.place[line]] = [amount - part for amount, part in zip(column, taken)]
            row['protected'] = spread([amount * self.months(key) / 12 for amount in gained])
        self.residual = spread([math.fsum(each) for each in zip(*columns)])

    def ruled_residual(self):
        rulings = {row['initiative']: row['ruling']['verdict'] for row in self.file.get('sequenceDecisions', [])}
        funded = [row['key'] for row in self.found if rulings.get(row['key'], row['verdict']) in FUNDED]
        if funded == [row['key'] for row in self.found if row['verdict'] in FUNDED]: return None
        columns = [list(column) for column in zip(*self.net)]
        for key in funded:
            for line in self.targets[key]:
                columns[self.place[line]] = [amount * (1 - share) for amount, share in zip(columns[self.place[line]], self.drawn(key, line))]
        return spread([math.fsum(each) for each in zip(*columns)])

    def costs(self, keys):
        """Of several together: the means added up, the lows, and the highs."""
        given = [points(self.rows[key]['cost'], 100) for key in keys if self.rows[key].get('cost')]
        return {'mean': math.fsum(Pert(each).mean for each in given), 'low': math.fsum(each[0] for each in given), 'high': math.fsum(each[2] for each in given)}

    def relieves(self, key): return self.rows[key].get('relievesConstraint') in self.governs

    def alignment(self, keys):
        whole, to = self.costs(keys), self.costs([key for key in keys if self.relieves(key)])
        return {'toConstraint': to['mean'], 'all': whole['mean'], 'share': to['mean'] / whole['mean'] if whole['mean'] else None, 'ranges': {'toConstraint': to, 'all': whole}}

    def funding(self, keys):
        """The dearest first: which relieve the governing constraint, and which do not."""
        dearest = sorted(keys, key=lambda key: (-self.cost[key], key))
        return {'constraint': [key for key in dearest if self.relieves(key)], 'around': [key for key in dearest if not self.relieves(key)]}


FUNDED = ('keepMandated', 'fundConstraint', 'fund')
