"""Wipes, at home and ordered by headquarters: whatever ends one, the store is locked and whole, or nobody opens it ever again."""
import json
from findings import count, observations
from paths import Path
from stage import KEPT, MARK, NotPrepared, canary

REFUSED, GONE = 77, 78
HERE = [canary("only here"), canary("and this one")]


def locks(folder):
    """The files with the wrapped keys of a laptop's stores."""
    return sorted(path for path in folder.rglob("lock") if path.is_file())


class Wipe(Path):
    """On a laptop of its own, which is asked with the passphrase: to wipe one is to forget the key that is kept for its copies on all stages."""
    name = "wipe"
    words = ["wipe", "--yes"]

    def prepare(self, stage):
        if stage.start() is None:
            raise NotPrepared("the server does not start")
        stage.must("new", "enrol", given=stage.must_verb("invite", "ann").out, passphrase=True)
        stage.must("new", "sync", passphrase=True)
        for text in HERE:
            stage.must("new", "observation", "add", f"text={text}", passphrase=True)
        stage.stop()

    def act(self, stage, shim=None, **options):
        if self.needs_server:
            stage.start()
        return stage.run("new", *self.words, shim=shim, passphrase=True, **options)

    def check(self, stage, findings, acknowledged):
        template = stage.template.with_name(f"template-{self.name}")
        (kept,) = locks(template / "new")
        before = kept.read_bytes()
        place = stage.case / kept.relative_to(template)
        whole = place.exists() and place.read_bytes() == before
        findings.must(not (whole and acknowledged), "broken", "the wipe was reported, and the key is there")
        if not whole:
            self.nobody_opens(stage, findings, before)
        self.finish(stage, findings, whole)
        left = [path for path in place.parent.rglob("*")] if place.parent.exists() else []
        findings.must(not place.parent.exists(), "broken", f"something of the store is left: {[path.name for path in left[:4]]}")
        self.afterwards(stage, findings, acknowledged)
        return 0

    @staticmethod
    def nobody_opens(stage, findings, before):
        """No part of the wrapped key is left that would help, and the passphrase opens nothing."""
        parts = [before[start:start + 16] for start in range(0, len(before) - 15) if len(set(before[start:start + 16])) > 8]
        for path in (stage.case / "new").rglob("*"):
            data = path.read_bytes() if path.is_file() else b""
            findings.must(not any(part in data for part in parts), "plain", f"a part of the wrapped key is in {path.name}")
        shown = stage.run("new", "list", "observation", "--json", passphrase=True)
        findings.must(shown.status not in (0, None) and MARK not in shown.out and len(shown.said) > 20, "plain",
                      f"of a store whose key is gone, list ended with {shown.status}: {shown.said} {shown.out[:80]}")

    def finish(self, stage, findings, whole):
        """What was cut off can be done again; until then, with the passphrase, nothing is missing."""
        if whole:
            shown = stage.run("new", "list", "observation", "--json", passphrase=True)
            texts = [row.get("text") for row in json.loads(shown.out)] if shown.status == 0 else []
            findings.must(shown.status == 0, "lost", f"locked, and the passphrase does not open it ({shown.status}): {shown.said}")
            count(findings, "new", texts, KEPT + HERE)
        again = stage.run("new", *self.words, passphrase=True)
        findings.must(again.status == 0 or (not whole and again.status == GONE), "broken", f"wiping again ended with {again.status}: {again.said}")

    def afterwards(self, stage, findings, acknowledged):
        """The same laptop can be enrolled anew, and has what the server has."""
        stage.start()
        enrolled = stage.run("new", "enrol", given=stage.must_verb("invite", "ann").out, passphrase=True)
        if findings.must(enrolled.status == 0, "broken", f"enrolling again ended with {enrolled.status}: {enrolled.said}"):
            synced = stage.run("new", "sync", passphrase=True)
            findings.must(synced.status == 0, "broken", f"the sync after that ended with {synced.status}: {synced.said}")
            shown = stage.run("new", "list", "observation", "--json", passphrase=True)
            count(findings, "new", [row.get("text") for row in json.loads(shown.out)] if shown.status == 0 else [], KEPT)


class OrderedWipe(Wipe):
    """What waits is handed in first, and counted once by headquarters, whatever ended the sync that obeys."""
    name = "ordered-wipe"
    words = ["sync"]
    needs_server = True
    ends = (REFUSED,)

    def device(self, stage):
        rows = json.loads(stage.must_verb("device", "list", "--json").out)
        return [row for row in rows if row["member"] == "ann"][-1]

    def prepare(self, stage):
        super().prepare(stage)
        stage.must_verb("device", "wipe", self.device(stage)["device"], "--yes")

    def finish(self, stage, findings, whole):
        if stage.start() is None:
            findings.add("broken", "the server does not start any more")
        for _ in range(2 if whole else 1):
            again = stage.run("new", "sync", passphrase=True)
            if again.status == GONE:
                break
            findings.must(again.status == REFUSED, "broken", f"obeying again ended with {again.status}: {again.said}")

    def afterwards(self, stage, findings, acknowledged):
        row = self.device(stage)
        findings.must(row["wipeOrdered"] and (row["wiped"] or not acknowledged), "lost", f"headquarters knows {row}")
        held = json.loads(stage.must_verb("quarantine", "list", "--json").out)
        findings.must(len(held) == len(HERE), "lost" if len(held) < len(HERE) else "twice", f"{len(held)} changes of {len(HERE)} were handed in")
        listed = observations(stage, "bob", findings)
        count(findings, "bob", listed or [], KEPT)


PATHS = [Wipe(), OrderedWipe()]
