"""Links that are cut at every byte, in both directions; connections that go silent; lines that lose, wait and crawl."""
import json, pathlib, socket, struct, subprocess, sys, threading, time
from findings import Findings, clear, settle
from stage import KEPT, WAITING, NotPrepared

# The server's own limits (ConnectionLimits.swift), in seconds.
HANDSHAKE, FIRST_FRAME, FRAME = 10, 5, 30
UP, DOWN = "up", "down"


class Link(threading.Thread):
    """A way to the server. Counts the bytes of each direction; can be cut, or go silent, after so many bytes in one of them."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.plan()
        self.start()

    def plan(self, direction=None, after=None, how="end"):
        """From the next connection on: `how` is "end" (FIN), "reset" (RST) or "silence"."""
        self.direction, self.after, self.how = direction, after, how
        self.passed, self.struck, self.silent_since, self.dropped_after, self.turns = {UP: 0, DOWN: 0}, False, None, None, []

    def run(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink, direction in ((near, far, UP), (far, near, DOWN)):
                threading.Thread(target=self.relay, args=(source, sink, direction, near, far), daemon=True).start()

    def relay(self, source, sink, direction, near, far):
        try:
            while data := source.recv(16384):
                if self.silent_since is not None:
                    continue
                if self.direction == direction and self.passed[direction] + len(data) > self.after:
                    sink.sendall(data[:max(0, self.after - self.passed[direction])])
                    self.passed[direction] = self.after
                    self.struck = True
                    if self.how == "silence":
                        self.silent_since = time.monotonic()
                        continue
                    break
                # Noted before it is passed on: noted after, an answer could come first, and two turns be taken for one.
                self.passed[direction] += len(data)
                if not self.turns or self.turns[-1][0] != direction:
                    self.turns.append([direction, 0])
                self.turns[-1][1] = self.passed[direction]
                sink.sendall(data)
        except OSError:
            pass
        if self.silent_since is not None:
            if source is far and self.dropped_after is None:
                self.dropped_after = time.monotonic() - self.silent_since
            return
        for end in (near, far):
            try:
                if self.how == "reset" and self.struck:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RDWR) if self.how != "reset" or not self.struck else end.close()
            except OSError:
                pass

    def close(self):
        self.listener.close()


# --- Cuts

CUTS_IN_A_CASE = 20


def cut(stage, direction, first, last):
    """One laptop, cut at each of these bytes in turn. After each cut one more sync completes."""
    stage.fresh()
    findings = Findings()
    if stage.start() is None:
        raise NotPrepared("the server does not start")
    link = Link(stage.port)
    certain, slowest = KEPT + WAITING, 0
    try:
        for byte in range(first, last):
            text = f"before byte {byte}"
            if not findings.must(stage.run("ann", "observation", "add", f"text={text}", "site=ST-A001").status == 0, "broken", "capturing failed"):
                break
            certain = certain + [text]
            link.plan(direction, byte, "reset" if byte % 2 else "end")
            done = stage.run("ann", "sync", port=link.port)
            clear(findings, done, {69} if link.struck else {0}, f"a sync cut at byte {byte} {direction}")
            again = stage.run("ann", "sync", "--json")
            slowest = max(slowest, again.seconds)
            if not findings.must(again.status == 0, "broken", f"the sync after a cut at byte {byte} {direction} ended with {again.status}: {again.said}"):
                break
            findings.must(json.loads(again.out)["unsent"] == 0, "lost", f"after a cut at byte {byte} {direction} a change stays without a receipt")
    finally:
        link.close()
    findings.played = last - first
    return findings, max(slowest, settle(stage, findings, certain)), ""


def lengths(stage):
    """How many bytes a sync of one change takes, up and down, and how many had gone up at the ends of the laptop's turns: its greeting
    of TLS, its part of the handshake, what it answers to the server's greeting, …"""
    stage.fresh()
    if stage.start() is None:
        raise NotPrepared("the server does not start")
    stage.must("ann", "sync")
    stage.capture("ann", "before byte 1000")
    link = Link(stage.port)
    stage.must("ann", "sync", port=link.port)
    time.sleep(0.1)
    link.close()
    stage.end()
    return link.passed, [passed for direction, passed in link.turns if direction == UP]


