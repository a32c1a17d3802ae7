"""Sections 6 and 7: enrolling, renewing, pushing, pulling."""

import os
import re
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from .block import ZERO_HASH
from .change import Change, Edit, Open, Sensitive
from .encoding import text
from .plain import value_from
from .store import Store, VerificationError
from .tls import Connection
from .wire import Problem, ProtocolError, messages, receive, send, sized


VERSION = 1
CREDIT = 512 * 1024
PIPELINED = 8
NO_SUCH_SCOPE = 4006
INVITATION = re.compile(r"seamark://(\[[0-9a-fA-F:]+\]|[^:/\[\]]+):(\d{1,5})/([0-9a-f]{32})/([^/]+)/([0-9a-f]{64})/([0-9a-f]{32})")


def now():
    return time.time_ns() // 1_000_000


def check_version(message):
    if not message.least_version <= VERSION <= message.version:
        raise ProtocolError("no version in common")


def enrol(invitation, folder, name):
    match = INVITATION.fullmatch(invitation.strip())
    if not match:
        raise ProtocolError("this is no invitation")
    host, port, label, server_name, pin, token = match.groups()
    host, port, pin, token = host.strip("[]"), int(port), bytes.fromhex(pin), bytes.fromhex(token)
    tls_key = ec.generate_private_key(ec.SECP256R1())
    signer = Ed25519PrivateKey.generate()
    request = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(tls_key, hashes.SHA256()).public_bytes(Encoding.DER)
    with Connection(host, port, label, server_name, pin) as connection:
        _, door = receive(connection, "door")
        check_version(door)
        proof = signer.sign(text("seamark-enrol-1") + connection.export(b"EXPORTER-seamark-enrol-1") + request)
        key = signer.public_key().public_bytes_raw()
        send(
            connection,
            enrol=messages.Enrol(token=token, request=request, signing_key=key, proof=proof, device_name=name),
        )
        _, enrolled = receive(connection, "enrolled")
    for field in ("tenant", "member", "device"):
        sized(getattr(enrolled, field), 16, field)
    certificate = x509.load_der_x509_certificate(enrolled.certificate)
    authority = x509.load_der_x509_certificate(enrolled.authority)
    certificate.verify_directly_issued_by(authority)
    if certificate.public_key() != tls_key.public_key():
        raise VerificationError("the certificate is for another key")
    check_names(certificate, enrolled.tenant, enrolled.member, enrolled.device)
    about = {
        "host": host,
        "port": port,
        "label": label,
        "serverName": server_name,
        "pin": pin.hex(),
        "tenant": enrolled.tenant.hex(),
        "tenantName": enrolled.tenant_name,
        "member": enrolled.member.hex(),
        "device": enrolled.device.hex(),
        "role": enrolled.role,
        "letters": enrolled.letters,
        "epochKeys": {},
    }
    files = {
        "authority.der": enrolled.authority,
        "certificate.der": enrolled.certificate,
        "tls-key.der": tls_key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
        "signing-key": signer.private_bytes_raw(),
    }
    store = Store.create(folder, about, files)
    store.accept_server_key(enrolled.server_key)
    return store


