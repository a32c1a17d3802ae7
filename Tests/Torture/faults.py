"""System calls that fail: EIO, ENOSPC and EMFILE on the Nth call that can fail so, once and for ever, in client and server."""
import errno
import kills
from kills import Path, clear
from stage import Findings, NotPrepared, Shim, settle

# Which calls an error belongs to, and the documented statuses that may answer it (README, "Exit status").
ERRORS = {
    "EIO": (errno.EIO, "wstmr", {73, 74}),
    "ENOSPC": (errno.ENOSPC, "wstm", {73}),
    "EMFILE": (errno.EMFILE, "d", {69, 73, 74, 77}),
}


class ServedSync(kills.ServedSync):
    """The server's calls fail while it starts, takes a push, answers, and stops."""

    def act(self, stage, shim):
        stage.tries = []
        if stage.start(shim) is None:
            status, log = stage.stop()
            stage.tries = [("start", status, log)]
            return None
        return stage.run("ann", "sync", timeout=45)


PATHS = [kills.Capture(), kills.Import(), kills.Resolve(), kills.Sync(), ServedSync(), kills.Migrate(), kills.Staff(), kills.Tenant(), kills.Backup(), kills.Restore()]


def measure(stage, path, classes):
    path.set(stage)
    shim = Shim(stage, classes)
    done = path.act(stage, shim)
    stage.stop()
    total = shim.read()[0]
    shim.close()
    if done.status != 0:
        raise NotPrepared(f"{path.name} undisturbed ended with {done.status}: {done.said}")
    return total


def case(stage, path, error, number, ever):
    code, classes, statuses = ERRORS[error]
    path.set(stage)
    findings = Findings()
    shim = Shim(stage, classes, fail=number, error=code, ever=ever)
    done = path.act(stage, shim)
    acknowledged = False
    if isinstance(path, ServedSync):
        served(stage, findings, path, done, statuses, ever)
    else:
        acknowledged = done.status == 0
        # SQLite tells a full disk from a broken one only where it writes a page: opening and waiting for the disk may be called either.
        *_, last = shim.read()
        if error == "ENOSPC" and (last.startswith(("fsync", "fdatasync")) or last.endswith(("-shm", "-wal"))):
            statuses = statuses | {74}
        if last.endswith("three.json"):
            statuses = statuses | {66}
        clear(findings, done, {0} | statuses, " ".join([path.name, error]))
    stage.end()
    _, struck, last, _ = shim.read()
    shim.close()
    seconds = path.check(stage, findings, acknowledged)
    return findings, seconds, f"{last}, {struck} calls failed"


def served(stage, findings, path, done, statuses, ever):
    """A server whose calls fail: stays up or ends orderly; its devices are told; once the fault is over they sync without its being restarted."""
    if done is None:
        _, status, log = stage.tries[0]
        said = " ".join(log.split())[-300:]
        if findings.must(status is not None and status >= 0, "broken", f"the server was ended by signal {-(status or 0)} while it started: {said}"):
            findings.must(status in {69, 70, 73, 74, 75, 78} and len(said) > 20, "unclear", f"the server ended with {status} while it started: {said}")
            findings.must(status != 70, "unclear", f"the server calls a failing disk its own mistake: {said}")
        return
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


def cases(stage, torture):
    for path in PATHS:
        for error, (_, classes, _) in ERRORS.items():
            name = f"faults/{path.name}-{error}"
            if not torture.only(name) or not kills.known(stage, path):
                continue
            total = measure(stage, path, classes)
            wanted = ((f"{number}{'-on' if ever else ''}", number, ever) for number in range(1, total + 1) for ever in (False, True))
            for last, number, ever in torture.choose(name, wanted, 2 if torture.options.quick else None):
                yield f"{name}/{last}", lambda stage, a=path, b=error, c=number, d=ever: case(stage, a, b, c, d)
