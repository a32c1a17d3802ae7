"""Is anything that somebody said to be read in a laptop's files, whatever became of the programs?

Every text that the paths write carries a canary. After each case, and right after each kill, failing call and loss of power, before anything has
put itself in order, all files of the laptops are searched: stores with their journals, what leaves on sticks and in backups, the folders of
temporary files, of settings, of caches, in memory and of cores, and the server's log. The suite `canaries` does so for a thousand canaries and days of
work that are drawn from the seed, whose steps are killed or crash; and for what the disk may hold after each loss of power in such a day."""
import base64, json, os, pathlib, random, resource, signal, subprocess
import disk, images, paths
import story
from findings import Findings
from stage import NotPrepared, Shim, canary, MARK, passed

PLANTED = 1000
LAPTOPS = ("ann", "bob", "new")


# --- Looking

def forms(word):
    """The bytes by which a word would be found: as it is, in UTF-16 of either order, in hexadecimal, and in base64 at each of its offsets."""
    data, wide = word.encode(), word.encode("utf-16-le")[:-1]
    lower = [data, wide, data.hex().encode(), word.encode("utf-16-le").hex()[:-2].encode()]
    exact = []
    for offset in range(3):
        text = base64.b64encode(bytes(offset) + data)
        # What the bytes around it cannot alter.
        exact.append(text[4 if offset else 0:len(text) - (4 if (offset + len(data)) % 3 else 0)])
    return lower, exact


LOWER, EXACT = (sum((forms(word)[kind] for word in (MARK, story.PASSPHRASE)), []) for kind in (0, 1))


def heard(data):
    """The first place where a canary or the passphrase stands in the bytes, in any form; None where there is none."""
    small = data.lower()
    for form, where in [(form, small) for form in (one.lower() for one in LOWER)] + [(form, data) for form in EXACT]:
        place = where.find(form)
        if place >= 0:
            return f"{form.decode(errors='replace')} at {place}"
    return None


def read(path):
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except OSError:
        return b""  # gone since it was listed


def places(stage):
    """The files in which nothing may be read. The files that a person gave or asked for, and the server's open rows, are not among them."""
    for folder in [*(stage.case / who for who in LAPTOPS), stage.elsewhere, stage.shared, *stage.case.glob("*.smbu"), stage.case / "backups"]:
        yield from folder.rglob("*") if folder.is_dir() else [folder]
    yield stage.folder / "server.log"
    # Stages and simulations lie in memory too; what others have there comes and goes.
    for folder, folders, files in os.walk("/dev/shm"):
        folders[:] = [name for name in folders if not name.startswith(("seamark-torture-", "seamark-simulate-"))]
        yield from (pathlib.Path(folder) / name for name in files)


def look(stage, findings, when):
    """Searches everything. A hit is a finding of its own kind."""
    for path in places(stage):
        data = read(path)
        passed.files += 1
        passed.bytes += len(data)
        hit = heard(data) or heard(os.fsencode(path.name))
        findings.must(not hit, "plain", f"{when}, {path} holds in the open: {hit}")


# --- A day's work

def plant(stage):
    """A thousand things said, in the places where things are said, on both laptops and acknowledged."""
    document = {"format": "seamark-engagement", "version": 1, "sites": [], "people": [], "interviews": [], "quotes": [], "seams": [], "observations": [], "lines": []}
    begun = passed.canaries
    number = 0
    while passed.canaries - begun < PLANTED:
        number += 1
        document["sites"].append({"handle": f"ST{number}", "name": canary("site"), "notes": canary("notes")})
        document["people"].append({"handle": f"P{number}", "name": canary("name"), "title": canary("title"), "level": "frontline",
                                   "consent": {"state": "given", "method": "written", "at": "2026-03-02T08:00:00Z", "scope": ["quotes", "role"]}})
        document["interviews"].append({"handle": f"IV{number}", "persons": [f"P{number}"], "site": f"ST{number}", "startedAt": "2026-03-03T09:00:00Z",
                                       "mode": "onSite", "place": canary("place"), "summary": canary("summary")})
        document["quotes"].append({"handle": f"Q{number}", "interview": f"IV{number}", "text": canary("quote"), "person": f"P{number}"})
        document["seams"].append({"handle": f"S{number}", "name": canary("seam"), "workaround": canary("workaround")})
        document["observations"].append({"handle": f"O{number}", "text": canary("seen")})
    given = stage.folder / "thousand.json"
    given.write_text(json.dumps(document))
    stage.must("ann", "import", given)
    if stage.start() is None:
        raise NotPrepared("the server does not start")
    for who in ("ann", "bob", "ann"):
        stage.must(who, "sync")
    stage.stop()
    shown = stage.must("ann", "export", "-").out
    if shown.count(MARK) < PLANTED:
        raise NotPrepared(f"of {PLANTED} canaries {shown.count(MARK)} can be had from the laptop")


