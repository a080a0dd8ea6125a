"""A catalogue that is learned from in a second, for tests of how bundles are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from data.digest import file_sha256
from models.bundle import CURRENT, MANIFEST, manifest_id
from models.train import Learned, learn
from tests.models.quick import CLUSTERS, GENRE
from tests.planting import planted_catalogue

RECIPES = (CLUSTERS, GENRE)
"""Together they leave every kind of file: tables, arrays, estimators."""


@cache
def learned(seed: int = 0) -> Learned:
    """Return what two quick recipes left of 150 planted tracks."""
    return learn(planted_catalogue(150), RECIPES, seed=seed)[0]


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None] = lambda manifest: None) -> Path:
    """Make a bundle that was tampered with consistent again, as only its builder could; return its new folder."""
    manifest = json.loads((folder / MANIFEST).read_text())
    for name in manifest["files"]:
        manifest["files"][name]["sha256"] = file_sha256(folder / name)
    change(manifest)
    raw = json.dumps(manifest).encode()
    (folder / MANIFEST).write_bytes(raw)
    renamed = folder.rename(folder.with_name(manifest_id(raw)))
    (folder.parent / CURRENT).write_text(renamed.name)
    return renamed


def flip(path: Path, *, at: float = 0.5) -> None:
    """Change one bit of a file, at a share of its length."""
    with path.open("rb+") as file:
        file.seek(int(at * (path.stat().st_size - 1)))
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
