#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An image of one layer as an OCI image layout (https://github.com/opencontainers/image-spec), in a tar file.

oci.py pack CONTAINERFILE ROOT.tar IMAGE.tar VERSION COMMIT   the settings are those of the last stage of CONTAINERFILE
oci.py unpack IMAGE.tar DIR                                   unpacks the root file system, after checking each digest, and
                                                              prints the configuration
"""
import gzip
import hashlib
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time

MEDIA = "application/vnd.oci.image"
CHUNK = 1 << 20
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return "sha256:" + found.hexdigest()


def settings(containerfile):
    """The configuration that the last stage of a Containerfile sets, by the instructions that set one."""
    text = pathlib.Path(containerfile).read_text(encoding="utf-8").replace("\\\n", " ")
    stage = re.split(r"^FROM .*$", text, flags=re.MULTILINE)[-1]
    config = {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "ExposedPorts": {}}
    for line in stage.splitlines():
        if line.startswith("#"):
            continue
        name, _, value = line.strip().partition(" ")
        match name:
            case "ENV":
                config["Env"] += shlex.split(value)
            case "EXPOSE":
                config["ExposedPorts"] |= {f"{port}/tcp": {} for port in value.split()}
            case "USER":
                config["User"] = value
            case "WORKDIR":
                config["WorkingDir"] = value
            case "STOPSIGNAL":
                config["StopSignal"] = value
            case "CMD":
                config["Cmd"] = json.loads(value)
            case "" | "RUN" | "COPY":
                pass
            case _:
                raise SystemExit(f"oci: {containerfile} has an instruction that is not known here: {name}")
    return config


class Layout:
    """A layout that is being written, in a directory."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.blobs = self.folder / "blobs/sha256"
        self.blobs.mkdir(parents=True)

    def add(self, path, kind):
        name = digest(path)
        pathlib.Path(path).rename(self.blobs / name.removeprefix("sha256:"))
        return {"mediaType": kind, "digest": name, "size": (self.blobs / name.removeprefix("sha256:")).stat().st_size}

    def add_json(self, value, kind):
        path = self.folder / "blob"
        path.write_text(json.dumps(value, sort_keys=True), encoding="utf-8")
        return self.add(path, kind)


def compress(source, target):
    """As gzip, with no time in it: the same layer is the same blob."""
    with open(source, "rb") as file, open(target, "wb") as sink, gzip.GzipFile("", "wb", 6, sink, mtime=0) as zipped:
        while chunk := file.read(CHUNK):
            zipped.write(chunk)


def pack(containerfile, root, image, version, commit):
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    labels = {
        "org.opencontainers.image.title": "muster",
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.revision": commit,
        "org.opencontainers.image.licenses": "Apache-2.0",
    }
    with tempfile.TemporaryDirectory(dir=pathlib.Path(image).parent) as folder:
        layout = Layout(folder)
        compress(root, layout.folder / "layer")
        layer = layout.add(layout.folder / "layer", f"{MEDIA}.layer.v1.tar+gzip")
        config = layout.add_json(
            {
                "created": created,
                "architecture": ARCHITECTURES[os.uname().machine],
                "os": "linux",
                "config": settings(containerfile) | {"Labels": labels},
                "rootfs": {"type": "layers", "diff_ids": [digest(root)]},
                "history": [{"created": created, "created_by": "deploy/container/build"}],
            },
            f"{MEDIA}.config.v1+json",
        )
        manifest = layout.add_json(
            {"schemaVersion": 2, "mediaType": f"{MEDIA}.manifest.v1+json", "config": config, "layers": [layer]},
            f"{MEDIA}.manifest.v1+json",
        )
        # A tag has no plus sign.
        manifest["annotations"] = {"org.opencontainers.image.ref.name": version.replace("+", "-")}
        (layout.folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}', encoding="utf-8")
        index = {"schemaVersion": 2, "mediaType": f"{MEDIA}.index.v1+json", "manifests": [manifest]}
        (layout.folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
        with tarfile.open(image, "w") as archive:
            for path in sorted(layout.folder.rglob("*")):
                entry = archive.gettarinfo(path, path.relative_to(layout.folder))
                entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = 0, 0, 0, "", ""
                with open(path, "rb") if path.is_file() else io.BytesIO() as file:
                    archive.addfile(entry, file)


def unpack(image, folder):
    with tempfile.TemporaryDirectory(dir=pathlib.Path(image).parent) as layout:
        subprocess.run(["tar", "-C", layout, "-xf", image], check=True)

        def blob(descriptor):
            path = pathlib.Path(layout) / "blobs" / descriptor["digest"].replace(":", "/")
            if digest(path) != descriptor["digest"] or path.stat().st_size != descriptor["size"]:
                raise SystemExit(f"oci: {descriptor['digest']} is not what it says")
            return path

        def document(descriptor):
            return json.loads(blob(descriptor).read_text(encoding="utf-8"))

        index = json.loads((pathlib.Path(layout) / "index.json").read_text(encoding="utf-8"))
        manifest = document(index["manifests"][0])
        config = document(manifest["config"])
        pathlib.Path(folder).mkdir()
        for layer, identity in zip(manifest["layers"], config["rootfs"]["diff_ids"], strict=True):
            plain = pathlib.Path(layout) / "plain"
            with gzip.open(blob(layer)) as zipped, open(plain, "wb") as sink:
                while chunk := zipped.read(CHUNK):
                    sink.write(chunk)
            if digest(plain) != identity:
                raise SystemExit(f"oci: the layer is not {identity}")
            subprocess.run(["tar", "-C", folder, "--numeric-owner", "-xpf", plain], check=True)
        print(json.dumps(config))


def main():
    match sys.argv[1:]:
        case ["pack", containerfile, root, image, version, commit]:
            pack(containerfile, root, image, version, commit)
        case ["unpack", image, folder]:
            unpack(image, folder)
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