# --- Silence

def silent(stage, turns, quick):
    """Connections that fall silent at different moments, all at once. The server drops each within its limit; another laptop notices nothing."""
    stage.fresh()
    findings = Findings()
    (stage.case / "many.json").write_text(json.dumps({
        "format": "seamark-engagement", "version": 1, "sites": [{"handle": "ST1", "name": "Erie"}],
        "observations": [{"handle": f"O{n}", "site": "ST1", "text": " ".join(format(hash((n, k)) & 0xffffffff, "x") for k in range(12))} for n in range(400)]}))
    stage.must("ann", "import", stage.case / "many.json")
    if stage.start() is None:
        raise NotPrepared("the server does not start")
    hello, handshake = turns[:2]
    slack = 20 if quick else 4  # seconds; a sample is played on busy machines
    # A signature varies by some bytes: what was the end of the handshake may be just before it this time.
    kinds = [("in the greeting of TLS", hello - 20, HANDSHAKE), ("after the greeting of TLS", hello, HANDSHAKE), ("in the handshake", handshake - 20, HANDSHAKE),
             ("before the first frame", handshake, max(HANDSHAKE, FIRST_FRAME))]
    if not quick:
        kinds.append(("in the middle of a block", handshake + 30_000, FRAME))
    links, threads, ended = [], [], {}

    def play(what, after):
        link = Link(stage.port)
        link.plan(UP, after, "silence")
        links.append((what, link))
        # Each on a copy of the laptop: they are the same device, as a laptop is that comes back by another network.
        ended[what] = stage.run(f"ann-{after}", "sync", port=link.port, timeout=20 if quick else 45)

    for what, after, _ in kinds:
        subprocess.run(["cp", "-a", stage.case / "ann", stage.case / f"ann-{after}"], check=True)
    dumb = socket.create_connection(("127.0.0.1", stage.port))
    begin = time.monotonic()
    for index, (what, after, _) in enumerate(kinds):
        thread = threading.Thread(target=play, args=(what, after))
        thread.start()
        threads.append(thread)
    slowest, syncs = 0, 0
    while any(thread.is_alive() for thread in threads) and not (quick and all(link.dropped_after for _, link in links) and len(links) == len(kinds)):
        done = stage.run("bob", "sync")
        findings.must(done.status == 0, "broken", f"beside silent connections a sync ended with {done.status}: {done.said}")
        slowest, syncs = max(slowest, done.seconds), syncs + 1
        time.sleep(1)
    dumb.settimeout(max(0.1, HANDSHAKE + slack - (time.monotonic() - begin)))
    try:
        findings.must(dumb.recv(1) == b"", "broken", "the server spoke to a peer that said nothing")
    except TimeoutError:
        findings.add("broken", f"a connection that says nothing is held for more than {HANDSHAKE + slack} s")
    dumb.close()
    for what, link in links:
        limit = next(limit for name, _, limit in kinds if name == what)
        if not findings.must(link.struck, "broken", f"nothing fell silent {what}"):
            continue
        while link.dropped_after is None and time.monotonic() - link.silent_since < limit + slack:
            time.sleep(0.1)
        findings.must(link.dropped_after is not None and link.dropped_after <= limit + slack, "broken",
                      f"silent {what}: dropped after {link.dropped_after} s, the limit is {limit} s")
        if not quick:
            clear(findings, ended[what], {69}, f"a sync whose server fell silent {what}")
        link.close()
    for thread in threads:
        thread.join()
    findings.played = len(kinds) + 1
    settled = settle(stage, findings, KEPT + WAITING + [row["text"] for row in json.loads((stage.case / "many.json").read_text())["observations"]])
    return findings, settled, f"{syncs} syncs of another laptop meanwhile, the slowest {slowest:.1f} s"


