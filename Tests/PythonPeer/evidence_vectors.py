"""Files of evidence (Protocol/SPEC.md, section 4) for Protocol/Vectors/evidence.json: some that hold, and copies of them that somebody altered, with
and without the server's key, each with the first thing that does not hold. Made from fixed seeds; everything in them is fictitious."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from seamark_peer import log
from seamark_peer.block import ZERO_HASH, seal
from seamark_peer.change import Change, Edit, Open, Sensitive, Withheld
from seamark_peer.encoding import blob, fixed64, sha256, signed, text, value, varint
from seamark_peer.evidence import BEGINNING, DEVICE_TYPE, END, ENTRY, HEAD, KEY_FIELD, SHARED, Evidence
from seamark_peer.merge import ScopeState


class Maker:
    """Whoever has the server's key, honest or not. `bend` names what is done otherwise."""

    def __init__(self, fixed, authority, endorse):
        self.fixed, self.authority, self.endorse = fixed, authority, endorse
        self.tenant, self.scope, self.shared = fixed("tenant"), fixed("evidence scope"), fixed("evidence shared")
        self.server, self.epoch, self.time = fixed("server device"), int.from_bytes(fixed("epoch", 8), "big"), 1_790_000_000_000
        self.earlier_epoch = self.epoch ^ 1
        self.key, self.earlier, self.device_key = (self.signer(f"evidence {n}") for n in ("server key", "earlier key", "device key"))
        self.device, self.member = fixed("evidence device"), fixed("evidence member")

    def signer(self, name):
        return Ed25519PrivateKey.from_private_bytes(self.fixed(name, 32))

    def change(self, scope, device, edits, stamp):
        return Change(scope, device, stamp, self.member, 1, tuple(edits))

    def directory(self):
        """The server publishes the device's key; with its earlier key, before that was replaced."""
        edit = Edit(self.device, DEVICE_TYPE, 2 * KEY_FIELD, Open(("bytes", self.device_key.public_key().public_bytes_raw())), None, ())
        sealed = seal([self.change(self.shared, self.server, [edit], self.time)], self.earlier, 7)
        return [(log.BlockEntry(sealed.hash, (0,), self.time), sealed), (log.BlockEntry(self.fixed("a block that is not here", 32), (0, 0), self.time + 1), None)]

    def log(self):
        record, made = self.fixed("evidence record"), []
        stamp = iter(range(self.time, self.time + 99))

        def sealed(edits, previous=None, verdict=0, incarnation=9):
            change = self.change(self.scope, self.device, edits, next(stamp))
            first, before = (previous.last + 1, previous.hash) if previous else (1, ZERO_HASH)
            item = seal([change], self.device_key, incarnation, first, before)
            made.append((log.BlockEntry(item.hash, (verdict,), self.time + len(made)), item))
            return item

        one = sealed([Edit(record, 21, 20, Open(("text", "fictitious")), None, ())])
        two = sealed([Edit(record, 21, 22, Sensitive(self.fixed("salt one"), ("text", "said in confidence")), None, ())], one)
        three = sealed([Edit(record, 21, 24, Withheld(self.fixed("a leaf", 32)), None, ())], two, verdict=3104)
        made.append((log.ReleaseEntry((three.changes[0].id, self.fixed("nobody's change")), self.time + 50), None))
        repeated = seal([one.changes[0]], self.device_key, 10)
        made.append((log.BlockEntry(repeated.hash, (1,), self.time + 51), repeated))
        return made

    def file(self, directory=None, entries=None, *, values=True, keys=None, signer=None, checkpoint=None, endorsed=None, tail=b""):
        """`keys`: (epoch, key) of each server key, the present one first. `signer`: who signs a part, by its name and number."""
        directory = self.directory() if directory is None else directory
        entries = self.log() if entries is None else entries
        keys = keys or [(self.epoch, self.key), (self.earlier_epoch, self.earlier)]
        signer = signer or (lambda part, number=0: self.key)
        places, state = {}, ScopeState()
        for scope, items in ((self.shared, directory), (self.scope, entries)):
            place, hashes = log.BEGINNING, []
            for entry, block in items:
                place = log.log_hash(place, entry)
                hashes.append(place)
                if scope == self.scope:
                    fits = entry if block is None else log.BlockEntry(entry.block, entry.verdicts[: len(block.changes)], entry.received)
                    state.read(fits, block.changes if block else ())
            places[scope] = hashes
        scopes = [
            (self.scope, len(entries), places[self.scope][-1] if entries else log.BEGINNING, state.digest),
            (self.shared, len(directory), places[self.shared][-1] if directory else log.BEGINNING, bytes(16)),
        ]
        epoch, scopes, time = checkpoint(self.epoch, scopes, self.time) if checkpoint else (self.epoch, scopes, self.time)
        scopes = sorted(scopes)
        head = self.tenant + self.scope + self.shared + bytes([1 if values else 0]) + blob(self.authority) + varint(len(keys))
        for number, key in keys:
            public = key.public_key().public_bytes_raw()
            message = log.server_key_message(self.tenant, number, self.server, endorsed or public)
            head += fixed64(number) + self.server + public + blob(self.endorse(message))
        head += fixed64(epoch) + varint(len(scopes)) + b"".join(s + varint(p) + h + d for s, p, h, d in scopes) + signed(time)
        head += signer("checkpoint").sign(log.checkpoint_message(epoch, scopes, time))
        items = [bytes([HEAD]) + head]
        for kind, scope, part, content in ((SHARED, self.shared, "shared", directory), (ENTRY, self.scope, "entry", entries)):
            for number, (entry, block) in enumerate(content):
                items.append(bytes([kind]) + self.logged(scope, entry, block, number, places[scope][number], signer(part, number), values or kind == SHARED))
        whole, chained = BEGINNING, sha256(BEGINNING)
        for item in items:
            whole += len(item).to_bytes(4, "big") + item
            chained = sha256(chained + len(item).to_bytes(4, "big") + item)
        end = bytes([END]) + signer("end").sign(text("seamark-evidence-1") + chained)
        return whole + len(end).to_bytes(4, "big") + end + tail

    def logged(self, scope, entry, block, number, log_hash, key, values):
        if isinstance(entry, log.BlockEntry):
            message = log.receipt_message(self.epoch, scope, number + 1, log_hash, entry.block, entry.verdicts, entry.received)
        else:
            message = text("seamark-place-1") + fixed64(self.epoch) + scope + varint(number + 1) + log_hash
        out = entry.encoded + log_hash + key.sign(message)
        if block is None:
            return out + b"\0"
        parts = b""
        for edit in (edit for change in block.changes for edit in change.edits):
            if isinstance(edit.content, Sensitive) and values:
                parts += b"\1" + edit.content.salt + value(edit.content.value)
            elif not isinstance(edit.content, Open):
                parts += b"\0" + edit.content.leaf
        return out + b"\1" + blob(block.bytes) + blob(parts)


