"""Builds a bundle: learns, writes aside, syncs, renames into place and moves the pointer last.

A crash at any moment leaves the pointer on the previous bundle. Folders left aside by a build that died are removed
by the next one; the bundle before the current one is kept, so that workers still serving it finish in peace.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pyarrow as pa
from filelock import FileLock

from data.catalogue import Catalogue
from data.digest import file_sha256
from data.errors import BundleRefused
from models.bundle import CURRENT, FORMAT, MANIFEST, TIMINGS, Bundle, manifest_id
from models.recipe import Listener, Recipe, unheard
from models.recipes import QUICK
from models.train import Learned, learn
from models.versions import library_versions

_ASIDE = ".building-"


def write_bundle(learned: Learned, home: Path, *, timings: Mapping[str, float]) -> Path:
    """Write what was learned and make it current; return the bundle's folder.

    Parameters
    ----------
    learned
        A catalogue with all that its recipes left.
    home
        The folder that holds ``bundles/``.
    timings
        Seconds by step of the build, kept beside the manifest.
    """
    shelf = home / "bundles" / learned.catalogue.name
    shelf.mkdir(parents=True, exist_ok=True)
    # Two builds of one catalogue must not take each other's new folder for an old one.
    with FileLock(shelf.with_name(f".{shelf.name}.lock")):
        return _written(learned, shelf, timings)


def _written(learned: Learned, shelf: Path, timings: Mapping[str, float]) -> Path:
    _remove_abandoned(shelf)
    aside = Path(tempfile.mkdtemp(prefix=f"{_ASIDE}{os.getpid()}-", dir=shelf))
    try:
        bundle_id = _write_files(learned, aside, timings)
        aside.chmod(0o755)
        folder = _put_in_place(aside, shelf / bundle_id)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    _sync_folder(shelf)
    previous = _point_to(shelf, bundle_id)
    _remove_older(shelf, keep={bundle_id, previous})
    return folder


def build(
    catalogue: Catalogue, home: Path, *, seed: int, recipes: Sequence[Recipe] = QUICK, listen: Listener = unheard
) -> Path:
    """Learn from a catalogue, write the bundle and make it current; return its folder."""
    learned, timings = learn(catalogue, recipes, seed=seed, listen=listen)
    listen("bundle", 0.0, "writing")
    folder = write_bundle(learned, home, timings=timings)
    listen("bundle", 1.0, "done")
    return folder


def _write_files(learned: Learned, aside: Path, timings: Mapping[str, float]) -> str:
    for stem, table in learned.tables.items():
        with pa.ipc.new_file(aside / f"{stem}.arrow", table.schema) as sink:
            sink.write_table(table.combine_chunks())
    for stem, array in learned.arrays.items():
        np.save(aside / f"{stem}.npy", array, allow_pickle=False)
    for stem, estimator in learned.estimators.items():
        joblib.dump(estimator, aside / f"{stem}.joblib")
    files = {path.name: {"sha256": file_sha256(path), "bytes": path.stat().st_size} for path in sorted(aside.iterdir())}
    manifest = _manifest_bytes({"format": FORMAT, "versions": library_versions(), **learned.record, "files": files})
    (aside / MANIFEST).write_bytes(manifest)
    (aside / TIMINGS).write_text(json.dumps(dict(timings)))
    for path in aside.iterdir():
        _sync(path)
    _sync_folder(aside)
    return manifest_id(manifest)


def _put_in_place(aside: Path, folder: Path) -> Path:
    """Rename what was written into place; an equal bundle that is already there stays, unless it is refused."""
    if _is_whole(folder):
        shutil.rmtree(aside)
        return folder
    refused = aside.with_name(f"{aside.name}-refused")
    if folder.exists():
        folder.rename(refused)
    aside.rename(folder)
    shutil.rmtree(refused, ignore_errors=True)
    return folder


def _is_whole(folder: Path) -> bool:
    try:
        Bundle(folder)
    except BundleRefused:
        return False
    return True


def _manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()


def _point_to(shelf: Path, bundle_id: str) -> str:
    pointer = shelf / CURRENT
    previous = pointer.read_text().strip() if pointer.exists() else bundle_id
    fresh = shelf / f"{CURRENT}.{os.getpid()}"
    fresh.write_text(bundle_id)
    _sync(fresh)
    fresh.replace(pointer)
    _sync_folder(shelf)
    return previous


def _remove_older(shelf: Path, *, keep: set[str]) -> None:
    for folder in shelf.iterdir():
        if folder.is_dir() and not folder.name.startswith(_ASIDE) and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(shelf: Path) -> None:
    for folder in shelf.glob(f"{_ASIDE}*"):
        if not _is_building(int(folder.name.removeprefix(_ASIDE).split("-")[0])):
            shutil.rmtree(folder, ignore_errors=True)
    for pointer in shelf.glob(f"{CURRENT}.*"):
        if not _is_building(int(pointer.suffix.removeprefix("."))):
            pointer.unlink(missing_ok=True)


def _is_building(process: int) -> bool:
    """Return whether another process of that number is alive; one of our own number, as in a container, has died."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
