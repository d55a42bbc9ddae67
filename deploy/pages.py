# SPDX-License-Identifier: Apache-2.0
"""Where the checks of the documentation find it."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pages():
    """All Markdown files. Not those below .build and .muster: there, files come and go while this runs."""
    folders = [folder for folder in sorted(ROOT.iterdir()) if folder.is_dir() and not folder.name.startswith(".")]
    return sorted(ROOT.glob("*.md")) + [page for folder in folders for page in sorted(folder.rglob("*.md"))]
