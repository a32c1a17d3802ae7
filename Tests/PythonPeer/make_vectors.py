#!/usr/bin/env python3
"""Makes Protocol/Vectors/*.json: bytes and what they mean, good and bad. The same files at every run with the same zlib.

Everything in them is fictitious; the keys are made from fixed seeds and serve nothing else.
"""

import datetime
import json
import pathlib
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from evidence_vectors import evidence_vectors
from seamark_peer import block as blocks
from seamark_peer import encoding, log, plain
from seamark_peer.block import Block, seal
from seamark_peer.change import Change, Edit, Open, Sensitive, Withheld, root
from seamark_peer.encoding import DecodeError, Reader, blob, fixed64, sha256, signed, text, value, varint, whole
from seamark_peer.merge import ScopeState

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Protocol" / "Vectors"


def fixed(name, length=16):
    """Fixed bytes for a name: what is random in life."""
    return sha256(b"seamark vector " + name.encode())[:length]


SCOPE, MEMBER, SECOND_MEMBER = fixed("scope"), fixed("member"), fixed("second member")
DEVICE, SECOND_DEVICE, THIRD_DEVICE = sorted(fixed(f"device {n}") for n in range(3))
INCARNATION = int.from_bytes(fixed("incarnation", 8), "big")
SEED, OTHER_SEED = fixed("signing key", 32), fixed("other signing key", 32)
SIGNER, OTHER_SIGNER = map(Ed25519PrivateKey.from_private_bytes, (SEED, OTHER_SEED))
KEY = SIGNER.public_key().public_bytes_raw()
TIME = 1_790_000_000_000
RECORDS = [fixed(f"record {n}") for n in range(8)]


def change(edits, stamp=TIME, device=DEVICE, member=MEMBER, schema=1):
    return Change(SCOPE, device, stamp, member, schema, tuple(edits))


def set_field(record, field, content, supersedes=(), type=7):
    if isinstance(content, tuple):
        content = Open(content)
    return Edit(RECORDS[record], type, 2 * field, content, None, tuple(sorted(supersedes)))


def set_element(record, field, element, present, supersedes=()):
    return Edit(RECORDS[record], 7, 2 * field + 1, Open(("bool", present)), element, tuple(sorted(supersedes)))


def set_life(record, present, supersedes=(), witnessed=()):
    return Edit(RECORDS[record], 7, 0, Open(("bool", present)), None, tuple(sorted(supersedes)), tuple(sorted(witnessed)))


def secret(name, content):
    return Sensitive(fixed("salt " + name), content)


# Basic encodings and values

READ = {
    "varint": Reader.varint,
    "signed": Reader.signed,
    "fixed64": Reader.fixed64,
    "blob": Reader.blob,
    "text": Reader.text,
    "value": Reader.value,
    "entry": log.read_entry,
}


def bad(name, kind, data, reason, zeros=0):
    """A bad encoding, then so many zeros. The peer itself must refuse it for the stated reason, else no vectors are written."""
    try:
        whole(data + bytes(zeros), READ[kind])
    except DecodeError as error:
        assert error.reason == reason, f"{name}: {error}"
        return {"name": name, "type": kind, "bytes": data.hex(), "zeros": zeros, "reason": reason}
    raise AssertionError(f"{name}: read")


def encodings():
    good = []

    def add(kind, data, meaning):
        assert whole(data, READ[kind]) == (bytes.fromhex(meaning) if kind == "blob" else meaning)
        good.append({"type": kind, "bytes": data.hex(), "meaning": str(meaning)})

    for number in (0, 1, 127, 128, 300, 16_383, 16_384, 2**32 - 1, 2**32, 2**63, 2**64 - 1):
        add("varint", varint(number), number)
    for number in (0, -1, 1, -64, 64, 2**31, -(2**31), 2**63 - 1, -(2**63), TIME):
        add("signed", signed(number), number)
    for number in (0, 1, 2**63, 2**64 - 1, 0x0123456789ABCDEF):
        add("fixed64", fixed64(number), number)
    for data in (b"", b"\0", bytes(range(200))):
        add("blob", blob(data), data.hex())
    for string in ("", "Seamark", "Überseehafen 港口 ⚓", "a\0b", "e\u0301", "\U0010ffff"):
        add("text", text(string), string)
    derived = []
    for purpose, parts in (("score", b""), ("score", fixed("a") + fixed("b")), ("published", SCOPE), ("", bytes(range(64)))):
        derived.append({"purpose": purpose, "parts": parts.hex(), "id": encoding.derived_id(purpose, parts).hex()})
    wrong = [
        bad("varint of no bytes", "varint", b"", "truncated"),
        bad("varint that goes on after its end", "varint", b"\x80", "truncated"),
        bad("varint with a needless last byte", "varint", b"\x80\x00", "notShortest"),
        bad("one with two needless bytes", "varint", b"\x81\x80\x00", "notShortest"),
        bad("varint of 65 bits", "varint", b"\xff" * 9 + b"\x02", "outOfBounds"),
        bad("varint of eleven bytes", "varint", b"\xff" * 10 + b"\x01", "outOfBounds"),
        bad("varint and one byte more", "varint", b"\x01\x00", "trailingBytes"),
        bad("signed with a needless last byte", "signed", b"\x81\x00", "notShortest"),
        bad("fixed64 of seven bytes", "fixed64", bytes(7), "truncated"),
        bad("blob that is shorter than it says", "blob", b"\x03ab", "truncated"),
        bad("blob of 2^62 bytes", "blob", varint(2**62) + b"ab", "truncated"),
        bad("text cut inside a character", "text", b"\x01\xc3", "notUTF8"),
        bad("text with an overlong slash", "text", b"\x02\xc0\xaf", "notUTF8"),
        bad("text with a surrogate", "text", b"\x03\xed\xa0\x80", "notUTF8"),
        bad("text beyond U+10FFFF", "text", b"\x04\xf4\x90\x80\x80", "notUTF8"),
        bad("text with a lone continuation byte", "text", b"\x02a\x80", "notUTF8"),
        bad("text and one byte more", "text", b"\x01ab", "trailingBytes"),
    ]
    return {"good": good, "derived": derived, "bad": wrong}


