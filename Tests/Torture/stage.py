"""Where a case plays: a server, two laptops and their folders, made once and copied for each case. All people are fictitious."""
import json, os, pathlib, shutil, signal, socket, subprocess, sys, threading, time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Scripts"))
import story

# What every canary begins with. Texts carry one each, so that what lies somewhere in the open is found, whatever it says.
MARK = "qzcanary7x"


class Passed:
    """What was played and searched, over all cases."""
    canaries = programs = crashes = cuts = files = bytes = 0


passed = Passed()


def canary(text):
    """The text with a canary of its own."""
    passed.canaries += 1
    return f"{text} {MARK}{passed.canaries}"

KEPT = [canary("kept one"), canary("kept two")]              # acknowledged by the server
WAITING = [canary("waiting one"), canary("waiting two")]     # acknowledged by the laptop only
IMPORTED = [canary(f"imported {number}") for number in (1, 2, 3)]


@dataclass
class Done:
    """How a program ended. A negative status is the signal that ended it; None means that it was still running when its time was up."""
    status: int
    out: str
    error: str
    seconds: float

    @property
    def said(self):
        return " ".join(self.error.split())[-400:]


class Shim:
    """What the shim does to one program; afterwards, what it counted."""
    goes_on = False  # the server is looked at before it is stopped

    def __init__(self, stage, classes, kill=0, fail=0, error=0, ever=False, trace=None, counter=None, signal=0):
        self.counter = counter or stage.folder / f"counter-{time.monotonic_ns()}"
        if counter is None:
            self.counter.write_bytes(bytes(4096))
        self.environment = {
            "LD_PRELOAD": str(stage.shim), "TORTURE_ROOTS": str(stage.case), "TORTURE_CLASSES": classes, "TORTURE_COUNTER": str(self.counter)}
        for name, value in (("KILL", kill), ("FAIL", fail), ("ERROR", error), ("EVER", ever), ("TRACE", trace), ("SIGNAL", signal)):
            if value:
                self.environment[f"TORTURE_{name}"] = str(int(value) if isinstance(value, bool) else value)

    def read(self):
        """How many calls were counted, how many failed on our word, which one killed or failed first, and which failed last."""
        bytes_ = self.counter.read_bytes()
        count, struck = int.from_bytes(bytes_[:8], "little"), int.from_bytes(bytes_[12:16], "little")
        first, last = (bytes_[place:place + 512].split(b"\0")[0].decode(errors="replace") for place in (16, 528))
        return count, struck, first, last

    def close(self):
        self.counter.unlink(missing_ok=True)


class NotPrepared(Exception):
    """The stage could not be set: nothing was tested."""


