"""Does the shim see what the kernel sees? Each path undisturbed, its calls counted by the shim and by strace."""
import re, shutil
import kills, paths
from findings import Findings
from stage import Shim

# The kernel's names of what the shim counts as a class; what the program does to names is left out, since the shim counts tries at some
# that a look at the file would have spared.
CALLS = {"w": ("write", "pwrite64", "writev", "pwritev"), "s": ("fsync", "fdatasync"), "t": ("ftruncate", "fallocate")}


def traced(stage, path):
    """Counts of the calls on files of the case, by class, as strace tells them."""
    log = stage.folder / "strace"
    names = ",".join(name for group in CALLS.values() for name in group)
    path.set(stage)
    done = path.act(stage, under=["strace", "-f", "-qq", "-y", "-o", log, "-e", f"trace={names}", "-e", "signal=none"])
    stage.stop()
    text = log.read_text(errors="replace")
    counts = {}
    for kind, group in CALLS.items():
        calls = re.compile(r"\b(?:" + "|".join(group) + r")\(\d+<" + re.escape(str(stage.case)) + r"(?:/[^>]*)?>(?!\(deleted\))")
        counts[kind] = len(calls.findall(text))
    return done, counts


def case(stage, path):
    findings = Findings()
    done, kernel = traced(stage, path)
    findings.must(done is not None and done.status in path.ends, "broken", f"under strace it ended with {done and done.status}: {done and done.said}")
    shim = {kind: kills.measure(stage, path, kind) for kind in CALLS}
    for kind in CALLS:
        findings.must(shim[kind] == kernel[kind], "broken", f"class {kind}: the shim saw {shim[kind]} calls, strace {kernel[kind]}")
    return findings, 0, f"{sum(kernel.values())} calls"


def cases(stage, torture):
    if not torture.only("seen"):
        return
    if shutil.which("strace") is None:
        return torture.note("The shim is not held against strace: there is none.")
    # Threads that share a commit now so, now so, make no two counts equal: the running server is left out.
    for path in (path for path in kills.PATHS if not isinstance(path, paths.ServedSync)):
        if torture.only(f"seen/{path.name}") and not (torture.options.quick and path.name not in ("capture", "server-staff")):
            yield f"seen/{path.name}/all", lambda stage, path=path: case(stage, path)
