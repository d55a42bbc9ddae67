#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lays out the documentation for MkDocs in the folder DIR: `docs.py DIR`, which `deploy/docs` calls.

DIR/pages has the Markdown files and what they link to, each at its place in the checkout, so that links between them
hold. DIR/mkdocs.yml has the order of the pages: the tables of docs/README.md, a section for each of its headings.
"""
import json
import pathlib
import re
import shutil
import sys

from links import LINK
from pages import ROOT, pages

INDEX = ROOT / "docs" / "README.md"
DIAGRAMS = """\
// Draws the diagrams. Where this module can't be loaded, they are shown as their source.
import mermaid from "./mermaid/mermaid.esm.min.mjs";

const dark = document.body.dataset.mdColorScheme === "slate";
mermaid.initialize({ startOnLoad: false, deterministicIds: true, theme: dark ? "dark" : "default" });
await mermaid.run({ querySelector: "pre.diagram > code" });
"""
# Wide enough for 100 columns of code.
STYLE = ".md-grid { max-width: 76rem } .md-typeset pre > code { font-size: 0.6rem }\n"


def without_folders(page, text):
    """The text, with links to folders as plain text: a site has no page for a folder."""

    def link(match):
        target = page.parent / match[2].partition("#")[0]
        return match[1] if ":" not in match[2] and target.is_dir() else match[0]

    return re.sub(r"\[([^\]]*)\]\(([^)\s]+)\)", link, text)


def copy(source, folder):
    target = folder / source.relative_to(ROOT)
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".md":
        target.write_text(without_folders(source, source.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        shutil.copy(source, target)


def linked(page):
    """The files to which a page links."""
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        file = (page.parent / target.partition("#")[0]).resolve()
        if ":" not in target and file.is_file():
            yield file


def title(page):
    return re.search(r"^# (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)[1].strip("`")


def order():
    """Sections of [title, path]: the headings of the index, and the pages that it lists below each."""
    sections = []
    for line in INDEX.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            sections.append((line[3:], []))
        elif line.startswith("| ["):
            for target in LINK.findall(line.split(" | ")[0]):
                page = (INDEX.parent / target).resolve()
                sections[-1][1].append({title(page): str(page.relative_to(ROOT))})
    return sections


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    staged = folder / "pages"
    shutil.rmtree(staged, ignore_errors=True)
    for page in pages():
        copy(page, staged)
        for file in linked(page):
            copy(file, staged)
    (staged / "assets").mkdir()
    (staged / "assets" / "diagrams.mjs").write_text(DIAGRAMS, encoding="utf-8")
    (staged / "assets" / "site.css").write_text(STYLE, encoding="utf-8")
    home = [{"Muster": "README.md"}, {"All pages": "docs/README.md"}, {"Changes": "CHANGELOG.md"}, {"Security policy": "SECURITY.md"}]
    configuration = {
        "INHERIT": str(ROOT / "deploy" / "mkdocs.yml"),
        "docs_dir": str(staged),
        "site_dir": str(folder / "site"),
        "nav": [{"Home": home}] + [{heading: entries} for heading, entries in order()],
    }
    # JSON is YAML.
    (folder / "mkdocs.yml").write_text(json.dumps(configuration, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
