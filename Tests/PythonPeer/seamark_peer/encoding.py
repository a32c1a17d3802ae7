"""Section 1 of the specification: basic encodings and values. A reader refuses every form but the canonical one.

A value is a tuple: ("absent",), ("bool", b), ("int", n), ("double", bits), ("text", s), ("bytes", b), ("id", sixteen bytes),
("list", (values…)), ("group", ((number, value)…)), ("unknown", kind, payload).
"""

import hashlib
import struct

GREATEST_DEPTH = 16
LONGEST_TEXT = 65_536
SENSITIVE_KIND = 15
FIRST_UNKNOWN_KIND = 16
U32 = 0xFFFF_FFFF
U64 = 0xFFFF_FFFF_FFFF_FFFF


class DecodeError(Exception):
    """Bytes that are not a canonical encoding. `reason` is one of the words of Protocol/Vectors."""

    def __init__(self, reason, reading):
        super().__init__(f"reading {reading}: {reason}")
        self.reason = reason


def sha256(data):
    return hashlib.sha256(data).digest()


# Writing


def varint(number):
    if not 0 <= number <= U64:
        raise ValueError("a varint holds 64 bits")
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def signed(number):
    if not -(1 << 63) <= number < 1 << 63:
        raise ValueError("a signed number holds 64 bits")
    return varint((number << 1 ^ number >> 63) & U64)


def fixed64(number):
    return struct.pack(">Q", number)


def blob(data):
    return varint(len(data)) + data


def text(string):
    return blob(string.encode())


def derived_id(purpose, parts):
    """An id that two people compute alike (section 1, "Derived id")."""
    digest = sha256(text("seamark-derived-1") + text(purpose) + parts)
    high, low = struct.unpack(">QQ", digest[:16])
    return struct.pack(">QQ", high & 0xFFFF_FFFF_FFFF_0FFF | 0x8000, low & 0x3FFF_FFFF_FFFF_FFFF | 1 << 63)


def double(number):
    """The value of a floating-point number; minus zero becomes zero, NaN has no value."""
    if number != number:
        raise ValueError("NaN is no value")
    return ("double", struct.unpack(">Q", struct.pack(">d", number + 0.0))[0])


def value(item):
    kind = item[0]
    if kind == "absent":
        return varint(0)
    if kind == "bool":
        return varint(2 if item[1] else 1)
    if kind == "int":
        return varint(3) + signed(item[1])
    if kind == "double":
        return varint(4) + fixed64(item[1])
    if kind == "text":
        return varint(5) + text(item[1])
    if kind == "bytes":
        return varint(6) + blob(item[1])
    if kind == "id":
        return varint(7) + item[1]
    if kind == "list":
        return varint(8) + varint(len(item[1])) + b"".join(map(value, item[1]))
    if kind == "group":
        return varint(9) + varint(len(item[1])) + b"".join(varint(n) + value(v) for n, v in item[1])
    return varint(item[1]) + blob(item[2])


# Reading


class Reader:
    """Bytes from front to back. Every length is checked against what is there before anything is held."""

    def __init__(self, data, what="bytes"):
        self.data = data
        self.position = 0
        self.what = what

    @property
    def remaining(self):
        return len(self.data) - self.position

    def fail(self, reason):
        raise DecodeError(reason, self.what)

    def raw(self, count):
        if count > self.remaining:
            self.fail("truncated")
        self.position += count
        return self.data[self.position - count : self.position]

    def byte(self):
        return self.raw(1)[0]

    def varint(self, limit=U64):
        number = 0
        for index in range(10):
            byte = self.byte()
            if index == 9 and byte > 1:
                self.fail("outOfBounds")
            number |= (byte & 0x7F) << 7 * index
            if byte < 0x80:
                if byte == 0 and index > 0:
                    self.fail("notShortest")
                if number > limit:
                    self.fail("outOfBounds")
                return number
        self.fail("outOfBounds")

    def signed(self):
        number = self.varint()
        return number >> 1 ^ -(number & 1)

    def fixed64(self):
        return struct.unpack(">Q", self.raw(8))[0]

    def id(self):
        return self.raw(16)

    def hash(self):
        return self.raw(32)

    def count(self, limit=U64, each=1):
        """A count of things of at least `each` bytes: more than the rest could hold is refused at once."""
        number = self.varint()
        if number > limit:
            self.fail("outOfBounds")
        if number * each > self.remaining:
            self.fail("truncated")
        return number

    def blob(self, limit=U64):
        return self.raw(self.count(limit))

    def text(self, limit=U64):
        try:
            return self.blob(limit).decode()
        except UnicodeDecodeError:
            self.fail("notUTF8")

    def finish(self):
        if self.remaining:
            self.fail("trailingBytes")

    def value(self, depth=0):
        return self.value_of(self.varint(), depth)

    def value_of(self, kind, depth=0):
        """The rest of a value whose kind was read already."""
        if kind == 0:
            return ("absent",)
        if kind in (1, 2):
            return ("bool", kind == 2)
        if kind == 3:
            return ("int", self.signed())
        if kind == 4:
            bits = self.fixed64()
            if bits == 1 << 63 or bits & (1 << 63) - 1 > 0x7FF0 << 48:
                self.fail("outOfBounds")
            return ("double", bits)
        if kind == 5:
            return ("text", self.text(LONGEST_TEXT))
        if kind == 6:
            return ("bytes", self.blob(LONGEST_TEXT))
        if kind == 7:
            return ("id", self.id())
        if kind in (8, 9) and depth == GREATEST_DEPTH:
            self.fail("outOfBounds")
        if kind == 8:
            return ("list", tuple(self.value(depth + 1) for _ in range(self.count())))
        if kind == 9:
            members, last = [], -1
            for _ in range(self.count(each=2)):
                number = self.varint(U32)
                if number <= last:
                    self.fail("wrongOrder")
                last = number
                members.append((number, self.value(depth + 1)))
            return ("group", tuple(members))
        if kind < FIRST_UNKNOWN_KIND:
            self.fail("outOfBounds")
        return ("unknown", kind, self.blob(LONGEST_TEXT))


def whole(data, read, what="bytes"):
    """What `read` makes of all the bytes; anything left over is refused."""
    reader = Reader(data, what)
    result = read(reader)
    reader.finish()
    return result