class Day:
    """Steps of two people, drawn from the seed, on laptops that hold a thousand canaries. Their power is lost with `images`."""
    name = "day"
    roles = ("ann", "bob")

    def __init__(self, seed, quick):
        self.steps = 8 if quick else 24
        self.draw = random.Random(f"day {seed}")
        self.seed = seed

    def set(self, stage):
        stage.fresh("planted", plant)

    def step(self, stage):
        """The next thing that is done: who, and by which words."""
        draw, who = self.draw, self.draw.choice(self.roles)
        given = stage.folder / "given"
        given.mkdir(exist_ok=True)

        def attached():
            note = given / f"note {draw.randrange(1000)}.txt"
            note.write_text(canary("attached") * draw.randrange(1, 3000))
            return ["attach", "add", note, "--to", "L-A001", f"title={canary('title')}"]

        site = f"ST{draw.randrange(1, 90)}"
        # Each is made when it is chosen: what is counted was said.
        return who, draw.choice([
            lambda: ["observation", "add", f"text={canary('text')}", f"site={site}"],
            lambda: ["site", "set", site, f"notes={canary('notes')}"],
            lambda: ["site", "set", site, f"name={canary('name')}"],
            lambda: ["line", "set", "L-A001", f"title={canary('title')}"],
            lambda: ["person", "add", "--consent", "given", "--method", "written", "--scope", "quotes,role", "level=frontline", f"title={canary('title')}", f"name={canary('name')}"],
            lambda: ["undo"],
            lambda: ["redact", f"O{draw.randrange(1, 90)}", "text", "--reason", canary("reason")],
            lambda: ["merge", site, "ST-A001", "--rest", "keep"],
            attached,
            lambda: ["sync"], lambda: ["sync"], lambda: ["sync"],
            lambda: ["bundle", "export", stage.case / f"{draw.randrange(10**6)}.smbu"],
            lambda: ["search", canary("asked")], lambda: ["list", "person"], lambda: ["show", site], lambda: ["log"], lambda: ["conflicts"], lambda: ["verify"],
            lambda: ["export", given / f"{draw.randrange(10**6)}.json"],
            lambda: ["snapshot", "freeze", canary("board")],
        ])()

    # --- Killed, or crashing where cores may be written

    def case(self, stage):
        self.set(stage)
        findings, crashes, strange = Findings(), 0, []
        look(stage, findings, "before the day")
        if stage.start() is None:
            raise NotPrepared("the server does not start")
        for place in range(self.steps):
            who, words = self.step(stage)
            dies = self.draw.random() < 0.6
            how = self.draw.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
            shim = Shim(stage, "wstmn", kill=int(2 ** (self.draw.random() * 8)), signal=how) if dies else None
            done = stage.run(who, *words, shim=shim)
            if shim:
                shim.close()
            crashes += dies and done.status == -how
            if done.status in (None, 64, 70) or done.status < 0 and not (dies and done.status == -how):
                strange.append(f"{words[:2]} ended with {done.status}: {done.said}")
            look(stage, findings, f"after step {place + 1}, {' '.join(map(str, words[:2]))}, which ended with {done.status}")
        findings.must(not strange, "broken", "; ".join(strange[:3]))
        passed.crashes += crashes
        for who in self.roles:
            for words in (["verify"], ["sync"]):
                done = stage.run(who, *words)
                findings.must(done.status == 0, "broken", f"{who}: {words[0]} ended with {done.status}: {done.said}")
        return findings, 0, f"day {self.seed}"

    # --- Power lost

    class Expectation:
        def take(self, facts):
            pass

        def copy(self):
            return self

    expectation = Expectation

    def record(self, stage):
        self.set(stage)
        self.before = stage.folder / "before-day"
        images.shutil.rmtree(self.before, ignore_errors=True)
        images.shutil.copytree(stage.case, self.before)

        def act(recorder, mark):
            stage.start()
            for _ in range(self.steps):
                who, words = self.step(stage)
                stage.run(who, *words, shim=recorder)
            mark()

        self.events = images.record(stage, act)

    def disks(self, variant):
        return {role: disk.Disk([self.before / role], variant, self.before) for role in self.roles}

    @staticmethod
    def role(path):
        return path.split("/")[0]

    def written(self):
        """What any of these disks was ever given, file by file, as it came: also what was written over or removed since."""
        given = {}
        for operation, path, second, _, data in self.events:
            if self.role(path) in self.roles:
                given.setdefault(path, bytearray()).extend(data if operation == "W" else b"")
                given.setdefault(path, bytearray()).extend(second.encode())
        return given

    def case_written(self, stage):
        findings = Findings()
        for path, data in self.written().items():
            passed.bytes += len(data)
            passed.files += 1
            hit = heard(bytes(data)) or heard(path.encode())
            findings.must(not hit, "plain", f"{path} was given in the open: {hit}")
        findings.must(self.written(), "broken", "nothing was written: this sees nothing")
        return findings, 0, f"{len(self.events)} events"

    def case_image(self, stage, content, name, runs):
        """What the disk may hold; every so often the programs come up on it."""
        findings = Findings()
        passed.cuts += 1
        for path, data in content.items():
            passed.files += 1
            passed.bytes += len(data or b"")
            hit = heard(data or b"")
            findings.must(not hit, "plain", f"after loss of power {path} holds in the open: {hit}")
        if runs:
            images.lay(stage, content)
            for who in self.roles:
                for words in (["status"], ["verify"]):
                    done = stage.run(who, *words)
                    findings.must(done.status == 0, "broken", f"{who}: {words[0]} ended with {done.status}: {done.said}")
        return findings, 0, name


