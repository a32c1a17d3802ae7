"""The figure of the method oiar-1, calculated a second time from its description alone: streams, PERT quantiles, sampling, overlaps, ceilings, attribution.

Written for clearness, with other means than the program has: quantiles are marched through the density by Gauss's rule and anchored by the continued fraction.
"""
import functools, math

ITERATIONS, SEED, RHO = 10_000, 20260317, 0.25
WEIGHT_ON_LIKELY = {'A': 6, 'B': 4, 'C': 3, 'D': 2}
MASK = (1 << 64) - 1
MATRIX = {
    'EXPEDITE': {'D2': 3, 'D3': 3, 'D1': 1, 'D6': 1, 'D8': 1},
    'QUALITY': {'D5': 3, 'D6': 3, 'D2': 1, 'D4': 1, 'D7': 1, 'D9': 1},
    'LABOUR': {'D4': 3, 'D1': 2, 'D5': 1, 'D6': 1, 'D8': 1},
    'PENALTY': {'D2': 3, 'D3': 2, 'D9': 2, 'D1': 1},
    'DOWNTIME': {'D8': 3, 'D3': 2, 'D6': 2, 'D4': 1, 'D7': 1},
}


# --- Streams

def fnv1a(text):
    state = 0xcbf29ce484222325
    for byte in text.encode():
        state = ((state ^ byte) * 0x100000001b3) & MASK
    return state


def splitmix(state):
    while True:
        state = (state + 0x9e3779b97f4a7c15) & MASK
        x = ((state ^ (state >> 30)) * 0xbf58476d1ce4e5b9) & MASK
        x = ((x ^ (x >> 27)) * 0x94d049bb133111eb) & MASK
        yield x ^ (x >> 31)


def acklam(p):
    a = (-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00)
    b = (-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01)
    c = (-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00)
    d = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00)
    if p < 0.02425 or p > 1 - 0.02425:
        q = math.sqrt(-2 * math.log(p if p < 0.5 else 1 - p))
        z = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) / ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1)
        return z if p < 0.5 else -z
    q = p - 0.5
    r = q * q
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q / (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1)


@functools.cache
def normals(key):
    numbers = splitmix(fnv1a(f'oiar-1|{SEED}|{key}'))
    return [acklam(((next(numbers) >> 11) + 0.5) * 2.0**-53) for _ in range(ITERATIONS)]


# --- PERT

def beta_cdf(a, b, x):
    """The regularised incomplete beta function, by Lentz's continued fraction."""
    if x <= 0 or x >= 1: return float(x >= 1)
    if x > (a + 1) / (a + b + 2): return 1 - beta_cdf(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 500):
        up = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / (1 + up * d), 1 + up / c
        value *= d * c
        down = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / (1 + down * d), 1 + down / c
        value *= d * c
        if abs(d * c - 1) < 3e-16: break
    return front * value


def density(a, b):
    scale = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
    return lambda x: scale * x**(a - 1) * (1 - x)**(b - 1)


def beta_quantile(a, b, p, guess=None):
    if p > 0.5: return 1 - beta_quantile(b, a, 1 - p, None if guess is None else 1 - guess)
    if p <= 0: return 0.0
    if a == 1: return -math.expm1(math.log1p(-p) / b)
    if b == 1: return p**(1 / a)
    low, high, x, f = 0.0, 1.0, a / (a + b) if guess is None else guess, density(a, b)
    for _ in range(200):
        off = beta_cdf(a, b, x) - p
        if off > 0: high = x
        else: low = x
        slope = f(x)
        step = x - off / slope if slope > 0 else -1
        new = step if low < step < high else (low + high) / 2
        if abs(new - x) <= 4e-16 * x: return new
        x = new
    return x


NODES = ((0.046910077030668, 0.118463442528095), (0.230765344947158, 0.239314335249683), (0.5, 0.284444444444444),
         (0.769234655052842, 0.239314335249683), (0.953089922969332, 0.118463442528095))


