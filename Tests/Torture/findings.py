"""What a case found wrong, and the questions that every case ends with."""
import json, re


class Findings(list):
    """What a case found wrong: (kind, sentence). Kinds: lost, twice, unclear, plain, broken."""
    played = 1

    def add(self, kind, sentence):
        self.append((kind, sentence))

    def must(self, holds, kind, sentence):
        if not holds:
            self.append((kind, sentence))
        return holds


def clear(findings, done, allowed, what, says=""):
    """Ended by itself, with a documented status, and said why: where it failed, in words that match `says`."""
    if done.status is None:
        return findings.add("broken", f"{what} did not end")
    if done.status < 0:
        return findings.add("broken", f"{what} was ended by signal {-done.status}: {done.said}")
    findings.must(done.status in allowed, "unclear", f"{what} ended with {done.status}, not one of {sorted(allowed)}: {done.said}")
    findings.must(done.status == 0 or len(done.said) > 20, "unclear", f"{what} ended with {done.status} and said '{done.said}'")
    findings.must(done.status == 0 or re.search(says, done.error), "unclear", f"{what} ended with {done.status} and does not say so: {done.said}")


def observations(stage, who, findings):
    """The texts that a laptop shows, in its order, without those that were redacted; None when it does not answer."""
    done = stage.run(who, "list", "observation", "--json")
    if not findings.must(done.status == 0, "broken", f"{who}: list ended with {done.status}: {done.said}"):
        return None
    return [row["text"] for row in json.loads(done.out) if row.get("text")]


def count(findings, who, texts, certain, perhaps=()):
    """Everything acknowledged is there once; of each group of `perhaps` all or nothing. Returns the groups that are there."""
    for text in certain:
        findings.must(texts.count(text) > 0, "lost", f"{who}: '{text}' was acknowledged and is missing")
    for text in set(texts):
        findings.must(texts.count(text) == 1, "twice", f"{who}: '{text}' is there {texts.count(text)} times")
        findings.must(text in certain or any(text in group for group in perhaps), "broken", f"{who}: '{text}' was never captured")
    there = []
    for group in perhaps:
        found = [text for text in group if text in texts]
        findings.must(len(found) in (0, len(group)), "broken", f"{who}: only a part of one step is there: {found}")
        if found:
            there.append(group)
    return there


def settle(stage, findings, certain, perhaps=(), restored=False):
    """After the fault: both programs come up by themselves, hold everything acknowledged once, and agree. Returns the seconds that
    the slower took of the laptop's first command and the server's start. `restored`: the server begins a new epoch."""
    status = stage.run("ann", "status")
    findings.must(status.status == 0, "broken", f"status ended with {status.status}: {status.said}")
    verify = stage.run("ann", "verify")
    findings.must(verify.status == 0 and "Everything holds" in verify.out, "broken", f"verify ended with {verify.status}: {verify.said} {verify.out[-200:]}")
    texts = observations(stage, "ann", findings)
    if texts is None:
        return status.seconds
    there = count(findings, "ann", texts, certain, perhaps)
    certain = certain + [text for group in there for text in group]
    started = 0
    if stage.server is None or stage.server.poll() is not None:
        started = stage.start()
        if started is None:
            findings.add("broken", "the server does not start any more: " + " ".join(stage.stop()[1].split())[-300:])
            return status.seconds
    sync = stage.run("ann", "sync", "--json")
    if not findings.must(sync.status == 0, "broken", f"the next sync ended with {sync.status}: {sync.said}"):
        return max(status.seconds, started)
    report = json.loads(sync.out)
    findings.must(report["unsent"] == 0, "lost", f"{report['unsent']} changes stay without a receipt")
    findings.must(restored or not (report["renumbered"] or report["rebuilt"] or report["quarantined"]), "broken",
                  f"a sync after a crash was treated as a restored store: {' '.join(sync.out.split())[:400]}")
    other = stage.run("bob", "sync")
    findings.must(other.status == 0, "broken", f"the other laptop's sync ended with {other.status}: {other.said}")
    count(findings, "bob", observations(stage, "bob", findings) or [], certain)
    verified = stage.verb("verify")
    findings.must(verified.status == 0 and "everything holds" in verified.out, "broken",
                  f"seamark-server verify ended with {verified.status}: {verified.said} {verified.out[-200:]}")
    return max(status.seconds, started)
