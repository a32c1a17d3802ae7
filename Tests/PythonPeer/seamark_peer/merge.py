"""Section 4, "Heads and digest": the state of a scope, as its log or its changes in any causal order make it."""

from dataclasses import dataclass

from .encoding import U64
from .log import ACCEPTED, DUPLICATE, BlockEntry

MASK = (1 << 128) - 1


def mix(z):
    z ^= z >> 30
    z = z * 0xBF58476D1CE4E5B9 & U64
    z ^= z >> 27
    z = z * 0x94D049BB133111EB & U64
    return z ^ z >> 31


def element(name):
    """One head's share of the digest."""
    change, index = name
    p, q = int.from_bytes(change[:8], "big"), int.from_bytes(change[8:], "big")
    a = mix(p + (index + 1) * 0x9E3779B97F4A7C15 & U64)
    return a << 64 | mix(q ^ a)


@dataclass(frozen=True)
class Head:
    name: tuple
    effective: int
    device: bytes
    stamp: int
    edit: object

    @property
    def rank(self):
        """Greatest is shown first."""
        return (self.effective, self.device, self.stamp, self.name)


class ScopeState:
    """Heads by target. Applying never fails and does not care for the order of arrival."""

    def __init__(self):
        self.heads = {}
        self.superseded = {}
        self.applied = set()
        self.quarantined = {}

    def read(self, entry, changes=()):
        """Takes in a log entry; `changes` are those of its block."""
        if isinstance(entry, BlockEntry):
            for change, verdict in zip(changes, entry.verdicts, strict=True):
                if verdict == ACCEPTED:
                    self.apply(change, entry.received)
                elif verdict != DUPLICATE and change.id not in self.applied:
                    self.quarantined[change.id] = change
        else:
            for change_id in entry.released:
                held = self.quarantined.pop(change_id, None)
                if held:
                    # The time received is that of the entry which applies it.
                    self.apply(held, entry.received)

    def apply(self, change, received=None):
        if change.id in self.applied:
            return
        self.applied.add(change.id)
        self.quarantined.pop(change.id, None)
        for index, edit in enumerate(change.edits):
            heads = self.heads.setdefault(edit.target, {})
            gone = self.superseded.setdefault(edit.target, set())
            for name in edit.supersedes:
                heads.pop(name, None)
                gone.add(name)
            if change.name(index) not in gone:
                effective = change.stamp if received is None else min(change.stamp, received)
                heads[change.name(index)] = Head(change.name(index), effective, change.device, change.stamp, edit)

    def shown(self, record, code, set_element=None):
        """The heads of a target, the one that is shown first at the front."""
        heads = self.heads.get((record, code, set_element), {})
        return sorted(heads.values(), key=lambda head: head.rank, reverse=True)

    @property
    def digest(self):
        total = sum(element(name) for heads in self.heads.values() for name in heads)
        return (total & MASK).to_bytes(16, "big")