# --- Bad lines

LINES = {
    "loss": ("30 % of packets lost", ["--loss", "0.3"], 6),
    "far": ("2 s round trips", ["--delay", "1"], 3),
    "thin": ("64 kbit/s", ["--rate", "64000"], 3),
    "all": ("10 % lost, 2 s round trips, 64 kbit/s", ["--loss", "0.1", "--delay", "1", "--rate", "64000"], 10),
}


def bad_line(stage, torture, name):
    """A sync over a bad line completes, or says what happened and goes on where it stopped."""
    what, words, most = LINES[name]
    stage.fresh()
    findings = Findings()
    texts = [f"over the line {number}" for number in range(60)]
    (stage.case / "line.json").write_text(json.dumps({
        "format": "seamark-engagement", "version": 1, "sites": [{"handle": "ST1", "name": "Erie"}],
        "observations": [{"handle": f"O{n}", "site": "ST1", "text": text} for n, text in enumerate(texts)]}))
    stage.must("ann", "import", stage.case / "line.json")
    line = subprocess.Popen([sys.executable, pathlib.Path(__file__).parent / "line.py", "--seed", str(torture.options.seed), *words],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        facts = json.loads(line.stdout.readline())
        stage.reach("10.77.0.2", *(["nsenter", f"--net=/proc/{facts['pid']}/fd/{facts[end]}"] for end in ("near", "far")))
        if stage.start() is None:
            raise NotPrepared("the server does not start in its namespace: " + stage.stop()[1][-200:])
        begin, said, done = time.monotonic(), [], None
        for _ in range(most):
            done = stage.run("ann", "sync", timeout=150)
            if done.status == 0:
                break
            clear(findings, done, {69}, f"a sync at {what}")
            said.append(done.said[:60])
        findings.must(done.status == 0, "broken", f"{most} syncs at {what} did not get through: {said}")
        detail = f"{what}: {len(said) + 1} syncs, {time.monotonic() - begin:.0f} s"
        torture.note(detail + (f"; on the way: {sorted(set(said))}" if said else ""))
    finally:
        stage.end()
        stage.reach()
        line.stdin.close()
        line.wait()
    return findings, settle(stage, findings, KEPT + WAITING + texts), detail


def lines_work():
    """Whether this machine lets us make namespaces with TUN devices."""
    done = subprocess.run([sys.executable, pathlib.Path(__file__).parent / "line.py"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.returncode == 0, done.stderr.strip().splitlines()[-1:] or [""]


def cases(stage, torture):
    quick = torture.options.quick
    lines, why = lines_work() if any(torture.only(f"links/{name}") for name in LINES) else (False, [""])
    if lines:
        for name in LINES:
            for last, _ in torture.choose(f"links/{name}", [("line", None)] if not quick or name == "thin" else [], None):
                yield f"links/{name}/{last}", lambda stage, name=name: bad_line(stage, torture, name)
    elif why != [""]:
        torture.note(f"No bad lines: they need root, ip, nsenter and /dev/net/tun ({why[0]}).")
    if not any(torture.only(f"links/{name}") for name in ("silent", UP, DOWN)):
        return
    passed, turns = lengths(stage)
    if torture.only("links/silent"):
        yield "links/silent/all", lambda stage: silent(stage, turns, quick)
    for direction in (UP, DOWN):
        # A few more than there are: signatures and certificates vary by some bytes.
        last = passed[direction] + 8
        wanted = ((f"{begin}", begin) for begin in range(0, last, CUTS_IN_A_CASE))
        for name, begin in torture.choose(f"links/{direction}", wanted, 2 if quick else None):
            end = min(begin + (4 if quick else CUTS_IN_A_CASE), last)
            yield f"links/{direction}/{name}", lambda stage, a=direction, b=begin, c=end: cut(stage, a, b, c)