def nested(depth, kind):
    item = ("int", 1)
    for _ in range(depth):
        item = ("list", (item,)) if kind == "list" else ("group", ((3, item),))
    return item


GOOD_VALUES = {
    "absent": ("absent",),
    "false": ("bool", False),
    "true": ("bool", True),
    "zero": ("int", 0),
    "a negative number": ("int", -1_000_000),
    "the least integer": ("int", -(2**63)),
    "the greatest integer": ("int", 2**63 - 1),
    "double zero": encoding.double(0.0),
    "double of minus zero, which is zero": encoding.double(-0.0),
    "double": encoding.double(-1234.5625),
    "the least double above zero": ("double", 1),
    "infinity": encoding.double(float("inf")),
    "minus infinity": encoding.double(float("-inf")),
    "empty text": ("text", ""),
    "text": ("text", "Wer gibt den Preis frei? — Zoë"),
    "the longest text": ("text", "ab" * 32_768),
    "bytes": ("bytes", bytes(range(256))),
    "id": ("id", RECORDS[0]),
    "empty list": ("list", ()),
    "list": ("list", (("int", 1), ("absent",), ("list", (("text", "x"),)))),
    "lists sixteen deep": nested(16, "list"),
    "groups sixteen deep": nested(16, "group"),
    "empty group": ("group", ()),
    "group": ("group", ((0, ("int", -5)), (1, ("absent",)), (300, ("text", "EUR")))),
    "group with the greatest number": ("group", ((2**32 - 1, ("bool", True)),)),
    "the first unknown kind": ("unknown", 16, b"\x01\x02"),
    "an unknown kind of nothing": ("unknown", 2**64 - 1, b""),
}


def values():
    good = []
    for name, item in GOOD_VALUES.items():
        data = value(item)
        assert whole(data, Reader.value) == item
        good.append({"name": name, "bytes": data.hex(), "value": plain.value_to(item)})
    nan = 0x7FF8 << 48
    wrong = [
        bad("value of no bytes", "value", b"", "truncated"),
        bad("NaN", "value", b"\x04" + fixed64(nan), "outOfBounds"),
        bad("NaN with sign and payload", "value", b"\x04" + fixed64(0xFFF0 << 48 | 1), "outOfBounds"),
        bad("minus zero", "value", b"\x04" + fixed64(1 << 63), "outOfBounds"),
        bad("double of seven bytes", "value", b"\x04" + bytes(7), "truncated"),
        bad("kind with a needless byte", "value", b"\x83\x00\x02", "notShortest"),
        bad("integer with a needless byte", "value", b"\x03\x82\x00", "notShortest"),
        bad("text with bad UTF-8", "value", b"\x05\x02\xff\xfe", "notUTF8"),
        bad("text that is one byte too long", "value", b"\x05" + varint(65_537), "outOfBounds", 65_537),
        bad("bytes that are one too many", "value", b"\x06" + varint(65_537), "outOfBounds", 65_537),
        bad("id of fifteen bytes", "value", b"\x07" + bytes(15), "truncated"),
        bad("list with a count too large", "value", b"\x08" + varint(1 << 40) + b"\0", "truncated"),
        bad("list that ends early", "value", b"\x08\x02\x03", "truncated"),
        bad("lists seventeen deep", "value", value(nested(17, "list")), "outOfBounds"),
        bad("groups seventeen deep", "value", value(nested(17, "group")), "outOfBounds"),
        bad("group with its numbers turned round", "value", b"\x09\x02\x05\x00\x04\x00", "wrongOrder"),
        bad("group with a number twice", "value", b"\x09\x02\x05\x00\x05\x00", "wrongOrder"),
        bad("group number of 33 bits", "value", b"\x09\x01" + varint(1 << 32) + b"\0", "outOfBounds"),
        *(bad(f"kind {kind}", "value", bytes([kind, 0]), "outOfBounds") for kind in range(10, 15)),
        bad("kind 15 where no sensitive value can be", "value", b"\x0f", "outOfBounds"),
        bad("kind 15 inside a list", "value", b"\x08\x01\x0f", "outOfBounds"),
        bad("unknown kind with a payload too long", "value", b"\x10" + varint(65_537), "outOfBounds", 65_537),
        bad("unknown kind with a payload cut", "value", b"\x10\x05ab", "truncated"),
        bad("value and one byte more", "value", b"\x00\x00", "trailingBytes"),
    ]
    return {"good": good, "bad": wrong}


