#!/usr/bin/env python3
"""Verifies files of evidence (Protocol/SPEC.md, section 4), offline, by the tenant authority's fingerprint alone.

  verify_evidence.py FINGERPRINT FILE [--report REPORT.json] [--redactions]
  verify_evidence.py FINGERPRINT FILE --altered ALTERATIONS

Prints `holds`, or the word of what does not hold and the number of the item: `receipt 12`. With --report a second line says whether the report
was made from that log. With --redactions the last line counts what they take: values, bytes of attachments, and nothing that they name. ALTERATIONS has a line for each altered copy of FILE: `start:end:hex` for each stretch that is something else in it,
ascending, joined by commas; one line of output comes for each.

Exit codes: 0 everything holds (with --altered: every copy was judged), 1 it does not, 2 misuse.
"""

import argparse
import json
import sys

from seamark_peer.evidence import Evidence, judge_report, report_position


def word(fault):
    return f"{fault.word} {fault.item}" if fault else "holds"


def altered(data, line):
    out, done = [], 0
    for stretch in line.split(","):
        start, end, new = stretch.split(":")
        out += [data[done : int(start)], bytes.fromhex(new)]
        done = int(end)
    return b"".join(out + [data[done:]])


def main():
    parser = argparse.ArgumentParser(description="Verifies files of evidence.")
    parser.add_argument("fingerprint")
    parser.add_argument("file")
    parser.add_argument("--report")
    parser.add_argument("--redactions", action="store_true")
    parser.add_argument("--altered")
    options = parser.parse_args()
    authority = bytes.fromhex(options.fingerprint)
    with open(options.file, "rb") as file:
        data = file.read()
    if options.altered:
        with open(options.altered) as lines:
            for line in lines:
                print(word(Evidence(authority).read(altered(data, line.strip()))))
        return 0
    report = json.load(open(options.report)) if options.report else None
    # Which log it is stands in the head: bytes 26 to 42.
    position = report_position(report, data[26:42]) if report else None
    evidence = Evidence(authority)
    fault = evidence.read(data, digest_at=position)
    print(word(fault))
    verdict = None
    if report and not fault:
        verdict = judge_report(evidence, report)
        print(verdict)
    if options.redactions and not fault:
        taken = evidence.redacted()
        print("redactions:", ", ".join(f"{count} {name}" for name, count in taken.items()))
        if taken["nothing"]:
            return 1
    return 1 if fault or verdict not in (None, "made") else 0


if __name__ == "__main__":
    sys.exit(main())
