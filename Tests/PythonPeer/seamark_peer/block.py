"""Section 3: blocks. `seal` makes one, `Block.open` reads one and refuses what is not canonical."""

import zlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .change import MOST_EDITS, Change, Edit, Open, Sensitive, Withheld, root
from .encoding import SENSITIVE_KIND, U32, U64, DecodeError, Reader, blob, fixed64, sha256, signed, text, value, varint

MAGIC = b"SMB1"
MOST_CHANGES = 1_000
LONGEST = 1_000_000
MOST_BLOCK_EDITS = 16_384
MOST_BLOCK_NAMES = 65_536
LONGEST_COLUMNS = 1024 * 1024
GREATEST_RATIO = 100
ZERO_HASH = bytes(32)
COLUMNS = ("heads", "records", "uses", "targets", "values", "references", "others")


def verifies(signature, message, key):
    """Whether an Ed25519 signature holds. A key that is none verifies nothing."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def inflate(reader):
    """varint length ‖ zlib stream to the end, inflated under the bounds of section 3."""
    length = reader.varint(LONGEST_COLUMNS)
    deflated = reader.raw(reader.remaining)
    if length > GREATEST_RATIO * max(64, len(deflated)):
        reader.fail("outOfBounds")
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(deflated, length + 1)
    except zlib.error:
        reader.fail("damaged")
    if len(data) != length or not stream.eof or stream.unused_data:
        reader.fail("damaged")
    return data


def wrapped(number):
    """A number modulo 2^64, as a signed one: every stamp is so many away from every other."""
    return (number + (1 << 63) & U64) - (1 << 63)


def deflate(data):
    return varint(len(data)) + zlib.compress(data, 9)


@dataclass(frozen=True)
class Block:
    device: bytes
    incarnation: int
    scope: bytes
    member: bytes
    schema: int
    first: int
    previous: bytes
    changes: tuple
    content: bytes
    signature: bytes

    @property
    def hash(self):
        return sha256(self.content)

    @property
    def last(self):
        return self.first + len(self.changes) - 1

    @property
    def bytes(self):
        return self.content + self.signature

    @property
    def stream(self):
        return (self.device, self.incarnation, self.scope)

    def is_signed_by(self, key):
        return verifies(self.signature, text("seamark-block-1") + self.hash, key)

    @property
    def sensitive(self):
        """The sensitive values as they travel beside the block."""
        parts = b""
        for edit in (edit for change in self.changes for edit in change.edits):
            if isinstance(edit.content, Sensitive):
                parts += b"\1" + edit.content.salt + value(edit.content.value)
            elif isinstance(edit.content, Withheld):
                parts += b"\0" + edit.content.leaf
        return deflate(parts) if parts else b""

    @staticmethod
    def open(data, sensitive=b"", parts=None):
        """`parts`: what travelled beside it, where it was read already."""
        if not 64 < len(data) <= LONGEST:
            raise DecodeError("outOfBounds", "a block")
        content, signature = data[:-64], data[-64:]
        reader = Reader(content, "a block")
        if reader.raw(4) != MAGIC:
            reader.fail("badMagic")
        device, incarnation, scope, member = reader.id(), reader.fixed64(), reader.id(), reader.id()
        schema = reader.varint(U32)
        first, count, previous = reader.varint(), reader.varint(), reader.hash()
        if first < 1 or not 1 <= count <= MOST_CHANGES or first + count - 1 > U64:
            reader.fail("outOfBounds")
        if (previous == ZERO_HASH) != (first == 1):
            reader.fail("badReference")
        sensitive_count = reader.varint(MOST_CHANGES * MOST_EDITS)
        stated_root = reader.hash() if sensitive_count else None
        columns = inflate(reader)
        parts = read_sensitive(sensitive) if parts is None else parts
        if len(parts) < sensitive_count:
            reader.fail("outOfBounds")
        if len(parts) > sensitive_count or parts and root([part.leaf for part in parts]) != stated_root:
            reader.fail("badRoot")
        changes = read_columns(columns, count, parts, dict(scope=scope, device=device, member=member, schema=schema))
        return Block(device, incarnation, scope, member, schema, first, previous, tuple(changes), content, signature)


def read_sensitive(data):
    """The parts of the sensitive values beside a block. No bytes are no parts, and no parts are no bytes."""
    if not data:
        return []
    return read_parts(inflate(Reader(data, "sensitive values")))


def read_parts(data):
    """The parts as they are before deflating."""
    reader = Reader(data, "sensitive values")
    parts = []
    while reader.remaining or not parts:
        mark = reader.byte()
        if mark > 1:
            reader.fail("outOfBounds")
        parts.append(Sensitive(reader.raw(16), reader.value()) if mark else Withheld(reader.hash()))
    return parts


def read_columns(data, count, parts, author):
    outer = Reader(data, "columns")
    heads, records, uses, targets, values, references, others = (Reader(outer.blob(), name) for name in COLUMNS)
    outer.finish()

    known_records = []
    while records.remaining:
        kind = records.varint(U32)
        known_records.append((kind, records.id()))
    known_others = []
    while others.remaining:
        known_others.append(others.id())
    if len(set(known_records)) < len(known_records) or len(set(known_others)) < len(known_others):
        records.fail("wrongOrder")

    changes, parts = [], list(parts)
    stamp, use, seen_records, seen_others = 0, 0, 0, 0
    edits_left, names_left = MOST_BLOCK_EDITS, MOST_BLOCK_NAMES

    def read_names():
        nonlocal seen_others
        found = []
        nonlocal names_left
        count = references.count(each=2)
        names_left -= count
        if names_left < 0:
            references.fail("outOfBounds")
        for _ in range(count):
            code = references.varint()
            index = references.varint(U32)
            if code & 1:
                place = code >> 1
                if place >= len(known_others):
                    references.fail("badReference")
                if place > seen_others:
                    references.fail("wrongOrder")
                seen_others = max(seen_others, place + 1)
                found.append((known_others[place], index))
            else:
                if not 1 <= code >> 1 <= len(changes):
                    references.fail("badReference")
                named = changes[-(code >> 1)]
                found.append((named.id, index))
        if any(a >= b for a, b in zip(found, found[1:])):
            references.fail("wrongOrder")
        return tuple(found)

    for _ in range(count):
        stamp = wrapped(stamp + heads.signed())
        edit_count = heads.varint()
        edits_left -= edit_count
        if not 1 <= edit_count <= MOST_EDITS or edits_left < 0:
            heads.fail("outOfBounds")
        edits = []
        for _ in range(edit_count):
            use += uses.signed()
            if not 0 <= use < len(known_records):
                uses.fail("badReference")
            if use > seen_records:
                uses.fail("wrongOrder")
            seen_records = max(seen_records, use + 1)
            kind, record = known_records[use]
            code = targets.varint(2 * U32 + 1)
            if code == 1:
                targets.fail("outOfBounds")
            element = values.value() if code & 1 else None
            value_kind = values.varint()
            if value_kind == SENSITIVE_KIND:
                if code == 0 or code & 1:
                    values.fail("outOfBounds")
                if not parts:
                    values.fail("badRoot")
                content = parts.pop(0)
            else:
                content = Open(values.value_of(value_kind))
                if (code == 0 or code & 1) and content.value[0] != "bool":
                    values.fail("outOfBounds")
            supersedes = read_names()
            witnessed = read_names() if code == 0 else ()
            edits.append(Edit(record, kind, code, content, element, supersedes, witnessed))
        changes.append(Change(stamp=stamp, edits=tuple(edits), **author))

    for column in (heads, uses, targets, values, references):
        column.finish()
    if any(change.id in known_others for change in changes):
        others.fail("badReference")
    if parts:
        values.fail("badRoot")
    if seen_records < len(known_records) or seen_others < len(known_others):
        outer.fail("trailingBytes")
    return changes


def write_columns(changes):
    """The seven columns of section 3, as a list of bytes."""
    heads, uses, targets, values, references = (bytearray() for _ in range(5))
    records, others, places = {}, {}, {}
    stamp, use = 0, 0

    def write_names(here, items):
        references.extend(varint(len(items)))
        for change, index in items:
            if change in places:
                references.extend(varint(2 * (here - places[change])) + varint(index))
            else:
                references.extend(varint(2 * others.setdefault(change, len(others)) + 1) + varint(index))

    for here, change in enumerate(changes):
        heads += signed(wrapped(change.stamp - stamp)) + varint(len(change.edits))
        stamp = change.stamp
        for edit in change.edits:
            place = records.setdefault((edit.type, edit.record), len(records))
            uses += signed(place - use)
            use = place
            targets += varint(edit.code)
            if edit.code & 1:
                values += value(edit.element)
            values += value(edit.content.value) if isinstance(edit.content, Open) else varint(SENSITIVE_KIND)
            write_names(here, edit.supersedes)
            if edit.code == 0:
                write_names(here, edit.witnessed)
        places[change.id] = here
    record_column = b"".join(varint(kind) + record for kind, record in records)
    return [bytes(heads), record_column, bytes(uses), bytes(targets), bytes(values), bytes(references), b"".join(others)]


def seal(changes, signer, incarnation, first=1, previous=ZERO_HASH):
    """Seals changes of one device, member, scope and schema into a block of its stream."""
    one = changes[0]
    leaves = [leaf for change in changes for leaf in change.leaves]
    content = header(one.device, incarnation, one.scope, one.member, one.schema, first, len(changes), previous, leaves)
    content += deflate(b"".join(map(blob, write_columns(changes))))
    return sign(content, signer, one, incarnation, first, previous, tuple(changes))


def header(device, incarnation, scope, member, schema, first, count, previous, leaves):
    out = MAGIC + device + fixed64(incarnation) + scope + member + varint(schema) + varint(first) + varint(count) + previous
    return out + varint(len(leaves)) + (root(leaves) if leaves else b"")


def sign(content, signer, one, incarnation, first, previous, changes):
    signature = signer.sign(text("seamark-block-1") + sha256(content))
    return Block(one.device, incarnation, one.scope, one.member, one.schema, first, previous, changes, content, signature)


def portion(changes):
    """How many of the changes, from the first, surely fit into one block and with their sensitive values into one frame."""
    size = edits = 0
    for index, change in enumerate(changes[:MOST_CHANGES]):
        edits += len(change.edits)
        size += len(change.encoded)
        size += sum(17 + len(value(e.content.value)) for e in change.edits if isinstance(e.content, Sensitive))
        if size > 700_000 or edits > MOST_BLOCK_EDITS:
            if index == 0:
                raise ValueError("a change with its sensitive values is too long for a frame")
            return index
    return min(len(changes), MOST_CHANGES)


def read_block(data, sensitive, key):
    """Opens a block and checks its signature."""
    block = Block.open(data, sensitive)
    if not block.is_signed_by(key):
        raise DecodeError("badSignature", "a block")
    return block

