"""Power loss: from one recorded run, every directory that a disk may legally hold when the power goes.

What was synced is there. Of what was written since the last sync of its file, any part may be there, in sectors of 512 bytes, in any
order; names that were made, changed or removed since the last sync of their directory took effect up to some point. An image at one
moment is also an image at the next sync, where at least as much was acknowledged: so it is enough to cut before each sync and
at each acknowledgement.

The same images without the syncs that `synchronous=NORMAL` or `OFF` leave out must fail: otherwise this suite would see nothing."""
import hashlib, itertools, json, random, shutil, struct
from kills import IMPORTED, conflict
from stage import KEPT, WAITING, Findings, NotPrepared, Shim, count, observations

SECTOR = 512
HEAD = struct.Struct("<BHHQI")
LAPTOPS = ("ann", "bob")
ROLES = (*LAPTOPS, "headquarters")


# --- Recording

def journey(stage, mark):
    """What is recorded. `mark` notes what was acknowledged, the moment that it was, and what is begun."""

    def step(who, *words, gives=(), **facts):
        mark(begins=[who, list(gives)])
        done = stage.run(who, *words, shim=stage.recorder)
        if done.status != 0:
            raise NotPrepared(f"recording {words}: {done.said}")
        mark(ends=[who, list(gives)], **facts)

    if stage.start(stage.recorder) is None:
        raise NotPrepared("recording: the server does not start")
    step("ann", "observation", "add", "text=journey one", "site=ST-A001", gives=["journey one"])
    step("ann", "import", stage.case / "three.json", gives=IMPORTED)
    step("ann", "sync")
    step("ann", "observation", "add", "text=journey two", "site=ST-A001", gives=["journey two"])
    step("ann", "resolve", "L-A001", "amount", "--choose", "1", resolved=True)
    step("bob", "observation", "add", "text=from bob", "site=ST-A001", gives=["from bob"])
    step("bob", "sync")
    step("ann", "sync")
    done = stage.verb("member", "add", "cleo", shim=stage.recorder)
    if done.status != 0:
        raise NotPrepared(f"recording a member: {done.said}")
    mark(members=3)
    step("ann", "observation", "add", "text=journey three", "site=ST-A001", gives=["journey three"])
    step("ann", "sync")
    status, _ = stage.stop()
    if status != 0:
        raise NotPrepared(f"recording: the server stopped with {status}")
    mark()


def record(stage):
    """Plays the journey under the shim. Returns the trace: (operation, path, second path, offset, data), paths below the case."""
    stage.fresh()
    trace = stage.folder / "trace"
    trace.write_bytes(b"")
    counter = stage.folder / "recorder"
    counter.write_bytes(bytes(4096))
    stage.recorder = Shim(stage, "", trace=trace, counter=counter)

    def mark(**facts):
        text = json.dumps(facts).encode()
        with open(trace, "ab", buffering=0) as file:
            file.write(HEAD.pack(ord("M"), 0, 0, 0, len(text)) + text)

    try:
        journey(stage, mark)
    finally:
        stage.end()
    bytes_, place, events = trace.read_bytes(), 0, []
    root = str(stage.case) + "/"
    while place < len(bytes_):
        operation, first, second, offset, length = HEAD.unpack_from(bytes_, place)
        place += HEAD.size
        path, other = bytes_[place:place + first].decode(), bytes_[place + first:place + first + second].decode()
        place += first + second
        data = bytes_[place:place + length] if operation in b"WM" else b""
        place += len(data)
        events.append((chr(operation), path.removeprefix(root), other.removeprefix(root), offset, data))
    return events


# --- The disk

class Node:
    """A file or directory: what it holds now, what it held when it was last synced, and what was done since."""

    def __init__(self, data=b"", folder=False):
        self.data, self.synced, self.pending, self.folder = bytearray(data), bytes(data), [], folder

    def apply(self, data, operation, offset, new):
        if operation == "T":
            if len(data) > offset:
                del data[offset:]
            else:
                data.extend(bytes(offset - len(data)))
        else:
            if len(data) < offset:
                data.extend(bytes(offset - len(data)))
            data[offset:offset + len(new)] = new

    def sync(self):
        self.synced, self.pending = bytes(self.data), []


