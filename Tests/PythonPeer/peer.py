#!/usr/bin/env python3
"""A test peer for Seamark's sync protocol. Its state is a plain, unsealed directory: never for real data.

  peer.py enrol  DIR [--name NAME]        the invitation on standard input
  peer.py renew  DIR                      has its certificate renewed
  peer.py push   DIR [FILE|-]             seals the described changes, if any, and pushes what waits
  peer.py pull   DIR                      pulls all scopes and verifies everything
  peer.py verify DIR                      recomputes chains, signatures, log hashes, receipts and digests, offline
  peer.py status DIR                      what the directory holds, offline

The description: {"scope": ID (or "engagement", "shared", "published" where there is one), "schema": 1, "changes":
  [{"edits": [{"record": ID, "type": 7, "field": 1, "value": {"text": "x"}, "sensitive": true},
              {"record": ID, "type": 7, "set": 4, "element": {"id": ID}, "present": true},
              {"record": ID, "type": 7, "life": false}]}]}

Exit codes: 0 done, 1 refused or not verified, 2 misuse, 3 no connection.
"""

import argparse
import json
import sys

from seamark_peer.encoding import DecodeError
from seamark_peer.session import Session, enrol, make_changes, renew
from seamark_peer.store import Store, VerificationError
from seamark_peer.tls import TLSError
from seamark_peer.wire import Problem, ProtocolError

KINDS = {1: "engagement", 2: "published", 3: "shared"}


def find_scope(store, wanted):
    found = [s for s in store.scopes.values() if KINDS.get(s.kind) == wanted or s.id.hex() == wanted.replace("-", "")]
    if len(found) != 1:
        raise ProtocolError(f"there are {len(found)} scopes that are {wanted}; name it by its id")
    return found[0]


def push(store, source):
    if source:
        plain = json.load(sys.stdin if source == "-" else open(source))
        with Session(store) as session:
            # The first connection tells the scopes; a device that has connected before could seal without one.
            store = session.store
            scope = find_scope(store, plain["scope"])
            changes = make_changes(store, scope, plain["changes"], plain.get("schema", session.welcome.schema))
            scope.seal(changes, store.signer)
            return session.push()
    with Session(store) as session:
        return session.push()


def status(store):
    scopes = []
    for scope in store.scopes.values():
        conflicts = sum(len(heads) > 1 for heads in scope.state.heads.values())
        scopes.append(
            {
                "scope": scope.id.hex(),
                "kind": KINDS.get(scope.kind, scope.kind),
                "position": scope.position,
                "digest": scope.state.digest.hex(),
                "heads": sum(map(len, scope.state.heads.values())),
                "conflicts": conflicts,
                "quarantined": len(scope.state.quarantined),
                "unsent": sum(len(block.changes) for block in scope.unsent),
            }
        )
    return {"tenant": store.about["tenant"], "device": store.about["device"], "role": store.about["role"], "scopes": scopes}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb in ("enrol", "renew", "push", "pull", "verify", "status"):
        sub = verbs.add_parser(verb)
        sub.add_argument("folder", metavar="DIR")
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
        if verb == "enrol":
            sub.add_argument("--name", default="python peer")
        if verb == "push":
            sub.add_argument("source", metavar="FILE", nargs="?")
    arguments = parser.parse_args()
    try:
        result = run(arguments)
    except (Problem, ProtocolError, VerificationError, DecodeError, TLSError, OSError) as error:
        failure = {"error": type(error).__name__, "text": str(error)} | ({"code": error.code} if isinstance(error, Problem) else {})
        print(json.dumps(failure) if arguments.json else f"{arguments.verb}: {error}", file=sys.stdout if arguments.json else sys.stderr)
        return 3 if isinstance(error, (TLSError, ConnectionError)) else 1
    if arguments.json:
        print(json.dumps(result))
    else:
        for line in result if isinstance(result, list) else [result]:
            print(", ".join(f"{key} {content}" for key, content in line.items()))
    refused = isinstance(result, list) and any("refused" in line or any(line.get("verdicts", [])) for line in result)
    return 1 if refused else 0


def run(arguments):
    if arguments.verb == "enrol":
        store = enrol(sys.stdin.readline(), arguments.folder, arguments.name)
        return {key: store.about[key] for key in ("tenant", "member", "device", "role", "letters")}
    store = Store(arguments.folder)
    if arguments.verb == "renew":
        return renew(store)
    if arguments.verb == "push":
        return push(store, arguments.source)
    if arguments.verb == "pull":
        with Session(store) as session:
            return session.pull()
    return store.verify() if arguments.verb == "verify" else status(store)


if __name__ == "__main__":
    sys.exit(main())