@functools.cache
def quantiles(a, b, first, step, count):
    """The quantiles of a beta distribution at `first`, `first + step`, …: anchored at every fiftieth place and near the ends, marched in between."""
    f, found, x = density(a, b), [], None
    closed = a == 1 or b == 1
    for j in range(count):
        p = first + j * step
        if closed or j % 50 == 0 or p < 40 * step or 1 - p < 40 * step:
            x = beta_quantile(a, b, min(p, 1), x)
        else:
            new = x + step / f(x + step / 2 / f(x))
            wide = new - x
            x = new - (wide * (5 * f(x + 0.1127016653792583 * wide) + 8 * f(x + 0.5 * wide) + 5 * f(x + 0.8872983346207417 * wide)) / 18 - step) / f(new)
        found.append(x)
    return found


class Pert:
    """Three points and the weight on the likely one."""

    def __init__(self, points, k=4):
        self.low, self.likely, self.high, self.k = *points, k
        self.mean = (self.low + k * self.likely + self.high) / (k + 2)
        if self.high > self.low:
            wide = self.high - self.low
            self.a, self.b = 1 + k * (self.likely - self.low) / wide, 1 + k * (self.high - self.likely) / wide

    def quantiles(self, first, step, count):
        if self.high == self.low: return [self.low] * count
        return [self.low + (self.high - self.low) * x for x in quantiles(self.a, self.b, first, step, count)]

    def midpoints(self): return self.quantiles(0.5 / ITERATIONS, 1 / ITERATIONS, ITERATIONS)


def percentile(ordered, p):
    """Hyndman and Fan's type 7."""
    place = (len(ordered) - 1) * p
    low = min(int(place), len(ordered) - 2)
    return ordered[low] + (place - low) * (ordered[low + 1] - ordered[low])


def mean(values): return math.fsum(values) / len(values)


def spread(values):
    ordered = sorted(values)
    return {'mean': mean(values)} | {f'p{p}': percentile(ordered, p / 100) for p in (10, 25, 50, 75, 90)}


# --- Variants

# A sum of products. ('less', a, b) is a less b; ('beyond', a, b) the same, and never below nothing; a rate stands in basis points.
FORMULAS = {
    'shipments': [['shipments', ('less', 'premiumPrice', 'standardPrice'), 'share']],
    'ledger': [[('less', 'booked', 'baseline'), 'share']],
    'scrap': [['units', ('less', 'variableCost', 'salvage')]],
    'rework': [['hours', 'rate'], ['material']],
    'escapes': [['events', 'costPerEvent']],
    'overtime': [['hours', 'rate', 'premiumFraction']],
    'agency': [['hours', ('less', 'agencyRate', 'internalRate')]],
    'turnover': [['leavers', 'costPerReplacement']],
    'chargeback': [['value', 'rateBasisPoints']],
    'serviceCredit': [['events', 'costPerEvent']],
    'lostCustomer': [['contribution']],
    'constraintHours': [['hours', 'contributionPerHour']],
    'nonConstraint': [['hours', 'avoidableCostPerHour']],
    'decisionWait': [['events', ('beyond', 'latencyHours', 'hoursToDamage'), 'costPerHour']],
    'energyOutput': [['volume', 'marginPerUnit']],
}


def inputs_of(variant): return [name for product in FORMULAS[variant] for part in product for name in (part[1:] if isinstance(part, tuple) else [part])]


def priced(variant, value, subtracted=None):
    """What a year comes to, if `value` gives each input, and `subtracted` those that are taken off another."""
    subtracted = subtracted or value
    def one(part):
        if part == 'rateBasisPoints': return value(part) / 10_000
        if not isinstance(part, tuple): return value(part)
        off = value(part[1]) - subtracted(part[2])
        return max(0.0, off) if part[0] == 'beyond' else off
    return math.fsum(math.prod(one(part) for part in product) for product in FORMULAS[variant])