def starts(data):
    """Where each item begins, and the end."""
    found, place = [], len(BEGINNING)
    while place < len(data):
        found.append(place)
        place += 4 + int.from_bytes(data[place : place + 4], "big")
    return found + [place]


def evidence_vectors(fixed, authority, endorse):
    make = Maker(fixed, authority, endorse)
    trusted = sha256(authority)
    good, bad = [], []

    def judged(data):
        fault = Evidence(trusted).read(data)
        return f"{fault.word} {fault.item}" if fault else "holds"

    def holds(name, data):
        assert judged(data) == "holds", (name, judged(data))
        good.append({"name": name, "bytes": data.hex()})

    def fails(name, data, finding):
        assert judged(data) == finding, (name, judged(data))
        bad.append({"name": name, "bytes": data.hex(), "finding": finding})

    base = make.file()
    holds("a log with values, a refusal, its release and a change that came twice, over which the server's key was replaced", base)
    holds("the same with leaf hashes in place of every value", make.file(values=False))
    holds("an empty log", make.file(entries=[]))
    holds("keys that sealed nothing, in another order", make.file(keys=[(make.epoch, make.key), (5, make.signer("evidence unused")), (make.earlier_epoch, make.earlier)]))

    # Altered by somebody without a key.
    place = starts(base)
    names = ["head", "shared entry", "shared entry without its block", "block", "block with a value", "refused block", "release", "repeated change", "end"]
    words = ["checkpoint", "receipt", "receipt", "receipt", "receipt", "receipt", "receipt", "receipt"]
    for number, (name, word) in enumerate(zip(names, words)):
        if number == 0:
            at, found = place[1] - 1, "checkpoint 1"
        else:
            # The entry's own log hash stands before its signature: the first byte of the signature is what is altered.
            entry = (make.directory() + make.log())[number - 1][0]
            at, found = place[number] + 5 + len(entry.encoded) + 32, f"{word} {number + 1}"
        fails(f"{name}: another byte in a signature", base[:at] + bytes([base[at] ^ 1]) + base[at + 1 :], found)
    fails("end: another byte in the seal", base[:-1] + bytes([base[-1] ^ 1]), "seal 9")
    fails("an entry's hash", base[: place[3] + 6] + bytes([base[place[3] + 6] ^ 1]) + base[place[3] + 7 :], "logHash 4")
    fails("cut before the end", base[: place[8]], "truncated 9")
    fails("cut inside an item", base[: place[4] + 9], "truncated 5")
    fails("no bytes", b"", "truncated 1")
    fails("a byte more", base + b"\0", "form 10")
    fails("another version", base[:4] + b"\2" + base[5:], "form 1")
    fails("an item of no bytes", base[: place[3]] + bytes(4) + base[place[3] :], "form 4")
    fails("an item that is too long", base[: place[3]] + (2_162_689).to_bytes(4, "big") + base[place[3] :], "form 4")
    fails("an item of a kind that is none", base[: place[3] + 4] + b"\5" + base[place[3] + 5 :], "form 4")
    fails("two heads", base[: place[1]] + base[len(BEGINNING) :], "form 2")
    fails("an entry of the shared log behind the log's", base[: place[4]] + base[place[1] : place[2]] + base[place[4] :], "form 5")
    fails("an entry left out", base[: place[3]] + base[place[4] :], "logHash 4")
    fails("an entry twice", base[: place[4]] + base[place[3] :], "logHash 5")
    fails("the values taken out", make.file(values=False)[: place[0]] + base[place[0] :].replace(b"said in confidence", b"said in Confidence"), "block 5")

    # Altered by somebody with the server's key, or with the one that it took the place of.
    old = make.earlier
    for name, part, found in (
        ("checkpoint", "checkpoint", "checkpoint 1"), ("entries of the shared log", "shared", "receipt 2"), ("entries", "entry", "receipt 4"), ("end", "end", "seal 9"),
    ):
        fails(f"{name} by a key that was replaced", make.file(signer=lambda each, number=0, part=part: old if each == part else make.key), found)
    fails("a key that was replaced, first, in its own epoch", make.file(keys=[(make.earlier_epoch, old), (make.epoch, make.key)]), "serverKey 1")
    fails("a key that was replaced, first, in the present epoch", make.file(keys=[(make.epoch, old), (make.earlier_epoch, make.key)]), "checkpoint 1")
    fails("the earlier key is not named", make.file(keys=[(make.epoch, make.key)]), "signature 2")
    fails("a key that the authority did not sign", make.file(endorsed=bytes(32)), "serverKey 1")
    entries = make.log()
    fails("a block left out of the middle of its stream", make.file(entries=entries[:1] + entries[2:]), "gap 5")
    fails("the same block again", make.file(entries=entries + [(log.BlockEntry(entries[0][1].hash, (1,), make.time), entries[0][1])]), "repeated 9")
    fails("a change that came twice counts as new", make.file(entries=entries[:4] + [(log.BlockEntry(entries[4][0].block, (0,), make.time), entries[4][1])]), "verdicts 8")
    fails("two verdicts for one change", make.file(entries=[(log.BlockEntry(entries[0][0].block, (0, 0), make.time), entries[0][1])]), "verdicts 4")
    fails("the author's key is not published", make.file(directory=make.directory()[1:]), "author 3")
    foreign = seal([make.change(fixed("another scope"), make.device, entries[0][1].changes[0].edits, make.time)], make.device_key, 9)
    fails("a block of another scope", make.file(entries=[(log.BlockEntry(foreign.hash, (0,), make.time), foreign)]), "scope 4")
    mouth = seal([make.change(make.scope, make.device, entries[0][1].changes[0].edits, make.time)], make.key, 9)
    fails("words put into a device's mouth", make.file(entries=[(log.BlockEntry(mouth.hash, (0,), make.time), mouth)]), "signature 4")
    strange = seal([make.change(make.scope, fixed("nobody's device"), entries[0][1].changes[0].edits, make.time)], make.device_key, 9)
    fails("an author whom nobody knows", make.file(entries=[(log.BlockEntry(strange.hash, (0,), make.time), strange)]), "author 4")
    fails("another digest", make.file(checkpoint=lambda e, s, t: (e, [(i, p, h, bytes(16) if i == make.shared else bytes([d[0] ^ 1]) + d[1:]) for i, p, h, d in s], t)), "digest 9")
    fails("a log that ends too early", make.file(checkpoint=lambda e, s, t: (e, [(i, p + (i == make.scope), h, d) for i, p, h, d in s], t)), "end 9")
    fails("a log that goes on", make.file(checkpoint=lambda e, s, t: (e, [(i, p - (i == make.scope), log.log_hash(log.BEGINNING, entries[0][0]) if i == make.scope else h, d) for i, p, h, d in s], t)), "checkpoint 7")
    fails("a checkpoint that says nothing of the log", make.file(checkpoint=lambda e, s, t: (e, s[1:], t)), "checkpoint 1")
    fails("a checkpoint of another epoch", make.file(checkpoint=lambda e, s, t: (e ^ 2, s, t)), "serverKey 1")
    return {"authority": authority.hex(), "fingerprint": trusted.hex(), "good": good, "bad": bad}
