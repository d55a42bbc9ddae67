#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds phrases in the documentation that are not idiomatic English, each with a better one.

Code blocks are skipped, and so are the rows of docs/configuration.md, which come from the code.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
THINGS = "attempt|build|call|core|fault|job|jobset|lab|line|message|mistake|page|process|project|request|row|second|token"
PHRASES = {
    r"\bso (many|much)\b(?! that)": "the number, or: that many",
    r"\b(is|are|was) (not )?said\b": "name who says it: the report says, the log shows",
    r"\b(is|are|was) told (of|as|by)\b": "is reported",
    r"\bgood for nothing\b": "not valid",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\b(Who|Whoever) (asks|does|finds|has|knows|needs|reads|resubmits|wants)\b(?![^.]*\?)": "a caller that, anyone who",
    r"\bsuch as are\b": "such as",
    r"\bas one (that|which)\b": "like one that",
    r"\b(bear|bears) (it |them )?out\b": "confirm",
    r"\bunless (said|given)\b": "by default",
    r"\bto order\b": "configurable",
    r"\bin clear\b(?! text)": "in clear text",
    r"\bauthorit(y|ies) that vouch\b": "certificate authorities",
    r"\bas (it|they) stands?\b": "unchanged, current",
    r"\bhave it made again\b|\bsen[dt]s? out again\b": "retry, re-run",
    r"\b(a|an|one|each) \w+ an? (" + THINGS + r")\b(?! (of|that|which|with|in|for|to|is|has|can)\b)": "one … per …",
}


def lines(page):
    """The lines of prose, with their numbers; code spans are blanked."""
    is_code = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        elif not is_code and not (page.name == "configuration.md" and line.startswith("| `")):
            yield number, re.sub(r"`[^`]*`", "``", line)


def main():
    pages = [page for page in sorted(ROOT.rglob("*.md")) if not page.relative_to(ROOT).parts[0].startswith(".")]
    found = [
        f"{page.relative_to(ROOT)}:{number}: {match[0].strip()!r}: {better}"
        for page in pages
        for number, line in lines(page)
        for phrase, better in PHRASES.items()
        for match in re.finditer(phrase, line)
    ]
    print("\n".join(found) if found else f"words: {len(pages)} pages, no odd phrase")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