def sees(stage):
    """Each form, in each place that is searched, is found: otherwise this suite would see nothing."""
    stage.fresh()
    findings = Findings()
    ways = {"plain": lambda word: word.encode(), "upper": lambda word: word.upper().encode(), "wide": lambda word: word.encode("utf-16-le"),
            "wide, other order": lambda word: word.encode("utf-16-be"), "hexadecimal": lambda word: word.encode().hex().encode(),
            **{f"base64 at {n}": lambda word, n=n: base64.b64encode(b"abc"[:n] + word.encode() + b"zz") for n in range(3)}}
    for place in (stage.case / "ann", stage.elsewhere / "tmp", stage.elsewhere / "here", stage.shared, pathlib.Path("/dev/shm")):
        for way, put in ways.items():
            for word in (canary("left behind"), story.PASSPHRASE):
                path = place / f"left-behind-{os.getpid()}-{stage.folder.name}"
                path.write_bytes(bytes(5000) + put(word) + bytes(9))
                found = Findings()
                look(stage, found, "now")
                path.unlink()
                findings.must(len(found) == 1 and str(path) in found[0][1], "broken", f"{way} in {place} was not found: {found}")
    # A core lies beside the program, unless the kernel was told of another place; then there is nothing to see here.
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if "/" not in pattern and "|" not in pattern and resource.getrlimit(resource.RLIMIT_CORE)[0] != 0:
        here = stage.elsewhere / "here"
        subprocess.run(["sh", "-c", f"said='{canary('in memory')}'; kill -SEGV $$"], cwd=here)
        found = Findings()
        look(stage, found, "now")
        findings.must(found, "broken", "the core of another program was not found")
        for path in here.iterdir():
            path.unlink()
    return findings, 0, ""


def cases(stage, torture):
    if not torture.only("canaries"):
        return
    quick = torture.options.quick
    if torture.only("canaries/sees"):
        yield "canaries/sees/all", sees
    days = torture.choose("canaries/day", ((number, None) for number in range(1, 401)), 1 if quick else None)
    for number, _ in days:
        yield f"canaries/day/{number}", lambda stage, number=number: Day(f"{torture.options.seed} {number}", quick).case(stage)
    for number in range(1, 2 if quick else 11):
        name = f"canaries/power-{number}"
        if not torture.only(name):
            continue
        run = Day(f"{torture.options.seed} power {number}", quick)
        run.record(stage)
        torture.note(f"{name}: recorded {len(run.events)} events, {sum(event[0] == 'S' for event in run.events)} of them syncs")
        if torture.only(f"{name}/written"):
            yield f"{name}/written", run.case_written
        names = [(one, one) for one, _, _ in images.images(run, "full", torture.options.seed, 4)]
        wanted = {one for _, one in torture.choose(name, names, 10 if quick else None)}
        for place, (one, content, _) in enumerate(images.images(run, "full", torture.options.seed, 4, wanted)):
            yield f"{name}/{one}", lambda stage, run=run, content=content, one=one, runs=place % 20 == 0: run.case_image(stage, content, one, runs)
