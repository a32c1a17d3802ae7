#!/usr/bin/env python3
"""Reads a report as a browser's parser would, independent of what wrote it: which tags, attributes and addresses are in it.

  page_check.py FILE

Prints what must not be there, one finding a line, and exits 1; nothing and 0 when the page is dead.
"""

import re
import sys
from html.parser import HTMLParser

TAGS = set(
    """html head meta title style body div span header footer main section p h1 h2 h3 ul ol li strong b figure figcaption table thead tbody tr th td
    a svg defs pattern rect line circle path text tspan g title desc polygon polyline clippath ellipse""".split()
)
ALLOWED_META = {"Content-Security-Policy", None}
ATTRIBUTES_WITH_ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "cite", "srcset", "xlink:href", "ping", "manifest"}


class Page(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.findings, self.policy, self.style, self.text = [], [], [], []
        self.inside = None

    def handle_starttag(self, tag, attributes):
        if tag not in TAGS:
            self.findings.append(f"tag <{tag}>")
        for name, value in attributes:
            value = value or ""
            if name.startswith("on"):
                self.findings.append(f"attribute {name} of <{tag}>")
            # To a place of the same page, and nowhere else.
            if name in ATTRIBUTES_WITH_ADDRESSES and not (tag == "a" and name == "href" and re.fullmatch(r"#[A-Za-z0-9-]+", value)):
                self.findings.append(f"address in {name} of <{tag}>")
            if name == "style":
                self.style.append(value)
            if re.search(r"javascript:|data:text", value, re.I) and name not in ("content", "aria-label"):
                self.findings.append(f"live value in {name} of <{tag}>")
        attributes = dict(attributes)
        if tag == "meta" and "http-equiv" in attributes:
            if attributes["http-equiv"] == "Content-Security-Policy":
                self.policy.append(attributes.get("content") or "")
            else:
                self.findings.append(f"meta {attributes['http-equiv']}")
        self.inside = tag if tag in ("style", "script") else None

    def handle_endtag(self, tag):
        if tag not in TAGS:
            self.findings.append(f"end </{tag}>")
        self.inside = None

    def handle_data(self, data):
        (self.style if self.inside == "style" else self.text).append(data)

    def handle_comment(self, data):
        self.findings.append("a comment")

    def handle_decl(self, declaration):
        if declaration != "DOCTYPE html":
            self.findings.append(f"declaration {declaration}")

    def handle_pi(self, data):
        self.findings.append("a processing instruction")

    def unknown_decl(self, data):
        self.findings.append("an unknown declaration")


def main():
    page = Page()
    with open(sys.argv[1], encoding="utf-8") as file:
        page.feed(file.read())
    page.close()
    findings = page.findings
    if len(page.policy) != 1 or "default-src 'none'" not in page.policy[0] or "script-src" in page.policy[0]:
        findings.append(f"policy {page.policy}")
    for style in page.style:
        for address in re.findall(r"@import|url\s*\((?!['\"]?(?:#|data:))[^)]*|expression\s*\(", style, re.I):
            findings.append(f"style {address[:60]}")
    for finding in sorted(set(findings)):
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
