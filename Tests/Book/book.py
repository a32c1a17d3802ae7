#!/usr/bin/env python3
"""Runs the commands of one page of the book and compares what they print with what the page says they print.

What a page may hold:

  ```console             Commands and their output. A command begins with `$ ` or `NAME$ `: NAME is a machine of its own (a home directory);
                         a plain `$ ` is the machine `here`. A command goes on after a `\\` at its end, and to the end of a here-document.
  ```console no-run WHY  The same for the reader, not run here. BookTests keeps a list of these.
  <!-- run               The same, not shown to the reader: each command has to end with 0, and its output is not compared.
  <!-- begin NAME -->    The commands of NAME.console beside this file, run as if they stood here, hidden.
  <!-- type A | B -->    What the person types at the questions of the next command, in order. Where nothing is given and a program asks
                         without echo, the passphrase is typed.

What a page prints stands for what the run prints:

  …                      in a line: any text of that line. A line of its own: any lines.
  KINDS, below           a time, an id, a size: any other of its kind. An id that a page printed once stands for one value of the run from
                         then on, in commands too.

A command that ends with another status than 0 fails the page, unless the next one is `echo $?`. A command that ends with `&` goes on beside
the others until `kill %1`. Port 7440 is a free one. /mnt, /media and /root are folders of the run, and
Samples leads to the samples.

SEAMARK_BOOK=rewrite writes what was printed into the page where it differs. Nothing else opens a page for writing.
Standard library only."""
import fcntl, os, pathlib, pty, re, select, shutil, signal, socket, struct, subprocess, sys, tempfile, termios, threading, time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PASSPHRASE = "seven quiet furnaces hum"
REWRITES = os.environ.get("SEAMARK_BOOK") == "rewrite"

# The pattern language, all of it: what it is called, how it is known in a page, what it may be in a run (None: the same; "shape": as many
# digits), and whether a value of the page stands for one value of the run.
SYLLABLES = "(?:[bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]"
# Of the terminals that commands run on.
COLUMNS = 120