class Disk:
    """One machine's directory as the kernel shows it, and as the disk holds it. Files that SQLite maps (`-shm`) are left out: it
    makes them anew."""

    def __init__(self, folder, variant):
        self.variant = variant
        self.now = {}
        for path in sorted(folder.rglob("*")):
            self.now[str(path.relative_to(folder.parent))] = Node(folder=True) if path.is_dir() else Node(path.read_bytes())
        self.now[folder.name] = Node(folder=True)
        self.durable = dict(self.now)
        self.names = []  # (number, operation, path, second, node): not yet durable
        self.number = 0
        self.last = {}

    def wal(self, path):
        return self.now.get(path + "-wal")

    def take(self, operation, path, second, offset, data):
        self.number += 1
        if path.endswith("-shm"):
            return
        if operation in "WT":
            node = self.now[path]
            if self.variant == "normal" and self.wal(path):
                # Even then SQLite syncs its log before it copies from it.
                self.wal(path).sync()
            node.apply(node.data, operation, offset, data)
            node.pending.append((self.number, operation, offset, data))
            self.last[path] = (operation, offset, len(data))
        elif operation == "S":
            self.sync(path)
        else:
            node = Node(folder=operation == "D") if operation in "CD" else self.now.get(path)
            self.names.append((self.number, operation, path, second, node))
            self.rename(self.now, operation, path, second, node)

    @staticmethod
    def rename(names, operation, path, second, node):
        if operation in "CD":
            names[path] = node
        elif operation in "UX":
            names.pop(path, None)
        elif operation == "L":
            if path in names:
                names[second] = names[path]
        elif operation == "R" and path in names:
            for name in [name for name in names if name == path or name.startswith(path + "/")]:
                names[second + name[len(path):]] = names.pop(name)

    def syncs(self, path):
        """Whether a sync of this path does anything in this variant."""
        if self.variant == "off" or path.endswith("-shm"):
            return False
        # With NORMAL only the header of a log that begins anew is synced.
        return not (self.variant == "normal" and path.endswith("-wal")) or self.last.get(path) == ("W", 0, 32)

    def sync(self, path):
        if not self.syncs(path):
            return
        node = self.now.get(path)
        if node is None:
            return
        if not node.folder:
            return node.sync()
        kept = []
        for entry in self.names:
            _, operation, first, second, child = entry
            if path in (first.rpartition("/")[0], second.rpartition("/")[0]):
                self.rename(self.durable, operation, first, second, child)
            else:
                kept.append(entry)
        self.names = kept

    def whole(self):
        """What a process sees that is started now."""
        return {path: None if node.folder else bytes(node.data) for path, node in self.now.items() if not path.endswith("-shm")}

    def image(self, spec):
        """What the disk holds if `spec.names` of the waiting names took effect and, of the waiting writes, `spec.part` of each."""
        names = dict(self.durable)
        for _, operation, path, second, node in self.names[:spec.names]:
            self.rename(names, operation, path, second, node)
        content = {}
        for path, node in names.items():
            parent = path.rpartition("/")[0]
            if path.endswith("-shm") or (parent and parent not in names):
                continue
            if node.folder:
                content[path] = None
                continue
            data = bytearray(node.synced)
            for number, operation, offset, new in node.pending:
                part = spec.part(number)
                if part == "all":
                    node.apply(data, operation, offset, new)
                elif part == "size" and offset + len(new) > len(data):
                    data.extend(bytes(offset + len(new) - len(data)))
                elif part not in ("none", "size") and operation == "W":
                    begin = offset
                    while begin < offset + len(new):
                        end = min((begin // SECTOR + 1) * SECTOR, offset + len(new))
                        if part(begin // SECTOR):
                            node.apply(data, "W", begin, new[begin - offset:end - offset])
                        begin = end
            content[path] = bytes(data)
        return content

    def units(self):
        nodes = {id(node): node for names in (self.now, self.durable) for path, node in names.items() if not path.endswith("-shm")}
        for *_, node in self.names:
            if node is not None:
                nodes[id(node)] = node
        return sorted((op[0], op[1], len(op[3])) for node in nodes.values() for op in node.pending)


class Spec:
    """One choice among the images of one moment."""

    def __init__(self, name, names, parts, otherwise="none"):
        self.name, self.names, self.parts, self.otherwise = name, names, parts, otherwise

    def part(self, number):
        return self.parts.get(number, self.otherwise)


def specs(disk, seed, most):
    """The choices of one moment: all where they are few, else all prefixes, each write alone, each missing, each torn, and a sample."""
    units, names = disk.units(), len(disk.names)
    numbers = [number for number, _, _ in units]
    yield Spec("nothing", 0, {})
    for kept in range(1, names + 1):
        yield Spec(f"names{kept}", kept, {})
        yield Spec(f"names{kept}all", kept, {}, "all")
    yield Spec("everything", names, {}, "all")
    if not units:
        return
    yield Spec("sizes", names, {}, "size")
    for length in range(1, len(numbers)):
        yield Spec(f"first{length}", names, {number: "all" for number in numbers[:length]})
    if 2 < len(numbers) <= 5:
        for length in range(2, len(numbers) - 1):
            for chosen in itertools.combinations(range(len(numbers)), length):
                yield Spec("only" + "+".join(map(str, chosen)), names, {numbers[index]: "all" for index in chosen})
    for index, (number, operation, length) in enumerate(units):
        yield Spec(f"only{index}", names, {number: "all"})
        yield Spec(f"without{index}", names, {number: "none"}, "all")
        if operation == "W" and length > SECTOR:
            for what, part in (("even", lambda sector: sector % 2 == 0), ("odd", lambda sector: sector % 2 == 1)):
                yield Spec(f"torn{index}{what}", names, {number: part}, "all")
    dice = random.Random(seed)
    for index in range(most):
        share = dice.choice((0.2, 0.5, 0.8))
        parts = {}
        for number in numbers:
            chosen = dice.random()
            salt = dice.getrandbits(32)
            parts[number] = lambda sector, salt=salt: random.Random(f"{salt} {sector}").random() < share
            if chosen < 0.3:
                parts[number] = "all" if chosen < 0.15 else "none"
        yield Spec(f"random{index}", dice.randint(0, names), parts)


# --- Moments

class Expectation:
    """What was acknowledged up to a moment."""

    def __init__(self):
        self.certain = {"ann": KEPT + WAITING, "bob": list(KEPT)}
        self.perhaps = {"ann": [], "bob": []}
        self.resolved, self.resolving, self.members = False, False, 2

    def take(self, facts):
        if "begins" in facts:
            who, gives = facts["begins"]
            self.perhaps[who] = [gives] if gives else []
        if "ends" in facts:
            who, gives = facts["ends"]
            self.certain[who] = self.certain[who] + gives
            self.perhaps[who] = []
        self.resolved = self.resolved or facts.get("resolved", False)
        self.members = facts.get("members", self.members)

    def copy(self):
        other = Expectation()
        other.__dict__.update({key: ({who: list(texts) for who, texts in value.items()} if isinstance(value, dict) else value) for key, value in self.__dict__.items()})
        return other


def moments(stage, events, variant):
    """Before each sync and at each mark: (index, the role whose power may fail, disks, expectation)."""
    disks = {role: Disk(stage.template / role, variant) for role in ROLES}
    expectation = Expectation()
    for index, (operation, path, second, offset, data) in enumerate(events):
        if operation == "M":
            expectation.take(json.loads(data))
            for role in ROLES:
                yield index, role, disks, expectation
            continue
        role = path.split("/")[0]
        if role not in disks:
            continue
        if operation == "S" and disks[role].syncs(path):
            yield index, role, disks, expectation
        disks[role].take(operation, path, second, offset, data)


def images(stage, events, variant, seed, most, wanted=None):
    """Every image once: (name, contents of the three machines, expectation). With `wanted`, only those names; without, contents are None."""
    seen = set()
    for index, role, disks, expectation in moments(stage, events, variant):
        certain = json.dumps([expectation.certain, expectation.resolved, expectation.members])
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
                for other in ROLES:
                    whole.update(content if other == role else disks[other].whole())
                yield name, whole, expectation.copy()


def check(stage, content, expectation):
    """Lays the image out, starts the programs on it, and asks them."""
    findings = Findings()
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
    others = {"ann": [["from bob"]], "bob": [[text] for text in (*WAITING, "journey one", *IMPORTED, "journey two", "journey three")]}
    slowest = 0
    certain = dict(expectation.certain)
    for who in LAPTOPS:
        status = stage.run(who, "status")
        slowest = max(slowest, status.seconds)
        if not findings.must(status.status == 0, "broken", f"{who}: status ended with {status.status}: {status.said}"):
            return findings, slowest
        verify = stage.run(who, "verify")
        findings.must(verify.status == 0 and "Everything holds" in verify.out, "broken", f"{who}: verify ended with {verify.status}: {verify.said} {verify.out[-200:]}")
        texts = observations(stage, who, findings)
        if texts is None:
            return findings, slowest
        for group in count(findings, who, texts, certain[who], expectation.perhaps[who] + others[who]):
            certain[who] = certain[who] + [text for text in group if text not in certain[who]]
    if expectation.resolved:
        findings.must(conflict(stage, "ann", findings) == 0, "lost", "ann: a decision that was acknowledged is gone")
    started = stage.start()
    if started is None:
        findings.add("broken", "the server does not start any more: " + " ".join(stage.stop()[1].split())[-300:])
        return findings, slowest
    slowest = max(slowest, started)
    for who in ("ann", "bob", "ann"):
        sync = stage.run(who, "sync", "--json")
        if not findings.must(sync.status == 0, "broken", f"{who}: the next sync ended with {sync.status}: {sync.said}"):
            break
        report = json.loads(sync.out)
        findings.must(report["unsent"] == 0, "lost", f"{who}: {report['unsent']} changes stay without a receipt")
        findings.must(not report["renumbered"] and not report["rebuilt"] and not report["quarantined"], "lost",
                      f"{who}: the sync found that the server lacks what it had acknowledged, or the laptop what it had sent: {' '.join(sync.out.split())[:400]}")
    everything = sorted({*certain["ann"], *certain["bob"]})
    for who in LAPTOPS:
        count(findings, who, observations(stage, who, findings) or [], everything)
    verified = stage.verb("verify")
    findings.must(verified.status == 0 and "everything holds" in verified.out, "broken", f"seamark-server verify ended with {verified.status}: {verified.said} {verified.out[-200:]}")
    status = stage.verb("status", "--json")
    members = json.loads(status.out)["tenants"][0]["members"] if status.status == 0 else 0
    findings.must(members in (2, 3) if expectation.members == 2 else members == 3, "lost", f"the server has {members} members, {expectation.members} were acknowledged")
    return findings, slowest


def case(stage, content, expectation, name):
    findings, seconds = check(stage, content, expectation)
    return findings, seconds, name


def fails(stage, torture, events, variant):
    """The variant must lose something that was acknowledged, in one of at most so many images."""
    # A laptop's commands end by copying their log, which NORMAL syncs too: it is the server that acknowledges before.
    names = [name for name, _, _ in images(stage, events, variant, torture.options.seed, 0)
             if name.endswith("-nothing") and (variant == "off" or name.startswith("headquarters"))]
    tried = 0
    for name, content, expectation in images(stage, events, variant, torture.options.seed, 0, set(names)):
        tried += 1
        findings, _ = check(stage, content, expectation)
        if any(kind == "lost" for kind, _ in findings):
            torture.note(f"synchronous={variant.upper()} fails, as it must: image {tried}, {name}: {findings[0][1]}")
            return Findings(), 0, ""
    findings = Findings()
    findings.add("broken", f"synchronous={variant.upper()} lost nothing in {tried} images: this suite sees nothing")
    return findings, 0, ""


def cases(stage, torture):
    events = record(stage)
    quick = torture.options.quick
    most = 4 if quick else 12
    torture.note(f"recorded {len(events)} events, {sum(event[0] == 'S' for event in events)} of them syncs")
    for role in ROLES:
        name = f"images/{role}"
        if not torture.only(name):
            continue
        names = [(one.partition("-")[2], one) for one, _, _ in images(stage, events, "full", torture.options.seed, most) if one.startswith(role + "-")]
        wanted = {one for _, one in torture.choose(name, names, 8 if quick else None)}
        for one, content, expectation in images(stage, events, "full", torture.options.seed, most, wanted):
            yield f"{name}/{one.partition('-')[2]}", lambda stage, content=content, expectation=expectation, one=one: case(stage, content, expectation, one)
    for variant in ("normal", "off"):
        if torture.only(f"images/{variant}"):
            yield f"images/{variant}/fails", lambda stage, variant=variant: fails(stage, torture, events, variant)
