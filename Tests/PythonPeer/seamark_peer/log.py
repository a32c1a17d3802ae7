"""Section 4: log entries, the log hash, receipts, checkpoints, the server key."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

from .encoding import U32, fixed64, sha256, signed, text, varint

BEGINNING = bytes(32)
ACCEPTED = 0
DUPLICATE = 1


@dataclass(frozen=True)
class BlockEntry:
    block: bytes
    verdicts: tuple
    received: int

    @property
    def encoded(self):
        return b"\0" + self.block + verdict_bytes(self.verdicts) + signed(self.received)


@dataclass(frozen=True)
class ReleaseEntry:
    released: tuple
    received: int

    @property
    def encoded(self):
        return b"\1" + varint(len(self.released)) + b"".join(self.released) + signed(self.received)


def verdict_bytes(verdicts):
    return varint(len(verdicts)) + b"".join(map(varint, verdicts))


def read_entry(reader):
    kind = reader.byte()
    if kind == 0:
        block = reader.hash()
        verdicts = tuple(reader.varint(U32) for _ in range(reader.count()))
        return BlockEntry(block, verdicts, reader.signed())
    if kind == 1:
        released = tuple(reader.id() for _ in range(reader.count(each=16)))
        return ReleaseEntry(released, reader.signed())
    reader.fail("outOfBounds")


def log_hash(before, entry):
    return sha256(text("seamark-log-1") + before + entry.encoded)


def receipt_message(epoch, scope, position, log, block, verdicts, received):
    out = text("seamark-receipt-1") + fixed64(epoch) + scope + varint(position) + log + block
    return out + verdict_bytes(verdicts) + signed(received)


def checkpoint_message(epoch, scopes, time):
    """`scopes` are (id, position, log hash, digest)."""
    out = text("seamark-checkpoint-1") + fixed64(epoch) + varint(len(scopes))
    for scope, position, log, digest in sorted(scopes):
        out += scope + varint(position) + log + digest
    return out + signed(time)


def server_key_message(tenant, epoch, device, key):
    return text("seamark-server-key-1") + tenant + fixed64(epoch) + device + key


def farewell_message(tenant, key):
    """What a server key signs itself when another one takes its place."""
    return text("seamark-server-key-end-1") + tenant + key


def wipe_order_message(tenant, device, ordered):
    return text("seamark-wipe-1") + tenant + device + signed(ordered)


def server_key_verifies(authority, tenant, epoch, device, key, signature):
    """Whether the tenant authority (a certificate in DER) signed the server's key."""
    try:
        public = x509.load_der_x509_certificate(authority).public_key()
        public.verify(signature, server_key_message(tenant, epoch, device, key), ECDSA(hashes.SHA256()))
        return True
    except (InvalidSignature, ValueError):
        return False

