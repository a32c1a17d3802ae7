"""Section 4, "Evidence": a file that holds a scope's whole log is judged, from its bytes and the authority's fingerprint alone."""

from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

from . import log
from .block import LONGEST, LONGEST_COLUMNS, Block, read_parts, verifies
from .change import Open, Sensitive
from .encoding import DecodeError, Reader, fixed64, sha256, text, varint
from .merge import ScopeState
from .redaction import kind, named

BEGINNING = b"SMEV\1"
LONGEST_ITEM = 2_162_688
HEAD, SHARED, ENTRY, END = 1, 2, 3, 4
MOST_RELEASED = 1_000
DEVICE_TYPE, KEY_FIELD = 3, 11


class Fault(Exception):
    """The first thing that does not hold: one of the words of the specification, and the number of the item."""

    def __init__(self, word, item=None):
        super().__init__(word)
        self.word = word
        self.item = item


@dataclass(frozen=True)
class Head:
    tenant: bytes
    scope: bytes
    shared: bytes
    has_values: bool
    authority: bytes
    keys: tuple
    epoch: int
    scopes: dict
    time: int
    signature: bytes

    @property
    def checkpoint(self):
        return log.checkpoint_message(self.epoch, [(s, *said) for s, said in self.scopes.items()], self.time)


@lru_cache(maxsize=None)
def read_head(data):
    reader = Reader(data, "a head")
    tenant, scope, shared = reader.id(), reader.id(), reader.id()
    mark = reader.byte()
    if mark > 1 or scope == shared:
        reader.fail("outOfBounds")
    authority = reader.blob(16_384)
    keys = tuple((reader.fixed64(), reader.id(), reader.raw(32), reader.blob(72)) for _ in range(reader.count(17, each=57)))
    if not keys:
        reader.fail("outOfBounds")
    epoch, scopes, last = reader.fixed64(), {}, b""
    for _ in range(reader.count(each=65)):
        known = reader.id()
        if known <= last and scopes:
            reader.fail("wrongOrder")
        last = known
        scopes[known] = (reader.varint(), reader.hash(), reader.raw(16))
    time, signature = reader.signed(), reader.raw(64)
    reader.finish()
    return Head(tenant, scope, shared, mark == 1, authority, keys, epoch, scopes, time, signature)


@lru_cache(maxsize=4096)
def read_entry(data):
    """(entry, log hash, signature, block or None, sensitive values as they are before deflating)"""
    reader = Reader(data, "an entry of evidence")
    entry = log.read_entry(reader)
    is_block = isinstance(entry, log.BlockEntry)
    if not is_block and len(entry.released) > MOST_RELEASED:
        reader.fail("outOfBounds")
    log_hash, signature, mark = reader.hash(), reader.raw(64), reader.byte()
    block, sensitive = None, b""
    if mark > 1 or mark and not is_block:
        reader.fail("outOfBounds")
    if mark:
        block, sensitive = reader.blob(LONGEST), reader.blob(LONGEST_COLUMNS)
    reader.finish()
    return entry, log_hash, signature, block, sensitive


@lru_cache(maxsize=4096)
def open_block(data, sensitive):
    # What travels deflated elsewhere lies plain here.
    try:
        return Block.open(data, parts=read_parts(sensitive) if sensitive else [])
    except DecodeError as error:
        return error


@lru_cache(maxsize=65536)
def signed(signature, message, key):
    return verifies(signature, message, key)


@lru_cache(maxsize=4096)
def endorsed(authority, message, signature):
    try:
        x509.load_der_x509_certificate(authority).public_key().verify(signature, message, ECDSA(hashes.SHA256()))
        return True
    except (InvalidSignature, ValueError, TypeError, AttributeError):
        return False


def parts_of(block):
    return [e.content for change in block.changes for e in change.edits if not isinstance(e.content, Open)]


def published(block, verdicts):
    """The keys of devices that a block of the shared log sets."""
    for change, verdict in zip(block.changes, verdicts):
        for edit in change.edits if verdict == log.ACCEPTED else ():
            if edit.type == DEVICE_TYPE and edit.code == 2 * KEY_FIELD and isinstance(edit.content, Open):
                kind, *rest = edit.content.value
                if kind == "bytes" and len(rest[0]) == 32:
                    yield edit.record, rest[0]