KINDS = [
    ("invitation", r"seamark://\S+", None, True),
    ("name of a backup's time", r"\d{8}T\d{6}Z", None, True),
    ("time", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?", None, False),
    ("date", r"\d{4}-\d\d-\d\d", None, False),
    ("words", rf"\b{SYLLABLES}(?:[ -]{SYLLABLES}){{5}}\b", None, True),
    ("recovery text", r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){5,}\b", None, True),
    ("id with hyphens", r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", None, True),
    ("beginning of an id", r"\b[0-9a-f]{8}-[0-9a-f]{4}\b", None, True),
    ("id", r"\b(?!\d+\b)[0-9a-f]{8,}\b", "shape", True),
    ("size", r"\b\d+(?:\.\d+)? (?:bytes?|B|KB|MB|GB)\b", None, False),
    ("a moment ago", r"\b\d+ seconds?\b", r"\d+ (?:second|minute)s?", False),
]
ANY_KIND = re.compile("|".join(f"({pattern})" for _, pattern, _, _ in KINDS))
PROMPT = re.compile(r"(?:(\w+))?\$ (.*)$")
# A command without its prompt would be none to this.
BARE = re.compile(r"seamark(?:-server)? ")
FOLDERS = re.compile(r"(?<![\w/.~-])/(?=(?:mnt|media|root|home)/)")


class Broken(Exception):
    """A command did not do what its page says."""


class Command:
    def __init__(self, machine, text, line, hidden):
        self.machine, self.text, self.line, self.hidden = machine, text, line, hidden
        self.expected = []
        self.first_output = line  # index of the page's line after the command
        self.typed = []

    @property
    def stays(self):
        return self.text.endswith(" &")


# --- Reading a page. Nothing here writes.

def commands_of(lines, hidden=False, offset=0):
    """The commands of a block, each with the lines that it is to print."""
    found, i = [], 0
    while i < len(lines):
        match = PROMPT.match(lines[i])
        if not match:
            if not found:
                raise Broken(f"{offset + i + 1}: a console block begins with a command")
            found[-1].expected.append(lines[i])
            i += 1
            continue
        command, start = match.group(2), i
        end = re.search(r"<<-?'?(\w+)'?", command)
        while command.endswith("\\") or end:
            i += 1
            if i == len(lines):
                raise Broken(f"{offset + start + 1}: the command does not end")
            command += "\n" + lines[i]
            if end and lines[i].strip() == end.group(1):
                break
        i += 1
        found.append(Command(match.group(1) or "here", command, offset + start, hidden))
        found[-1].first_output = offset + i
    return found


def read_page(text):
    """All commands of a page in order, and the blocks that are not run, as (line, reason)."""
    lines = text.split("\n")
    commands, unrun, typed, i = [], [], [], 0
    while i < len(lines):
        line = lines[i]
        if match := re.fullmatch(r"<!-- type (.*) -->", line):
            typed = [one.strip() for one in match.group(1).split(" | ")]
        elif match := re.fullmatch(r"<!-- begin (\w+) -->", line):
            block = commands_of((HERE / f"{match.group(1)}.console").read_text().rstrip("\n").split("\n"), hidden=True)
            for command in block:
                command.line = i
            commands += block
        elif line == "<!-- run":
            end = lines.index("-->", i)
            block = commands_of(lines[i + 1:end], hidden=True, offset=i + 1)
            block[0].typed, typed = typed, []
            commands += block
            i = end
        elif line.startswith("```"):
            end = lines.index("```", i + 1)
            word = line[3:]
            if word == "console":
                block = commands_of(lines[i + 1:end], offset=i + 1)
                if not block:
                    raise Broken(f"{i + 1}: an empty console block")
                block[0].typed, typed = typed, []
                commands += block
            elif word.startswith("console no-run "):
                unrun.append((i + 1, word.removeprefix("console no-run ")))
            elif word.startswith("console") or any(PROMPT.match(inner) or BARE.match(inner) for inner in lines[i + 1:end]):
                raise Broken(f"{i + 1}: commands stand in a ```console block, and one that is not run says why")
            i = end
        elif line.startswith("    ") and BARE.match(line[4:]):
            raise Broken(f"{i + 1}: commands stand in a ```console block, and one that is not run says why")
        i += 1
    return commands, unrun


# --- Comparing.

def pattern(expected):
    """A line of the page as an expression, and what stands in it for one value of the run: (group, kind, value)."""
    built, bound, position, groups = "", [], 0, 0
    for match in ANY_KIND.finditer(expected):
        built += literal(expected[position:match.start()])
        kind = match.lastindex - 1
        groups += 1
        _, in_page, in_run, is_bound = KINDS[kind]
        built += f"({f'[0-9a-f]{{{len(match.group())}}}' if in_run == 'shape' else in_run or in_page})"
        if is_bound:
            bound.append((groups, kind, match.group()))
        position = match.end()
    return re.compile(built + literal(expected[position:])), bound


def unbroken(lines):
    """Lines of a terminal as the one that they were broken from; None where the next word would have had room, by far: what was broken named longer
    folders than the page does."""
    for line, following in zip(lines, lines[1:]):
        words = following.split()
        if not words or len(line.rstrip()) + 1 + len(words[0]) <= COLUMNS - 60:
            return None
    return " ".join([lines[0].rstrip()] + [line.strip() for line in lines[1:]]) if len(lines) > 1 else lines[0]


def literal(text):
    """Blanks are as many as a table needs; … is anything."""
    parts = [re.escape(part) for part in text.split("…")]
    return re.sub(r"(?:\\ )+", " +", ".*?".join(parts))


class Comparison:
    def __init__(self):
        self.values = {}  # what the page says → what the run says

    def in_run(self, text):
        for said in sorted(self.values, key=len, reverse=True):
            text = text.replace(said, self.values[said])
        return text

    def matches(self, expected, actual):
        """Whether the lines are what the page says; remembers what its values stand for."""
        taken = self.aligned(expected, actual, dict(self.values))
        if taken is None:
            return False
        self.values = taken
        return True

    def aligned(self, expected, actual, values):
        if not expected:
            return values if not actual else None
        if expected[0].strip() == "…":
            for skipped in range(len(actual) + 1):
                found = self.aligned(expected[1:], actual[skipped:], dict(values))
                if found is not None:
                    return found
            return None
        if not actual:
            return None
        expression, bound = pattern(expected[0].rstrip())
        # A page writes a sentence in one line; a terminal breaks it between words.
        for count in range(1, len(actual) + 1):
            line = unbroken(actual[:count])
            if line is None:
                return None
            match, known = expression.fullmatch(line), dict(values)
            if match and all(known.setdefault(said, match.group(group)) == match.group(group) for group, _, said in bound):
                found = self.aligned(expected[1:], actual[count:], known)
                if found is not None:
                    return found
        return None

    def pair(self, expected, actual):
        """Where a page is rewritten: what it called the values of each kind it goes on calling them, in their order."""
        for kind, (_, _, _, bound) in enumerate(KINDS):
            if bound:
                of = lambda lines: [m.group() for line in lines for m in ANY_KIND.finditer(line) if m.lastindex == kind + 1]
                for said, run in zip(of(expected), of(actual)):
                    self.values.setdefault(said, run)

    def as_the_page_says(self, lines):
        back = {run: said for said, run in self.values.items()}
        def one(line):
            for run in sorted(back, key=len, reverse=True):
                line = line.replace(run, back[run])
            return line
        return [one(line) for line in lines]


# --- Running.

class Run:
    """The machines of one page."""

    def __init__(self, programs, base):
        self.programs, self.base = programs, pathlib.Path(base)
        self.port = free_port()
        self.beside = {}
        self.last = {}
        self.settings = {}
        for folder in ("mnt", "media/stick", "root", "run"):
            (self.base / folder).mkdir(parents=True)
        (self.base / "run").chmod(0o700)

    def home(self, machine):
        home = self.base / "home" / (machine if machine != "here" else "seamark")
        if not home.exists():
            home.mkdir(parents=True)
            (home / "Samples").symlink_to(ROOT / "Samples")
        return home

    def environment(self, machine):
        keep = {name: os.environ[name] for name in ("LANG", "LC_ALL", "LC_CTYPE") if name in os.environ} or {"LC_ALL": "C.UTF-8"}
        return dict(keep, HOME=str(self.home(machine)), PATH=f"{self.programs}:/usr/local/bin:/usr/bin:/bin", TERM="xterm", NO_COLOR="1", TZ="UTC",
                    XDG_RUNTIME_DIR=str(self.base / "run"), **self.settings.get(machine, {}))

    def of_run(self, text):
        return FOLDERS.sub(f"{self.base}/", text.replace("127.0.0.1:7440", f"127.0.0.1:{self.port}"))

    def of_page(self, output):
        output = output.replace(str(self.base), "").replace(f"127.0.0.1:{self.port}", "127.0.0.1:7440")
        output = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output.replace("\r\n", "\n"))
        lines = [line.split("\r")[-1].rstrip() for line in output.split("\n")]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def start(self, machine, text):
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
        def lead():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        process = subprocess.Popen(["/bin/bash", "-c", text], stdin=slave, stdout=slave, stderr=slave, preexec_fn=lead, close_fds=True,
                                   cwd=self.home(machine), env=self.environment(machine))
        return process, master, slave

    def __call__(self, command, text, typed):
        """Runs a command; gives its status and the lines that it printed."""
        machine = command.machine
        if match := re.fullmatch(r"export (\w+)=(\S+)", text):
            self.settings.setdefault(machine, {})[match.group(1)] = match.group(2)
            return 0, []
        if text == "kill %1":
            self.end(machine)
            return 0, []
        if text == "echo $?":
            return 0, [str(self.last.get(machine, 0))]
        if command.stays:
            return 0, self.begin(machine, text.removesuffix(" &"), len(command.expected))
        process, master, slave = self.start(machine, text)
        output, answers, quiet_since, asked_at, has_hidden = b"", list(typed), time.monotonic(), -1, False
        deadline = time.monotonic() + 180
        while True:
            ready, _, _ = select.select([master], [], [], 0.02)
            if ready:
                output += os.read(master, 65536)
                quiet_since = time.monotonic()
                continue
            if process.poll() is not None:
                break
            if time.monotonic() > deadline:
                kill(process)
                raise Broken(f"it did not end; it had said: {output.decode(errors='replace')}")
            # A question stands at the end of a line, as a rule; what asks without a word is given longer.
            if time.monotonic() - quiet_since < (1.5 if output.endswith(b"\n") else 0.05) or asked_at == len(output):
                continue
            hides = not termios.tcgetattr(slave)[3] & termios.ECHO
            if not output or not (hides or answers) or ((hides or has_hidden) and output.endswith(b"\n")):
                continue
            asked_at, has_hidden = len(output), has_hidden or bool(hides)
            os.write(master, ((answers.pop(0) if answers else PASSPHRASE) + "\n").encode())
        os.close(slave)
        os.close(master)
        self.last[machine] = process.returncode
        return process.returncode, self.of_page(output.decode(errors="replace"))

    def begin(self, machine, text, count):
        """Starts what goes on beside the rest; gives the first lines that it prints."""
        process, master, slave = self.start(machine, "exec " + text)
        os.close(slave)
        heard = bytearray()
        def listen():
            try:
                while part := os.read(master, 65536):
                    heard.extend(part)
            except OSError:
                pass
        threading.Thread(target=listen, daemon=True).start()
        self.beside.setdefault(machine, []).append(process)
        end = time.monotonic() + 30
        while bytes(heard).count(b"\n") < count and time.monotonic() < end and process.poll() is None:
            time.sleep(0.02)
        return self.of_page(bytes(heard).decode(errors="replace"))[:count]

    def end(self, machine):
        running = self.beside.get(machine, [])
        if not running:
            raise Broken("nothing runs beside the rest")
        process = running.pop()
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            kill(process)
            raise Broken("it did not end on SIGTERM")
        if status not in (0, -signal.SIGTERM):
            raise Broken(f"it ended with {status} on SIGTERM")

    def close(self):
        for processes in self.beside.values():
            for process in processes:
                kill(process)


def kill(process):
    process.kill()
    process.wait()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def play(page, text, programs):
    """Runs a page. Gives what does not hold, as sentences with page and line, and the page as it would be rewritten."""
    try:
        commands, _ = read_page(text)
    except (Broken, ValueError) as broken:
        return [f"{page}:{broken}"], text
    failures, edits, comparison = [], [], Comparison()
    base = tempfile.mkdtemp(prefix="book-", dir="/tmp")
    run = Run(programs, base)
    try:
        for index, command in enumerate(commands):
            place = f"{page}:{command.line + 1}"
            ask = next((c for c in commands[index + 1:] if c.machine == command.machine), None)
            may_fail = ask is not None and ask.text == "echo $?"
            try:
                status, lines = run(command, run.of_run(comparison.in_run(command.text)), [run.of_run(comparison.in_run(one)) for one in command.typed])
            except Broken as broken:
                failures.append(f"{place}: {command.text}\n  {broken}")
                break
            expected = [line.rstrip() for line in command.expected]
            while expected and not expected[-1]:
                expected.pop()
            if not command.hidden and not comparison.matches(expected, lines):
                if REWRITES:
                    comparison.pair(expected, lines)
                edits.append((command, comparison.as_the_page_says(lines)))
                if not REWRITES:
                    failures.append("\n".join([f"{place}: {command.text}", "  the page says:", *(f"  | {line}" for line in expected), "  it printed:", *(f"  | {line}" for line in lines)]))
            if status != 0 and not may_fail:
                failures.append("\n".join([f"{place}: {command.text}", f"  ended with {status}; it printed:", *(f"  | {line}" for line in lines)]))
                if not REWRITES:
                    break
    finally:
        run.close()
        shutil.rmtree(base, ignore_errors=True)
    lines = text.split("\n")
    for command, printed in reversed(edits):
        lines[command.first_output:command.first_output + len(command.expected)] = printed
    return failures, "\n".join(lines)


def main(arguments):
    if arguments[:1] == ["--list"]:
        for name in arguments[1:]:
            commands, unrun = read_page(pathlib.Path(name).read_text())
            for command in commands:
                print(f"{'hidden' if command.hidden else 'run'}\t{command.line + 1}\t{' '.join(command.text.split())}")
            for line, reason in unrun:
                print(f"no-run\t{line}\t{reason}")
        return 0
    programs, failed = pathlib.Path(arguments[0]).resolve(), False
    for name in arguments[1:]:
        file = pathlib.Path(name)
        text = file.read_text()
        failures, anew = play(os.path.relpath(file, ROOT), text, programs)
        if REWRITES and anew != text:
            file.write_text(anew)
            print(f"rewrote {name}: look at the difference, and shorten again what was shortened")
        for failure in failures:
            print(failure)
        failed = failed or bool(failures)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
