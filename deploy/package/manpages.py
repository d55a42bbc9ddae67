#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the manual pages, made of what the programs themselves say.

manpages.py BIN OUT    BIN has the programs; OUT/man1 gets a page for `muster` and one for each of its commands,
                       OUT/man8 one for each worker

The date is SOURCE_DATE_EPOCH, or today.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import time

WORKERS = {
    "ingest": "receives jobset documents, stores them, and announces their jobs",
    "submitter": "submits each job to its lab, exactly once",
    "watcher": "detects finished jobs, fetches their results, and recovers what a crash left behind",
    "notifier": "writes the report, mails it, and delivers the callback",
    "gateway": "serves the HTTP API and the dashboard",
}
WORKER_EXITS = (
    ("0", "The worker was asked to stop, and has finished its work in hand."),
    ("1", "A part of it failed. Starting it again helps if the cause is gone."),
    ("64", "The options make no sense."),
    (
        "78",
        "The configuration is not valid (one error per line on standard error), or the database's schema is newer than "
        "this version. Starting it again does not help.",
    ),
)


def escaped(text):
    """Text for roff: no character has a meaning of its own there."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return "\n".join(r"\&" + line if line[:1] in (".", "'") else line for line in text.split("\n"))


def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def discussion(text):
    """Paragraphs; a line in capitals alone is a heading, and indented lines are shown as they are."""
    for block in re.split(r"\n\n+", text.strip("\n")):
        lines = block.split("\n")
        if re.fullmatch(r"[A-Z][A-Z ]+", lines[0]):
            yield f".SH {escaped(lines.pop(0))}"
        if lines and all(line.startswith("  ") for line in lines):
            yield ".nf\n" + "\n".join(escaped(line[2:]) for line in lines) + "\n.fi"
        elif lines:
            yield ".PP\n" + escaped(" ".join(lines))


def dashed(name):
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def spelled(argument):
    """How an argument is written: `-o, --output <text|json>`."""
    value = f"<{argument['valueName']}>"
    if argument["kind"] == "positional":
        return value + (" ..." if argument["isRepeating"] else "")
    names = ", ".join(dashed(name) for name in sorted(argument["names"], key=lambda name: name["kind"] == "long"))
    return names if argument["kind"] == "flag" else f"{names} {value}"


def synopsis(path, command, arguments):
    parts = [" ".join(path)]
    if command.get("subcommands"):
        parts.append("<command>")
    if any(each["kind"] != "positional" for each in arguments):
        parts.append("[options]")
    for each in arguments:
        if each["kind"] == "positional":
            parts.append(f"[{spelled(each)}]" if each["isOptional"] else spelled(each))
    return " ".join(parts)


def described(argument):
    words = [argument.get("abstract", "")]
    if argument.get("allValues"):
        words.append(f"Values: {', '.join(argument['allValues'])}.")
    if argument.get("defaultValue") and argument["kind"] != "flag":
        words.append(f"(default: {argument['defaultValue']})")
    return " ".join(filter(None, words))


def header(name, section, date, version):
    return [
        r'.\" Made by deploy/package/manpages.py',
        f'.TH {escaped(name.upper())} {section} "{date}" "Muster {version}" "Muster"',
    ]


def command_page(path, command, date, version):
    """The page of `muster`, or of one of its commands."""
    name = "-".join(path)
    arguments = [each for each in command.get("arguments", []) if each["shouldDisplay"]]
    page = header(name, 1, date, version)
    page += [".SH NAME", rf"{escaped(name)} \- {escaped(command['abstract'].rstrip('.'))}"]
    page += [".SH SYNOPSIS", rf"\fB{escaped(synopsis(path, command, arguments))}\fR"]
    text = list(discussion(command.get("discussion", "")))
    if text and not text[0].startswith(".SH"):
        page.append(".SH DESCRIPTION")
    page += text
    children = [each for each in command.get("subcommands", []) if each["commandName"] != "help"]
    if children:
        page.append(".SH COMMANDS")
        for each in children:
            child = "-".join([*path, each["commandName"]])
            page += [".TP", rf"\fB{escaped(child)}\fR(1)", escaped(each["abstract"])]
    if arguments:
        page.append(".SH OPTIONS")
        for each in arguments:
            page += [".TP", rf"\fB{escaped(spelled(each))}\fR", escaped(described(each))]
    if len(path) > 1:
        page += [".SH SEE ALSO", rf"\fB{escaped('-'.join(path[:-1]))}\fR(1)"]
    yield name, "\n".join(page) + "\n"
    for each in children:
        yield from command_page([*path, each["commandName"]], each, date, version)


def worker_page(name, meaning, usage, date, version):
    page = header(name, 8, date, version)
    page += [".SH NAME", rf"{escaped(name)} \- {escaped(meaning)}", ".SH SYNOPSIS"]
    first, *rest = usage.strip().split("\n\n")
    page.append(rf"\fB{escaped(first.removeprefix('Usage: '))}\fR")
    page += [".SH OPTIONS"]
    for line in rest[0].split("\n"):
        option, text = re.fullmatch(r"\s+(\S+(?: [A-Z]+)?)\s{2,}(.*)", line).groups()
        page += [".TP", rf"\fB{escaped(option)}\fR", escaped(text)]
    page += [".SH ENVIRONMENT", *(escaped(" ".join(each.split())) for each in rest[1:])]
    page.append(".SH EXIT STATUS")
    for status, text in WORKER_EXITS:
        page += [".TP", rf"\fB{status}\fR", escaped(text)]
    page += [".SH FILES", ".TP", r"\fI/etc/muster/muster.yaml\fR", "The configuration."]
    page += [".TP", r"\fI/etc/muster/credentials\fR", "Files with one secret each."]
    page += [".SH SEE ALSO", r"\fBmuster\fR(1), /usr/share/doc/muster"]
    return "\n".join(page) + "\n"


def write(folder, name, section, text):
    folder = folder / f"man{section}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.{section}").write_text(text, encoding="utf-8")


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    programs, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    date = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    version = output(programs / "muster", "--version").split()[1]
    tree = json.loads(output(programs / "muster", "--experimental-dump-help"))
    if tree["serializationVersion"] != 0:
        raise SystemExit("manpages: the description of the command has another form than the one that is read here")
    for name, text in command_page(["muster"], tree["command"], date, version):
        write(folder, name, 1, text)
    for role, meaning in WORKERS.items():
        name = f"muster-{role}"
        write(folder, name, 8, worker_page(name, meaning, output(programs / name, "--help"), date, version))


if __name__ == "__main__":
    main()
