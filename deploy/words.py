#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds phrases that are not idiomatic English, or not Muster's terms, each with a better one.

The phrases are those of docs/glossary.md, and patterns that no table of phrases can express. It checks Markdown pages,
the comments of the example configuration, the help of the Makefile, the messages of the scripts in deploy/, and the
strings in Sources that have several words (not those of FleetStore, which are SQL). It skips code, and the rows of
docs/configuration.md and docs/metrics.md, which come from the code.
"""
import pathlib
import re
import sys

from pages import ROOT, pages

GLOSSARY = ROOT / "docs/glossary.md"
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
VALUE = r"\\\([^()]*(?:\([^()]*\)[^()]*)*\)"
THINGS = "attempt|build|call|core|fault|job|jobset|lab|line|message|mistake|page|process|project|request|row|second|token"
PATTERNS = {
    r"\bso (many|much)\b(?! that)": "the number, or: that many",
    r"\b(is|are|was|were) (not )?said\b": "name who says it: the report says, the log shows",
    r"\b(is|are|was|were) told (of|as|by|at|in|about)\b": "is reported",
    r"\btells? (it|itself|them)\b": "report, contain",
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
    r"\bwhat (came|comes|becomes|became) of\b": "the result of",
    r"\bwhat there is of\b|\bwhat there was to\b": "name it",
    r"\bas (it|they) came\b": "unchanged",
    r"\bat its word\b|\bby its word\b": "believe, trust",
    r"\b(must|has|have|need) not (to )?be feared\b": "is harmless",
}


def phrases():
    """The phrases of the glossary as patterns: its table has those to avoid in the first column, as code."""
    table = GLOSSARY.read_text(encoding="utf-8").split("## Wording", 1)[1]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `")]
    listed = [(phrase, row[1].strip()) for row in rows for phrase in re.findall(r"`([^`]+)`", row[0])]
    if not listed:
        raise SystemExit(f"words: {GLOSSARY} has no table of phrases")
    return {rf"(?i)\b{re.escape(phrase)}\b": better for phrase, better in listed}


def prose(page):
    """The lines of a Markdown page that are prose, with their numbers; code spans are blanked."""
    is_code = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        elif not is_code and not (page.name in ("configuration.md", "metrics.md") and line.startswith("| `")):
            yield number, re.sub(r"`[^`]*`", "``", line)


def comments(file):
    """The comments of a script or a configuration file, and what a script prints, with their line numbers."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        for text in re.findall(r'#+ .*|(?:\b(?:say|warn|die|die_with_log|step)\b|help=).*', line):
            yield number, re.sub(r"`[^`]*`", "``", text)


def strings(file):
    """The string literals of a Swift file that have several words, with their line numbers; values are blanked."""
    is_long = False
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("//"):
            continue
        if line.count('"""') % 2:
            is_long = not is_long
            continue
        for text in [line] if is_long else LITERAL.findall(line):
            if " " in text:
                yield number, re.sub(r"`[^`]*`|" + VALUE, "``", text)


def scripts():
    named = [ROOT / "Makefile", ROOT / "muster.example.yaml"]
    for file in named + sorted((ROOT / "deploy").rglob("*")):
        is_text = file.suffix in ("", ".sh", ".py", ".yaml") and file.is_file() and "__pycache__" not in file.parts
        if is_text and file != pathlib.Path(__file__).resolve():
            yield file


def main():
    others = list(scripts())
    sources = [file for file in sorted((ROOT / "Sources").rglob("*.swift")) if "FleetStore" not in file.parts]
    checked = (
        [(page, prose) for page in pages()]
        + [(file, comments) for file in others]
        + [(file, strings) for file in sources]
    )
    rules = [(re.compile(pattern), better) for pattern, better in {**PATTERNS, **phrases()}.items()]
    found = [
        f"{file.relative_to(ROOT)}:{number}: {match[0].strip()!r}: {better}"
        for file, read in checked
        for number, line in read(file)
        for rule, better in rules
        for match in rule.finditer(line)
    ]
    print("\n".join(found) if found else f"words: no odd phrase in {len(checked)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
