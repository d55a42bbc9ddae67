#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints a software bill of materials in CycloneDX 1.5: the Swift packages as they were resolved, the Swift runtime that is
linked in, and the Debian packages whose libraries are needed.

sbom.py BUILD VERSION COMMIT [PACKAGE=VERSION...]    BUILD is the scratch directory of the build

The time is SOURCE_DATE_EPOCH.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LICENSES = {
    "Apache-2.0": "Apache License",
    "MIT": "Permission is hereby granted, free of charge",
}


def license_of(folder):
    """The SPDX id of a package's licence, found by its text; none that we do not know."""
    for path in sorted(folder.glob("LICENSE*")):
        text = path.read_text(encoding="utf-8", errors="replace")
        for name, words in LICENSES.items():
            if words in text:
                return [{"license": {"id": name}}]
    return []


def swift_package(pin, checkouts):
    host_and_path = re.sub(r"^https://|\.git$", "", pin["location"])
    version = pin["state"].get("version") or pin["state"]["revision"]
    purl = f"pkg:swift/{host_and_path}@{version}"
    component = {
        "type": "library",
        "bom-ref": purl,
        "name": pin["identity"],
        "version": version,
        "purl": purl,
        "externalReferences": [
            {"type": "vcs", "url": pin["location"], "comment": f"revision {pin['state']['revision']}"}
        ],
    }
    licenses = license_of(checkouts / pathlib.PurePosixPath(host_and_path).name)
    return component | ({"licenses": licenses} if licenses else {})


def swift_runtime():
    first = subprocess.run(["swift", "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    version = re.search(r"Swift version (\S+)", first)[1]
    purl = f"pkg:github/swiftlang/swift@swift-{version}-RELEASE"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": "swift-runtime",
        "description": "The Swift standard library and Foundation, which are linked into the programs",
        "version": version,
        "purl": purl,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


def debian_package(text):
    name, version = text.split("=", 1)
    purl = f"pkg:deb/debian/{name}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "description": "A shared library that the system provides; the version is that of the build",
        "version": version,
        "purl": purl,
    }


def main():
    if len(sys.argv) < 4:
        raise SystemExit(__doc__)
    build, version, commit, *libraries = sys.argv[1:]
    resolved = json.loads((ROOT / "Package.resolved").read_text(encoding="utf-8"))
    checkouts = pathlib.Path(build) / "checkouts"
    components = [swift_package(pin, checkouts) for pin in resolved["pins"]]
    components += [swift_runtime(), *map(debian_package, libraries)]
    muster = f"pkg:generic/muster@{version}"
    when = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())))
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'muster:{version}:{commit}')}",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", when),
            "component": {
                "type": "application",
                "bom-ref": muster,
                "name": "muster",
                "version": version,
                "purl": muster,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "properties": [{"name": "muster:commit", "value": commit}],
            },
        },
        "components": components,
        "dependencies": [{"ref": muster, "dependsOn": [each["bom-ref"] for each in components]}],
    }
    print(json.dumps(bom, indent=2))


if __name__ == "__main__":
    main()
