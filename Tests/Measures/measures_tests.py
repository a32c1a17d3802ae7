#!/usr/bin/env python3
"""Scripts/measures.py is held to its laws, in a second: python3 Tests/Measures/measures_tests.py"""
import json, math, pathlib, random, sys, unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "Scripts"))
from measures import Histogram, behind, drifts, figures, floor_rises, grows, slope, thirds, to_record


def recorded(values):
    histogram = Histogram()
    for value in values:
        histogram.record(value)
    return histogram


def some_values(seed, count=300):
    dice = random.Random(seed)
    return [int(2 ** dice.uniform(0, 40)) - 1 for _ in range(count)]


class Histograms(unittest.TestCase):
    def test_every_number_lies_in_its_place_and_places_follow_one_another(self):
        numbers = list(range(70_000)) + [2**power + step for power in range(17, 45) for step in (-1, 0, 1)]
        for number in numbers:
            place = Histogram.place(number)
            self.assertLessEqual(number, Histogram.highest(place))
            self.assertTrue(place == 0 or Histogram.highest(place - 1) < number)
            self.assertLessEqual(Histogram.highest(place) - number, number / 128)

    def test_a_percentile_is_the_exact_one_or_one_part_in_128_above_it(self):
        for seed in range(30):
            values = some_values(seed)
            histogram, ordered = recorded(values), sorted(values)
            for share in (0, 0.01, 0.5, 0.9, 0.99, 0.999, 1):
                exact = ordered[max(1, math.ceil(share * len(ordered))) - 1]
                self.assertTrue(exact <= histogram.percentile(share) <= exact + exact / 128, (seed, share))
            self.assertEqual((histogram.least, histogram.most, histogram.percentile(1)), (ordered[0], ordered[-1], ordered[-1]))

    def test_two_that_are_added_are_one_that_counted_everything(self):
        for seed in range(10):
            values = some_values(seed)
            first, second, whole = recorded(values[:100]), recorded(values[100:]), recorded(values)
            first.add(second)
            first.add(Histogram())
            self.assertEqual(vars(first), vars(whole))

    def test_it_stays_small_however_many_are_counted(self):
        histogram = recorded(int(random.Random(1).expovariate(1e-5)) for _ in range(1))
        dice = random.Random(2)
        for _ in range(100_000):
            histogram.record(int(dice.expovariate(1e-5)))
        self.assertLess(len(histogram.counts), 128 * 15)
        self.assertEqual(sum(histogram.counts.values()), 100_001)

    def test_nothing_has_no_percentile_and_nothing_lies_below_nothing(self):
        self.assertIsNone(Histogram().percentile(0.5))
        self.assertRaises(ValueError, Histogram().record, -1)