def renew(store):
    """Section 6.1: another certificate in the place of the one that the store has."""
    about = store.about
    tls_key = ec.generate_private_key(ec.SECP256R1())
    request = x509.CertificateSigningRequestBuilder(x509.Name([])).sign(tls_key, hashes.SHA256()).public_bytes(Encoding.DER)
    with Connection(about["host"], about["port"], about["label"], about["serverName"], store.pin) as connection:
        _, door = receive(connection, "door")
        check_version(door)
        proof = store.signer.sign(text("seamark-renew-1") + connection.export(b"EXPORTER-seamark-enrol-1") + request)
        key = store.signer.public_key().public_bytes_raw()
        send(
            connection,
            renew=messages.Renew(certificate=store.identity[0], request=request, signing_key=key, proof=proof),
        )
        _, renewed = receive(connection, "renewed")
    certificate = x509.load_der_x509_certificate(renewed.certificate)
    certificate.verify_directly_issued_by(x509.load_der_x509_certificate(store.authority))
    if certificate.public_key() != tls_key.public_key():
        raise VerificationError("the certificate is for another key")
    check_names(certificate, *(bytes.fromhex(about[field]) for field in ("tenant", "member", "device")))
    store.adopt(renewed.certificate, tls_key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    return {"until": int(certificate.not_valid_after_utc.timestamp()) * 1000}


def check_names(certificate, tenant, member, device):
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    expected = "seamark://tenant/{}/member/{}/device/{}".format(*map(dashed, (tenant, member, device)))
    if list(names) != [x509.UniformResourceIdentifier(expected)]:
        raise VerificationError("the certificate names somebody else")


def dashed(data):
    digits = data.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Session:
    """One connection at the tenant's door, from Welcome on. The streams were compared when it is made."""

    def __init__(self, store):
        self.store = store
        about = store.about
        self.connection = Connection(
            about["host"], about["port"], about["label"], about["serverName"], store.pin, store.identity
        )
        try:
            # Nothing is sent before this: only now it is known that the server takes this device for itself.
            _, self.welcome = receive(self.connection, "welcome")
            check_version(self.welcome)
            self.meet()
        except BaseException:
            self.connection.close()
            raise

    def meet(self):
        welcome, store = self.welcome, self.store
        store.accept_server_key(welcome.server_key)
        if welcome.server_key.epoch != welcome.epoch:
            raise VerificationError("the server's key is of another epoch")
        if not store.meet_epoch(welcome.epoch):
            # The logs were put aside: the state is read anew from what is left.
            self.store = store = Store(store.folder)
        self.statuses, self.after = {}, {}
        for status in sorted(welcome.scopes, key=lambda status: status.kind != 3):
            scope_id = sized(status.scope, 16, "scope")
            self.statuses[scope_id] = status
            if status.kind == 3 and store.about.get("shared") != scope_id.hex():
                store.about["shared"] = scope_id.hex()
                store.save()
            self.compare(store.scope(scope_id, status.kind), status)
        self.send_status()

    def compare(self, scope, status):
        """Section 7, "Streams are compared before anything is sent": from where to push."""
        ends = [(0, ZERO_HASH)] + [(block.last, block.hash) for block in scope.stream]
        theirs = next(((s.number, s.hash) for s in status.streams if s.incarnation == scope.incarnation), (0, ZERO_HASH))
        if theirs[0] == 0:
            theirs = (0, ZERO_HASH)
        if theirs in ends:
            self.after[scope.id] = theirs[0]
        else:
            scope.begin_incarnation(self.store.signer)
            self.after[scope.id] = 0

    def send_status(self):
        cursors = []
        for scope in self.store.scopes.values():
            mark = max(
                [(scope.position, scope.log_hash)]
                + [(r["position"], bytes.fromhex(r["logHash"])) for _, r in scope.own if r and r["epoch"] == self.welcome.epoch]
            )
            cursors.append(
                messages.ScopeCursor(
                    scope=scope.id,
                    epoch=self.welcome.epoch,
                    position=scope.position,
                    log_hash=scope.log_hash,
                    mark_position=mark[0],
                    mark_hash=mark[1],
                    incarnation=scope.incarnation,
                    unsent=sum(len(block.changes) for block in scope.unsent),
                )
            )
        send(self.connection, status=messages.Status(time=now(), software="python-peer", schema=self.welcome.schema, scopes=cursors))

    def push(self):
        """Pushes every scope's blocks after the server's end. What came of each."""
        results = []
        for scope_id in self.statuses:
            scope = self.store.scopes[scope_id]
            waiting = [block for block in scope.stream if block.first > self.after[scope_id]]
            waiting += [block for block in scope.unsent if block not in waiting]
            for start in range(0, len(waiting), PIPELINED):
                batch = waiting[start : start + PIPELINED]
                for block in batch:
                    send(self.connection, push=messages.Push(scope=scope.id, block=block.bytes, sensitive=block.sensitive))
                results += [self.answer(scope, block) for block in batch]
        return results

    def answer(self, scope, block):
        name, answer = receive(self.connection, "receipt", "push_refused")
        result = {"scope": scope.id.hex(), "block": block.hash.hex(), "changes": [change.id.hex() for change in block.changes]}
        if answer.block != block.hash or answer.scope != scope.id:
            raise ProtocolError("an answer for another block")
        if name == "push_refused":
            return result | {"refused": answer.code}
        if answer.verdicts and len(answer.verdicts) != answer.count or answer.count != len(block.changes):
            raise ProtocolError("not one verdict for each change")
        receipt = {
            "epoch": answer.epoch,
            "position": answer.position,
            "logHash": answer.log_hash.hex(),
            "verdicts": list(answer.verdicts) or [0] * answer.count,
            "received": answer.received,
            "signature": answer.signature.hex(),
        }
        if answer.epoch != self.welcome.epoch:
            raise VerificationError("a receipt of another epoch")
        self.store.check_receipt(scope, block, receipt)
        scope.keep_receipt(block, receipt)
        return result | {"position": answer.position, "verdicts": receipt["verdicts"]}

    def pull(self):
        """Pulls every readable scope to its end, `shared` first. Where each stands."""
        if self.welcome.revoked:
            raise ProtocolError("this device was revoked; it reads nothing any more")
        results = []
        for scope_id, status in self.statuses.items():
            if status.kind == 1 and not status.staffed:
                continue
            scope = self.store.scopes[scope_id]
            before = scope.position
            try:
                while scope.position != self.pull_once(scope).position:
                    pass
            except Problem as problem:
                if problem.code != NO_SUCH_SCOPE:
                    raise
                # A scope that the device only has a stream in.
                results.append({"scope": scope_id.hex(), "kind": status.kind, "refused": problem.code})
                continue
            results.append(
                {
                    "scope": scope_id.hex(),
                    "kind": status.kind,
                    "entries": scope.position - before,
                    "position": scope.position,
                    "digest": scope.state.digest.hex(),
                }
            )
        return results

    def pull_once(self, scope):
        pull = messages.Pull(
            scope=scope.id, position=scope.position, log_hash=scope.log_hash, credit=CREDIT, own_incarnation=scope.incarnation
        )
        send(self.connection, pull=pull)
        _, got = receive(self.connection, "entries")
        if got.scope != scope.id or got.after != scope.position:
            raise ProtocolError("entries of another place")
        if got.position < scope.position + len(got.entries) or got.position > scope.position and not got.entries:
            raise ProtocolError("the log stands where it cannot")
        lines = []
        for entry in got.entries:
            if entry.released:
                lines.append({"released": [each.hex() for each in entry.released], "received": entry.received})
            else:
                if entry.verdicts and len(entry.verdicts) != entry.count or entry.count > 1000:
                    raise ProtocolError("not one verdict for each change")
                lines.append(
                    {
                        "block_hash": sized(entry.block_hash, 32, "block hash").hex(),
                        "block": entry.block.hex(),
                        "sensitive": entry.sensitive.hex(),
                        "verdicts": list(entry.verdicts) or [0] * entry.count,
                        "received": entry.received,
                    }
                )
        scope.append(lines)
        if scope.position == got.position:
            if scope.log_hash != got.log_hash:
                raise VerificationError(f"scope {scope.id.hex()}: the log hash at {got.position} differs from the server's")
            if scope.state.digest != got.digest:
                raise VerificationError(f"scope {scope.id.hex()}: the digest at {got.position} differs from the server's")
            scope.stand()
        return got

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def make_changes(store, scope, described, schema):
    """Changes from their JSON description (see peer.py). Each edit supersedes what this device sees at its target."""
    state = scope.whole_state()
    last = max([change.stamp for block, _ in scope.own for change in block.changes], default=0)
    made = []
    for one in described:
        last = max(last + 1, now())
        edits = []
        for edit in one["edits"]:
            record = bytes.fromhex(edit["record"].replace("-", ""))
            code, element, content, witnessed = 0, None, None, ()
            if "life" in edit:
                content = Open(("bool", edit["life"]))
                if not edit["life"]:
                    fields = (heads for target, heads in state.heads.items() if target[0] == record and target[1])
                    witnessed = tuple(sorted(name for heads in fields for name in heads))
            elif "set" in edit:
                code, element = 2 * edit["set"] + 1, value_from(edit["element"])
                content = Open(("bool", edit["present"]))
            else:
                code, item = 2 * edit["field"], value_from(edit["value"])
                content = Sensitive(os.urandom(16), item) if edit.get("sensitive") else Open(item)
            # Confirmed heads too: an own edit that superseded them may never apply.
            target = (record, code, element)
            heads = tuple(sorted({*state.heads.get(target, {}), *scope.state.heads.get(target, {})}))
            edits.append(Edit(record, edit["type"], code, content, element, heads, witnessed))
        change = Change(scope.id, store.device, last, store.member, schema, tuple(edits))
        state.apply(change)
        made.append(change)
    return made
