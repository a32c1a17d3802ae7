"""The peer's state: a plain directory. Unsealed, one process at a time: it serves tests, never people.

device.json            who the device is, where its server is, the server's keys it has seen
authority.der, certificate.der, tls-key.der, signing-key
scopes/ID/log.jsonl    the log's entries, blocks and sensitive values as they came, each line appended and made durable
scopes/ID/own.json     the blocks that this device sealed, with their receipts
scopes/ID/stood.json   where log and digest were last found equal to the server's
"""

import json
import os
import pathlib
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import log
from .block import Block, ZERO_HASH, portion, seal, verifies
from .encoding import DecodeError
from .merge import ScopeState
from .redaction import redacted, without

SHARED = 3
DEVICE_RECORD_TYPE = 3
DEVICE_KEY_CODE = 2 * 11


class VerificationError(Exception):
    """What is stored or was received contradicts itself. Says where."""


def write(path, data, mode=0o600):
    """Replaces a file so that it is the old one or the new one, whenever the power fails."""
    beside = path.with_suffix(path.suffix + ".new")
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)


def write_json(path, content):
    write(path, json.dumps(content, indent=1).encode())


class Scope:
    """One scope as the device knows it: log, state, own stream. Everything is checked again when it is read."""

    def __init__(self, folder, identity, keys):
        self.folder = folder
        self.id = bytes.fromhex(folder.name)
        self.device = identity.device
        self.keys = keys
        self.position, self.log_hash = 0, log.BEGINNING
        self.state = ScopeState()
        self.blocks = {}
        self.places = []
        self.known_ends = {}
        self.barred = set()
        self.own = []
        self.incarnation = 0
        self.kind = 0
        if (folder / "own.json").exists():
            stored = json.loads((folder / "own.json").read_text())
            self.incarnation, self.kind = stored["incarnation"], stored["kind"]
            for one in stored["blocks"]:
                block = Block.open(bytes.fromhex(one["block"]), bytes.fromhex(one["sensitive"]))
                self.own.append((block, one["receipt"]))
        if (folder / "log.jsonl").exists():
            with open(folder / "log.jsonl") as lines:
                for line in lines:
                    self.read(json.loads(line))

    # The log

    def read(self, line):
        """Takes in one entry, checked as section 7 says. Raises and changes nothing when a check fails."""
        where = f"scope {self.id.hex()} position {self.position + 1}"
        if "released" in line:
            entry, changes = log.ReleaseEntry(tuple(map(bytes.fromhex, line["released"])), line["received"]), ()
        else:
            stated = bytes.fromhex(line["block_hash"])
            if line["block"]:
                try:
                    block = Block.open(bytes.fromhex(line["block"]), bytes.fromhex(line["sensitive"]))
                except DecodeError as error:
                    raise VerificationError(f"{where}: {error}") from error
            else:
                block = next((block for block, _ in self.own if block.hash == stated), None)
                if block is None:
                    raise VerificationError(f"{where}: a block by hash alone that this device did not seal")
            self.check_block(block, stated, where)
            block = without(block, self.barred)
            if len(line["verdicts"]) != len(block.changes):
                raise VerificationError(f"{where}: not one verdict for each change")
            entry, changes = log.BlockEntry(stated, tuple(line["verdicts"]), line["received"]), block.changes
            self.blocks[stated] = block
            self.known_ends[(block.stream, block.last)] = block.hash
            if self.kind == SHARED:
                self.keys.learn(block, entry)
        self.log_hash = log.log_hash(self.log_hash, entry)
        self.position += 1
        self.places.append((self.log_hash, entry))
        self.state.read(entry, changes)
        for change in changes if not isinstance(entry, log.ReleaseEntry) else self.changes_of(entry.released):
            if change.id in self.state.applied:
                self.barred |= redacted(change)

    def changes_of(self, ids):
        return [change for block in self.blocks.values() for change in block.changes if change.id in ids]

    def check_block(self, block, stated, where):
        if block.hash != stated:
            raise VerificationError(f"{where}: the block has another hash")
        if block.scope != self.id:
            raise VerificationError(f"{where}: the block is of another scope")
        if not any(block.is_signed_by(key) for key in self.keys.of(block.device)):
            raise VerificationError(f"{where}: no known key of device {block.device.hex()} signed the block")
        before = self.known_ends.get((block.stream, block.first - 1))
        if before is not None and before != block.previous:
            raise VerificationError(f"{where}: the block does not continue its stream")

    def append(self, lines):
        """Checks entries and makes them durable; only then the cursor has moved. What they redact goes from all files."""
        known = len(self.barred)
        for line in lines:
            self.read(line)
        if len(self.barred) > known:
            return self.erase(lines)
        lines = [self.bare(line) for line in lines]
        with open(self.folder / "log.jsonl", "a") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())

    def bare(self, line):
        """A line of the log without barred values."""
        if not line.get("sensitive") or not self.barred:
            return line
        if not line.get("block"):
            return {**line, "sensitive": ""}
        block = without(Block.open(bytes.fromhex(line["block"]), bytes.fromhex(line["sensitive"])), self.barred)
        return {**line, "sensitive": block.sensitive.hex()}

    def erase(self, lines):
        """Writes the files anew without barred values, the new lines at their end."""
        path = self.folder / "log.jsonl"
        old = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        write(path, "".join(json.dumps(self.bare(line)) + "\n" for line in old + lines).encode())
        for kept in self.folder.glob("log-*.jsonl"):
            write(kept, "".join(json.dumps(self.bare(json.loads(line))) + "\n" for line in kept.read_text().splitlines()).encode())
        self.blocks = {stated: without(block, self.barred) for stated, block in self.blocks.items()}
        self.own = [(without(block, self.barred), receipt) for block, receipt in self.own]
        self.save_own()
        state, self.state = self.state, ScopeState()
        for _, entry in self.places:
            self.state.read(entry, self.blocks[entry.block].changes if isinstance(entry, log.BlockEntry) else ())
        if self.state.digest != state.digest:
            raise VerificationError(f"scope {self.id.hex()}: redacting altered the digest")

    def stand(self):
        stood = {"position": self.position, "logHash": self.log_hash.hex(), "digest": self.state.digest.hex()}
        write_json(self.folder / "stood.json", stood)

    # The own stream

    def save_own(self):
        blocks = [{"block": b.bytes.hex(), "sensitive": b.sensitive.hex(), "receipt": receipt} for b, receipt in self.own]
        write_json(self.folder / "own.json", {"incarnation": self.incarnation, "kind": self.kind, "blocks": blocks})

    @property
    def stream(self):
        """The blocks of the present incarnation."""
        return [block for block, _ in self.own if block.incarnation == self.incarnation]

    @property
    def unsent(self):
        """The blocks of the present incarnation without a receipt."""
        return [block for block, receipt in self.own if not receipt and block.incarnation == self.incarnation]

    def end(self):
        stream = self.stream
        return (stream[-1].last, stream[-1].hash) if stream else (0, ZERO_HASH)

    def seal(self, changes, signer):
        """Seals changes at the end of the stream and makes the blocks durable before anything is sent."""
        changes = list(changes)
        while changes:
            count = portion(changes)
            number, previous = self.end()
            block = seal(changes[:count], signer, self.incarnation, number + 1, previous)
            self.own.append((block, None))
            changes = changes[count:]
        self.save_own()

    def begin_incarnation(self, signer):
        """A new incarnation: what no receipt covers is sealed anew from number 1; the changes stay as they are."""
        pending = [change for block in self.unsent for change in block.changes]
        self.own = [(block, receipt) for block, receipt in self.own if receipt]
        self.incarnation = int.from_bytes(os.urandom(8), "big") or 1
        self.seal(pending, signer)

    def keep_receipt(self, block, receipt):
        self.own = [(own, receipt if own.hash == block.hash else had) for own, had in self.own]
        self.save_own()

    def whole_state(self):
        """Confirmed and overlay: what the user of this device would see, for finding what a new edit supersedes."""
        state = ScopeState()
        for _, entry in self.places:
            state.read(entry, self.blocks[entry.block].changes if isinstance(entry, log.BlockEntry) else ())
        for block, _ in self.own:
            for change in block.changes:
                state.apply(change)
        return state

    def forget_log(self):
        """The epoch changed: the log is read anew. The old one is kept beside it."""
        path = self.folder / "log.jsonl"
        if path.exists():
            path.rename(self.folder / f"log-{time.time_ns()}.jsonl")
        (self.folder / "stood.json").unlink(missing_ok=True)
        self.own = [(block, None) for block, _ in self.own]
        self.save_own()


