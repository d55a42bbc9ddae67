#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every relative link of every Markdown file leads to a file, and its fragment to a heading, and that the index of
docs/ names every page there."""
import re
import sys

from pages import ROOT, pages

LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def anchors(text):
    """The fragments of headings, by the rule that GitHub and GitLab share."""
    headings = re.findall(r"^#{1,6}\s+(.*?)\s*#*$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def problems(page):
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{target}: the file does not exist"
        elif fragment and file.suffix == ".md" and fragment not in anchors(file.read_text(encoding="utf-8")):
            yield f"{target}: the file has no such heading"


def unlisted():
    index = ROOT / "docs" / "README.md"
    named = {(index.parent / target.partition("#")[0]).resolve() for target in LINK.findall(index.read_text(encoding="utf-8"))}
    for page in sorted(index.parent.rglob("*.md")):
        if page != index and page not in named:
            yield f"{page.relative_to(ROOT)}: docs/README.md does not name it"


def main():
    found = [f"{page.relative_to(ROOT)}: {problem}" for page in pages() for problem in problems(page)] + list(unlisted())
    print("\n".join(found) if found else f"links: no broken link in {len(pages())} pages")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
