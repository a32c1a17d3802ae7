"""Kill -9 at the Nth write, sync, cut, renaming or sending: of each path of client and server, for every N."""
import canaries, carried, paths, wiped, written
from findings import Findings, clear
from stage import NotPrepared, Shim

CLASSES = "wstmn"

PATHS = [
    paths.Capture(), paths.Import(), paths.Resolve(), paths.Sync(), paths.ServedSync(), paths.Migrate(), paths.Staff(), paths.Member(), paths.Tenant(),
    paths.Backup(), paths.Restore(), paths.Shred(), carried.BundleExport(), carried.BundleImport(), carried.BundleReply(), carried.AttachAdd(), carried.AttachSync(),
    carried.ServedAttach(), carried.AttachGet(), carried.Enrol(), *written.PATHS, *wiped.PATHS,
]


def measure(stage, path, classes):
    """How many calls of these classes the path makes when nobody disturbs it."""
    path.set(stage)
    shim = Shim(stage, classes)
    done = path.act(stage, shim)
    stage.stop()
    total = shim.read()[0]
    shim.close()
    if done is None or done.status not in path.ends:
        raise NotPrepared(f"{path.name} undisturbed ended with {done and done.status}: {done and done.said}")
    return total


def case(stage, path, number):
    """Returns what was found, the recovery's seconds, and which call was the last."""
    path.set(stage)
    findings = Findings()
    shim = Shim(stage, CLASSES, kill=number)
    done = path.act(stage, shim)
    total, _, last, _ = shim.read()
    shim.close()
    if isinstance(path, paths.ServedSync):
        if done is not None:
            clear(findings, done, {0, 69, 76}, "the sync whose server was killed")
    elif total < number:
        findings.must(done.status in path.ends, "broken", f"undisturbed, it ended with {done.status}: {done.said}")
    else:
        findings.must(done.status == -9, "broken", f"it was killed and ended with {done.status}: {done.said}")
    canaries.look(stage, findings, "before anything was put in order")
    seconds = path.check(stage, findings, done is not None and done.status in path.ends)
    return findings, seconds, last


def cases(stage, torture):
    """All cases: (id, function of a stage)."""
    for path in PATHS:
        name = f"kills/{path.name}"
        if torture.only(name):
            total = measure(stage, path, CLASSES)
            for number, _ in torture.choose(name, ((number, None) for number in range(1, total + 2)), 1 if torture.options.quick else None):
                yield f"{name}/{number}", lambda stage, path=path, number=number: case(stage, path, number)