class Growth(unittest.TestCase):
    def test_the_slope_of_a_line_is_its_own_whatever_a_few_outliers_say(self):
        for seed in range(10):
            dice = random.Random(seed)
            rise = dice.uniform(-5, 5)
            points = [(time, 100 + rise * time) for time in range(60)]
            self.assertAlmostEqual(slope(points), rise)
            for outlier in dice.sample(range(60), 6):
                points[outlier] = (outlier, 1e6)
            self.assertAlmostEqual(slope(points), rise, delta=1)

    def test_points_at_one_moment_have_no_slope(self):
        self.assertIsNone(slope([]))
        self.assertIsNone(slope([(1, 2), (1, 3)]))

    def test_a_leak_grows_and_warming_up_and_noise_do_not(self):
        dice = random.Random(3)
        noise = [dice.uniform(-3, 3) for _ in range(600)]
        warmed = [(time, min(100, 40 + time) + noise[time]) for time in range(600)]
        self.assertFalse(grows(warmed, 0.05)[1])
        leaking = [(time, value + time * 0.05) for time, value in warmed]
        growth, is_leak = grows(leaking, 0.05)
        self.assertTrue(is_leak)
        self.assertAlmostEqual(growth, 400 * 0.05, delta=2)
        self.assertIsNone(grows([], 0.05))

    def test_what_is_open_for_a_moment_is_no_leak_and_what_stays_open_is(self):
        busy = [(time, 20 + time % 7) for time in range(300)]
        self.assertFalse(floor_rises(busy, 2)[2])
        self.assertTrue(floor_rises([(time, value + time // 40) for time, value in busy], 2)[2])
        self.assertIsNone(floor_rises([(0, 1)], 2))

    def test_thirds_hold_every_point_once_by_time(self):
        points = [(time * time, time) for time in range(50)]
        parts = thirds(points)
        self.assertEqual(sum(parts, []), points)
        self.assertLess(len(parts[2]), len(parts[0]))

    def test_times_that_became_half_as_long_again_drift_and_too_few_say_nothing(self):
        values = [1000 + number for number in range(400)]
        quiet, slow = recorded(values), recorded([value * 2 for value in values])
        self.assertFalse(drifts(quiet, recorded(values), 0.99, 1.5)[2])
        self.assertTrue(drifts(quiet, slow, 0.99, 1.5)[2])
        self.assertFalse(drifts(slow, quiet, 0.99, 1.5)[2])
        self.assertIsNone(drifts(quiet, recorded(values[:399]), 0.99, 1.5))
        self.assertIsNotNone(drifts(quiet, recorded(values[:100]), 0.5, 1.5))
        self.assertIsNone(drifts(quiet, recorded(values[:99]), 0.5, 1.5))

    def test_a_tail_without_drift_is_hardly_ever_told_to_drift(self):
        told = 0
        for seed in range(200):
            dice = random.Random(seed)
            parts = [recorded(int(20_000 + dice.expovariate(1e-4)) for _ in range(400)) for _ in range(2)]
            told += drifts(*parts, 0.99, 1.5)[2]
        self.assertLess(told, 3)


def case(**named):
    return {name: {"value": value, "kind": kind, "all": [value]} for name, (value, kind) in named.items()}


class Checks(unittest.TestCase):
    WANTED = {"push": {"ratio": 2.0, "fsyncs": 10.0}, "pull": {"ratio": 1.0}}

    def test_a_tenth_behind_passes_and_more_does_not(self):
        for ratio, fsyncs, failing in ((2.2, 11, 0), (2.21, 11, 1), (2.2, 12, 1), (3, 99, 2), (0.1, 0, 0)):
            measured = {"push": case(ratio=(ratio, "ratio"), fsyncs=(fsyncs, "count"))}
            self.assertEqual(len(behind(self.WANTED, measured)), failing, (ratio, fsyncs))

    def test_what_was_to_be_none_may_not_be_one(self):
        self.assertTrue(behind({"crowd": {"failures": 0.0}}, {"crowd": case(failures=(1, "count"))}))

    def test_a_figure_that_is_gone_is_told_and_a_case_that_was_not_run_is_not(self):
        self.assertIn("was not measured", behind(self.WANTED, {"push": case(ratio=(1, "ratio"))})[0])

    def test_what_is_recorded_is_what_another_machine_would_say_and_other_cases_stay(self):
        kept = to_record(self.WANTED, {"push": case(ratio=(1.5, "ratio"), seconds=(9, "measure")), "open": case(seconds=(1, "measure"))})
        self.assertEqual(kept, {"push": {"ratio": 1.5}, "pull": {"ratio": 1.0}})
        self.assertEqual(self.WANTED["push"]["ratio"], 2.0)
        self.assertFalse(behind(kept, {"push": case(ratio=(1.5, "ratio"))}))

    def test_figures_are_read_from_between_the_tables(self):
        said = case(ratio=(1.5, "ratio"))
        lines = ["| push | median |", json.dumps({"case": "push", "figures": said}), "|---|---|", ""]
        self.assertEqual(figures(lines), {"push": said})


if __name__ == "__main__":
    unittest.main()
