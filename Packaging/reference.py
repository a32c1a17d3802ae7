#!/usr/bin/env python3
"""Writes the reference of both programs out of what they say about themselves: `--experimental-dump-help` and `--help`.

    reference.py PROGRAMS OUTPUT

PROGRAMS is the folder of the built programs. In OUTPUT come to be, for each program: NAME.md, the reference; Help/NAME.txt, the help of every verb;
Man/*.1 or *.8, a page for each verb that stands behind the program's name, with what stands behind it; and Man/links, further names of pages.
Nothing in here knows a verb: who changes a text changes it in the program.
"""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# The day that stands in the pages: that of the version.
DAY = "November 29, 2026"
SECTIONS = {"seamark": "1", "seamark-server": "8"}
TITLES = {"For example": "EXAMPLES", "Fields": "FIELDS", "Environment": "ENVIRONMENT", "Files": "FILES", "Exit status": "EXIT STATUS"}
# Every verb takes these; they stand in the program's own page.
EVERYWHERE = {"help", "version"}


def run(program, words):
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    done = subprocess.run([program, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{program.name} {' '.join(words)} ended with {done.returncode}: {done.stderr}")
    return done.stdout


class Argument:
    """An argument or option of a verb, as the program describes it."""

    def __init__(self, said):
        self.names = [(name["kind"], name["name"]) for name in said.get("names", [])]
        self.name = (said.get("preferredName") or {}).get("name") or said["valueName"]
        self.kind, self.value = said["kind"], said["valueName"]
        self.is_optional, self.is_repeating = said["isOptional"], said["isRepeating"]
        text = said.get("abstract", "")
        choices = said.get("allValues") or said.get("allValueStrings") or []
        if choices and not all(choice in text for choice in choices):
            text += f" One of {', '.join(choices)}."
        if said.get("defaultValue") and "default" not in text and self.kind == "option":
            text += f" (default: {said['defaultValue']})"
        self.text = text

    @property
    def is_positional(self):
        return self.kind == "positional"

    @property
    def spellings(self):
        return ["--" + name if kind == "long" else "-" + name for kind, name in sorted(self.names)]

    @property
    def usage(self):
        """As in a synopsis: `[--limit <n>]`, `<handle>`."""
        text = f"<{self.value}>" if self.is_positional else self.spellings[0] + (f" <{self.value}>" if self.kind == "option" else "")
        text += " ..." if self.is_repeating else ""
        return f"[{text}]" if self.is_optional else text

    def __eq__(self, other):
        return (self.spellings, self.value, self.text) == (other.spellings, other.value, other.text)


class Block:
    """A part of a discussion: a paragraph, or lines under a heading that stand as they are."""

    def __init__(self, text):
        lines = text.split("\n")
        self.heading = self.text = None
        self.lines = []
        if len(lines) > 1 and lines[0].endswith(":") and all(line.startswith("  ") for line in lines[1:]):
            self.heading, self.lines = lines[0][:-1], lines[1:]
            least = min(len(line) - len(line.lstrip()) for line in self.lines)
            self.lines = [line[least:] for line in self.lines]
        else:
            self.text = " ".join(line.strip() for line in lines)

    @property
    def title(self):
        return TITLES.get((self.heading or "").split(",")[0])

    def __eq__(self, other):
        return (self.heading, self.text, self.lines) == (other.heading, other.text, other.lines)


class Verb:
    """A verb with those behind it; `path` begins with the program's name."""

    def __init__(self, said, above=()):
        self.path = (*above, said["commandName"])
        self.abstract, self.aliases = said.get("abstract", ""), said.get("aliases", [])
        self.default = said.get("defaultSubcommand")
        self.blocks = [Block(text) for text in re.split(r"\n[ \t]*\n", said.get("discussion") or "") if text.strip()]
        self.arguments = [Argument(one) for one in said.get("arguments", []) if one["shouldDisplay"]]
        self.below = [Verb(one, self.path) for one in said.get("subcommands", []) if one["shouldDisplay"] and one["commandName"] != "help"]

    @property
    def words(self):
        return " ".join(self.path)

    @property
    def page(self):
        return "-".join(self.path)

    @property
    def own(self):
        return [one for one in self.arguments if one.name not in EVERYWHERE]

    def all(self):
        yield self
        for verb in self.below:
            yield from verb.all()

    def leaves(self):
        return [verb for verb in self.all() if not verb.below]

    def lines(self, title):
        return [line for block in self.blocks if block.title == title for line in block.lines]


# MARK: - Markdown

def markdown(program, version):
    yield "<!-- Made by Scripts/generate-reference out of the program's own help. -->"
    yield f"# {program.words} {version}\n\n{program.abstract}\n"
    yield from markdown_blocks(program, program)
    yield "## Verbs\n"
    for verb in program.below:
        yield f"- [`{verb.words}`](#{verb.page.lower()}): {verb.abstract}"
    yield "\nEvery verb takes `--help`, which says what stands here, and `--version`.\n"
    for verb in program.below:
        for one in verb.all():
            yield f"{'#' * len(one.path)} {one.words}\n\n{one.abstract}\n"
            if one.aliases:
                yield f"Also called {', '.join(f'`{alias}`' for alias in one.aliases)}.\n"
            if one.default:
                yield f"Where no verb follows, `{one.default}` is meant.\n"
            if not one.below:
                yield "```\n" + " ".join([one.words] + [argument.usage for argument in one.own]) + "\n```\n"
            yield from markdown_blocks(one, verb)
            if not one.below and one.own:
                for argument in one.own:
                    names = f"`<{argument.value}>`" if argument.is_positional else ", ".join(f"`{name}`" for name in argument.spellings)
                    value = f" `<{argument.value}>`" if argument.kind == "option" else ""
                    yield f"- {names}{value}: {argument.text}"
                yield ""


def markdown_blocks(verb, page):
    for block in verb.blocks:
        if block.text:
            yield block.text + "\n"
        elif verb is not page and block.title == "FIELDS" and block in page.blocks:
            yield f"Fields: those of `{page.words}`.\n"
        else:
            yield f"{block.heading}:\n\n```\n" + "\n".join(block.lines) + "\n```\n"


# MARK: - Pages for man

def escaped(text):
    """Signs as they are: what is copied out of a page can be typed."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")
    text = "".join(sign if ord(sign) < 128 else f"\\[u{ord(sign):04X}]" for sign in text)
    return "\\&" + text if text[:1] in (".",) else text


def prose(text):
    """A paragraph, each sentence on a line of its own; commands in quotes and options are bold."""
    def one(sentence):
        parts, last = [], 0
        for found in re.finditer(r"(?<!\w)'([^']+)'(?!\w)|(?<![\w-])--[a-z][a-z-]*", sentence):
            parts += [plain(sentence[last:found.start()]), f"\\fB{escaped(found[1] or found[0])}\\fR"]
            last = found.end()
        line = "".join(parts) + plain(sentence[last:])
        return "\\&" + line if line[:1] in (".", "'") else line
    return [one(sentence) for sentence in re.split(r"(?<=[.!?]) (?=\S)", text.strip())]


def plain(text):
    text = text.replace("\\", "\\e").replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti").replace("-", "\\-")
    return "".join(sign if ord(sign) < 128 else f"\\[u{ord(sign):04X}]" for sign in text)


def literal(lines):
    return [".Bd -literal -offset 4n", *[escaped(line) for line in lines], ".Ed"]


def macro(argument):
    """An argument in mdoc, without brackets."""
    value = f" Ar {escaped(argument.value)}"
    text = value.strip() if argument.is_positional else f"Fl \\-{escaped(argument.spellings[0][2:])}" if argument.spellings[0].startswith("--") else f"Fl {argument.spellings[0][1:]}"
    text += value if argument.kind == "option" else ""
    return text + (" ..." if argument.is_repeating else "")


def synopsis(verb, is_whole):
    """The line of one verb; where a page has several, options that may be left out are not told apart."""
    program, *rest = verb.path
    lines = [f".Nm {program}", f".Cm {escaped(' '.join(rest))}"] if rest else [f".Nm {program}"]
    arguments = verb.own
    if not is_whole and any(one.is_optional and not one.is_positional for one in arguments):
        lines.append(".Op Ar option ...")
        arguments = [one for one in arguments if one.is_positional or not one.is_optional]
    for argument in arguments:
        lines.append((".Op " if argument.is_optional else ".") + macro(argument))
    return lines


def options(arguments):
    lines = [".Bl -tag -width 4n"]
    for argument in arguments:
        if argument.is_positional:
            lines.append(f".It Ar {escaped(argument.value)}")
        else:
            names = [f"Fl \\-{escaped(name[2:])}" if name.startswith("--") else f"Fl {name[1:]}" for name in reversed(argument.spellings)]
            lines.append(".It " + " , ".join(names) + (f" Ar {escaped(argument.value)}" if argument.kind == "option" else ""))
        lines += prose(argument.text)
    return lines + [".El"]


def table(lines, is_compact=False):
    """`name  words`, one a line, as a list."""
    if not lines:
        return []
    rows = [re.split(r" {2,}", line.strip(), maxsplit=1) for line in lines]
    width = max(len(name) for name, _ in rows)
    result = [f".Bl -tag -width {min(width + 2, 16)}n" + (" -compact" if is_compact else "")]
    for name, words in rows:
        result += [f".It {escaped(name)}", *prose(words)]
    return result + [".El"]


def paragraphs(blocks):
    """What a discussion says in sentences, and under headings that no section has."""
    lines = []
    for block in blocks:
        if block.title:
            continue
        lines.append(".Pp")
        lines += prose(block.text) if block.text else prose(block.heading + ":") + literal(block.lines)
    return lines


def distinct(items):
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def man(verb, programs, version):
    program = programs[verb.path[0]]
    section, is_program = SECTIONS[program.words], len(verb.path) == 1
    first = re.split(r"(?<=\.) ", verb.abstract)[0]
    lines = [f".Dd {DAY}", f".Dt {verb.page.upper()} {section} Seamark", f".Os Seamark {version}", ".Sh NAME", f".Nm {verb.page}", ".Nd " + prose(first[:1].lower() + first[1:].rstrip("."))[0]]

    lines.append(".Sh SYNOPSIS")
    leaves = [verb] if is_program else verb.leaves()
    if is_program:
        lines += [f".Nm {verb.words}", ".Ar verb", ".Op Ar argument ...", f".Nm {verb.words}", ".Cm help", ".Op Ar verb ...", f".Nm {verb.words}", ".Fl \\-version"]
    for leaf in leaves if not is_program else []:
        lines += synopsis(leaf, len(leaves) == 1)

    lines += [".Sh DESCRIPTION", *prose(verb.abstract), *paragraphs(verb.blocks)]
    if verb.aliases:
        lines += [".Pp", f"Also called {', '.join(verb.aliases)}."]
    if verb.default:
        lines += [".Pp", f"Where no verb follows, \\fB{escaped(verb.default)}\\fR is meant."]

    if is_program:
        lines += ["Each verb has a page of its own:", ".Bl -tag -width 4n"]
        for one in verb.below:
            lines += [f".It Xr {one.page} {section}", *prose(one.abstract)]
        lines += [".El", ".Pp", "Every verb takes", ".Fl \\-help", "and", ".Fl \\-version ."]
    elif verb.below:
        common = [one for one in leaves[0].own if not one.is_positional and all(one in leaf.own for leaf in leaves)] if len(leaves) > 1 else []
        for leaf in leaves:
            lines += [f".Ss {escaped(' '.join(leaf.path[1:]))}", *prose(leaf.abstract), *paragraphs_besides(leaf, verb)]
            arguments = [one for one in leaf.own if one not in common]
            lines += options(arguments) if arguments else []
        if common:
            lines += [".Ss Options of each of these verbs", *options(common)]
    elif verb.own:
        lines += [".Pp", "The arguments and options are:", *options(verb.own)]

    if fields := verb.lines("FIELDS"):
        lines += [".Sh FIELDS", "Given as", "\\fIkey\\fR=\\fIvalue\\fR.", *literal(fields)]
    for title in ("ENVIRONMENT", "FILES") if is_program else ():
        lines += [f".Sh {title}", *table(program.lines(title))]
    lines += [".Sh EXIT STATUS", "The numbers are stable.", ".Pp", *table(program.lines("EXIT STATUS"), is_compact=True)]
    examples = distinct(line for one in ([verb] if is_program else verb.all()) for line in one.lines("EXAMPLES"))
    lines += [".Sh EXAMPLES", *literal(examples)]

    said = " ".join(block.text or "" for one in ([] if is_program else verb.all()) for block in one.blocks) + " ".join(one.abstract for one in verb.all())
    others = {(name, SECTIONS[name]) for name in programs if name != verb.words and (is_program or name == program.words)}
    for name, noun in re.findall(r"\b(seamark(?:-server)?) ([a-z-]+)", said):
        others |= {(one.page, SECTIONS[name]) for one in programs[name].below if noun == one.path[1] and one.page != verb.page}
    others = sorted(others, key=lambda other: (other[1], other[0]))
    lines.append(".Sh SEE ALSO")
    lines += [f".Xr {name} {number}" + (" ," if (name, number) != others[-1] else "") for name, number in others]
    return "\n".join(lines) + "\n"


def paragraphs_besides(leaf, verb):
    return paragraphs([block for block in leaf.blocks if block not in verb.blocks])


# MARK: - The whole

def main():
    folder, output = Path(sys.argv[1]).absolute(), Path(sys.argv[2])
    programs = {name: Verb(json.loads(run(folder / name, ["--experimental-dump-help"]))["command"]) for name in SECTIONS}
    (output / "Help").mkdir(parents=True, exist_ok=True)
    (output / "Man").mkdir(parents=True, exist_ok=True)
    for old in [*output.glob("Man/*"), *output.glob("Help/*")]:
        old.unlink()
    links = []
    for name, program in programs.items():
        version, section = run(folder / name, ["--version"]).strip(), SECTIONS[name]
        (output / f"{name}.md").write_text("\n".join(markdown(program, version)))
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            helps = workers.map(lambda verb: f"$ {verb.words} --help\n{run(folder / name, [*verb.path[1:], '--help'])}", program.all())
            (output / "Help" / f"{name}.txt").write_text("\n".join(helps))
        for verb in [program, *program.below]:
            (output / "Man" / f"{verb.page}.{section}").write_text(man(verb, programs, version))
            further = [] if verb is program else [*[f"{name}-{alias}" for alias in verb.aliases], *[one.page for one in verb.all() if one is not verb]]
            links += [f"{other}.{section} {verb.page}.{section}" for other in further]
    (output / "Man" / "links").write_text("\n".join(links) + "\n")


main()