class Stage:
    """One worker's folders and port. `fresh` puts everything back to where the template was left."""
    preparing = threading.Lock()

    def __init__(self, programs, shim, folder, template=None, address="127.0.0.1"):
        self.programs, self.shim, self.folder = pathlib.Path(programs), shim, pathlib.Path(folder)
        self.template, self.case = template or self.folder / "template", self.folder / "case"
        self.address = address
        self.near, self.far = [], []
        self.port = story.free_port()
        self.server = None
        self.unlocked = True
        self.folder.mkdir(parents=True)
        # Where programs of the laptops find folders of temporary files, settings and caches, and where a core would be left.
        self.elsewhere, self.shared = self.folder / "elsewhere", self.folder.parent / "runtime"
        for name in ("tmp", "home", "data", "config", "cache", "state", "here"):
            (self.elsewhere / name).mkdir(parents=True)
        self.shared.mkdir(mode=0o700, exist_ok=True)

    # --- Setting the stage

    def prepare(self):
        self.case.mkdir()
        self.must_verb("init", "--name", f"{self.address}:{self.port}")
        self.must_verb("tenant", "add", "halden", "--name", "Halden")
        for member in ("ann", "bob"):
            self.must_verb("member", "add", member, "--role", "lead")
        self.must_verb("engagement", "add", "baseline", "--currency", "USD", "--revenue", 100000000, "--planned-income", 8000000, "--fiscal-year", 2026)
        self.must_verb("engagement", "staff", "baseline", "ann", "bob")
        self.start()
        for who in ("ann", "bob"):
            self.must(who, "enrol", "--name", f"{who} laptop", given=self.must_verb("invite", who).out, passphrase=True)
            self.unlocked = self.run(who, "status", passphrase=False).status == 0
            self.must(who, "sync")
        self.must("ann", "site", "add", f"name={canary('Dayton')}")
        self.must("ann", "line", "add", "title=Scrap", "category=QUALITY", "amount.range=600k/850k/1.3M", "amount.grade=B", "amount.kind=runRate")
        for text in KEPT:
            self.capture("ann", text)
        for who in ("ann", "bob"):
            self.must(who, "sync")
        self.must("ann", "line", "set", "L-A001", "amount.range=700k/850k/1.3M")
        self.must("bob", "line", "set", "L-A001", "amount.range=800k/850k/1.3M")
        for who in ("ann", "bob", "ann"):
            self.must(who, "sync")
        for text in WAITING:
            self.capture("ann", text)
        self.stop()
        (self.case / "three.json").write_text(json.dumps({
            "format": "seamark-engagement", "version": 1, "sites": [{"handle": "ST1", "name": canary("Erie")}],
            "observations": [{"handle": f"O{n}", "site": "ST1", "text": text} for n, text in enumerate(IMPORTED, 1)]}))
        self.case.rename(self.template)

    def capture(self, who, text):
        self.must(who, "observation", "add", f"text={text}", "site=ST-A001")

    def fresh(self, name=None, prepare=None):
        """As the template was left; or, with a name, as `prepare` left it after that, which is done once for all stages."""
        self.end()
        shutil.rmtree(self.case, ignore_errors=True)
        if name is None:
            shutil.copytree(self.template, self.case, symlinks=True)
            return
        prepared = self.template.with_name(f"template-{name}")
        with self.preparing:
            if not prepared.exists():
                self.fresh()
                prepare(self)
                self.end()
                shutil.copytree(self.case, prepared, symlinks=True)
                return
        shutil.copytree(prepared, self.case, symlinks=True)

    def lock(self):
        """Forgets the keys of the template's laptops."""
        if self.template.exists():
            self.fresh()
            for who in ("ann", "bob"):
                self.run(who, "lock")

    # --- Programs

    @staticmethod
    def within(files=None, under=()):
        """The command that runs another with so many open files at most, or `under` another one."""
        return [*(["prlimit", f"--nofile={files}:{files}"] if files else []), *under]

    def spawn(self, name, words, environment, given=None, passphrase=False, timeout=40, **within):
        words = [str(word) for word in words]
        extra = {"stdin": subprocess.DEVNULL} if given is None else {"input": given}
        if passphrase:
            read, write = os.pipe()
            os.write(write, story.PASSPHRASE.encode())
            os.close(write)
            words += ["--passphrase-fd", str(read)]
            extra["pass_fds"] = [read]
        begin = time.monotonic()
        passed.programs += 1
        try:
            done = subprocess.run([*(self.near if name == "seamark" else []), *self.within(**within), self.programs / name, *words], capture_output=True, text=True, errors="replace",
                                  env=dict(os.environ, NO_COLOR="1", SWIFT_BACKTRACE="enable=no", **environment), timeout=timeout,
                                  cwd=self.elsewhere / "here", **extra)
            return Done(done.returncode, done.stdout, done.stderr, time.monotonic() - begin)
        except subprocess.TimeoutExpired as late:
            return Done(None, "", (late.stderr or b"").decode(errors="replace"), time.monotonic() - begin)
        finally:
            if passphrase:
                os.close(read)

    def run(self, who, *words, shim=None, passphrase=None, port=None, **options):
        folders = {"TMPDIR": "tmp", "HOME": "home", "XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state"}
        environment = {**{name: str(self.elsewhere / folder) for name, folder in folders.items()}, "XDG_RUNTIME_DIR": str(self.shared),
                       "SEAMARK_HOME": str(self.case / who), "LD_PRELOAD": str(self.shim), "TORTURE_PORT": str(port or self.port), "TORTURE_HOST": self.address,
                       **(shim.environment if shim else {})}
        return self.spawn("seamark", words, environment, passphrase=not self.unlocked if passphrase is None else passphrase, **options)

    def verb(self, *words, shim=None, **options):
        return self.spawn("seamark-server", [*words, "--data", self.case / "headquarters"], shim.environment if shim else {}, **options)

    def must(self, who, *words, **options):
        done = self.run(who, *words, **options)
        if done.status != 0:
            raise NotPrepared(f"seamark {' '.join(map(str, words[:3]))} ended with {done.status}: {done.said}")
        return done

    def must_verb(self, *words, **options):
        done = self.verb(*words, **options)
        if done.status != 0:
            raise NotPrepared(f"seamark-server {' '.join(map(str, words[:3]))} ended with {done.status}: {done.said}")
        return done

    def reach(self, address="127.0.0.1", near=(), far=()):
        """From now on the server listens at `address`; laptops run by the command `near`, the server by `far`."""
        self.address, self.near, self.far = address, list(near), list(far)

    # --- The server

    def start(self, shim=None, **within):
        """Starts the server. Returns the seconds until it listens; None when it ended before."""
        self.end()
        self.log = open(self.folder / "server.log", "wb")
        begin = time.monotonic()
        self.server = subprocess.Popen(
            [*self.far, *self.within(**within), self.programs / "seamark-server", "run", "--listen", f"{self.address}:{self.port}", "--data", self.case / "headquarters"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, cwd=self.elsewhere / "here", env=dict(os.environ, SWIFT_BACKTRACE="enable=no", **(shim.environment if shim else {})))
        line = self.server.stdout.readline()
        return time.monotonic() - begin if b"Listening" in line else None

    def stop(self, signal_=signal.SIGTERM):
        """Ends the server by `signal_`. Returns its status and what it logged."""
        if self.server is None:
            return None, ""
        if self.server.poll() is None:
            self.server.send_signal(signal_)
        try:
            status = self.server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
            status = None
        self.server.stdout.close()
        self.log.close()
        self.server = None
        return status, (self.folder / "server.log").read_text(errors="replace")

    def end(self):
        self.stop(signal.SIGKILL)

    @staticmethod
    def failure(status, log):
        """How a server ended that did not start."""
        return Done(status, "", log, 0)
