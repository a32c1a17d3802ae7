#!/usr/bin/env python3
"""Breaks the shipped programs: killed at every write, power lost at every sync, calls that fail, links that are cut or silent or slow.
Afterwards nothing acknowledged is missing or there twice, what was said was clear, and both programs come up by themselves."""
import argparse, json, os, pathlib, random, resource, shutil, signal, subprocess, sys, tempfile, threading, time, traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import canaries, faults, images, kills, links, seen
from stage import ROOT, Stage, passed

SUITES = {"seen": seen, "kills": kills, "images": images, "faults": faults, "links": links, "canaries": canaries}


class Torture:
    def __init__(self, options):
        self.options = options
        self.tally = {"lost": 0, "twice": 0, "unclear": 0, "plain": 0, "broken": 0}
        self.counts = {name: 0 for name in SUITES}
        self.rows = {}
        self.slowest = 0.0
        self.failures = []
        self.stopping = False
        self.lock = threading.Lock()
        self.begin = time.monotonic()
        shared = pathlib.Path("/dev/shm")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="seamark-torture-", dir=shared if shared.is_dir() else None))
        self.shim = self.folder / "shim.so"
        here = pathlib.Path(__file__).resolve().parent
        compiler = next(name for name in ("cc", "gcc", "clang") if shutil.which(name))
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", self.shim, here / "shim.c"], check=True)

    def only(self, name):
        """Whether this case, or something below this name, is asked for."""
        asked = self.options.only
        return not asked or any(name == one or name.startswith(one + "/") or one.startswith(name + "/") for one in asked)

    def choose(self, name, cases, most):
        """Those of a path's `cases`, which are pairs of the last part of the id and the rest, that are to be played: at most `most` of
        them, from the seed, unless they are named one by one."""
        cases = list(cases)
        named = [case for case in cases if f"{name}/{case[0]}" in (self.options.only or [])]
        if named or not self.only(name):
            return named
        most = self.options.most or most
        if most is not None and len(cases) > most:
            return random.Random(f"{self.options.seed} {name}").sample(cases, most)
        return cases

    def sample(self, name, things, most):
        """All of them; in a quick run that names none, `most` of them, from the seed."""
        things = list(things)
        if not self.options.quick or self.options.only:
            return things
        return random.Random(f"{self.options.seed} {name}").sample(things, most)

    def run(self):
        first = Stage(self.options.programs, self.shim, self.folder / "stage-0")
        stages = [first]
        try:
            first.prepare()
            for number in range(1, self.options.jobs + 1):
                stages.append(Stage(self.options.programs, self.shim, self.folder / f"stage-{number}", template=first.template))
                stages[-1].unlocked = first.unlocked
            for name, suite in SUITES.items():
                if self.only(name):
                    self.suite(name, suite, stages)
        except (KeyboardInterrupt, SystemExit):
            self.failures.append("interrupted")
            print("Interrupted. This is what was played:")
        finally:
            self.stopping = True
            for stage in stages:
                stage.end()
            first.lock()
            shutil.rmtree(self.folder, ignore_errors=True)
        return self.tell()

    def each(self, threads):
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        finally:
            self.stopping = self.stopping or any(thread.is_alive() for thread in threads)
            for thread in threads:
                thread.join()

    def suite(self, name, suite, stages):
        """Plays the cases of a suite as they come, each on a stage that is free. The last stage is for measuring and recording."""
        *stages, spare = stages
        cases = suite.cases(spare, self)
        taking = threading.Lock()

        def work(stage):
            while True:
                with taking:
                    try:
                        case = None if self.stopping else next(cases, None)
                    except Exception as error:
                        # Cases that could not be made were not played: that is no success.
                        case = f"{name}/preparing", lambda _, error=error: ([("broken", f"the cases could not be made: {error}")], 0, "")
                if case is None:
                    return stage.end()
                identity, act = case
                try:
                    findings, seconds, detail = act(stage)
                    canaries.look(stage, findings, "in the end")
                    # A sample on a busy machine says nothing about a second.
                    if seconds > (30 if self.options.quick else 1) and seconds > 3 * self.usual(stage):
                        findings.add("broken", f"recovery took {seconds:.1f} s")
                except Exception:
                    findings, seconds, detail = [("broken", traceback.format_exc(limit=4))], 0, ""
                if self.stopping:
                    return  # What ended it may have ended the programs too.
                self.take(name, identity, findings, seconds, detail)

        self.each([threading.Thread(target=work, args=(stage,)) for stage in stages])
        spare.end()

    def usual(self, stage):
        """The seconds that nothing but coming up takes on this machine just now."""
        stage.fresh()
        return max(stage.run("ann", "status").seconds, stage.start() or 0)

    def take(self, suite, identity, findings, seconds, detail):
        with self.lock:
            played = getattr(findings, "played", 1)
            self.counts[suite] += played
            row = self.rows.setdefault("/".join(identity.split("/")[:2]), {"cases": 0, "failed": 0, "slowest": 0.0})
            row["cases"] += played
            row["slowest"] = max(row["slowest"], seconds)
            self.slowest = max(self.slowest, seconds)
            if findings:
                row["failed"] += 1
                for kind in {kind for kind, _ in findings}:
                    self.tally[kind] += 1
                self.progress("")
                print(f"FAILED {identity}" + (f"  (at {detail})" if detail else ""))
                for kind, sentence in findings[:6]:
                    print(f"    {kind}: {sentence}")
                print(f"    again: ./Scripts/torture --seed {self.options.seed} --only {identity}", flush=True)
                self.failures.append(identity)
            self.progress(f"{suite}: {self.counts[suite]} played, {len(self.failures)} failed, {time.monotonic() - self.begin:.0f} s")

    def note(self, text):
        with self.lock:
            self.progress("")
            print(text, flush=True)

    def progress(self, text):
        if sys.stderr.isatty():
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def tell(self):
        self.progress("")
        print(f"{'':28}{'cases':>8}{'failed':>8}{'slowest recovery':>20}")
        for name, row in self.rows.items():
            print(f"{name:28}{row['cases']:8}{row['failed']:8}{row['slowest'] * 1000:17.0f} ms")
        print(f"{time.monotonic() - self.begin:.0f} seconds, seed {self.options.seed}.")
        print(f"{passed.canaries} canaries were planted. {passed.programs} programs were run, {passed.crashes} of them crashed in a day's work and "
              f"the power was lost {passed.cuts} times; {passed.files} files of {passed.bytes / 1e6:.0f} MB in all were searched.")
        counts = {("cuts" if name == "links" else name): number for name, number in self.counts.items()}
        print(json.dumps({**counts, **self.tally, "slowest_recovery_ms": round(self.slowest * 1000)}))
        return 1 if self.failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a sample, on the debug programs")
    parser.add_argument("--only", action="append", metavar="NAME", help="a suite, a path or one case, such as kills/sync/17; may be repeated")
    parser.add_argument("--most", type=int, help="at most so many cases of each path, chosen by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=max(1, min(4, os.cpu_count() or 1)))
    parser.add_argument("--programs", type=pathlib.Path, default=ROOT / ".build/release", help="where seamark and seamark-server lie")
    options = parser.parse_args()
    options.programs = options.programs.resolve()
    # Whoever writes a core writes it: canaries.py searches for what is in it.
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(Torture(options).run())


if __name__ == "__main__":
    main()
