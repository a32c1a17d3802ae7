"""The recorded journey: two laptops and a server at work; what was acknowledged at each moment of it; and what must be there afterwards."""
import json
import carried
from paths import conflict
from findings import count, observations
from stage import IMPORTED, KEPT, WAITING, NotPrepared, canary

LAPTOPS = ("ann", "bob")
ROLES = (*LAPTOPS, "headquarters")
ONE, TWO, THREE, FROM_BOB = (canary(text) for text in ("journey one", "journey two", "journey three", "from bob"))


def play(stage, recorder, mark):
    """What is recorded. `mark` notes what was acknowledged, the moment that it was, and what is begun."""

    def step(who, *words, gives=(), **facts):
        mark(begins=[who, list(gives)])
        done = stage.run(who, *words, shim=recorder)
        if done.status != 0:
            raise NotPrepared(f"recording {words}: {done.said}")
        mark(ends=[who, list(gives)], **facts)

    if stage.start(recorder) is None:
        raise NotPrepared("recording: the server does not start")
    step("ann", "observation", "add", f"text={ONE}", "site=ST-A001", gives=[ONE])
    step("ann", "import", stage.case / "three.json", gives=IMPORTED)
    step("ann", "sync")
    step("ann", "observation", "add", f"text={TWO}", "site=ST-A001", gives=[TWO])
    step("ann", "resolve", "L-A001", "amount", "--choose", "1", resolved=True)
    step("bob", "observation", "add", f"text={FROM_BOB}", "site=ST-A001", gives=[FROM_BOB])
    step("bob", "sync")
    step("ann", "sync")
    done = stage.verb("member", "add", "cleo", shim=recorder)
    if done.status != 0:
        raise NotPrepared(f"recording a member: {done.said}")
    mark(members=3)
    carried.photo(stage).write_bytes(carried.PHOTO)
    step("ann", "attach", "add", carried.photo(stage), "--to", "L-A001", attached=True)
    step("ann", "observation", "add", f"text={THREE}", "site=ST-A001", gives=[THREE])
    step("ann", "sync")
    status, _ = stage.stop()
    if status != 0:
        raise NotPrepared(f"recording: the server stopped with {status}")
    mark()


class Expectation:
    """What was acknowledged up to a moment."""

    def __init__(self):
        self.certain = {"ann": KEPT + WAITING, "bob": list(KEPT)}
        self.perhaps = {"ann": [], "bob": []}
        self.resolved, self.attached, self.members = False, False, 2

    def take(self, facts):
        if "begins" in facts:
            who, gives = facts["begins"]
            self.perhaps[who] = [gives] if gives else []
        if "ends" in facts:
            who, gives = facts["ends"]
            self.certain[who] = self.certain[who] + gives
            self.perhaps[who] = []
        self.resolved = self.resolved or facts.get("resolved", False)
        self.attached = self.attached or facts.get("attached", False)
        self.members = facts.get("members", self.members)

    def copy(self):
        other = Expectation()
        other.__dict__.update({key: ({who: list(texts) for who, texts in value.items()} if isinstance(value, dict) else value) for key, value in self.__dict__.items()})
        return other


def check(stage, findings, expectation):
    """Asks both laptops and the server. Returns the recovery's seconds."""
    others = {"ann": [[FROM_BOB]], "bob": [[text] for text in (*WAITING, ONE, *IMPORTED, TWO, THREE)]}
    slowest = 0
    certain = dict(expectation.certain)
    for who in LAPTOPS:
        status = stage.run(who, "status")
        slowest = max(slowest, status.seconds)
        if not findings.must(status.status == 0, "broken", f"{who}: status ended with {status.status}: {status.said}"):
            return slowest
        verify = stage.run(who, "verify")
        findings.must(verify.status == 0 and "Everything holds" in verify.out, "broken", f"{who}: verify ended with {verify.status}: {verify.said} {verify.out[-200:]}")
        texts = observations(stage, who, findings)
        if texts is None:
            return slowest
        for group in count(findings, who, texts, certain[who], expectation.perhaps[who] + others[who]):
            certain[who] = certain[who] + [text for text in group if text not in certain[who]]
    if expectation.resolved:
        findings.must(conflict(stage, "ann", findings) == 0, "lost", "ann: a decision that was acknowledged is gone")
    names = carried.attached(stage, "ann", findings)
    findings.must(len(names) == 1 or not (names or expectation.attached), "twice" if names else "lost", f"ann: there are the attachments {names}")
    started = stage.start()
    if started is None:
        findings.add("broken", "the server does not start any more: " + " ".join(stage.stop()[1].split())[-300:])
        return slowest
    slowest = max(slowest, started)
    for who in ("ann", "bob", "ann"):
        sync = stage.run(who, "sync", "--json")
        if not findings.must(sync.status == 0, "broken", f"{who}: the next sync ended with {sync.status}: {sync.said}"):
            break
        report = json.loads(sync.out)
        findings.must(report["unsent"] == 0, "lost", f"{who}: {report['unsent']} changes stay without a receipt")
        findings.must(not report["renumbered"] and not report["rebuilt"] and not report["quarantined"], "lost",
                      f"{who}: the sync found that the server lacks what it had acknowledged, or the laptop what it had sent: {' '.join(sync.out.split())[:400]}")
    everything = sorted({*certain["ann"], *certain["bob"]})
    for who in LAPTOPS:
        count(findings, who, observations(stage, who, findings) or [], everything)
    if names:
        carried.fetched(stage, findings)
    verified = stage.verb("verify")
    findings.must(verified.status == 0 and "everything holds" in verified.out, "broken", f"seamark-server verify ended with {verified.status}: {verified.said} {verified.out[-200:]}")
    status = stage.verb("status", "--json")
    members = json.loads(status.out)["tenants"][0]["members"] if status.status == 0 else 0
    findings.must(members in (2, 3) if expectation.members == 2 else members == 3, "lost", f"the server has {members} members, {expectation.members} were acknowledged")
    return slowest