# Changes and roots


def good_changes():
    first = change([set_field(0, 1, ("text", "Pricing approval"))])
    foreign = sorted([(fixed("foreign 1"), 0), (fixed("foreign 2"), 4_095), (fixed("foreign 2"), 3)])
    return {
        "one field": first,
        "a field that supersedes": change([set_field(0, 1, ("text", "Freigabe"), [first.name(0), *foreign])], TIME + 1),
        "a cleared field": change([set_field(0, 1, ("absent",), [first.name(0)])], TIME + 2),
        "many edits": change([set_field(r, f, ("int", r * f - 3)) for r in range(3) for f in range(1, 6)]),
        "a record made": change([set_life(1, True), set_field(1, 1, ("text", "new"))]),
        "a deletion that witnessed": change([set_life(0, False, [foreign[0]], [first.name(0), *foreign])], TIME + 3),
        "set elements": change([set_element(2, 4, ("id", RECORDS[3]), True), set_element(2, 4, ("text", "tag"), False)]),
        "sensitive": change([set_field(3, 9, secret("quote", ("text", "\u201cNobody decides.\u201d"))), set_field(3, 2, ("int", 4))]),
        "withheld": change([set_field(3, 9, Withheld(secret("quote", ("text", "x")).leaf))]),
        "an unknown kind of value": change([set_field(4, 77, ("unknown", 21, b"later"))]),
        "the greatest type and field": change([set_field(4, 2**32 - 1, ("int", 0), type=2**32 - 1)], schema=2**32 - 1),
        "a time before 1970": change([set_field(4, 1, ("int", 0))], stamp=-86_400_000),
        "the least time": change([set_field(4, 1, ("int", 0))], stamp=-(2**63)),
    }


def changes():
    good = []
    for name, item in good_changes().items():
        assert plain.change_from(plain.change_to(item)) == item
        leaves = [leaf.hex() for leaf in item.leaves]
        good.append({"name": name, "change": plain.change_to(item), "encoded": item.encoded.hex(), "leaves": leaves})
    roots = []
    for count in (1, 2, 3, 4, 5, 7, 8, 13):
        leaves = [fixed(f"leaf {n}", 32) for n in range(count)]
        roots.append({"leaves": [leaf.hex() for leaf in leaves], "root": root(leaves).hex()})
    return {"good": good, "roots": roots}


# Blocks


def stamped(count, start=TIME):
    """A history inside one block: every change supersedes what the one before set, some much earlier ones."""
    made = []
    for n in range(count):
        supersedes = [made[-1].name(0)] if made else []
        if n > 5 and n % 3 == 0:
            supersedes.append(made[n - 5].name(1))
        edits = [set_field(n % 4, 1 + n % 2, ("int", n * n), supersedes), set_field((n + 1) % 4, 3, ("text", f"note {n}"))]
        made.append(change(edits, start + 1000 * n))
    return made


def good_blocks():
    named = good_changes()
    quote = secret("quote", ("text", "\u201cNobody decides.\u201d"))
    three = [
        change([set_field(0, 9, quote), set_field(0, 1, ("int", 1)), set_field(1, 9, secret("name", ("text", "Zoë (fictitious)")))]),
        change([set_field(1, 9, secret("empty", ("absent",)))], TIME + 5),
    ]
    redacted = [
        change([set_field(0, 9, Withheld(quote.leaf)), *three[0].edits[1:]]),
        three[1],
    ]
    first = seal([named["one field"]], SIGNER, INCARNATION)
    second = seal([named["a field that supersedes"], named["a cleared field"]], SIGNER, INCARNATION, 2, first.hash)
    outside = fixed("foreign 1")
    twice = [
        change([set_field(0, 1, ("int", 1), [(outside, 0)]), set_field(0, 2, ("int", 1), [(fixed("foreign 3"), 1), (outside, 7)])]),
        change([set_field(0, 1, ("int", 2), [(outside, 0), (fixed("foreign 3"), 0)])], TIME - 7),
    ]
    twice.append(change([set_field(0, 1, ("int", 3), [twice[0].name(1), twice[1].name(0), (outside, 3)])], TIME))
    return {
        "a single change, first of its stream": first,
        "references to another block of the stream": second,
        "a hundred changes with references inside": seal(stamped(100), SIGNER, INCARNATION, 4, second.hash),
        "a thousand changes": seal(
            [change([set_field(n % 8, 1, ("int", n))], TIME + n) for n in range(1000)], SIGNER, INCARNATION, 104, fixed("previous", 32)
        ),
        "references inside and across, stamps that go back": seal(twice, SIGNER, 0),
        "life": seal([named["a record made"], named["a deletion that witnessed"]], SIGNER, 2**64 - 1),
        "set elements and an unknown kind of value": seal([named["set elements"], named["an unknown kind of value"]], SIGNER, INCARNATION),
        "sensitive values": seal(three, SIGNER, INCARNATION),
        "the same with one redacted": seal(redacted, SIGNER, INCARNATION),
        "only a withheld value": seal([named["withheld"]], SIGNER, INCARNATION),
        "the same record under two types": seal(
            [change([set_field(0, 1, ("int", 1)), set_field(0, 1, ("int", 2), type=8)])], SIGNER, INCARNATION
        ),
        "extremes of stamps": seal(
            [change([set_field(0, 1, ("int", 0))], stamp=t) for t in (-(2**63), 2**63 - 1, -(2**63), 0, -1)], SIGNER, INCARNATION
        ),
        "a name of an edit that its change does not have": seal(
            [three[1], change([set_field(0, 1, ("int", 1), [three[1].name(9), (outside, 2**32 - 1)])], TIME + 9)], SIGNER, INCARNATION
        ),
        "a number of 63 bits": seal([named["one field"]], SIGNER, INCARNATION, 2**62 - 1, fixed("previous", 32)),
        "signed by another key": seal([named["one field"]], OTHER_SIGNER, INCARNATION),
    }


