#!/usr/bin/python3
"""Names an image in its layout: image_index.py LAYOUT NAME.

Podman, Buildah and CRI-O read the name in one annotation of the index, containerd in another. `docker load` before Docker 25 knows no
layout; it reads manifest.json, which lists the same files.
"""

import json
import pathlib
import sys

layout, name = pathlib.Path(sys.argv[1]), sys.argv[2]


def blob(descriptor):
    return "blobs/" + descriptor["digest"].replace(":", "/")


def write(file, document):
    (layout / file).write_text(json.dumps(document, sort_keys=True))


index = json.loads((layout / "index.json").read_text())
(image,) = index["manifests"]
image["annotations"] = {"org.opencontainers.image.ref.name": name, "io.containerd.image.name": name}
write("index.json", index)
manifest = json.loads((layout / blob(image)).read_text())
write(
    "manifest.json",
    [{"Config": blob(manifest["config"]), "RepoTags": [name], "Layers": [blob(layer) for layer in manifest["layers"]]}],
)
