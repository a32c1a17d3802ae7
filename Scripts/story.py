#!/usr/bin/env python3
"""The main job, told and checked: two clients, three laptops of one and one of the other, offline work, a cut link, conflicts,
a decision, and headquarters' report. Every step runs the real programs as processes of their own over TLS on 127.0.0.1; a step
that does not do what it says ends the story with status 1. Standard library only. All people and figures are fictitious."""
import argparse, copy, json, os, pathlib, shutil, signal, socket, subprocess, sys, threading, time, uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent
PASSPHRASE = "seven quiet furnaces hum behind the planner\n"


class Story:
    def __init__(self, programs, out):
        self.programs = pathlib.Path(programs).resolve()
        self.out = pathlib.Path(out).resolve()
        self.work = self.out / "work"
        self.step_number = 0
        self.server = None
        # Seconds for each program, which is ended and has failed then; None: as long as it takes.
        self.patience = None
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    # --- telling

    def chapter(self, text):
        self.step_number += 1
        head = f"{self.step_number:2}. {text}"
        print(f"\n\033[1m{head}\033[0m" if self.colour else f"\n{head}", flush=True)

    def say(self, text):
        print(f"    {text}", flush=True)

    def must(self, holds, what):
        if not holds:
            raise Broken(what)

    # --- programs

    def server_verb(self, *words, expect=0):
        words = [str(word) for word in words]
        done = subprocess.run([self.programs / "seamark-server", *words, "--data", self.work / "headquarters"],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=self.patience)
        self.must(done.returncode == expect, f"seamark-server {' '.join(words[:2])} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start_server(self):
        self.port = free_port()
        self.server_verb("init", "--name", f"127.0.0.1:{self.port}")

    def serve(self):
        log = open(self.work / "server.log", "w")
        self.server = subprocess.Popen([self.programs / "seamark-server", "run", "--listen", f"127.0.0.1:{self.port}", "--data", self.work / "headquarters"],
                                       stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.server.stdout.readline()
        self.must("Listening" in line, "the server did not start; see .demo/work/server.log")

    def stop_server(self):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            code = self.server.wait(timeout=20)
            self.server = None
            self.must(code == 0, f"the server ended with {code} on SIGTERM")

    def __call__(self, laptop, *words, expect=0, given=None, passphrase=False):
        """Runs `seamark` on a laptop; returns what it printed."""
        environment = dict(os.environ, SEAMARK_HOME=str(self.work / laptop), NO_COLOR="1")
        extra = {}
        words = [str(w) for w in words]
        if passphrase:
            read, write = os.pipe()
            os.write(write, (passphrase if isinstance(passphrase, str) else PASSPHRASE).encode())
            os.close(write)
            words += ["--passphrase-fd", str(read)]
            extra["pass_fds"] = [read]
        options = {"input": given} if given is not None else {"stdin": subprocess.DEVNULL}
        done = subprocess.run([self.programs / "seamark", *words], capture_output=True, text=True, env=environment, timeout=self.patience, **options, **extra)
        if passphrase:
            os.close(read)
        allowed = expect if isinstance(expect, tuple) else (expect,)
        self.must(done.returncode in allowed, f"seamark {' '.join(words[:3])} on {laptop}'s laptop ended with {done.returncode}, not {expect}: {done.stderr.strip()}")
        self.last_error = done.stderr
        return done.stdout

    def json(self, laptop, *words):
        return json.loads(self(laptop, *words, "--json"))

    def enrol(self, laptop, tenant, member, address=None):
        line = self.server_verb("invite", "--tenant", tenant, member, *(["--name", address] if address else []))
        self(laptop, "enrol", "--name", f"{laptop} laptop", given=line, passphrase=True)
        self(laptop, "sync")
        return line

    def load(self, laptop, document, name):
        path = self.work / f"{name}.json"
        path.write_text(json.dumps(document))
        printed = self(laptop, "import", path)
        self.say(f"{laptop}: {printed.strip()}")

    def scope(self, laptop):
        status = self.json(laptop, "status")
        return next(s for s in status["scopes"] if s["kind"] == "engagement")


class Broken(Exception):
    """A step did not do what it says."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Link(threading.Thread):
    """A link to the server that can be cut after so many bytes towards it."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target, self.allowance, self.was_cut = target, None, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            near, _ = self.listener.accept()
            far = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.relay, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.relay, args=(far, near, False), daemon=True).start()

    def relay(self, source, sink, counted):
        try:
            while data := source.recv(1024):
                if counted and self.allowance is not None:
                    if self.allowance < len(data):
                        sink.sendall(data[:self.allowance])
                        self.was_cut = True
                        break
                    self.allowance -= len(data)
                sink.sendall(data)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def part(document, **sections):
    """The engagement file's head and these sections."""
    return {"format": document["format"], "version": document["version"], **sections}


def parts_of(halden):
    """Cuts the sample into what the lead prepares and what each consultant brings from their site."""
    first, fourth = copy.deepcopy([l for l in halden["lines"] if l["handle"] == "L2"][0]), {
        "handle": "S4", "name": "Night shift to maintenance", "object": "list of open faults", "ownerFrom": "night shift lead"}
    first["amount"]["range"] = {"low": 50000000, "likely": 80000000, "high": 120000000}
    first["title"] = "Scrap in gear cell 3"
    for key in ("seamPoints", "domainPoints"):
        first.pop(key, None)
    prepared = part(halden, **{k: halden[k] for k in ("engagement", "contributors", "sites", "units", "pools", "constraints", "evidence")},
                    seams=halden["seams"] + [fourth], lines=[first])
    interviews = {"ann": [], "bob": []}
    for interview in halden["interviews"]:
        interviews["ann" if interview["site"] == "ST1" else "bob"].append(interview)
    brought = {}
    for who, lines in (("ann", ("L1", "L3", "L4", "L5", "L6")), ("bob", ("L7", "L8"))):
        names = {i["handle"] for i in interviews[who]}
        people = {p for i in interviews[who] for p in i["persons"]}
        brought[who] = part(
            halden, people=[p for p in halden["people"] if p["handle"] in people], interviews=interviews[who],
            answers=[a for a in halden["answers"] if a["interview"] in names],
            observations=[o for o in halden["observations"] if o.get("interview") in names],
            quotes=[q for q in halden["quotes"] if q["interview"] in names],
            lines=[l for l in halden["lines"] if l["handle"] in lines])
    last = part(halden, decisions=halden["decisions"], overlaps=halden["overlaps"], initiatives=halden["initiatives"])
    return prepared, brought, last


def tell(s):
    halden = json.loads((ROOT / "Samples/halden.json").read_text())
    northlink = json.loads((ROOT / "Samples/northlink.json").read_text())
    prepared, brought, last = parts_of(halden)
    line_two = [l for l in halden["lines"] if l["handle"] == "L2"][0]

    s.chapter("Headquarters sets up a server for two client companies. Each is a tenant with its own authority, database and key.")
    s.start_server()
    for tenant, company, engagement, facts in (("halden", "Halden Gear & Drive (fictitious)", "halden-2026", halden), ("northlink", "Northlink Regulated Freight (fictitious)", "northlink-2026", northlink)):
        figures = facts["engagement"]["financials"]
        s.server_verb("tenant", "add", tenant, "--name", company)
        for member, role, name in {"halden": [("ann", "consultant", "Ann Example"), ("bob", "consultant", "Bob Example"), ("lea", "lead", "Lea Example")],
                                   "northlink": [("nia", "lead", "Nia Example")]}[tenant]:
            s.server_verb("member", "add", "--tenant", tenant, member, "--role", role, "--name", f"{name} (fictitious)")
        s.server_verb("engagement", "add", "--tenant", tenant, engagement, "--currency", "USD", "--revenue", figures["revenue"] // 100,
                      "--planned-income", figures["plannedOperatingIncome"] // 100, "--fiscal-year", figures["fiscalYear"])
        members = ["ann", "bob", "lea"] if tenant == "halden" else ["nia"]
        s.server_verb("engagement", "staff", "--tenant", tenant, engagement, *members)
        s.say(f"{company}: engagement {engagement}, staffed with {', '.join(members)}.")
    s.serve()
    s.say(f"The server listens on 127.0.0.1:{s.port}.")

    s.chapter("Four laptops enrol: Ann, Bob and Lea for Halden, Nia for Northlink. Bob's way to the server is a poor link.")
    link = Link(s.port)
    s.enrol("ann", "halden", "ann")
    used = s.enrol("bob", "halden", "bob", address=f"127.0.0.1:{link.port}")
    s.enrol("lea", "halden", "lea")
    s.enrol("nia", "northlink", "nia")
    s("mallory", "enrol", given=used, passphrase=True, expect=(76, 77))
    s.say(f"Bob's invitation has served; a second use is refused: {s.last_error.strip().splitlines()[0]}")
    s("bob", "sync", expect=80)
    bob = s.json("bob", "status")
    s.server_verb("device", "confirm", "--tenant", "halden", bob["letters"], bob["words"])
    s.say(f"It froze Bob's laptop, until headquarters had typed the six words that Bob read to them: {bob['words']}.")

    s.chapter("Lea prepares Halden's engagement; Nia loads Northlink's. Both sync.")
    s.load("lea", prepared, "prepared")
    s.load("nia", northlink, "northlink")
    s("lea", "sync")
    s("nia", "sync")
    for who in ("ann", "bob"):
        s(who, "sync")
        s.must(s.json(who, "show", "L2")["title"] == "Scrap in gear cell 3", f"{who} has not received L2")
    s.say("Ann and Bob have the sites, units, seams and a first line L2 on their laptops.")

    s.chapter("Ann goes to Dayton, Bob to Erie. There is no network: the server is unreachable, and the work goes on.")
    s.stop_server()
    for who in ("ann", "bob"):
        s.load(who, brought[who], f"from-{who}")
    s("ann", "observation", "add", "text=The schedule at cell 3 is rewritten by hand every morning.", "site=ST1", "polarity=drag")
    bad = s("ann", "line", "set", "L2", "amount.range=900k/600k/1.3M", expect=65)
    s.say(f"A mistyped range is refused at once: {(bad + s.last_error).strip().splitlines()[-1]}")
    s("ann", "sync", expect=69)
    s.say(f"Ann tries to sync: {s.last_error.strip().splitlines()[0]}")

    s.chapter("Offline and unaware of each other, both re-price L2; Ann renames it, Bob ties it to a seam. Ann deletes seam S4, Bob edits it.")
    s("ann", "line", "set", "L2", "amount.range=600k/850k/1.3M", "amount.grade=B")
    s("ann", "line", "set", "L2", f"title={line_two['title']}")
    s("bob", "line", "set", "L2", "amount.range=700k/950k/1.6M", "amount.grade=C")
    s("bob", "line", "set", "L2", "seamPoints=S3:40", "domainPoints=D2:20,D5:25,D6:35")
    s("ann", "seam", "delete", "S4")
    s("bob", "seam", "set", "S4", "workaround=The night shift writes faults on the back of the shift plan.")
    for who in ("ann", "bob"):
        s.say(f"{who}: {s.scope(who)['unsent']} changes wait to be sent.")

    s.chapter("Back online, in the inconvenient order. Bob's link breaks in the middle of his push; nothing is lost, and the next sync goes on.")
    s.serve()
    waiting = s.scope("bob")["unsent"]
    link.allowance = 6_000
    s("bob", "sync", expect=(69, 75, 76))
    said = s.last_error.strip().splitlines()[0]
    s.must(link.was_cut, "the link was not cut")
    s.must(s.scope("bob")["unsent"] == waiting, "a change without a receipt left Bob's outbox")
    s.say(f"Bob: {said}")
    s.say(f"All {waiting} changes still wait on his laptop.")
    link.allowance = None
    report = json.loads(s("bob", "sync", "--json"))
    s.must(report["sentChanges"] == waiting and s.scope("bob")["unsent"] == 0, "Bob's second sync did not send what waited")
    s.say(f"Bob's second sync: {report['sentChanges']} changes sent and signed for by the server.")
    s("ann", "sync")
    s("lea", "sync")
    s("bob", "sync")

    s.chapter("Nothing was overwritten. There are exactly two conflicts, and everybody sees the same two.")
    seen = {who: s.json(who, "conflicts") for who in ("ann", "bob", "lea")}
    for who, conflicts in seen.items():
        s.must(sorted(c["name"] for c in conflicts) == ["L2", "S4"], f"{who} sees {[c['name'] for c in conflicts]}")
    s.must(len({json.dumps(sorted(c["id"] for c in conflicts)) for conflicts in seen.values()}) == 1, "the conflicts differ between laptops")
    price = next(c for c in seen["lea"] if c["name"] == "L2")
    s.must(price["field"] == "amount" and {v["author"] for v in price["values"]} == {"Ann Example (fictitious)", "Bob Example (fictitious)"}, "the authors of the two prices are not named")
    s.must(price["base"][0]["value"]["range"]["likely"] == 80000000, "the price that both saw before is not shown")
    for row in s("lea", "conflicts").rstrip().splitlines():
        s.say(f"| {row}")
    merged = s.json("lea", "show", "L2")
    s.must(merged["title"] == line_two["title"] and merged["seamPoints"] == {"S3": 40}, "Ann's new name or Bob's seam points are missing")
    s.must(s.json("bob", "show", "S4")["recordName"] == "S4", "S4 has vanished although Bob edited it")
    s.say("Ann's new name and Bob's seam points are both kept: they do not disagree.")

    s.chapter("Lea decides: Ann's price stands, and the seam stays. Then she adds what belongs to both sites.")
    ann = next(v["choose"] for v in price["values"] if v["author"].startswith("Ann"))
    s("lea", "resolve", "L2", "amount", "--choose", ann)
    s("lea", "resolve", "S4", "--keep")
    s.load("lea", last, "last")
    for who in ("lea", "ann", "bob", "lea"):
        s(who, "sync")
    places = {who: s.scope(who) for who in ("ann", "bob", "lea")}
    s.must(all(not s.json(who, "conflicts") for who in places), "a conflict is still open")
    s.must(len({(p["digest"], p["position"], p["logHash"]) for p in places.values()}) == 1, "the replicas differ")
    s.say(f"No conflict is open. All three laptops stand at entry {places['lea']['position']} with digest {places['lea']['digest']}.")
    for who in places:
        s(who, "verify")
    s.must("everything holds" in s.server_verb("verify").lower(), "the server's verification failed")
    s.say("`seamark verify` and `seamark-server verify` recomputed every chain, signature, receipt and digest: everything holds.")

    s.chapter("Headquarters reads one merged, priced, ranked picture.")
    s.server_verb("report", "--tenant", "halden", "halden-2026", "--out", s.out)
    figures = json.loads((s.out / "report.json").read_text())
    check_report(s, figures)
    for name in ("report.html", "report.md", "report.json"):
        s.must((s.out / name).stat().st_size > 1000, f"{name} is missing")
    s.say(f"The report lies in {os.path.relpath(s.out)}/report.html, report.md and report.json.")
    s.server_verb("report", "--tenant", "northlink", "northlink-2026", "--out", s.out / "northlink")
    check_northlink(s, json.loads((s.out / "northlink/report.json").read_text()))
    for name in ("report.html", "report.md", "report.json"):
        s.must((s.out / "northlink" / name).stat().st_size > 1000, f"northlink/{name} is missing")
    s.say(f"Northlink's, of its own tenant, lies in {os.path.relpath(s.out)}/northlink.")

    s.chapter("A client written in Python from the specification alone joins Halden, and is turned away at Northlink.")
    independent_client(s, s.server_verb("invite", "--tenant", "halden", "ann").strip(), s.server_verb("invite", "--tenant", "northlink", "nia").strip())
    s.stop_server()

    s.chapter("The two clients stay apart.")
    canaries = ["Dayton", "gear cell", "Halden", "go fishing", "heat treat", "private list of orders"]
    hits = search(s.work / "nia", canaries)
    s.must(not hits, f"Northlink's laptop holds something of Halden's: {hits}")
    s.say("Nia's laptop holds no byte of Halden.")

    s.chapter("A laptop without its passphrase is closed.")
    s("ann", "lock")
    s("ann", "list", expect=77)
    s("ann", "unlock", passphrase="not the passphrase at all\n", expect=77)
    s.say(f"A wrong passphrase: {s.last_error.strip().splitlines()[0]}")
    for laptop in ("ann", "bob", "lea"):
        hits = search(s.work / laptop, ["gear cell", "go fishing", "private list of orders", "rewritten by hand", "heat treat", "back of the shift plan"])
        s.must(not hits, f"{laptop}'s laptop holds plain text: {hits}")
    for laptop in ("bob", "lea", "nia"):
        s(laptop, "lock")
    s.say("Every file of the laptops was searched for what was captured: nothing is readable.")


def check_report(s, figures):
    """The worked example of the domain specification, section 3.8, within the tolerances that it states."""
    found = find_figures(figures)
    s.must(abs(found["p50"] - 3_052_650) <= 0.0075 * 3_052_650, f"P50 is {found['p50']}")
    s.must(found["front"] == ["D2", "D6"], f"the front runners are {found['front']}")
    s.must(found["seam"] == "S2", f"the first seam is {found['seam']}")
    s.say(f"Operating Income at Risk, likely (P50): {found['p50']:,.0f} USD (P10 {found['p10']:,.0f}, P90 {found['p90']:,.0f}).")
    s.say("Two front runners among the domains: D2 and D6. First among the seams: S2.")


def check_northlink(s, figures):
    """The other engagement of the specification, section 7.2 A, within the same tolerances."""
    found = find_figures(figures)
    s.must(abs(found["p50"] - 7_734_000) <= 0.0075 * 7_734_000, f"Northlink's P50 is {found['p50']}")
    s.must(found["front"] == ["D2"] and found["seam"] == "S1", f"Northlink's front runners are {found['front']} and {found['seam']}")
    s.must(figures["engagement"]["interviews"] == 26, f"{figures['engagement']['interviews']} interviews were counted")
    verdicts = {row["key"]: row["verdict"] for row in figures["sequence"]["rows"]}
    s.must(verdicts["N6"] == "fundConstraint" and [key for key, verdict in verdicts.items() if verdict == "pause"] == ["N2", "N5"], f"the verdicts are {verdicts}")
    gap = next(d["perceptionGap"] for d in figures["domains"] if d["key"] == "D3")
    s.must(gap is not None and gap >= 1, f"the perception gap of D3 is {gap}")
    s.say(f"Northlink, likely (P50): {found['p50']:,.0f} USD (P10 {found['p10']:,.0f}, P90 {found['p90']:,.0f}), D2 before all other domains, S1 first among the seams.")
    s.say(f"The doors of hub B come first (N6), N2 and N5 are paused, and on D3 the floor scores {gap:.1f} worse than the top.")


def find_figures(figures):
    headline = figures["headline"]
    return {"p10": headline["p10"], "p50": headline["p50"], "p90": headline["p90"], "front": figures["frontRunners"]["domains"], "seam": figures["seams"][0]["key"]}


class Peer:
    """The independent client in Python, written from the specification alone."""

    def __init__(self, story, invitation):
        self.story, self.folder = story, story.work / "peer"
        self.run("enrol", given=invitation)

    def run(self, verb, *words, given=None):
        done = subprocess.run([ROOT / "Scripts/python-peer", ROOT / "Tests/PythonPeer/peer.py", "--json", verb, self.folder, *words],
                              input=given if given is not None else "", text=True, capture_output=True)
        said = " ".join((done.stderr + done.stdout).split())
        self.story.must(done.returncode == 0, f"the Python client's {verb} ended with {done.returncode}: {said}")
        return json.loads(done.stdout)


def independent_client(s, halden, northlink):
    """The Python client as one more device of Ann's: it captures, and comes to the same state by its own arithmetic."""
    peer = Peer(s, halden)
    peer.run("pull")
    now = int(time.time() * 1000)
    observation = uuid.uuid4().hex
    edits = [{"record": observation, "type": 26, "field": 1, "value": {"text": "O-PEER1"}},
             {"record": observation, "type": 26, "field": 2, "value": {"int": now}},
             {"record": observation, "type": 26, "field": 10, "value": {"text": "Two carts wait for one inspector."}, "sensitive": True}]
    peer.run("push", "-", given=json.dumps({"scope": "engagement", "schema": 1, "changes": [{"edits": edits}]}))
    peer.run("renew")
    peer.run("pull")
    peer.run("verify")
    s("ann", "sync")
    s.must("Two carts wait for one inspector." in s("ann", "list", "observation"), "what the Python client captured has not reached Ann's laptop")
    s.must(s.scope("ann")["digest"] in json.dumps(peer.run("status")), "the Python client's digest is not Ann's")
    s.say("It enrolled, pulled, pushed an observation, had its certificate renewed and verified every chain; its digest, computed by other code, is that of Ann's laptop.")

    certificate, key = peer.folder / "certificate.der", peer.folder / "tls-key.der"
    heard = {}
    for whose, line in (("Halden's", halden), ("Northlink's", northlink)):
        call = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{s.port}", "-servername", line.split("/")[3], "-cert", certificate, "-certform", "DER",
             "-key", key, "-keyform", "DER", "-tls1_3", "-quiet", "-verify_quiet"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            heard[whose] = call.communicate(timeout=1.5)[0]
        except subprocess.TimeoutExpired:
            call.kill()
            heard[whose] = call.communicate()[0]
    s.must(b"alert unknown ca" not in heard["Halden's"] and len(heard["Halden's"]) > 100, "Halden's own certificate was not welcomed on Halden's label")
    s.must(b"alert unknown ca" in heard["Northlink's"], "a Halden certificate was not refused on Northlink's label")
    s.say("Its Halden certificate, shown on Northlink's label, is refused in the handshake (alert unknown_ca): not one byte of data.")


def search(folder, words):
    """Which files hold one of the words, in any of the usual encodings."""
    needles = [(w, w.encode(e)) for w in words for e in ("utf-8", "utf-16-le")]
    hits = []
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            hits += [f"{path.name}: {word}" for word, needle in needles if needle.lower() in data.lower()]
    return hits


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--programs", default=".build/release", help="where seamark and seamark-server are")
    options.add_argument("--out", default=".demo", help="where the report goes; emptied first")
    arguments = options.parse_args()
    out = pathlib.Path(arguments.out)
    if out.exists():
        shutil.rmtree(out)
    (out / "work").mkdir(parents=True)
    story = Story(arguments.programs, out)
    try:
        tell(story)
    except Broken as broken:
        print(f"\nThe story ends here: {broken}", file=sys.stderr)
        sys.exit(1)
    finally:
        if story.server:
            story.server.terminate()
            story.server.wait()
    print("\nDone: everything above was checked as it was told.")