def mean_excess(one, other):
    """The mean of max(0, one - other) of two distributions: the integral of how likely it is that `other` is below and `one` above."""
    if one.low >= other.high: return one.mean - other.mean
    if one.high <= other.low: return 0.0
    def below(pert, t):
        if pert.high == pert.low: return float(t >= pert.low)
        return beta_cdf(pert.a, pert.b, min(max((t - pert.low) / (pert.high - pert.low), 0), 1))
    edges = sorted({min(max(edge, other.low), one.high) for pert in (one, other) for edge in (pert.low, pert.likely, pert.high)})
    whole = 0.0
    for low, high in zip(edges, edges[1:]):
        wide = (high - low) / 60
        for i in range(60): whole += wide * math.fsum(w * below(other, t) * (1 - below(one, t)) for t, w in ((low + wide * (i + u), w) for u, w in NODES))
    return whole


# --- Lines

def points(value, unit=1.0): return [value['low'] / unit, value['likely'] / unit, value['high'] / unit]


class Line:
    def __init__(self, row):
        self.id, self.row, amount = row['handle'], row, row['amount']
        months = amount.get('monthsObserved')
        self.grade = 'C' if months is not None and months < 3 and amount['grade'] in 'AB' else amount['grade']
        k = WEIGHT_ON_LIKELY[self.grade]
        self.variant, self.names = None, []
        if amount.get('inputs'):
            self.variant, self.names = amount['variant'], inputs_of(amount['variant'])
            given = {each['name']: Pert(points(each['range'], 100 if each['unit'].startswith('money') else 1), k) for each in amount['inputs']}
            self.parts = [given[name] for name in self.names]
        elif amount.get('observed') is not None and not amount.get('range') and not amount.get('factors'):
            # (observed x 12 / months - baseline) x share
            beyond = amount['observed'] / 100 * 12 / months - amount.get('baseline', 0) / 100
            self.parts = [Pert([beyond * share for share in (points(amount['share']) if amount.get('share') else [1, 1, 1])], k)]
        elif amount.get('range'):
            self.parts = [Pert(points(amount['range'], 100), k)]
        else:
            self.parts = [Pert(points(factor['range'], 100 if factor['unit'].startswith('money') else 1), k) for factor in amount['factors']]
        self.p = amount['probability'] if amount.get('kind') == 'contingent' else None
        at = lambda which: (lambda name: getattr(self.parts[self.names.index(name)], which))
        if self.variant:
            # What is taken off is at its most where the price is at its least.
            self.low, self.likely, self.high = priced(self.variant, at('low'), at('high')), priced(self.variant, at('likely')), priced(self.variant, at('high'), at('low'))
            self.mean = self.expected()
        else:
            self.likely = math.prod(part.likely for part in self.parts)
            self.low, self.high = math.prod(part.low for part in self.parts), math.prod(part.high for part in self.parts)
            self.mean = math.prod(part.mean for part in self.parts)
        self.mean *= 1 if self.p is None else self.p

    def expected(self):
        """The inputs are independent, so means multiply; of what is never below nothing it is an integral."""
        of = lambda name: self.parts[self.names.index(name)]
        def one(part):
            if part == 'rateBasisPoints': return of(part).mean / 10_000
            if not isinstance(part, tuple): return of(part).mean
            return mean_excess(of(part[1]), of(part[2])) if part[0] == 'beyond' else of(part[1]).mean - of(part[2]).mean
        return math.fsum(math.prod(one(part) for part in product) for product in FORMULAS[self.variant])

    @functools.cached_property
    def ordered(self):
        """The N values of the line, rising."""
        if len(self.parts) == 1:
            if self.p is None: return self.parts[0].midpoints()
            take = self.parts[0].quantiles
        else:
            drawn = zip(*(arrange(part.midpoints(), normals(f'line:{self.id}/f{n}')) for n, part in enumerate(self.parts)))
            price = (lambda values: priced(self.variant, dict(zip(self.names, values)).__getitem__)) if self.variant else math.prod
            products = sorted(price(values) for values in drawn)
            if self.p is None: return products
            take = lambda first, step, count: [percentile(products, min(first + j * step, 1)) for j in range(count)]
        # Nothing while (j + 0.5) / N is below 1 - p; above it the magnitude's own quantiles.
        none = [j for j in range(ITERATIONS) if (j + 0.5) / ITERATIONS < 1 - self.p]
        count = ITERATIONS - len(none)
        return [0.0] * len(none) + (take(((len(none) + 0.5) / ITERATIONS - (1 - self.p)) / self.p, 1 / (ITERATIONS * self.p), count) if count else [])

    def drawn(self, rho):
        common, own = normals('common'), normals(f'line:{self.id}')
        if rho == 0: return arrange(self.ordered, own)
        if rho == 1: return arrange(self.ordered, common)
        x, y = math.sqrt(rho), math.sqrt(1 - rho)
        return arrange(self.ordered, [x * z + y * e for z, e in zip(common, own)])


