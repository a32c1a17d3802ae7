#!/usr/bin/env python3
"""The peer tests itself, in seconds and without Seamark: python3 Tests/PythonPeer/selftest.py"""

import datetime
import itertools
import json
import pathlib
import random
import re
import socket
import ssl
import tempfile
import threading
import unittest

import make_vectors as vectors
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from seamark_peer import encoding, log, plain, seamark_pb2
from seamark_peer.block import read_block, seal
from seamark_peer.change import Change, Edit, Open, Sensitive
from seamark_peer.encoding import DecodeError, Reader, value, whole
from seamark_peer.merge import ScopeState
from seamark_peer.session import INVITATION
from seamark_peer.store import Store, VerificationError
from seamark_peer.tls import Connection, TLSError, pin_of
from seamark_peer.wire import ProtocolError, frame, receive


def some_value(dice, depth=0):
    kinds = [
        lambda: ("absent",),
        lambda: ("bool", dice.random() < 0.5),
        lambda: ("int", dice.randint(-(2**63), 2**63 - 1)),
        lambda: encoding.double(dice.uniform(-1e9, 1e9)),
        lambda: ("text", "".join(chr(dice.choice((65, 228, 0x6E2F, 0x1F6A2))) for _ in range(dice.randrange(9)))),
        lambda: ("bytes", dice.randbytes(dice.randrange(9))),
        lambda: ("id", dice.randbytes(16)),
        lambda: ("unknown", dice.randint(16, 2**64 - 1), dice.randbytes(3)),
        lambda: ("list", tuple(some_value(dice, depth + 1) for _ in range(dice.randrange(4)))),
        lambda: ("group", tuple((n, some_value(dice, depth + 1)) for n in sorted(dice.sample(range(99), dice.randrange(4))))),
    ]
    return dice.choice(kinds if depth < 5 else kinds[:8])()


def some_history(dice, size):
    """Changes in a causal order by three devices, which see some of what went before."""
    made = []
    for n in range(size):
        device = dice.choice((vectors.DEVICE, vectors.SECOND_DEVICE, vectors.THIRD_DEVICE))
        record, code = dice.choice(vectors.RECORDS[:2]), dice.choice((0, 2, 4, 9))
        element = ("int", dice.randrange(2)) if code & 1 else None
        content = Open(("bool", dice.random() < 0.5)) if code in (0, 9) else Open(("int", n))
        seen = [c for c in made if dice.random() < 0.7]
        names = sorted(c.name(i) for c in seen for i, e in enumerate(c.edits) if e.target == (record, code, element))
        stray = [made[-1].name(0)] if made and dice.random() < 0.2 else []
        edit = Edit(record, 7, code, content, element, tuple(sorted({*names, *stray})))
        made.append(Change(vectors.SCOPE, device, vectors.TIME + dice.randrange(50), vectors.MEMBER, 1, (edit,)))
    return made


def ranked(state):
    return {target: state.shown(*target) for target, heads in state.heads.items() if heads}


class Encodings(unittest.TestCase):
    def test_values_come_back_whole_and_from_json(self):
        dice = random.Random(1)
        for _ in range(2_000):
            item = some_value(dice)
            self.assertEqual(whole(value(item), Reader.value), item)
            self.assertEqual(plain.value_from(json.loads(json.dumps(plain.value_to(item)))), item)

    def test_every_cut_of_a_value_is_refused(self):
        dice = random.Random(2)
        for _ in range(300):
            data = value(some_value(dice))
            for length in range(len(data)):
                with self.assertRaises(DecodeError):
                    whole(data[:length], Reader.value)

    def test_what_is_read_is_canonical(self):
        """Bytes that are read at all are the bytes that would be written."""
        dice, read = random.Random(3), 0
        for _ in range(20_000):
            data = bytearray(value(some_value(dice)))
            data[dice.randrange(len(data))] = dice.randrange(256)
            try:
                item = whole(bytes(data), Reader.value)
            except DecodeError:
                continue
            read += 1
            self.assertEqual(value(item), bytes(data))
        self.assertGreater(read, 1_000)


