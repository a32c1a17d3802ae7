"""Section 2: edits, changes, their ids; leaves and roots of sensitive values."""

from dataclasses import dataclass

from .encoding import DecodeError, sha256, signed, text, value, varint

MOST_EDITS = 4_096
LONGEST = 262_144


@dataclass(frozen=True)
class Open:
    value: tuple


@dataclass(frozen=True)
class Sensitive:
    salt: bytes
    value: tuple

    @property
    def leaf(self):
        return sha256(b"\0" + self.salt + value(self.value))


@dataclass(frozen=True)
class Withheld:
    """A sensitive value that was redacted, or that the reader may not see."""

    leaf: bytes


@dataclass(frozen=True)
class Edit:
    """`code` is the target code; `element` the set element when it is odd. Names are (change id, index), ascending."""

    record: bytes
    type: int
    code: int
    content: object
    element: tuple | None = None
    supersedes: tuple = ()
    witnessed: tuple = ()

    @property
    def target(self):
        """What heads are kept for. The record's type is no part of it."""
        return (self.record, self.code, self.element)


@dataclass(frozen=True)
class Change:
    scope: bytes
    device: bytes
    stamp: int
    member: bytes
    schema: int
    edits: tuple

    def __post_init__(self):
        data = self.encoded
        if not 1 <= len(self.edits) <= MOST_EDITS or len(data) > LONGEST:
            raise DecodeError("outOfBounds", "a change")
        object.__setattr__(self, "id", sha256(data)[:16])

    @property
    def encoded(self):
        """The canonical encoding that the id is the hash of."""
        out = [text("seamark-change-1"), self.scope, self.device, signed(self.stamp), self.member]
        out += [varint(self.schema), varint(len(self.edits))]
        for edit in self.edits:
            out += [edit.record, varint(edit.type), varint(edit.code)]
            if edit.code & 1:
                out.append(value(edit.element))
            if isinstance(edit.content, Open):
                out.append(value(edit.content.value))
            else:
                out.append(b"\x0f" + edit.content.leaf)
            out.append(names(edit.supersedes))
            if edit.code == 0:
                out.append(names(edit.witnessed))
        return b"".join(out)

    @property
    def leaves(self):
        return [edit.content.leaf for edit in self.edits if not isinstance(edit.content, Open)]

    def name(self, index):
        return (self.id, index)


def names(items):
    return varint(len(items)) + b"".join(change + varint(index) for change, index in items)


def root(leaves):
    """The RFC 6962 root over leaves that are hashes already; an odd last node moves up unchanged."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [sha256(b"\1" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) & ~1 :]
    return level[0]