class Evidence:
    """Reads a file from its first byte to its last. `authority` is the SHA-256 of the certificate that the reader trusts."""

    def __init__(self, authority):
        self.trusted = authority
        self.head = None
        self.item = 0
        self.seal = sha256(BEGINNING)
        self.keys = {}
        self.servers = set()
        self.in_log = False
        self.is_whole = False
        self.positions = {SHARED: 0, ENTRY: 0}
        self.places = {SHARED: log.BEGINNING, ENTRY: log.BEGINNING}
        self.hashes = []
        self.digests = {}
        self.state = ScopeState()
        self.held = set()
        self.ends = {}
        self.following = []
        self.edits = {}
        self.redactions = []

    def read(self, data, digest_at=None):
        """None where everything holds, otherwise the fault."""
        self.digest_at = digest_at
        try:
            self.walk(data)
        except Fault as fault:
            if fault.item is None:
                fault.item = self.item
            return fault
        return None

    def walk(self, data):
        for content in self.items(data):
            self.take(content[0], content[1:])
            self.seal = sha256(self.seal + len(content).to_bytes(4, "big") + content)
        if not self.is_whole:
            raise Fault("truncated", self.item + 1)
        for stream, first, previous, item in self.following:
            number = self.ends[stream].get(previous)
            if number is None:
                raise Fault("gap", item)
            if number != first - 1:
                raise Fault("chain", item)

    def items(self, data):
        if len(data) < len(BEGINNING):
            raise Fault("truncated", 1)
        if data[: len(BEGINNING)] != BEGINNING:
            raise Fault("form", 1)
        place = len(BEGINNING)
        while place < len(data):
            if len(data) - place < 4:
                raise Fault("form" if self.is_whole else "truncated", self.item + 1)
            length = int.from_bytes(data[place : place + 4], "big")
            if not 1 <= length <= LONGEST_ITEM:
                raise Fault("form", self.item + 1)
            if len(data) - place - 4 < length:
                raise Fault("form" if self.is_whole else "truncated", self.item + 1)
            content = data[place + 4 : place + 4 + length]
            self.item += 1
            if not HEAD <= content[0] <= END:
                raise Fault("form")
            yield content
            place += 4 + length

    def take(self, kind, content):
        if self.is_whole or (kind == HEAD) != (self.item == 1) or kind == SHARED and self.in_log:
            raise Fault("form")
        try:
            if kind == HEAD:
                return self.take_head(read_head(content))
            if kind == SHARED:
                return self.take_shared(*read_entry(content))
            if kind == ENTRY:
                self.begin_log()
                return self.take_entry(*read_entry(content))
        except DecodeError:
            raise Fault("form") from None
        self.begin_log()
        self.take_end(content)

    def take_head(self, head):
        if sha256(head.authority) != self.trusted:
            raise Fault("authority")
        for epoch, device, key, signature in head.keys:
            if not endorsed(head.authority, log.server_key_message(head.tenant, epoch, device, key), signature):
                raise Fault("serverKey")
            self.servers.add(device)
            self.keys.setdefault(device, []).append(key)
        if head.keys[0][0] != head.epoch:
            raise Fault("serverKey")
        self.server_key = head.keys[0][2]
        if not signed(head.signature, head.checkpoint, self.server_key) or head.scope not in head.scopes or head.shared not in head.scopes:
            raise Fault("checkpoint")
        self.head = head

    def stands_at(self, kind, scope):
        position, log_hash, _ = self.head.scopes[scope]
        return (self.positions[kind], self.places[kind]) == (position, log_hash)

    def begin_log(self):
        if not self.in_log:
            self.in_log = True
            if not self.stands_at(SHARED, self.head.shared):
                raise Fault("end")

    def follow(self, kind, scope, entry, log_hash, signature):
        end, end_hash, _ = self.head.scopes[scope]
        position = self.positions[kind] + 1
        if position > end:
            raise Fault("end")
        if log.log_hash(self.places[kind], entry) != log_hash:
            raise Fault("logHash")
        if position == end and log_hash != end_hash:
            raise Fault("checkpoint")
        if isinstance(entry, log.BlockEntry):
            message = log.receipt_message(self.head.epoch, scope, position, log_hash, entry.block, entry.verdicts, entry.received)
        else:
            message = text("seamark-place-1") + fixed64(self.head.epoch) + scope + varint(position) + log_hash
        if not signed(signature, message, self.server_key):
            raise Fault("receipt")

    def opened(self, scope, entry, data, sensitive, may_hold_values):
        block = open_block(data, sensitive)
        if isinstance(block, DecodeError) or not isinstance(entry, log.BlockEntry) or block.hash != entry.block:
            raise Fault("block")
        if not may_hold_values and any(isinstance(part, Sensitive) for part in parts_of(block)):
            raise Fault("values")
        if block.scope != scope:
            raise Fault("scope")
        if len(block.changes) != len(entry.verdicts):
            raise Fault("verdicts")
        return block

    def check_author(self, block):
        keys = self.keys.get(block.device, ())
        if not keys:
            raise Fault("author")
        message = text("seamark-block-1") + block.hash
        if not any(signed(block.signature, message, key) for key in keys):
            raise Fault("signature")

    def stand(self, kind, log_hash):
        self.positions[kind] += 1
        self.places[kind] = log_hash

    def take_shared(self, entry, log_hash, signature, data, sensitive):
        self.follow(SHARED, self.head.shared, entry, log_hash, signature)
        if data is not None:
            block = self.opened(self.head.shared, entry, data, sensitive, False)
            if block.device not in self.servers:
                raise Fault("author")
            self.check_author(block)
            for device, key in published(block, entry.verdicts):
                self.keys.setdefault(device, []).append(key)
        self.stand(SHARED, log_hash)

    def take_entry(self, entry, log_hash, signature, data, sensitive):
        self.follow(ENTRY, self.head.scope, entry, log_hash, signature)
        changes = ()
        if isinstance(entry, log.BlockEntry):
            if data is None:
                raise Fault("block")
            block = self.opened(self.head.scope, entry, data, sensitive, self.head.has_values)
            self.check_author(block)
            stream = self.ends.setdefault(block.stream, {})
            if block.hash in stream:
                raise Fault("repeated")
            stream[block.hash] = block.last
            if block.first > 1:
                self.following.append((block.stream, block.first, block.previous, self.item))
            for change, verdict in zip(block.changes, entry.verdicts):
                if (verdict == log.DUPLICATE) != (change.id in self.held):
                    raise Fault("verdicts")
                self.held.add(change.id)
                self.edits.update({(change.id, index): edit for index, edit in enumerate(change.edits)})
                self.redactions.extend(named(change) if verdict == log.ACCEPTED else ())
            changes = block.changes
        self.state.read(entry, changes)
        self.stand(ENTRY, log_hash)
        self.hashes.append(log_hash)
        if self.positions[ENTRY] == self.digest_at:
            self.digests[self.digest_at] = self.state.digest

    def redacted(self):
        """Of a whole log: how often a redaction takes a value, the bytes of an attachment, and nothing that it names."""
        kinds = [kind(self.edits.get(name), leaf) for name, leaf in self.redactions]
        return {word: kinds.count(word) for word in ("value", "bytes", "nothing")}

    def take_end(self, signature):
        if len(signature) != 64:
            raise Fault("form")
        if not self.stands_at(ENTRY, self.head.scope):
            raise Fault("end")
        if self.state.digest != self.head.scopes[self.head.scope][2]:
            raise Fault("digest")
        if not signed(signature, text("seamark-evidence-1") + self.seal, self.server_key):
            raise Fault("seal")
        self.is_whole = True