class Blocks(unittest.TestCase):
    def test_blocks_of_any_history_come_back_whole(self):
        dice = random.Random(4)
        for size in range(1, 40):
            changes = [Change(c.scope, vectors.DEVICE, c.stamp, c.member, c.schema, c.edits) for c in some_history(dice, size)]
            sealed = seal(changes, vectors.SIGNER, size)
            opened = read_block(sealed.bytes, sealed.sensitive, vectors.KEY)
            self.assertEqual(opened.changes, tuple(changes))
            self.assertEqual([c.id for c in opened.changes], [c.id for c in changes])

    def test_a_turned_byte_never_opens_with_its_signature(self):
        sealed = vectors.good_blocks()["sensitive values"]
        for index in range(len(sealed.bytes)):
            data = bytearray(sealed.bytes)
            data[index] ^= 1 << index % 8
            with self.assertRaises(DecodeError):
                read_block(bytes(data), sealed.sensitive, vectors.KEY)

    def test_the_vectors_are_those_that_the_script_makes(self):
        for name, make in (("encodings", vectors.encodings), ("blocks", vectors.block_vectors), ("histories", vectors.histories)):
            stored = json.loads((vectors.FOLDER / f"{name}.json").read_text())
            self.assertEqual(stored, json.loads(json.dumps(make())), name)


class Merging(unittest.TestCase):
    def test_every_order_gives_the_same_heads_and_digest(self):
        """Commutative and associative: all 120 orders of five changes, a hundred histories."""
        dice = random.Random(5)
        for _ in range(100):
            changes = some_history(dice, 5)
            results = set()
            for order in itertools.permutations(changes):
                state = ScopeState()
                for change in order:
                    state.apply(change)
                results.add((state.digest, repr(sorted((repr(t), h) for t, h in ranked(state).items()))))
            self.assertEqual(len(results), 1)

    def test_applying_again_changes_nothing(self):
        dice = random.Random(6)
        for _ in range(200):
            changes = some_history(dice, 12)
            once, twice = ScopeState(), ScopeState()
            for change in changes:
                once.apply(change)
            for change in changes + dice.sample(changes, 12):
                twice.apply(change)
                twice.apply(change)
            self.assertEqual((once.digest, ranked(once)), (twice.digest, ranked(twice)))

    def test_the_digest_tells_histories_apart(self):
        dice = random.Random(7)
        histories = [some_history(dice, 6) for _ in range(200)]
        digests = set()
        for changes in histories:
            state = ScopeState()
            for change in changes:
                state.apply(change)
            digests.add(state.digest)
        self.assertEqual(len(digests), 200)