class Keys:
    """Signing keys by device. Only what the server itself sealed into `shared` tells a device's key."""

    def __init__(self, device, own_key):
        self.server_keys = {}
        self.devices = {device: [own_key]}

    def of(self, device):
        return self.server_keys.get(device, []) + self.devices.get(device, [])

    def learn(self, block, entry):
        if block.device not in self.server_keys:
            return
        for change, verdict in zip(block.changes, entry.verdicts):
            for edit in change.edits if verdict == log.ACCEPTED else ():
                value = getattr(edit.content, "value", ("absent",))
                if edit.type == DEVICE_RECORD_TYPE and edit.code == DEVICE_KEY_CODE and value[0] == "bytes":
                    self.devices.setdefault(edit.record, []).append(value[1])


class Store:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.about = json.loads((self.folder / "device.json").read_text())
        self.device, self.member, self.tenant = (bytes.fromhex(self.about[key]) for key in ("device", "member", "tenant"))
        self.pin = bytes.fromhex(self.about["pin"])
        self.signer = Ed25519PrivateKey.from_private_bytes((self.folder / "signing-key").read_bytes())
        self.authority = (self.folder / "authority.der").read_bytes()
        self.keys = Keys(self.device, self.signer.public_key().public_bytes_raw())
        for epoch in map(int, self.about["epochKeys"]):
            device = bytes.fromhex(self.about["epochKeys"][str(epoch)]["device"])
            self.keys.server_keys.setdefault(device, []).append(self.key_of_epoch(epoch))
        self.scopes = {}
        folders = [each for each in (self.folder / "scopes").glob("*") if each.is_dir()]
        # The shared scope first: it holds the keys of the devices.
        for each in sorted(folders, key=lambda path: (path.name != self.about.get("shared"), path.name)):
            self.scopes[bytes.fromhex(each.name)] = Scope(each, self, self.keys)

    @staticmethod
    def create(folder, about, files):
        folder = pathlib.Path(folder)
        (folder / "scopes").mkdir(mode=0o700, parents=True)
        for name, data in files.items():
            write(folder / name, data)
        write_json(folder / "device.json", about)
        return Store(folder)

    @property
    def identity(self):
        return (self.folder / "certificate.der").read_bytes(), (self.folder / "tls-key.der").read_bytes()

    def adopt(self, certificate, tls_key):
        """A renewed certificate and its key. Two files: it serves tests, never people."""
        write(self.folder / "tls-key.der", tls_key)
        write(self.folder / "certificate.der", certificate)

    def save(self):
        write_json(self.folder / "device.json", self.about)

    def scope(self, scope_id, kind=0):
        """The scope's state; made when it is new."""
        if scope_id not in self.scopes:
            folder = self.folder / "scopes" / scope_id.hex()
            folder.mkdir(mode=0o700)
            self.scopes[scope_id] = scope = Scope(folder, self, self.keys)
            scope.incarnation = int.from_bytes(os.urandom(8), "big") or 1
        scope = self.scopes[scope_id]
        if kind and scope.kind != kind:
            scope.kind = kind
            scope.save_own()
        return scope

    def accept_server_key(self, key):
        """Keeps the server's key of an epoch once the tenant authority's signature over it holds."""
        if not log.server_key_verifies(self.authority, self.tenant, key.epoch, key.device, key.key, key.signature):
            raise VerificationError("the tenant authority did not sign the server's key")
        signed = {"device": key.device.hex(), "key": key.key.hex(), "signature": key.signature.hex()}
        if str(key.epoch) not in self.about["epochKeys"]:
            self.about["epochKeys"][str(key.epoch)] = signed
            self.save()
            self.keys.server_keys.setdefault(key.device, []).append(key.key)
        elif self.about["epochKeys"][str(key.epoch)]["key"] != signed["key"]:
            raise VerificationError("the server's key of an epoch is another than before")

    def meet_epoch(self, epoch):
        """True when the epoch is the known one; else every log is to be read anew."""
        known = self.about.get("epoch")
        if known == epoch:
            return True
        if known is not None:
            for scope in self.scopes.values():
                scope.forget_log()
        self.about["epoch"] = epoch
        self.save()
        return known is None

    def key_of_epoch(self, epoch):
        """The server's key of an epoch, checked again under the authority."""
        stored = self.about["epochKeys"].get(str(epoch))
        if stored is None:
            raise VerificationError(f"no server key is known of epoch {epoch:016x}")
        device, key, signature = (bytes.fromhex(stored[part]) for part in ("device", "key", "signature"))
        if not log.server_key_verifies(self.authority, self.tenant, epoch, device, key, signature):
            raise VerificationError(f"the tenant authority did not sign the server's key of epoch {epoch:016x}")
        return key

    def check_receipt(self, scope, block, receipt):
        """The signature and the block it is for; then, where the log is known that far, its place."""
        where = f"receipt of block {block.hash.hex()}"
        position, log_hash = receipt["position"], bytes.fromhex(receipt["logHash"])
        message = log.receipt_message(
            receipt["epoch"], scope.id, position, log_hash, block.hash, receipt["verdicts"], receipt["received"]
        )
        if len(receipt["verdicts"]) != len(block.changes):
            raise VerificationError(f"{where}: not one verdict for each change")
        if not verifies(bytes.fromhex(receipt["signature"]), message, self.key_of_epoch(receipt["epoch"])):
            raise VerificationError(f"{where}: the signature does not verify")
        if 0 < position <= scope.position and receipt["epoch"] == self.about["epoch"]:
            known_hash, entry = scope.places[position - 1]
            if known_hash != log_hash or entry != log.BlockEntry(block.hash, tuple(receipt["verdicts"]), receipt["received"]):
                raise VerificationError(f"{where}: the log at position {position} is another")

    def verify(self):
        """Everything once more, from the files: chains, signatures, log hashes, receipts, digests. Reading did most of it."""
        counts = {"scopes": 0, "entries": 0, "blocks": 0, "receipts": 0, "digests": 0}
        own_key = self.signer.public_key().public_bytes_raw()
        for scope in self.scopes.values():
            counts["scopes"] += 1
            counts["entries"] += scope.position
            counts["blocks"] += len(scope.blocks)
            ends = {}
            for block, receipt in scope.own:
                if not block.is_signed_by(own_key):
                    raise VerificationError(f"own block {block.hash.hex()}: the signature does not verify")
                number, previous = ends.get(block.incarnation, (0, ZERO_HASH))
                if (block.first - 1, block.previous) != (number, previous):
                    raise VerificationError(f"own block {block.hash.hex()}: it does not continue its stream")
                ends[block.incarnation] = (block.last, block.hash)
                if receipt:
                    self.check_receipt(scope, block, receipt)
                    counts["receipts"] += 1
            path = scope.folder / "stood.json"
            if path.exists():
                stood = json.loads(path.read_text())
                state, place = ScopeState(), log.BEGINNING
                for place, entry in scope.places[: stood["position"]]:
                    state.read(entry, scope.blocks[entry.block].changes if isinstance(entry, log.BlockEntry) else ())
                if (place.hex(), state.digest.hex()) != (stood["logHash"], stood["digest"]):
                    raise VerificationError(f"scope {scope.id.hex()}: it stood elsewhere at position {stood['position']}")
                counts["digests"] += 1
        return counts
