"""The paths of work that leaves on a stick, of attachments, and of a laptop that enrols."""
import json
import paths
from paths import Path, ServedSync
from findings import settle
from stage import WAITING, canary

SAID = canary("a photo").encode()
PHOTO = SAID + bytes((byte * 31 + place // 251) % 256 for place, byte in enumerate(bytes(range(251)) * 600))[len(SAID):]  # three chunks


# --- Bundles

class BundleExport(Path):
    """A bundle that was reported is whole; until it is there, making one can be repeated."""
    name = "bundle-export"

    @staticmethod
    def stick(stage):
        return stage.case / "stick.smbu"

    def act(self, stage, shim=None, **options):
        return stage.run("ann", "bundle", "export", self.stick(stage), shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        # What has its name is whole, whether that was reported or not.
        if not acknowledged and not self.stick(stage).exists():
            again = self.act(stage)
            findings.must(again.status == 0, "broken", f"exporting again ended with {again.status}: {again.said}")
        taken = stage.verb("bundle", "import", self.stick(stage), "--json")
        if findings.must(taken.status == 0, "lost", f"a bundle that has its name is not taken in ({taken.status}): {taken.said}"):
            findings.must(json.loads(taken.out)["accepted"] == len(WAITING), "lost", f"of a bundle was taken in: {taken.out}")
        return super().check(stage, findings, acknowledged)


class BundleImport(Path):
    """Taking a bundle in at headquarters can be repeated; a reply that has its name is whole."""
    name = "bundle-import"

    @staticmethod
    def reply(stage):
        return stage.case / "reply.smbu"

    def prepare(self, stage):
        stage.must("ann", "bundle", "export", BundleExport.stick(stage))

    def act(self, stage, shim=None, **options):
        return stage.verb("bundle", "import", BundleExport.stick(stage), "--reply", self.reply(stage), shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        if not acknowledged and not self.reply(stage).exists():
            again = self.act(stage)
            findings.must(again.status == 0, "broken", f"taking the bundle in again ended with {again.status}: {again.said}")
        read = stage.run("ann", "bundle", "import", self.reply(stage), "--json")
        if findings.must(read.status == 0, "lost", f"a reply that has its name is not read ({read.status}): {read.said}"):
            findings.must(json.loads(read.out)["unsent"] == 0, "lost", f"the reply to a bundle lacks receipts: {read.out}")
        return super().check(stage, findings, acknowledged)


class BundleReply(BundleImport):
    """Reading the receipts on the laptop can be repeated."""
    name = "bundle-reply"

    def prepare(self, stage):
        super().prepare(stage)
        stage.must_verb("bundle", "import", BundleExport.stick(stage), "--reply", self.reply(stage))

    def act(self, stage, shim=None, **options):
        return stage.run("ann", "bundle", "import", self.reply(stage), shim=shim, **options)


# --- Attachments

def photo(stage):
    return stage.case / "photo.jpg"


def attach(stage, shim=None, **options):
    photo(stage).write_bytes(PHOTO)
    return stage.run("ann", "attach", "add", photo(stage), "--to", "L-A001", shim=shim, **options)


def attached(stage, who, findings):
    """The names of the laptop's attachments."""
    done = stage.run(who, "attach", "list", "--json")
    findings.must(done.status == 0, "broken", f"{who}: attach list ended with {done.status}: {done.said}")
    return [row["name"] for row in json.loads(done.out)] if done.status == 0 else []


def fetched(stage, findings):
    """Both laptops give the photo out, byte for byte. Needs the running server that `settle` leaves, after its syncs."""
    for who in ("ann", "bob"):
        out = stage.case / f"photo-of-{who}.jpg"
        done = stage.run(who, "attach", "get", "EV-A001", "-o", out)
        if findings.must(done.status == 0, "lost", f"{who}: an attachment cannot be had ({done.status}): {done.said}"):
            findings.must(out.read_bytes() == PHOTO, "lost", f"{who}: an attachment is not what was attached")


class AttachAdd(Path):
    name = "attach-add"

    def act(self, stage, shim=None, **options):
        return attach(stage, shim, **options)

    def check(self, stage, findings, acknowledged):
        names = attached(stage, "ann", findings)
        findings.must(len(names) == 1 or not (acknowledged or names), "lost" if not names else "twice", f"there are the attachments {names}")
        if not names:
            again = attach(stage)
            findings.must(again.status == 0, "broken", f"attaching again ended with {again.status}: {again.said}")
        seconds = super().check(stage, findings, acknowledged)
        fetched(stage, findings)
        return seconds


class AttachSync(Path):
    """The laptop that hands an attachment in dies."""
    name = "attach-sync"
    words = ["sync"]
    needs_server = True

    def prepare(self, stage):
        done = attach(stage)
        if done.status != 0:
            raise paths.stages.NotPrepared(f"attaching ended with {done.status}: {done.said}")

    def check(self, stage, findings, acknowledged):
        seconds = super().check(stage, findings, acknowledged)
        fetched(stage, findings)
        return seconds


class ServedAttach(ServedSync):
    """The server that an attachment is handed in to dies."""
    name = "served-attach"
    prepare = AttachSync.prepare

    def check(self, stage, findings, acknowledged):
        seconds = super().check(stage, findings, acknowledged)
        fetched(stage, findings)
        return seconds


class AttachGet(Path):
    """A file that an attachment was written to is whole, whether that was reported or not."""
    name = "attach-get"

    def prepare(self, stage):
        AttachSync.prepare(self, stage)
        if stage.start() is None:
            raise paths.stages.NotPrepared("the server does not start")
        for who in ("ann", "bob"):
            stage.must(who, "sync")
        stage.stop()

    def act(self, stage, shim=None, **options):
        stage.start()
        return stage.run("bob", "attach", "get", "EV-A001", "-o", stage.case / "got.jpg", shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        got = stage.case / "got.jpg"
        findings.must(got.exists() or not acknowledged, "lost", "a file that was reported is not there")
        findings.must(not got.exists() or got.read_bytes() == PHOTO, "lost", "the file of an attachment is not whole")
        seconds = settle(stage, findings, self.certain)
        fetched(stage, findings)
        return seconds


# --- Enrolling

class Enrol(Path):
    """A laptop that dies while it enrols can enrol anew; what it captured before has nothing to do with it."""
    name = "enrol"

    def act(self, stage, shim=None, **options):
        stage.start()
        return stage.run("new", "enrol", given=stage.must_verb("invite", "bob").out, passphrase=True, shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        stage.start()
        if not acknowledged and stage.run("new", "status").status != 0:
            again = self.act(stage)
            findings.must(again.status == 0, "broken", f"enrolling again ended with {again.status}: {again.said}")
        synced = stage.run("new", "sync", passphrase=True)
        findings.must(synced.status == 0, "broken", f"the new laptop's sync ended with {synced.status}: {synced.said}")
        return super().check(stage, findings, False)