class Stores(unittest.TestCase):
    """A store written by hand, as a server's answers would leave it, verifies; turned anywhere it does not."""

    def make(self, folder):
        epoch, device = 77, vectors.fixed("server device")
        key = vectors.server_key(epoch)
        me = vectors.DEVICE
        about = {part: vectors.fixed(part).hex() for part in ("tenant", "member")}
        signed = {"device": key["device"], "key": key["key"], "signature": key["signature"]}
        shared = vectors.fixed("shared")
        about |= {"device": me.hex(), "pin": "", "role": 1, "epoch": epoch, "shared": shared.hex(), "epochKeys": {str(epoch): signed}}
        store = Store.create(folder, about, {"authority.der": bytes.fromhex(key["authority"]), "signing-key": vectors.SEED})
        # The directory: the server seals the other device's key into the shared scope.
        other = vectors.SECOND_DEVICE
        other_key = vectors.OTHER_SIGNER.public_key().public_bytes_raw()
        told = Change(shared, device, 5, vectors.MEMBER, 1, (Edit(other, 3, 22, Open(("bytes", other_key))),))
        directory = seal([told], vectors.SIGNER, 1)
        mine = [Change(vectors.SCOPE, me, 10 + n, vectors.MEMBER, 1, (vectors.set_field(0, 1, ("int", n)),)) for n in range(3)]
        theirs = seal([Change(vectors.SCOPE, other, 11, vectors.MEMBER, 1, (vectors.set_field(0, 1, ("int", 9)),))], vectors.OTHER_SIGNER, 4)
        line = lambda b, own=False: {
            "block_hash": b.hash.hex(), "block": "" if own else b.bytes.hex(), "sensitive": b.sensitive.hex(),
            "verdicts": [0] * len(b.changes), "received": 100,
        }
        scope = store.scope(shared, 3)
        scope.append([line(directory)])
        scope.stand()
        scope = store.scope(vectors.SCOPE, 1)
        scope.seal(mine, store.signer)
        scope.append([line(scope.stream[0], own=True), line(theirs)])
        scope.stand()
        block = scope.stream[0]
        place = scope.places[0][0]
        message = log.receipt_message(epoch, scope.id, 1, place, block.hash, [0] * 3, 100)
        receipt = {"epoch": epoch, "position": 1, "logHash": place.hex(), "verdicts": [0] * 3, "received": 100}
        scope.keep_receipt(block, receipt | {"signature": vectors.SIGNER.sign(message).hex()})
        return store

    def test_a_whole_store_verifies(self):
        with tempfile.TemporaryDirectory() as folder:
            self.make(folder + "/s")
            self.assertEqual(
                Store(folder + "/s").verify(), {"scopes": 2, "entries": 3, "blocks": 3, "receipts": 1, "digests": 2}
            )

    def test_each_turned_digit_is_noticed(self):
        with tempfile.TemporaryDirectory() as folder:
            self.make(folder + "/s")
            dice, tried = random.Random(8), 0
            for path in pathlib.Path(folder).glob("s/scopes/*/*.json*"):
                whole_text = path.read_text()
                places = [m.start(1) for m in re.finditer(r'"(?:block|block_hash|logHash|signature|digest)": "([0-9a-f])', whole_text)]
                for place in places:
                    end = whole_text.index('"', place)
                    for at in {place, end - 1, dice.randrange(place, end)}:
                        turned = whole_text[:at] + "0123456789abcdef"[int(whole_text[at], 16) ^ 1] + whole_text[at + 1 :]
                        path.write_text(turned)
                        with self.assertRaises((VerificationError, DecodeError), msg=f"{path.name} {at}"):
                            Store(folder + "/s").verify()
                        tried += 1
                path.write_text(whole_text)
            self.assertGreater(tried, 30)

    def test_a_key_that_the_server_did_not_publish_signs_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            store = self.make(folder + "/s")
            stranger = Change(vectors.SCOPE, vectors.THIRD_DEVICE, 1, vectors.MEMBER, 1, (vectors.set_field(0, 1, ("int", 1)),))
            block = seal([stranger], vectors.OTHER_SIGNER, 1)
            line = {"block_hash": block.hash.hex(), "block": block.bytes.hex(), "sensitive": "", "verdicts": [0], "received": 1}
            with self.assertRaisesRegex(VerificationError, "no known key"):
                store.scopes[vectors.SCOPE].append([line])

    def test_a_redacted_value_goes_from_every_file_and_everything_verifies_as_before(self):
        with tempfile.TemporaryDirectory() as folder:
            store = self.make(folder + "/s")
            scope, other = store.scopes[vectors.SCOPE], vectors.SECOND_DEVICE
            secret = Sensitive(bytes(16), ("text", "a canary that must go"))
            said = Change(vectors.SCOPE, other, 20, vectors.MEMBER, 1, (Edit(vectors.fixed("record"), 26, 20, secret),))
            own = Change(vectors.SCOPE, store.device, 21, vectors.MEMBER, 1, (Edit(vectors.fixed("record 2"), 26, 20, Sensitive(bytes(15) + b"x", secret.value)),))
            values = [
                ("group", ((1, ("bytes", change.id)), (2, ("int", 0)), (3, ("bytes", change.edits[0].content.leaf))))
                for change in (said, own)
            ]
            act = Change(vectors.SCOPE, other, 30, vectors.MEMBER, 1, (Edit(vectors.fixed("act"), 60, 24, Open(("list", tuple(values)))),))
            line = lambda block: {
                "block_hash": block.hash.hex(), "block": block.bytes.hex(), "sensitive": block.sensitive.hex(), "verdicts": [0], "received": 200,
            }
            told, acted = seal([said], vectors.OTHER_SIGNER, 5), seal([act], vectors.OTHER_SIGNER, 6)
            scope.seal([own], store.signer)
            scope.append([line(told)])
            scope.append([line(acted)])
            scope.stand()

            def values_left(scope):
                contents = [edit.content for block in [*scope.blocks.values(), *(b for b, _ in scope.own)] for change in block.changes for edit in change.edits]
                return [content for content in contents if isinstance(content, Sensitive)]

            again = Store(folder + "/s")
            again.verify()
            self.assertEqual(again.scopes[vectors.SCOPE].blocks[told.hash].bytes, told.bytes)
            for one in (store, again):
                self.assertEqual(values_left(one.scopes[vectors.SCOPE]), [])
            # It comes again, as from an older copy of the server.
            once_more = seal([said], vectors.OTHER_SIGNER, 7)
            again.scopes[vectors.SCOPE].append([line(once_more) | {"verdicts": [log.DUPLICATE]}])
            self.assertEqual(values_left(Store(folder + "/s").scopes[vectors.SCOPE]), [])

    def test_a_new_incarnation_keeps_the_changes_that_no_receipt_covers(self):
        with tempfile.TemporaryDirectory() as folder:
            store = self.make(folder + "/s")
            scope = store.scopes[vectors.SCOPE]
            more = [Change(vectors.SCOPE, store.device, 50, vectors.MEMBER, 1, (vectors.set_field(1, 1, ("int", 1)),))]
            scope.seal(more, store.signer)
            before = scope.incarnation
            scope.begin_incarnation(store.signer)
            self.assertNotEqual(scope.incarnation, before)
            self.assertEqual([(b.first, b.changes[0].id) for b in scope.stream], [(1, more[0].id)])


