"""What a person or an administrator does, step by step: what is there before, the step itself, and what must be left whatever became of it."""
import json, pathlib, shutil, tarfile, time
import stage as stages
import story
from findings import count, settle
from stage import IMPORTED, KEPT, WAITING, canary

TEXT = canary("the one that is being captured")
NEXT = canary("the next one")


def conflict(stage, who, findings):
    done = stage.run(who, "conflicts", "--json")
    findings.must(done.status == 0, "broken", f"{who}: conflicts ended with {done.status}: {done.said}")
    return len(json.loads(done.out)) if done.status == 0 else None


class Path:
    """One thing that a person or an administrator does. `act` does it under a shim or within a limit; `check` looks at what is left."""
    name = ""
    words = []
    needs_server = False
    ends = (0,)  # the statuses of what got to its end
    certain = KEPT + WAITING
    perhaps = ()
    prepare = None  # makes, of the template's laptops and server, what is there before; done once and copied

    def set(self, stage):
        """What is there before."""
        stage.fresh(self.name if self.prepare else None, self.prepare)

    def act(self, stage, shim=None, **options):
        """Returns how it ended."""
        if self.needs_server:
            stage.start()
        return stage.run("ann", *self.words, shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        certain = self.certain + [text for group in self.perhaps for text in group] if acknowledged else self.certain
        return settle(stage, findings, certain, () if acknowledged else self.perhaps)


class Capture(Path):
    name = "capture"
    words = ["observation", "add", f"text={TEXT}", "site=ST-A001"]
    perhaps = ([TEXT],)

    def check(self, stage, findings, acknowledged):
        seconds = super().check(stage, findings, acknowledged)
        # Whatever became of the first, the step can be repeated, and its handle is its own.
        again = stage.run("ann", "observation", "add", f"text={NEXT}", "site=ST-A001")
        findings.must(again.status == 0, "broken", f"capturing again ended with {again.status}: {again.said}")
        done = stage.run("ann", "list", "observation", "--json")
        handles = [row["handle"] for row in json.loads(done.out)] if done.status == 0 else []
        findings.must(len(handles) == len(set(handles)) and handles, "twice", f"handles clash: {handles}")
        return seconds


class Import(Path):
    name = "import"
    perhaps = (IMPORTED,)

    def act(self, stage, shim=None, **options):
        return stage.run("ann", "import", stage.case / "three.json", shim=shim, **options)


class Resolve(Path):
    name = "resolve"
    words = ["resolve", "L-A001", "amount", "--choose", "1"]

    def check(self, stage, findings, acknowledged):
        open_ = conflict(stage, "ann", findings)
        findings.must(open_ == 0 or (open_ == 1 and not acknowledged), "lost", f"a decision that was acknowledged is gone ({open_} conflicts)")
        if open_ == 1:
            again = stage.run("ann", *self.words)
            findings.must(again.status == 0, "broken", f"resolving again ended with {again.status}: {again.said}")
        seconds = super().check(stage, findings, acknowledged)
        for who in ("ann", "bob"):
            findings.must(conflict(stage, who, findings) == 0, "lost", f"{who}: the conflict is open again")
        return seconds


class Sync(Path):
    name = "sync"
    words = ["sync"]
    needs_server = True


class ServedSync(Path):
    """The server is the one that dies: while it starts, takes a push, answers, or stops."""
    name = "served-sync"

    def act(self, stage, shim=None, **options):
        stage.ended = None
        if stage.start(shim, **options) is None:
            stage.ended = stage.stop()
            return None
        done = stage.run("ann", "sync", timeout=45)
        if shim is None or not shim.goes_on:
            stage.ended = stage.stop()
        return done


class ServerVerb(Path):
    """An administrator's verb that dies can be repeated."""

    def act(self, stage, shim=None, **options):
        return stage.verb(*self.words, shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        again = stage.verb(*self.words)
        findings.must(again.status == 0 or (again.status == 65 and len(again.said) > 20), "unclear",
                      f"seamark-server {self.name} again ended with {again.status}: {again.said}")
        return super().check(stage, findings, False)


class Staff(ServerVerb):
    name = "server-staff"
    words = ["engagement", "staff", "baseline", "bob"]


class Member(ServerVerb):
    name = "server-member"
    words = ["member", "add", "cleo", "--role", "consultant"]


class Tenant(ServerVerb):
    name = "server-tenant"
    words = ["tenant", "add", "northlink", "--name", "Northlink"]


class Migrate(Path):
    """A server's store of the first version is brought up to date by the first program that opens it. The laptops' stores still have
    their first form. Their certificates have expired: what can be asked is what needs no sync."""
    name = "migrate"
    words = ["verify"]
    ARCHIVE = pathlib.Path(__file__).parent / "stores-1.tar.xz"
    HOLDS = {"members": 2, "devices": 2, "engagements": 1, "entries": 12, "quarantined": 0}
    certain = ["kept one", "kept two", "waiting one", "waiting two"]  # what the first laptop of the archive holds

    def set(self, stage):
        stage.end()
        shutil.rmtree(stage.case, ignore_errors=True)
        with tarfile.open(self.ARCHIVE) as archive:
            archive.extractall(stage.case, filter=lambda member, _: member)
        stage.case.chmod(0o755)

    def act(self, stage, shim=None, **options):
        return stage.verb(*self.words, shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        started = stage.start()
        if not findings.must(started is not None, "broken", "the server does not start on a store whose migration was killed"):
            return 0
        verified = stage.verb("verify")
        findings.must(verified.status == 0 and "everything holds: 12 entries" in verified.out, "lost", f"verify ended with {verified.status}: {verified.said} {verified.out}")
        status = stage.verb("status", "--json")
        tenant = json.loads(status.out)["tenants"][0] if status.status == 0 else {}
        findings.must({key: tenant.get(key) for key in self.HOLDS} == self.HOLDS, "lost", f"status ended with {status.status}: {tenant} {status.said}")
        again = stage.verb("member", "add", "cleo", "--role", "consultant")
        findings.must(again.status == 0, "broken", f"the migrated store takes no member: {again.said}")
        if acknowledged:
            listed = stage.run("ann", "list", "observation", "--json", passphrase=True)
            texts = [row.get("text") for row in json.loads(listed.out)] if listed.status == 0 else []
            count(findings, "ann", texts, self.certain)
        return started


class Backup(Path):
    """What a backup that dies leaves behind hinders no other, and one that was reported is whole."""
    name = "backup"

    def act(self, stage, shim=None, **options):
        return stage.verb("backup", "make", "halden", "--to", stage.case / "backups", *self.secret(stage), shim=shim, **options)

    @staticmethod
    def secret(stage):
        file = stage.case / "secret"
        file.write_text(story.PASSPHRASE)
        file.chmod(0o600)
        return ["--passphrase-file", file]

    @staticmethod
    def files(stage):
        """The backups that have their name."""
        return sorted((stage.case / "backups").glob("[!.]*.smkb"))

    def check(self, stage, findings, acknowledged):
        findings.must(self.files(stage) or not acknowledged, "lost", "a backup that was reported is not there")
        if not acknowledged:
            time.sleep(1)  # backups are named after the second in which they are made
            done = self.act(stage)
            if not findings.must(done.status == 0, "broken", f"the next backup ended with {done.status}: {done.said}"):
                return 0
        for file in self.files(stage):
            whole = stage.verb("backup", "verify", file, *self.secret(stage))
            findings.must(whole.status == 0, "lost", f"a backup that has its name does not verify ({whole.status}): {whole.said}")
        return super().check(stage, findings, False)


class Restore(Backup):
    """A tenant that is put back: until it is done, what was there before can be put to work again or the same command be repeated."""
    name = "restore"

    def prepare(self, stage):
        made = super().act(stage)
        if made.status != 0:
            raise stages.NotPrepared(f"making a backup ended with {made.status}: {made.said}")

    def act(self, stage, shim=None, **options):
        return stage.verb("restore", self.files(stage)[0], *self.secret(stage), shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        if not acknowledged:
            done = self.act(stage)
            findings.must(done.status == 0, "broken", f"restoring again ended with {done.status}: {done.said}")
        return settle(stage, findings, self.certain, restored=True)


class Shred(Path):
    """A tenant whose contract has ended: as long as its key can be read it is whole, afterwards nothing opens it, and the same command ends it."""
    name = "shred"
    words = ["tenant", "shred", "halden", "--again", "halden", "--alone", "no laptop is left"]

    def act(self, stage, shim=None, **options):
        return stage.verb(*self.words, shim=shim, **options)

    def check(self, stage, findings, acknowledged):
        keys = [file for file in (stage.case / "headquarters.keys").glob("*.key") if file.read_bytes().strip(b"\0")]
        whole = stage.verb("verify", "--tenant", "halden")
        findings.must(not acknowledged or not keys and whole.status != 0, "broken", f"the tenant that was shredded is there: {keys} {whole.out}")
        findings.must(not keys or whole.status == 0, "lost", f"its key is there and the tenant is not ({whole.status}): {whole.said}")
        again = stage.verb(*self.words)
        findings.must(again.status in (0, 66), "broken", f"shredding again ended with {again.status}: {again.said}")
        data = stage.case / "headquarters"
        left = [str(path) for path in data.rglob("*") if "halden" in str(path.relative_to(data)) or ".shred-" in str(path.relative_to(data))]
        findings.must(not left, "broken", f"something of the tenant is left: {left[:3]}")
        listed = stage.verb("tenant", "list")
        findings.must(listed.status == 0 and "was shredded" in listed.out, "broken", f"the list says nothing of it ({listed.status}): {listed.said}")
        return 0
