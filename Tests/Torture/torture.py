#!/usr/bin/env python3
"""Breaks the shipped programs: killed at every write, power lost at every sync, calls that fail, links that are cut or silent or slow.
Afterwards nothing acknowledged is missing or there twice, what was said was clear, and both programs come up by themselves."""
import argparse, json, os, pathlib, queue, shutil, subprocess, sys, tempfile, threading, time, traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import faults, kills
from stage import ROOT, Stage

SUITES = {"kills": kills, "faults": faults}


class Torture:
    def __init__(self, options):
        self.options = options
        self.tally = {"lost": 0, "twice": 0, "unclear": 0, "broken": 0}
        self.counts = {name: 0 for name in SUITES}
        self.rows = {}
        self.slowest = 0.0
        self.failures = []
        self.lock = threading.Lock()
        self.begin = time.monotonic()
        shared = pathlib.Path("/dev/shm")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seamark-torture-", dir=shared if shared.is_dir() else None))
        self.shim = self.folder / "shim.so"
        here = pathlib.Path(__file__).resolve().parent
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", self.shim, here / "shim.c"], check=True)

    def only(self, name):
        """Whether this case, or something below this name, is asked for."""
        asked = self.options.only
        return not asked or any(name == one or name.startswith(one + "/") or one.startswith(name + "/") for one in asked)

    def run(self):
        stages = [Stage(self.options.programs, self.shim, self.folder / f"stage-{number}") for number in range(self.options.jobs)]
        try:
            threads = [threading.Thread(target=stage.prepare) for stage in stages]
            self.each(threads)
            for name, suite in SUITES.items():
                if self.only(name):
                    self.suite(name, suite, stages)
        finally:
            for stage in stages:
                stage.close()
            shutil.rmtree(self.folder, ignore_errors=True)
        return self.tell()

    def each(self, threads):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def suite(self, name, suite, stages):
        waiting = queue.Queue()
        for case in suite.cases(stages[0], self.options.quick, self.options.seed, self.only):
            waiting.put(case)
        stages[0].end()
        total = waiting.qsize()

        def work(stage):
            while True:
                try:
                    identity, act = waiting.get_nowait()
                except queue.Empty:
                    return stage.end()
                try:
                    findings, seconds, detail = act(stage)
                except Exception:
                    findings, seconds, detail = [("broken", traceback.format_exc(limit=4))], 0, ""
                self.take(name, identity, findings, seconds, detail, total)

        self.each([threading.Thread(target=work, args=(stage,)) for stage in stages])

    def take(self, suite, identity, findings, seconds, detail, total):
        with self.lock:
            self.counts[suite] += 1
            row = self.rows.setdefault("/".join(identity.split("/")[:2]), {"cases": 0, "failed": 0, "slowest": 0.0})
            row["cases"] += 1
            row["slowest"] = max(row["slowest"], seconds)
            self.slowest = max(self.slowest, seconds)
            if seconds > 5:
                findings = [*findings, ("broken", f"recovery took {seconds:.1f} s")]
            if findings:
                row["failed"] += 1
                for kind in {kind for kind, _ in findings}:
                    self.tally[kind] += 1
                self.progress("")
                print(f"FAILED {identity}" + (f"  (at {detail})" if detail else ""))
                for kind, sentence in findings[:6]:
                    print(f"    {kind}: {sentence}")
                print(f"    again: ./Scripts/torture --seed {self.options.seed} --only {identity}" + (" --quick" if self.options.quick else ""), flush=True)
                self.failures.append(identity)
            self.progress(f"{suite}: {self.counts[suite]} of {total}, {len(self.failures)} failed, {time.monotonic() - self.begin:.0f} s")

    def progress(self, text):
        if sys.stderr.isatty():
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def tell(self):
        self.progress("")
        print(f"{'':28}{'cases':>8}{'failed':>8}{'slowest recovery':>20}")
        for name, row in self.rows.items():
            print(f"{name:28}{row['cases']:8}{row['failed']:8}{row['slowest'] * 1000:17.0f} ms")
        print(f"{time.monotonic() - self.begin:.0f} seconds, seed {self.options.seed}.")
        print(json.dumps({**self.counts, **self.tally, "slowest_recovery_ms": round(self.slowest * 1000)}))
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a sample, on the debug programs")
    parser.add_argument("--only", action="append", metavar="NAME", help="a suite, a path or one case, such as kills/sync/17; may be repeated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=max(1, min(4, os.cpu_count() or 1)))
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release", help="where seamark and seamark-server lie")
    options = parser.parse_args()
    options.programs = options.programs.resolve()
    sys.exit(Torture(options).run())


if __name__ == "__main__":
    main()