class Transport(unittest.TestCase):
    """The verification of the server, against a server of Python's own `ssl`."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.authority_key, cls.authority = cls.issue("installation authority", None, None)
        cls.key, cls.certificate = cls.issue("server", cls.authority_key, cls.authority, "fixed-name.seamark.invalid")
        path = pathlib.Path(cls.folder.name) / "chain.pem"
        pem = serialization.Encoding.PEM
        private = cls.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(private + cls.certificate.public_bytes(pem) + cls.authority.public_bytes(pem))
        cls.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cls.context.load_cert_chain(path)
        cls.seen = []
        cls.context.sni_callback = lambda _, name, __: cls.seen.append(name)
        cls.listener = socket.create_server(("127.0.0.1", 0))
        cls.port = cls.listener.getsockname()[1]
        threading.Thread(target=cls.serve, daemon=True).start()

    @staticmethod
    def issue(name, issuer_key, issuer, dns=None):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
        builder = x509.CertificateBuilder(
            issuer.subject if issuer else subject, subject, key.public_key(), x509.random_serial_number(), start,
            start + datetime.timedelta(days=1),
        )
        builder = builder.add_extension(x509.BasicConstraints(issuer is None, None), True)
        if dns:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(dns)]), False)
            builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), False)
        return key, builder.sign(issuer_key or key, hashes.SHA256())

    @classmethod
    def serve(cls):
        while True:
            try:
                raw, _ = cls.listener.accept()
            except OSError:
                return
            try:
                with cls.context.wrap_socket(raw, server_side=True) as connection:
                    connection.sendall(frame(door=seamark_pb2.Door(version=1, least_version=1, time=5)))
                    connection.unwrap()
            except OSError:
                continue

    @classmethod
    def tearDownClass(cls):
        cls.listener.close()
        cls.folder.cleanup()

    def connect(self, name="fixed-name.seamark.invalid", pin=None):
        pin = pin or pin_of(self.authority.public_bytes(serialization.Encoding.DER))
        return Connection("127.0.0.1", self.port, "ab" * 16, name, pin, timeout=5)

    def test_the_right_server_under_another_name_than_the_label(self):
        with self.connect() as connection:
            name, door = receive(connection, "door")
            self.assertEqual((name, door.time), ("door", 5))
            self.assertEqual(len(connection.export(b"EXPORTER-seamark-enrol-1")), 32)
            self.assertNotEqual(connection.export(b"EXPORTER-seamark-enrol-1"), connection.export(b"EXPORTER-other"))
            with self.assertRaisesRegex(ProtocolError, "closed"):
                receive(connection, "door")
        self.assertEqual(self.seen[-1], "ab" * 16)

    def test_another_name_is_refused(self):
        with self.assertRaisesRegex(TLSError, "another name"):
            self.connect(name="other-name.seamark.invalid")

    def test_the_label_is_not_taken_for_the_name(self):
        with self.assertRaisesRegex(TLSError, "another name"):
            self.connect(name="ab" * 16)

    def test_another_pin_is_refused(self):
        with self.assertRaisesRegex(TLSError, "installation authority"):
            self.connect(pin=bytes(32))

    def test_the_servers_own_key_is_no_pin(self):
        with self.assertRaisesRegex(TLSError, "installation authority"):
            self.connect(pin=pin_of(self.certificate.public_bytes(serialization.Encoding.DER)))


class Messages(unittest.TestCase):
    def test_the_committed_messages_are_those_of_the_proto(self):
        source = (pathlib.Path(__file__).resolve().parents[2] / "Protocol" / "seamark.proto").read_text()
        source = re.sub(r"//.*", "", source)
        told = {}
        for name, body in re.findall(r"message (\w+) \{((?:[^{}]|\{[^{}]*\})*)\}", source):
            fields = re.findall(r"(repeated )?(\w+) (\w+) = (\d+);", body)
            told[name] = sorted((int(number), field, bool(repeated)) for repeated, _, field, number in fields)
        made = {}
        for name, message in seamark_pb2.DESCRIPTOR.message_types_by_name.items():
            made[name] = sorted((f.number, f.name, f.is_repeated) for f in message.fields)
        self.assertEqual(made, told)

    def test_invitations(self):
        good = f"seamark://localhost:7070/{'a' * 32}/server.invalid/{'b' * 64}/{'c' * 32}"
        self.assertTrue(INVITATION.fullmatch(good))
        for wrong in (good[:-1], good + "c", good.replace("a", "A"), good.replace("seamark:", "https:"), good.replace(":7070", "")):
            self.assertFalse(INVITATION.fullmatch(wrong), wrong)


if __name__ == "__main__":
    unittest.main()