def block_plain(item):
    return {
        "block": item.bytes.hex(),
        "sensitive": item.sensitive.hex(),
        "hash": item.hash.hex(),
        "device": item.device.hex(),
        "incarnation": item.incarnation,
        "scope": item.scope.hex(),
        "member": item.member.hex(),
        "schema": item.schema,
        "first": item.first,
        "previous": item.previous.hex(),
        "columns": [column.hex() for column in blocks.write_columns(item.changes)],
        "changes": [plain.change_to(each) for each in item.changes],
    }


class Forge:
    """A block of three changes taken to pieces, so that one piece can be wrong."""

    def __init__(self):
        one = change([set_field(0, 1, ("int", 1), [(fixed("foreign 1"), 2)]), set_field(1, 1, ("int", 2))])
        two = change([set_field(0, 1, ("int", 3), [one.name(0)]), set_field(2, 9, secret("forge", ("text", "x")))], TIME + 9)
        three = change([set_life(1, False, (), [one.name(1), (fixed("foreign 4"), 0)]), set_element(0, 2, ("int", 5), True)], TIME + 20)
        self.changes = (one, two, three)
        self.good = seal(self.changes, SIGNER, INCARNATION)
        self.columns = dict(zip(blocks.COLUMNS, blocks.write_columns(self.changes)))

    def head(self, magic=b"SMB1", schema=varint(1), first=varint(1), count=varint(3), previous=bytes(32), sensitive=varint(1), root=None):
        out = magic + DEVICE + fixed64(INCARNATION) + SCOPE + MEMBER + schema + first + count + previous
        return out + sensitive + (self.good.changes[1].leaves[0] if root is None else root)

    def joined(self, **columns):
        return b"".join(map(blob, (self.columns | columns).values()))

    def block(self, columns=None, deflated=None, inflated_length=None, **head):
        data = self.joined() if columns is None else columns
        length = varint(len(data)) if inflated_length is None else inflated_length
        content = self.head(**head) + length + (zlib.compress(data, 9) if deflated is None else deflated)
        return content + SIGNER.sign(text("seamark-block-1") + sha256(content))

    def with_columns(self, **columns):
        return self.block(self.joined(**columns))


