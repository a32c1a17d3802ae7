"""Power loss: from recorded runs, every directory that a disk may legally hold when the power goes.

What was synced is there. Of what was written since the last sync of its file, any part may be there, in sectors of 512 bytes, in any
order; names that were made, changed or removed since the last sync of their directory took effect up to some point. An image at one
moment is also an image at the next sync, where at least as much was acknowledged: so it is enough to cut before each sync and
at each acknowledgement.

The same images without the syncs that `synchronous=NORMAL` or `OFF` leave out must fail: otherwise this suite would see nothing."""
import hashlib, json, shutil, struct
import canaries, carried, journey, paths, wiped
from disk import Disk, specs
from findings import Findings
from stage import NotPrepared, Shim

HEAD = struct.Struct("<BHHQI")


# --- Recording

def record(stage, act):
    """Plays `act` under the shim. It is given the recorder and a function that notes facts at their moment. Returns the trace:
    (operation, path, second path, offset, data), paths below the case."""
    trace = stage.folder / "trace"
    trace.write_bytes(b"")
    counter = stage.folder / "recorder"
    counter.write_bytes(bytes(4096))

    def mark(**facts):
        text = json.dumps(facts).encode()
        with open(trace, "ab", buffering=0) as file:
            file.write(HEAD.pack(ord("M"), 0, 0, 0, len(text)) + text)

    try:
        act(Shim(stage, "", trace=trace, counter=counter), mark)
    finally:
        stage.end()
    bytes_, place, events = trace.read_bytes(), 0, []
    root = str(stage.case)

    def below(path):
        return path.removeprefix(root).removeprefix("/")

    while place < len(bytes_):
        operation, first, second, offset, length = HEAD.unpack_from(bytes_, place)
        place += HEAD.size
        path, other = bytes_[place:place + first].decode(), bytes_[place + first:place + first + second].decode()
        place += first + second
        data = bytes_[place:place + length] if operation in b"WM" else b""
        place += len(data)
        events.append((chr(operation), below(path), below(other), offset, data))
    return events


class Journey:
    """Two laptops and a server at work, each with a disk of its own: the power of one goes, the others stay as they are."""
    name = "journey"
    roles = journey.ROLES

    def record(self, stage):
        stage.fresh()
        self.template = stage.template
        self.events = record(stage, lambda recorder, mark: journey.play(stage, recorder, mark))

    def disks(self, variant):
        # The server's key folder lies beside its data directory, on the same disk.
        return {role: Disk([self.template / role, *self.template.glob(f"{role}.keys")], variant, self.template) for role in self.roles}

    @staticmethod
    def role(path):
        return path.split("/")[0].removesuffix(".keys")

    expectation = staticmethod(journey.Expectation)
    check = staticmethod(journey.check)


class Step:
    """One path of a person or an administrator, with one disk under everything. Afterwards it is looked at as after a kill."""

    def __init__(self, path):
        self.path, self.name = path, path.name
        self.roles = (path.name,)

    class Expectation:
        acknowledged = False

        def take(self, facts):
            self.acknowledged = facts.get("acknowledged", self.acknowledged)

        def copy(self):
            other = Step.Expectation()
            other.acknowledged = self.acknowledged
            return other

    expectation = Expectation

    def record(self, stage):
        self.path.set(stage)
        self.before = stage.folder / f"before-{self.name}"
        shutil.copytree(stage.case, self.before)

        def act(recorder, mark):
            done = self.path.act(stage, recorder)
            if done.status not in self.path.ends:
                raise NotPrepared(f"recording {self.name}: {done.said}")
            mark(acknowledged=True)

        self.events = record(stage, act)

    def disks(self, variant):
        return {self.name: Disk([self.before], variant, self.before)}

    def role(self, path):
        return self.name

    def check(self, stage, findings, expectation):
        return self.path.check(stage, findings, expectation.acknowledged)


STEPS = [
    Step(path) for path in (
        paths.Migrate(), paths.Staff(), paths.Tenant(), paths.Backup(), paths.Restore(), paths.Shred(), carried.BundleExport(), carried.BundleImport(),
        carried.BundleReply(), carried.AttachAdd(), wiped.Wipe())]


# --- Moments

