#!/usr/bin/env python3
"""Writes debian/changelog out of CHANGELOG.md: its first part, as the entry of one version.

    debian-changelog.py VERSION MAINTAINER SECONDS COMMIT < CHANGELOG.md
"""
import re
import sys
import textwrap
from email.utils import formatdate

version, maintainer, seconds, commit = sys.argv[1:]
part = re.split(r"^## .*$", sys.stdin.read(), flags=re.MULTILINE)[1]
print(f"seamark ({version}) bookworm; urgency=medium\n")
for item in [f"Built from commit {commit}." if commit else "", *re.findall(r"^- (.*(?:\n  .*)*)", part, flags=re.MULTILINE)]:
    if item:
        words = " ".join(item.replace("**", "").split())
        print(textwrap.fill(words, 78, initial_indent="  * ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False))
print(f"\n -- {maintainer}  {formatdate(int(seconds), localtime=False).replace('-0000', '+0000')}")