def bad_blocks():
    forge = Forge()
    good, columns = forge.good, forge.columns
    assert forge.block() == good.bytes
    named = []

    def add(name, data, reason, sensitive=None, key=KEY, zeros=0):
        sensitive = good.sensitive if sensitive is None else sensitive
        try:
            blocks.read_block(data + bytes(zeros), sensitive, key)
        except DecodeError as error:
            assert reason in (error.reason, None), f"{name}: {error}"
            described = {"name": name, "block": data.hex(), "zeros": zeros, "sensitive": sensitive.hex(), "key": key.hex()}
            named.append(described | {"reason": reason})
            return
        raise AssertionError(f"{name}: read")

    lengths = {"magic": 4, "device": 16, "incarnation": 8, "scope": 16, "member": 16, "schema": 1, "first": 1, "count": 1, "previous": 32}
    place = 0
    for part, length in {**lengths, "sensitive count": 1, "root": 32, "length of the columns": 2}.items():
        # Cut inside the part; sixty-four bytes follow, as if they were the signature.
        add(f"cut inside: {part}", good.bytes[: place + length - 1] + bytes(64), "truncated")
        place += length
    add("nothing", b"", "outOfBounds")
    add("a signature and no more", good.bytes[:64], "outOfBounds")
    add("longer than a block may be", good.bytes, "outOfBounds", zeros=1_000_000)
    add("other magic", forge.block(magic=b"SMB2"), "badMagic")
    add("schema of 33 bits", forge.block(schema=varint(1 << 32)), "outOfBounds")
    add("schema with a needless byte", forge.block(schema=b"\x81\x00"), "notShortest")
    add("first is 0", forge.block(first=varint(0)), "outOfBounds")
    add("first with a needless byte", forge.block(first=b"\x81\x00"), "notShortest")
    add("a previous block before the first", forge.block(previous=fixed("previous", 32)), "badReference")
    add("no previous block before the second", forge.block(first=varint(2)), "badReference")
    add("numbers that run over", forge.block(first=varint(2**64 - 2), previous=fixed("previous", 32)), "outOfBounds")
    add("count is 0", forge.block(count=varint(0)), "outOfBounds")
    add("count is 1001", forge.block(count=varint(1001)), "outOfBounds")
    add("count is one too many", forge.block(count=varint(4)), "truncated")
    add("count is one too few", forge.block(count=varint(2)), "trailingBytes")
    add("more sensitive values than sealed", forge.block(sensitive=varint(2)), "outOfBounds")
    add("another root", forge.block(root=fixed("root", 32)), "badRoot")

    # The zlib streams
    data = forge.joined()
    add("inflated length is one too small", forge.block(inflated_length=varint(len(data) - 1)), "damaged")
    add("inflated length is one too large", forge.block(inflated_length=varint(len(data) + 1)), "damaged")
    add("inflated length of 1 MiB and one", forge.block(inflated_length=varint(1024 * 1024 + 1)), "outOfBounds")
    add("inflated length of nearly 2^64", forge.block(inflated_length=varint(2**64 - 1)), "outOfBounds")
    bomb = bytes(1024 * 1024)
    add("columns that inflate a thousandfold", forge.block(bomb), "outOfBounds")
    add("columns that hide a bomb behind a small length", forge.block(bomb, inflated_length=varint(100)), "damaged")
    add("columns that are no zlib stream", forge.block(deflated=b"columns"), "damaged")
    deflated = zlib.compress(data, 9)
    add("zlib stream that was cut", forge.block(deflated=deflated[:-6]), "damaged")
    add("zlib stream with a wrong checksum", forge.block(deflated=deflated[:-1] + bytes([deflated[-1] ^ 1])), "damaged")
    add("bytes after the zlib stream", forge.block(deflated=deflated + b"\0"), "damaged")
    add("raw deflate without zlib's frame", forge.block(deflated=deflated[2:-4]), "damaged")

    # The columns
    for index, column in enumerate(columns):
        parts = list(columns.values())
        parts[index] = parts[index][:-1]
        add(f"column {column} is one byte short", forge.block(b"".join(map(blob, parts))), "truncated")
        if column in ("records", "others"):
            continue
        parts[index] = columns[column] + b"\0"
        add(f"column {column} has a byte too many", forge.block(b"".join(map(blob, parts))), "trailingBytes")
    add("six columns", forge.block(b"".join(map(blob, list(columns.values())[:6]))), "truncated")
    add("eight columns", forge.block(data + b"\0"), "trailingBytes")
    empty = [signed(TIME) + b"\0"] + [b""] * 6
    add("no edits in a change", forge.block(b"".join(map(blob, empty)), count=varint(1), sensitive=varint(0), root=b""), None, b"")
    add("4,097 edits in a change", forge.with_columns(heads=signed(TIME) + varint(4_097) + columns["heads"][-4:]), "outOfBounds")
    add("record index beyond the column", forge.with_columns(uses=signed(0) + signed(1) + signed(-1) + signed(9) + signed(-1) + signed(-1)), "badReference")
    add("record index below 0", forge.with_columns(uses=signed(-1) + columns["uses"][1:]), "badReference")
    # Records 0 1 0 2 1 0 become 1 0 1 2 0 1, with the column turned round.
    size = 17
    turned = columns["records"][size : 2 * size] + columns["records"][:size] + columns["records"][2 * size :]
    uses = b"".join(map(signed, (1, -1, 1, 1, -2, 1)))
    add("records not in order of first use", forge.with_columns(records=turned, uses=uses), "wrongOrder")
    add("record in the column twice", forge.with_columns(records=columns["records"][: 2 * size] + columns["records"][:size]), "wrongOrder")
    add("record that no edit uses", forge.with_columns(records=columns["records"] + varint(7) + fixed("unused")), "trailingBytes")
    add("record type of 33 bits", forge.with_columns(records=varint(1 << 32) + columns["records"][1:]), "outOfBounds")
    targets = columns["targets"]
    add("target code 1: field 0 as a set", forge.with_columns(targets=targets[:-1] + b"\x01"), "outOfBounds")
    add("target code of 34 bits", forge.with_columns(targets=varint(1 << 33) + targets[1:]), "outOfBounds")
    values_column = columns["values"]
    add("life that is a number", forge.with_columns(values=values_column.replace(b"\x0f\x01", b"\x0f\x03\x02")), "outOfBounds")
    add("set element whose content is a number", forge.with_columns(values=values_column[:-1] + b"\x03\x02"), "outOfBounds")
    # Two sensitive values, counted and committed to as they should be; only that they stand where none may is wrong.
    part = b"\1" + fixed("salt forge") + value(("text", "x"))
    both = dict(sensitive=varint(2), root=root([good.changes[1].leaves[0]] * 2))
    life = forge.block(forge.joined(values=values_column.replace(b"\x0f\x01", b"\x0f\x0f")), **both)
    add("life that is sensitive", life, "outOfBounds", blocks.deflate(part * 2))
    in_set = forge.block(forge.joined(values=values_column[:-1] + b"\x0f"), **both)
    add("set element whose content is sensitive", in_set, "outOfBounds", blocks.deflate(part * 2))
    two = forge.joined(values=b"\x0f" + values_column[2:])
    add("two sensitive values where one was sealed", forge.block(two), "badRoot")
    too_few = forge.block(two, root=both["root"])
    add("sensitive count is one too small", too_few, "badRoot", blocks.deflate(part * 2))
    add("no sensitive value where one was sealed", forge.with_columns(values=values_column.replace(b"\x0f", b"\x00")), "badRoot")
    # References: edit 0 names other 0 at 2; edit 2 names one change back at 0; the life edit witnesses two.
    references = columns["references"]
    assert references[:3] == b"\x01\x01\x02"
    add("reference to the change itself", forge.with_columns(references=b"\x01\x00\x02" + references[3:]), "badReference")
    add("reference before the block", forge.with_columns(references=b"\x01\x02\x02" + references[3:]), "badReference")
    add("reference 2^62 changes back", forge.with_columns(references=b"\x01" + varint(1 << 63) + b"\x02" + references[3:]), "badReference")
    add("other change beyond the column", forge.with_columns(references=b"\x01\x09\x02" + references[3:]), "badReference")
    add("others not in order of first use", forge.with_columns(references=b"\x01\x03\x02" + references[3:]), "wrongOrder")
    add("other change in the column twice", forge.with_columns(others=columns["others"][:16] * 2), "wrongOrder")
    add("other change that no edit names", forge.with_columns(others=columns["others"] + fixed("unused")), "trailingBytes")
    add("names with a count too large", forge.with_columns(references=varint(1 << 40) + references[1:]), "truncated")
    add("index of 33 bits", forge.with_columns(references=b"\x01\x01" + varint(1 << 32) + references[3:]), "outOfBounds")
    pair = references[-6:-1]
    assert pair[0] == 2
    swapped = pair[:1] + pair[3:] + pair[1:3]
    add("names turned round", forge.with_columns(references=references.replace(pair, swapped)), "wrongOrder")
    doubled = b"\x02" + pair[1:3] * 2
    add("the same name twice", forge.with_columns(references=references.replace(pair, doubled)), "wrongOrder")
    wide = [set_field(0, 1, ("bytes", bytes(65_536)))] * 5
    wide_columns = [signed(TIME) + varint(5), varint(7) + RECORDS[0], bytes(5), b"\x02" * 5]
    wide_columns += [b"".join(value(edit.content.value) for edit in wide), bytes(5), b""]
    # Not deflated, so that the bound of 100 times is kept and only the length of the change is wrong.
    content = forge.head(count=varint(1), sensitive=varint(0), root=b"")
    stored = b"".join(map(blob, wide_columns))
    content += varint(len(stored)) + zlib.compress(stored, 0)
    long = content + SIGNER.sign(text("seamark-block-1") + sha256(content))
    add("change longer than 262,144 bytes", long, "outOfBounds", b"")

    # Sensitive values
    add("sensitive values left out", good.bytes, "outOfBounds", b"")
    add("sensitive values of nothing, deflated", good.bytes, None, blocks.deflate(b""))
    plain_block = seal([change([set_field(0, 1, ("int", 1))])], SIGNER, INCARNATION)
    add("sensitive values that the block does not have", plain_block.bytes, "badRoot", good.sensitive)
    add("another sensitive value", good.bytes, "badRoot", blocks.deflate(part[:-1] + b"y"))
    add("another salt", good.bytes, "badRoot", blocks.deflate(b"\1" + fixed("other salt") + part[17:]))
    add("another leaf", good.bytes, "badRoot", blocks.deflate(b"\0" + fixed("leaf", 32)))
    add("sensitive values cut", good.bytes, "truncated", blocks.deflate(part[:-1]))
    add("a sensitive value too many", good.bytes, "badRoot", blocks.deflate(part + part))
    add("sensitive value that is neither there nor redacted", good.bytes, "outOfBounds", blocks.deflate(b"\2" + part[1:]))
    add("sensitive value of kind 15", good.bytes, "outOfBounds", blocks.deflate(part[:17] + b"\x0f"))
    add("sensitive values with a length that lies", good.bytes, "damaged", varint(len(part) + 1) + zlib.compress(part))
    add("sensitive values that are a bomb", good.bytes, "outOfBounds", varint(1 << 22) + zlib.compress(bomb, 9))
    add("sensitive values of nearly 2^64", good.bytes, "outOfBounds", varint(2**64 - 1) + zlib.compress(part))

    # Signatures
    add("signature with a bit turned", good.bytes[:-1] + bytes([good.bytes[-1] ^ 1]), "badSignature")
    add("signature of another key", good.bytes, "badSignature", key=OTHER_SIGNER.public_key().public_bytes_raw())
    add("signature over the content instead of its hash", good.content + SIGNER.sign(good.content), "badSignature")
    add("signature without its prefix", good.content + SIGNER.sign(good.hash), "badSignature")
    add("signature of zeros", good.content + bytes(64), "badSignature")
    add("key of zeros and a signature of zeros", good.content + bytes(64), "badSignature", key=bytes(32))
    return named


