"""A disk that keeps what it was told to sync, and of all else what the laws of power loss let it keep."""
import itertools, random

SECTOR = 512


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
    """Directories as the kernel shows them, and as the disk holds them: by paths below `root`. Files that SQLite maps (`-shm`) are left
    out: it makes them anew."""

    def __init__(self, folders, variant, root):
        self.variant = variant
        self.now = {}
        for path in (path for folder in folders for path in [folder, *sorted(folder.rglob("*"))]):
            self.now[self.name(path, root)] = Node(folder=True) if path.is_dir() else Node(path.read_bytes())
        self.durable = dict(self.now)
        self.names = []  # (number, operation, path, second, node): not yet durable
        self.number = 0
        self.last = {}

    @staticmethod
    def name(path, root):
        """The root's own name is empty."""
        return "" if path == root else str(path.relative_to(root))

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
            # What lies in a folder that is gone is gone with it, however deep.
            if path.endswith("-shm") or any(path[:place] not in names for place, sign in enumerate(path) if sign == "/"):
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
