"""System calls that fail: EIO, ENOSPC and EMFILE on the Nth call that can fail so, once and for ever, in client and server; and programs
that are given few open files from the start."""
import errno
import canaries, kills, paths
from dataclasses import dataclass
from findings import Findings, clear
from stage import Shim


@dataclass
class Fault:
    """An error, the calls that can fail with it, the documented statuses that may answer it (README, "Exit status"), and what is said."""
    name: str
    code: int
    classes: str
    statuses: set
    says: str

    def answers(self, shim, ever):
        """What may answer it. SQLite opens a file for reading that it cannot open for writing, and looks for one that it cannot make;
        why is found out by trying, which tells nothing when the fault is over."""
        call, _, path = shim.read()[2].partition(" ")
        if not ever and call.startswith("open") and ".sqlite" in path:
            return self.statuses | {74}, self.says + "|disk"
        return self.statuses, self.says


FAULTS = [
    Fault("EIO", errno.EIO, "wstmrof", {74}, "disk"),
    Fault("ENOSPC", errno.ENOSPC, "wstm", {73}, "disk is full|free space|make room"),
    Fault("EMFILE", errno.EMFILE, "d", {71}, "open files"),
]
# What the C library and the loader need before the program itself begins.
LOADING = 127
PATHS = [path for path in kills.PATHS if path.name != "server-member"]


def case(stage, path, fault, number, ever):
    path.set(stage)
    findings = Findings()
    shim = Shim(stage, fault.classes, fail=number, error=fault.code, ever=ever)
    shim.goes_on = True
    done = path.act(stage, shim)
    acknowledged = False
    if isinstance(path, paths.ServedSync):
        served(stage, findings, done, fault, shim, ever)
    else:
        acknowledged = done.status in path.ends
        statuses, says = fault.answers(shim, ever)
        clear(findings, done, {*path.ends} | statuses, f"{path.name} {fault.name}", "" if acknowledged else says)
    stage.end()
    _, struck, last, _ = shim.read()
    shim.close()
    canaries.look(stage, findings, "before anything was put in order")
    seconds = path.check(stage, findings, acknowledged)
    return findings, seconds, f"{last}, {struck} calls failed"


def served(stage, findings, done, fault, shim, ever):
    """A server whose calls fail: stays up or ends orderly; its devices are told; once the fault is over they sync without its being restarted."""
    if done is None:
        statuses, says = fault.answers(shim, ever)
        return clear(findings, stage.failure(*stage.ended), statuses, f"the server's start, {fault.name}", says)
    clear(findings, done, {0, 69, 76}, "the sync whose server's calls failed")
    if stage.server.poll() is None and not ever:
        again = stage.run("ann", "sync", timeout=45)
        if again.status != 0:
            again = stage.run("ann", "sync", timeout=45)
        findings.must(again.status == 0 or stage.server.poll() is not None, "broken",
                      f"the fault is over, the server is up, and a sync ends with {again.status}: {again.said}")
    status, log = stage.stop()
    said = " ".join(log.split())[-300:]
    if status is None:
        findings.add("broken", f"the server did not stop within 30 s: {said}")
    elif status < 0:
        findings.add("broken", f"the server was ended by signal {-status}: {said}")


# --- Few open files

MOST_FILES = 64


def limited(stage, path, most):
    """The path with so few open files: done, or said what is the matter before anything is begun."""
    path.set(stage)
    findings = Findings()
    done = path.act(stage, files=most)
    if isinstance(path, paths.ServedSync) and done is None:
        done = stage.failure(*stage.ended)
    if done.status == LOADING:
        findings.must("shared librar" in done.error, "unclear", f"ended with {LOADING}: {done.said}")
    else:
        clear(findings, done, {*path.ends, 71}, f"{path.name} with {most} open files", "" if done.status in path.ends else "open files")
    stage.end()
    return findings, path.check(stage, findings, done.status in path.ends), f"{most} open files"


def cases(stage, torture):
    quick = torture.options.quick
    for path in PATHS:
        kinds = torture.sample(f"faults/{path.name}", [*FAULTS, None], 1)
        for fault in filter(None, kinds):
            name = f"faults/{path.name}-{fault.name}"
            if not torture.only(name):
                continue
            total = kills.measure(stage, path, fault.classes)
            wanted = ((f"{number}{'-on' if ever else ''}", number, ever) for number in range(1, total + 1) for ever in (False, True))
            for last, number, ever in torture.choose(name, wanted, 1 if quick else None):
                yield f"{name}/{last}", lambda stage, a=path, b=fault, c=number, d=ever: case(stage, a, b, c, d)
        name = f"faults/{path.name}-files"
        if None in kinds and torture.only(name):
            for most, _ in torture.choose(name, ((most, None) for most in range(3, MOST_FILES)), 1 if quick else None):
                yield f"{name}/{most}", lambda stage, a=path, b=most: limited(stage, a, b)