def block_vectors():
    good = []
    for name, item in good_blocks().items():
        opened = Block.open(item.bytes, item.sensitive)
        assert opened == item
        seed = OTHER_SEED if name == "signed by another key" else SEED
        key = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        assert opened.is_signed_by(key)
        good.append({"name": name, "seed": seed.hex(), "key": key.hex(), **block_plain(item)})
    return {"good": good, "bad": bad_blocks()}


# The log


def entry_plain(entry):
    if isinstance(entry, log.BlockEntry):
        return {"block": entry.block.hex(), "verdicts": list(entry.verdicts), "received": entry.received}
    return {"released": [each.hex() for each in entry.released], "received": entry.received}


def log_vectors():
    entries = [
        log.BlockEntry(fixed("block 1", 32), (0,), TIME),
        log.BlockEntry(fixed("block 2", 32), (0, 1, 3001, 3107, 0), TIME + 1),
        log.ReleaseEntry((fixed("change 1"),), TIME + 2),
        log.ReleaseEntry((fixed("change 3"), fixed("change 2")), TIME - 1),
        log.BlockEntry(fixed("block 3", 32), (2**32 - 1,) + (0,) * 999, -1),
    ]
    good, before = [], log.BEGINNING
    for position, entry in enumerate(entries, 1):
        assert whole(entry.encoded, log.read_entry) == entry
        after = log.log_hash(before, entry)
        described = {"position": position, "entry": entry_plain(entry), "bytes": entry.encoded.hex()}
        good.append(described | {"before": before.hex(), "after": after.hex()})
        before = after
    one = entries[1].encoded
    wrong = [
        bad("entry of no bytes", "entry", b"", "truncated"),
        bad("entry of kind 2", "entry", b"\x02" + one[1:], "outOfBounds"),
        bad("entry cut inside its block hash", "entry", one[:20], "truncated"),
        bad("entry cut inside its verdicts", "entry", one[:36], "truncated"),
        bad("entry with a count of 2^40", "entry", one[:33] + varint(1 << 40) + one[34:], "truncated"),
        bad("verdict with a needless byte", "entry", one[:34] + b"\x80\x00" + one[35:], "notShortest"),
        bad("verdict of 33 bits", "entry", one[:34] + varint(1 << 32) + one[35:], "outOfBounds"),
        bad("release cut inside an id", "entry", entries[2].encoded[:10], "truncated"),
        bad("entry without its time", "entry", b"\1\1" + bytes(16), "truncated"),
        bad("entry and one byte more", "entry", one + b"\0", "trailingBytes"),
    ]
    epoch = int.from_bytes(fixed("epoch", 8), "big")
    receipts = []
    for position, entry in ((1, entries[0]), (2, entries[1]), (2**63, entries[4])):
        place = fixed(f"log hash {position}", 32)
        message = log.receipt_message(epoch, SCOPE, position, place, entry.block, entry.verdicts, entry.received)
        described = {"epoch": epoch, "scope": SCOPE.hex(), "position": position, "logHash": place.hex()}
        described |= {"block": entry.block.hex(), "verdicts": list(entry.verdicts), "received": entry.received}
        receipts.append(described | {"message": message.hex(), "signature": SIGNER.sign(message).hex(), "key": KEY.hex()})
    checkpoints = []
    for count in (0, 1, 3):
        scopes = sorted((fixed(f"scope {n}"), n * 1000, fixed(f"hash {n}", 32), fixed(f"digest {n}")) for n in range(count))
        message = log.checkpoint_message(epoch, scopes, TIME)
        listed = [{"scope": s.hex(), "position": p, "logHash": h.hex(), "digest": d.hex()} for s, p, h, d in scopes]
        described = {"epoch": epoch, "time": TIME, "scopes": listed, "message": message.hex()}
        checkpoints.append(described | {"signature": SIGNER.sign(message).hex(), "key": KEY.hex()})
    return {"good": good, "bad": wrong, "receipts": receipts, "checkpoints": checkpoints, "serverKey": server_key(epoch), "farewell": farewell(), "wipeOrder": wipe_order()}