def arrange(ordered, scores):
    """Each iteration takes the value at the rank of its score."""
    taken = [0.0] * len(scores)
    for rank, place in enumerate(sorted(range(len(scores)), key=scores.__getitem__)):
        taken[place] = ordered[rank]
    return taken


# --- Overlaps and ceilings

class Guard:
    """What is not counted twice."""

    def __init__(self, lines, overlaps, ceilings):
        order = sorted(range(len(lines)), key=lambda i: (lines[i].grade, lines[i].id))
        place = {lines[i].id: i for i in order}
        share = {}
        for row in overlaps:
            first, second = row['lines']
            if first in place and second in place:
                share[frozenset((place[first], place[second]))] = row['judgement']['share'] / 10000
        self.steps = [(j, [(i, share[frozenset((i, j))]) for i in order[:n] if share.get(frozenset((i, j)))]) for n, j in enumerate(order)]
        self.pools = []
        for pool, ceiling in ceilings.items():
            members = [n for n, line in enumerate(lines) if line.row.get('pool') == pool]
            if members: self.pools.append((members, ceiling))

    def apply(self, amounts):
        """Net after overlaps, and net after ceilings, of one iteration."""
        net = list(amounts)
        for j, earlier in self.steps:
            if earlier:
                x = amounts[j]
                net[j] = x - min(x, sum(share * min(net[i], x) for i, share in earlier))
        before = list(net)
        for members, ceiling in self.pools:
            total = sum(net[n] for n in members)
            if total > ceiling:
                for n in members: net[n] *= ceiling / total
        return before, net


class Figure:
    """All that is drawn, at one rho."""

    def __init__(self, lines, guard, rho):
        drawn = [line.drawn(rho) for line in lines]
        self.gross, self.overlapped, self.net = drawn, [], []
        for amounts in zip(*drawn):
            before, net = guard.apply(amounts)
            self.overlapped.append(before)
            self.net.append(net)
        self.total = [math.fsum(net) for net in self.net]
        self.columns = list(zip(*self.net)) if lines else []
        self.before = list(zip(*self.overlapped)) if lines else []
        self.means = [mean(column) for column in self.columns]

    def weighted(self, shares):
        """Per iteration, the sum of the lines' net amounts times a share each."""
        taken = [(n, share) for n, share in enumerate(shares) if share]
        return [math.fsum(net[n] * share for n, share in taken) for net in self.net]

    def variance_shares(self):
        middle = mean(self.total)
        off = [total - middle for total in self.total]
        whole = math.fsum(x * x for x in off)
        return [math.fsum((x - m) * d for x, d in zip(column, off)) / whole if whole else 0.0 for column, m in zip(self.columns, self.means)]


def stability(columns, keys, ranked):
    """How often each of those that are ranked is first, and among the first three. Nothing is first with nothing."""
    eligible = [n for n, key in enumerate(keys) if key in ranked]
    first, three = dict.fromkeys(keys, 0), dict.fromkeys(keys, 0)
    for amounts in zip(*columns):
        there = [n for n in eligible if amounts[n] > 0]
        for n in there:
            larger = sum(amounts[n] < amounts[other] * (1 - 1e-12) for other in there)
            if larger < 3: three[keys[n]] += 1
            if larger == 0: first[keys[n]] += 1
    count = len(columns[0]) if columns else 1
    return {key: (first[key] / count, three[key] / count) for key in keys}

