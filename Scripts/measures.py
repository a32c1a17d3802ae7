"""What measurements are judged by, without measuring anything: a histogram of times, whether something grows, and whether a figure fell behind.

For Scripts/soak and Scripts/benchmark. Tests/Measures/measures_tests.py holds it to its laws. Standard library only.
"""
import bisect, json, math, pathlib, sys


class Histogram:
    """Counts whole numbers (microseconds, say) so that any percentile is known to one part in 128, in a few kilobytes however many there are.

    Below 256 each number has a place of its own; above, each doubling is cut into 128 equal parts (log-linear, as HdrHistogram does).
    """

    PARTS = 128

    def __init__(self):
        self.counts, self.count, self.least, self.most = {}, 0, None, 0

    @classmethod
    def place(cls, value):
        shift = max(0, value.bit_length() - cls.PARTS.bit_length())
        return shift * cls.PARTS + (value >> shift)

    @classmethod
    def highest(cls, place):
        """The highest value that has this place."""
        shift = max(0, place // cls.PARTS - 1)
        return ((place - shift * cls.PARTS + 1) << shift) - 1

    def record(self, value, times=1):
        if value < 0:
            raise ValueError(f"{value} is below nothing")
        place = self.place(value)
        self.counts[place] = self.counts.get(place, 0) + times
        self.count += times
        self.least = value if self.least is None else min(self.least, value)
        self.most = max(self.most, value)

    def add(self, other):
        """All that the other counted, as if it had been recorded here."""
        for place, times in other.counts.items():
            self.counts[place] = self.counts.get(place, 0) + times
        self.count += other.count
        if other.count:
            self.least = other.least if self.least is None else min(self.least, other.least)
            self.most = max(self.most, other.most)

    def percentile(self, share):
        """At least this share (0 to 1) of what was recorded is no higher. None while nothing was."""
        if not self.count:
            return None
        wanted, seen = max(1, math.ceil(share * self.count)), 0
        for place in sorted(self.counts):
            seen += self.counts[place]
            if seen >= wanted:
                return min(self.highest(place), self.most)


def slope(points):
    """By how much the second rises for each one of the first: the median over all pairs (Theil and Sen), so that a few outliers do not bend it.

    None where no two points lie apart.
    """
    if len(points) > 200:
        points = [points[number * len(points) // 200] for number in range(200)]
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for number, a in enumerate(points) for b in points[number + 1:] if a[0] != b[0])
    if not slopes:
        return None
    middle = len(slopes) // 2
    return slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2


def thirds(points):
    """The points by when they came: three spans of the same length. The first is for warming up."""
    if not points:
        return [], [], []
    begin, end = points[0][0], points[-1][0]
    bounds = [begin + (end - begin) * part / 3 for part in (1, 2)]
    parts = ([], [], [])
    for point in points:
        parts[bisect.bisect_right(bounds, point[0])].append(point)
    return parts


def grows(points, share):
    """By how much the second rises over the last two thirds, and whether that is more than so much of its median. None where there is too little."""
    warm = thirds(points)[1] + thirds(points)[2]
    rise = slope(warm)
    if rise is None:
        return None
    values = sorted(value for _, value in warm)
    growth = rise * (warm[-1][0] - warm[0][0])
    return growth, growth > share * values[len(values) // 2]


def floor_rises(points, by):
    """The least of the middle third and of the last, and whether that rose by more than `by`. What is open for a moment does not count; what is never
    closed does. None where there is too little."""
    _, middle, last = thirds(points)
    if not middle or not last:
        return None
    before, after = min(value for _, value in middle), min(value for _, value in last)
    return before, after, after > before + by


def drifts(before, after, share, most, beyond=4):
    """A percentile of two histograms, and whether the later is more than `most` times the earlier.

    None with fewer than 100 recorded in one, or with fewer than `beyond` above the percentile: the longest of a hundred says nothing twice.
    """
    if min(before.count, after.count) < max(100, round(beyond / (1 - share))):
        return None
    first, then = before.percentile(share), after.percentile(share)
    return first, then, then > most * first


def figures(lines):
    """What Scripts/benchmark printed, by case and figure; lines that are no JSON are its tables."""
    cases = {}
    for line in lines:
        if line.startswith("{"):
            said = json.loads(line)
            cases[said["case"]] = said["figures"]
    return cases


# A ratio beside a floor in the same run, and what is counted, say the same on another machine; a time does not.
COMPARED = ("ratio", "count")


def behind(recorded, measured, by=0.1):
    """A line for each recorded figure that is worse by more than `by` of itself now; less is better in all that is recorded.

    One whose case was run and that was not measured is told too: a figure that is gone would hold for ever.
    """
    lines = []
    for case, wanted in recorded.items():
        if case not in measured:
            continue
        for name, value in wanted.items():
            now = measured[case].get(name)
            if now is None:
                lines.append(f"{case}: {name} was not measured; {value:g} is recorded")
            elif now["value"] > value * (1 + by) + 1e-9:
                lines.append(f"{case}: {name} is {now['value']:g}; {value:g} is recorded")
    return lines


def to_record(recorded, measured):
    """What is recorded from now on: what was measured in place of what was recorded for these cases, and the rest as it was."""
    kept = {case: dict(wanted) for case, wanted in recorded.items()}
    for case, named in measured.items():
        compared = {name: float(f"{figure['value']:.6g}") for name, figure in named.items() if figure["kind"] in COMPARED}
        if compared:
            kept[case] = compared
    return kept


def main():
    """measures.py check|record RECORDED OUTPUT: for Scripts/benchmark."""
    verb, recorded_file, output = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    recorded, measured = json.loads(recorded_file.read_text()), figures(output.read_text().splitlines())
    if verb == "record":
        recorded_file.write_text(json.dumps(to_record(recorded, measured), indent=2, sort_keys=True, ensure_ascii=False) + "\n")
        return 0
    compared = sum(len(recorded[case]) for case in measured if case in recorded)
    lines = behind(recorded, measured)
    for line in lines:
        print(f"Behind by more than a tenth: {line}")
    print(f"{compared} recorded figures were compared, {len(lines)} are behind; of these cases nothing is recorded: {', '.join(sorted(set(measured) - set(recorded))) or 'none'}.")
    # A check of nothing holds nothing.
    return 0 if compared and not lines else 3


if __name__ == "__main__":
    sys.exit(main())