def moments(run, variant):
    """Before each sync and at each mark: (index, the role whose power may fail, disks, expectation)."""
    disks = run.disks(variant)
    expectation = run.expectation()
    for index, (operation, path, second, offset, data) in enumerate(run.events):
        if operation == "M":
            expectation.take(json.loads(data))
            for role in run.roles:
                yield index, role, disks, expectation
            continue
        role = run.role(path)
        if role not in disks:
            continue
        if operation == "S" and disks[role].syncs(path):
            yield index, role, disks, expectation
        disks[role].take(operation, path, second, offset, data)


def images(run, variant, seed, most, wanted=None):
    """Every image once: (name, contents of the case, expectation). With `wanted`, only those names; without, contents are None."""
    seen = set()
    for index, role, disks, expectation in moments(run, variant):
        certain = json.dumps(vars(expectation), sort_keys=True)
        for spec in specs(disks[role], f"{seed} {index} {role}", most):
            name = f"{role}-{index}-{spec.name}"
            if wanted is not None and name not in wanted:
                continue
            content = disks[role].image(spec)
            if wanted is None:
                digest = hashlib.blake2b(digest_size=16)
                digest.update(f"{role} {certain}".encode())
                for path, data in sorted(content.items()):
                    digest.update(path.encode() + b"\0" + (data or b"") + b"\0")
                if digest.digest() in seen:
                    continue
                seen.add(digest.digest())
                yield name, None, None
            else:
                whole = {}
                for other in run.roles:
                    whole.update(content if other == role else disks[other].whole())
                yield name, whole, expectation.copy()


def case(stage, run, content, expectation, name):
    """Lays the image out, starts the programs on it, and asks them."""
    findings = Findings()
    lay(stage, content)
    canaries.look(stage, findings, "after loss of power")
    return findings, run.check(stage, findings, expectation), name


def lay(stage, content):
    """Puts what a disk held where the programs look."""
    stage.end()
    shutil.rmtree(stage.case, ignore_errors=True)
    stage.case.mkdir()
    for path, data in sorted(content.items()):
        place = stage.case / path
        if data is None:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        else:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.write_bytes(data)
            place.chmod(0o600)


def fails(stage, torture, run, variant):
    """The variant must lose something that was acknowledged, in one of at most so many images."""
    # A laptop's commands end by copying their log, which NORMAL syncs too: it is the server that acknowledges before.
    names = [name for name, _, _ in images(run, variant, torture.options.seed, 0)
             if name.endswith("-nothing") and (variant == "off" or name.startswith("headquarters"))]
    tried = 0
    for name, content, expectation in images(run, variant, torture.options.seed, 0, set(names)):
        tried += 1
        findings, _, _ = case(stage, run, content, expectation, name)
        if any(kind == "lost" for kind, _ in findings):
            torture.note(f"synchronous={variant.upper()} fails, as it must: image {tried}, {name}: {findings[0][1]}")
            return Findings(), 0, ""
    findings = Findings()
    findings.add("broken", f"synchronous={variant.upper()} lost nothing in {tried} images: this suite sees nothing")
    return findings, 0, ""


def cases(stage, torture):
    quick = torture.options.quick
    most = 4 if quick else 12
    whole = Journey()
    for run in [whole, *torture.sample("images", STEPS, 3)]:
        roles = [role for role in run.roles if torture.only(f"images/{role}")]
        variants = [variant for variant in ("normal", "off") if run is whole and torture.only(f"images/{variant}")]
        if not roles and not variants:
            continue
        run.record(stage)
        torture.note(f"{run.name}: recorded {len(run.events)} events, {sum(event[0] == 'S' for event in run.events)} of them syncs")
        for role in roles:
            names = [(one.removeprefix(role + "-"), one) for one, _, _ in images(run, "full", torture.options.seed, most) if one.startswith(role + "-")]
            wanted = {one for _, one in torture.choose(f"images/{role}", names, (2 if run is whole else 1) if quick else None)}
            torture.note(f"images/{role}: {len(wanted)} of {len(names)} images")
            for one, content, expectation in images(run, "full", torture.options.seed, most, wanted):
                yield (f"images/{role}/{one.removeprefix(role + '-')}",
                       lambda stage, run=run, content=content, expectation=expectation, one=one: case(stage, run, content, expectation, one))
        for variant in variants:
            yield f"images/{variant}/fails", lambda stage, run=run, variant=variant: fails(stage, torture, run, variant)