def judge_report(evidence, report):
    """Was the report (its JSON, parsed) made from the log in this evidence? One of the words of the specification."""
    said = report["method"]["checkpoint"]
    epoch, key = int(said["epoch"], 16), bytes.fromhex(said["key"])
    server, tenant = (bytes.fromhex(said[name].replace("-", "")) for name in ("server", "tenant"))
    message = log.server_key_message(tenant, epoch, server, key)
    scopes = {
        bytes.fromhex(s["scope"].replace("-", "")): (s["position"], bytes.fromhex(s["logHash"]), bytes.fromhex(s["digest"])) for s in said["scopes"]
    }
    checkpoint = log.checkpoint_message(epoch, [(s, *word) for s, word in scopes.items()], said["time"])
    if tenant != evidence.head.tenant or not endorsed(evidence.head.authority, message, bytes.fromhex(said["keySignature"])):
        return "forged"
    if not signed(bytes.fromhex(said["signature"]), checkpoint, key):
        return "forged"
    if evidence.head.scope not in scopes:
        return "ofAnotherEngagement"
    position, log_hash, digest = scopes[evidence.head.scope]
    if position > len(evidence.hashes):
        return "later"
    if evidence.hashes[position - 1] != log_hash or evidence.digests.get(position) != digest:
        return "otherLog"
    return "made"


def report_position(report, scope):
    return next((s["position"] for s in report["method"]["checkpoint"]["scopes"] if bytes.fromhex(s["scope"].replace("-", "")) == scope), None)
