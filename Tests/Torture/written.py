"""Verbs that capture: each step is there whole or not at all, and can be done again. Kinds of one verb write alike; one stands for them."""
import json
from paths import KEPT, WAITING, Path
from stage import NotPrepared, canary
from findings import Findings, settle

PLANNER, NAME, RATIONALE, REWORK, SPARE, OTHER, LATE = (
    canary(text) for text in ("planner", "Made Up", "said twice", "Scrap and rework", "Spare", "Daton", "who pays late"))

PERSON = ["person", "add", f"title={PLANNER}", "level=manager", "--consent", "given", "--method", "written", "--scope", "quotes,role"]
INTERVIEW = ["interview", "add", "persons=P-A001", "site=ST-A001", "startedAt=2026-03-17T09:30", "endedAt=2026-03-17T10:30", "mode=onSite"]
ANSWER = ["answer", "add", "interview=IV-A001", "question=LB1", "response.outcome=scored", "response.score=3", "response.grade=B", f"rationale={RATIONALE}"]


class Written(Path):
    """`before` is captured first, `words` is the step, and `shows` says of a row of `noun` whether the step is there."""
    before = ()
    noun = ""
    certain = KEPT + WAITING

    def prepare(self, stage):
        for words in self.before:
            stage.must("ann", *words)
        # A look that finds the step before it was done would find it always.
        there = self.count(stage, "ann", Findings())
        if there != 0:
            raise NotPrepared(f"{self.name} is there {there} times before it was done")

    def shows(self, rows):
        """How often the step is there: none or once."""
        raise NotImplementedError

    def count(self, stage, who, findings):
        done = stage.run(who, "list", self.noun, "--json")
        if not findings.must(done.status == 0, "broken", f"{who}: list ended with {done.status}: {done.said}"):
            return None
        return self.shows(json.loads(done.out))

    def check(self, stage, findings, acknowledged):
        there = self.count(stage, "ann", findings)
        if there is None:
            return 0
        findings.must(there == 1 or (there == 0 and not acknowledged), "lost" if there == 0 else "twice",
                      f"{' '.join(self.words[:2])}: acknowledged {acknowledged}, and there {there} times")
        if there == 0:
            again = stage.run("ann", *self.words)
            findings.must(again.status == 0, "broken", f"{' '.join(self.words[:2])} again ended with {again.status}: {again.said}")
        seconds = settle(stage, findings, self.certain)
        for who in ("ann", "bob"):
            findings.must(self.count(stage, who, findings) == 1, "lost", f"{who}: {' '.join(self.words[:2])} is not there")
        return seconds


class Person(Written):
    """What consent covers, and a name that is sealed, in one step."""
    name, noun, words = "person-add", "person", PERSON + [f"name={NAME}"]

    def shows(self, rows):
        return sum(row.get("title") == PLANNER and row.get("name") == NAME and row["consent"]["state"] == "given" for row in rows)


class Answer(Written):
    name, noun, words, before = "answer-add", "answer", ANSWER, (PERSON, INTERVIEW)

    def shows(self, rows):
        return sum(row["response"]["score"] == 3 and row.get("rationale") == RATIONALE for row in rows)


class Finalise(Written):
    name, noun, words, before = "interview-finalise", "interview", ["interview", "set", "IV-A001", "status=finalised"], (PERSON, INTERVIEW, ANSWER)

    def shows(self, rows):
        return sum(row.get("status") == "finalised" for row in rows)


class Edit(Written):
    name, noun, words = "line-set", "line", ["line", "set", "L-A001", f"title={REWORK}"]

    def shows(self, rows):
        return sum(row.get("title") == REWORK for row in rows)


class Delete(Written):
    name, noun, words, before = "site-delete", "site", ["site", "delete", "ST-A002"], (["site", "add", f"name={SPARE}"],)

    def shows(self, rows):
        return 1 - sum(row.get("name") == SPARE for row in rows)


class Undo(Written):
    """Of a step of its own only: taken back twice, the step before it would be gone."""
    name, noun, words, before = "undo", "line", ["undo"], (["site", "add", "name=Before"], ["line", "set", "L-A001", "title=Wrong"])

    def shows(self, rows):
        return sum(row.get("title") == "Scrap" for row in rows)


class Merge(Written):
    name, noun, words, before = "merge", "site", ["merge", "ST-A001", "ST-A002", "--rest", "keep"], (["site", "add", f"name={OTHER}"],)

    def shows(self, rows):
        return 1 - sum(row.get("name") == OTHER for row in rows)


class Redact(Written):
    """What was said is gone from what this laptop shows, and after the sync from every other."""
    name, noun = "redact", "observation"
    words, before = ["redact", "O-A005", "text", "--reason", "names a customer"], (["observation", "add", f"text={LATE}", "site=ST-A001"], ["sync"])

    def prepare(self, stage):
        stage.start()
        super().prepare(stage)
        stage.stop()

    def shows(self, rows):
        return 1 - sum(row.get("text") == LATE for row in rows)


PATHS = [Person(), Answer(), Finalise(), Edit(), Delete(), Undo(), Merge(), Redact()]