def tenant_authority():
    """A fictitious tenant authority: its certificate, and how it signs. RFC 6979 makes ECDSA signatures the same every time."""
    authority = ec.derive_private_key(int.from_bytes(fixed("authority", 32), "big") >> 1, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Fictitious tenant authority")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, authority.public_key(), 1, start, start + datetime.timedelta(days=3650))
    builder = builder.add_extension(x509.BasicConstraints(True, 0), True)
    certificate = builder.sign(authority, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(serialization.Encoding.DER)
    return certificate, lambda message: authority.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def server_key(epoch):
    """The server's key under a fictitious tenant authority."""
    certificate, endorse = tenant_authority()
    tenant, device = fixed("tenant"), fixed("server device")
    message = log.server_key_message(tenant, epoch, device, KEY)
    signature = endorse(message)
    assert log.server_key_verifies(certificate, tenant, epoch, device, KEY, signature)
    described = {"authority": certificate.hex(), "tenant": tenant.hex(), "epoch": epoch, "device": device.hex(), "key": KEY.hex()}
    return described | {"message": message.hex(), "signature": signature.hex()}


def farewell():
    """A server key's own word that it signs no more."""
    tenant = fixed("tenant")
    message = log.farewell_message(tenant, KEY)
    return {"tenant": tenant.hex(), "key": KEY.hex(), "message": message.hex(), "signature": SIGNER.sign(message).hex()}


def wipe_order():
    """Headquarters' order to wipe a device, by the server's key."""
    tenant, device, ordered = fixed("tenant"), fixed("wiped device"), TIME
    message = log.wipe_order_message(tenant, device, ordered)
    described = {"tenant": tenant.hex(), "device": device.hex(), "ordered": ordered, "key": KEY.hex()}
    return described | {"message": message.hex(), "signature": SIGNER.sign(message).hex()}


# Histories


def history(name, steps):
    """`steps` are (changes, verdicts, time received) or (released ids, None, time). Heads and digest after every step."""
    state, described, before = ScopeState(), [], log.BEGINNING
    for changes_or_ids, verdicts, received in steps:
        if verdicts is None:
            entry, sealed = log.ReleaseEntry(tuple(changes_or_ids), received), None
            state.read(entry)
        else:
            sealed = seal(changes_or_ids, SIGNER, INCARNATION)
            entry = log.BlockEntry(sealed.hash, tuple(verdicts), received)
            state.read(entry, sealed.changes)
        before = log.log_hash(before, entry)
        step = {"entry": entry_plain(entry), "logHash": before.hex(), "digest": state.digest.hex()}
        if sealed:
            step |= {"block": sealed.bytes.hex(), "sensitive": sealed.sensitive.hex()}
        described.append(step)
    heads = []
    for target in sorted(state.heads, key=lambda t: (t[0], t[1], value(t[2]) if t[2] else b"")):
        shown = state.shown(*target)
        if shown:
            one = {"record": target[0].hex(), "code": target[1], "heads": plain.names_to(head.name for head in shown)}
            if target[2]:
                one["element"] = plain.value_to(target[2])
            heads.append(one)
    return {"name": name, "steps": described, "heads": heads, "digest": state.digest.hex()}


def histories():
    base = change([set_field(0, 1, ("int", 1)), set_field(0, 2, ("text", "a")), set_life(0, True)])
    left = change([set_field(0, 1, ("int", 2), [base.name(0)])], TIME + 10)
    right = change([set_field(0, 1, ("int", 3), [base.name(0)])], TIME + 5, SECOND_DEVICE, SECOND_MEMBER)
    third = change([set_field(0, 1, ("int", 4), [base.name(0)])], TIME + 10, THIRD_DEVICE)
    join = change([set_field(0, 1, ("int", 5), [left.name(0), right.name(0)])], TIME + 20)
    delete = change([set_life(0, False, [base.name(2)], [base.name(0), base.name(1)])], TIME + 30, SECOND_DEVICE)
    on = change([set_element(1, 4, ("text", "x"), True), set_element(1, 4, ("text", "y"), True)])
    off = change([set_element(1, 4, ("text", "x"), False, [on.name(0)])], TIME + 1)
    future = change([set_field(0, 1, ("int", 6), [base.name(0)])], TIME + 10**9, SECOND_DEVICE)
    early = change([set_field(0, 1, ("int", 8), [base.name(0)])], TIME + 10**9 + 1, THIRD_DEVICE)
    other_type = change([set_field(0, 1, ("int", 7), [base.name(0)], type=9)], TIME + 7)
    wrong_target = change([set_field(0, 2, ("text", "b"), [base.name(0)])], TIME + 8)
    at = TIME + 1000
    return {
        "good": [
            history("nothing yet but a refusal", [([base], [3001], at)]),
            history("one change", [([base], [0], at)]),
            history("two at once: a conflict", [([base], [0], at), ([left], [0], at), ([right], [0], at)]),
            history("three at once, shown by device where the time is equal", [([base], [0], at), ([left], [0], at), ([third], [0], at), ([right], [0], at)]),
            history("a resolution", [([base], [0], at), ([left], [0], at), ([right], [0], at), ([join], [0], at)]),
            history("a resolution, then a late third", [([base], [0], at), ([left], [0], at), ([right], [0], at), ([join], [0], at), ([third], [0], at)]),
            history("edits that come before what they supersede", [([join], [0], at), ([left], [0], at), ([base], [0], at), ([right], [0], at)]),
            history("a duplicate", [([base], [0], at), ([left], [0], at), ([left], [1], at + 1)]),
            history("a deletion that did not see a field", [([base], [0], at), ([left], [0], at), ([delete], [0], at)]),
            history("set elements", [([on], [0], at), ([off], [0], at)]),
            history("a change refused, then released", [([base], [0], at), ([left], [3007], at), ([left.id], None, at + 5)]),
            history("released twice, and one that nobody knows", [([base], [0], at), ([left], [3007], at), ([left.id, left.id], None, at + 5), ([left.id, fixed("nobody")], None, at + 6)]),
            history("what a release applies counts as received then", [([base], [0], at), ([early], [3007], TIME + 1), ([future], [0], TIME + 2), ([early.id], None, TIME + 3)]),
            history("one of two in a block refused", [([base], [0], at), ([left, join], [3104, 0], at), ([left.id], None, at + 9)]),
            history("a stamp ahead of its time", [([base], [0], at), ([future], [0], TIME + 4), ([left], [0], at)]),
            history("a change of another type supersedes all the same", [([base], [0], at), ([other_type], [0], at)]),
            history("a name of another field supersedes nothing", [([base], [0], at), ([wrong_target], [0], at)]),
            history("a name of another field supersedes nothing, when it comes first", [([wrong_target], [0], at), ([base], [0], at)]),
            history("a hundred changes", [(stamped(100), [0] * 100, at)]),
        ]
    }


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = {"encodings": encodings(), "values": values(), "changes": changes(), "blocks": block_vectors(), "log": log_vectors(), "histories": histories()}
    certificate, endorse = tenant_authority()
    made["evidence"] = evidence_vectors(fixed, certificate, endorse)
    for name, content in made.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=True) + "\n")
        counts = ", ".join(f"{len(part)} {key}" for key, part in content.items() if isinstance(part, list))
        print(f"{name}.json: {counts}")


if __name__ == "__main__":
    main()
