"""A `Bundle`: everything learned from one catalogue, as an immutable folder that is written once and opened read-only.

::

    bundles/<name>/CURRENT            id of the bundle that serves, replaced last
    bundles/<name>/<id>/manifest.json versions, seed, provenance, scores, facts, hash of every file
    bundles/<name>/<id>/*.arrow       tables, uncompressed Arrow IPC, memory-mapped
    bundles/<name>/<id>/*.npy         arrays, memory-mapped
    bundles/<name>/<id>/*.joblib      estimators, loaded only after their hash was verified
    bundles/<name>/<id>/timings.json  how long the build took; not part of what was learned

The id is the hash of the manifest, so equal ids mean equal contents.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pyarrow as pa

from data.catalogue import Provenance
from data.digest import file_sha256
from data.errors import BundleMissing, BundleRefused, UnknownCatalogue, command
from data.fields import FIELDS, Field, Role
from data.naming import SAMPLE
from models.recipe import ScoreCard
from models.versions import library_versions

FORMAT = 3
"""Raised whenever what a bundle holds changes its meaning."""

CURRENT = "CURRENT"
MANIFEST = "manifest.json"
TIMINGS = "timings.json"
ID_LENGTH = 16


class Bundle:
    """One verified bundle, opened read-only; equal and hashed by its id.

    Parameters
    ----------
    folder
        The folder named by the bundle's id.

    Raises
    ------
    BundleRefused
        A file is damaged or missing, or other library versions wrote it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = _verified_manifest(folder)
        self.id: str = folder.name
        self.name: str = self.manifest["name"]
        self._estimators: dict[str, Any] = {}
        self._loading = threading.Lock()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bundle) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __len__(self) -> int:
        return self.tracks.num_rows

    def table(self, stem: str) -> pa.Table:
        """Return a memory-mapped table.

        Raises
        ------
        KeyError
            The bundle has no such table; ask `holds` first.
        """
        with pa.memory_map(str(self._file(f"{stem}.arrow"))) as source:
            return pa.ipc.open_file(source).read_all()

    def array(self, stem: str) -> np.ndarray:
        """Return a memory-mapped array."""
        return np.load(self._file(f"{stem}.npy"), mmap_mode="r", allow_pickle=False)

    def estimator(self, stem: str) -> Any:
        """Return a fitted estimator; its file was verified when the bundle was opened."""
        with self._loading:
            if stem not in self._estimators:
                self._estimators[stem] = joblib.load(self._file(f"{stem}.joblib"))
            return self._estimators[stem]

    def preload(self) -> None:
        """Load every estimator now, so that no question waits for it."""
        for name in self.manifest["files"]:
            if name.endswith(".joblib"):
                self.estimator(name.removesuffix(".joblib"))

    def holds(self, file: str) -> bool:
        """Return whether a file of that name is part of the bundle."""
        return file in self.manifest["files"]

    def facts(self, recipe: str) -> Mapping[str, Any]:
        """Return the facts a recipe left, empty where it was skipped."""
        return self.manifest["facts"].get(recipe, {})

    def skipped(self, recipe: str) -> str:
        """Return the sentence that says why a recipe was skipped, or an empty text."""
        return self.manifest["skipped"].get(recipe, "")

    def scores(self, recipe: str | None = None) -> tuple[ScoreCard, ...]:
        """Return the score cards, of one recipe or of all."""
        cards = (ScoreCard(**card) for card in self.manifest["scores"])
        return tuple(card for card in cards if recipe in (None, card.recipe))

    @cached_property
    def provenance(self) -> Provenance:
        """Where the catalogue came from."""
        return Provenance.from_dict(self.manifest["provenance"])

    @cached_property
    def tracks(self) -> pa.Table:
        """The catalogue's tracks."""
        return self.table("tracks")

    @cached_property
    def columns(self) -> Mapping[str, np.ndarray]:
        """Arrays of shape (n_tracks,) by name: numeric fields, ``genre`` codes, ``cluster``, ``map_x``, ``map_y``."""
        tracks = self.tracks
        found = {n: tracks[n].to_numpy() for n in self.fields if pa.types.is_floating(tracks.schema.field(n).type)}
        if self.genre_names:
            found["genre"] = self.array("genre_codes")
        if self.holds("cluster_labels.npy"):
            found["cluster"] = self.array("cluster_labels")
        if self.holds("map_xy.npy"):
            positions = self.array("map_xy")
            found |= {"map_x": positions[:, 0], "map_y": positions[:, 1]}
        return found

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """Row of every track id."""
        return {track_id: row for row, track_id in enumerate(self.tracks["track_id"].to_pylist())}

    @cached_property
    def dictionary(self) -> Mapping[str, Field]:
        """Every known field by name, and those that only this catalogue has."""
        own = (Field(**{**one, "role": Role(one["role"])}) for one in self.manifest["own_fields"])
        return {**FIELDS, **{field.name: field for field in own}}

    @property
    def fields(self) -> Sequence[str]:
        """Names of the fields with at least one value."""
        return self.manifest["fields"]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the model features."""
        return tuple(self.manifest["feature_names"])

    @property
    def genre_names(self) -> tuple[str, ...]:
        """Genre labels, most tracks first; empty where the catalogue has none."""
        return tuple(self.manifest["genre_names"])

    @property
    def timings(self) -> Mapping[str, float]:
        """Seconds that the build took by step, and what recipes have timed (keys with a slash).

        Empty where they cannot be read: nothing rests on them.
        """
        try:
            return json.loads((self.folder / TIMINGS).read_text())
        except (OSError, ValueError):
            return {}

    @property
    def size_bytes(self) -> int:
        """Bytes of all files together."""
        return sum(file["bytes"] for file in self.manifest["files"].values())

    def _file(self, name: str) -> Path:
        if name not in self.manifest["files"]:
            raise KeyError(name)
        return self.folder / name


class Library:
    """All catalogues built in one home folder; opens a bundle once and again when another has become current.

    Parameters
    ----------
    home
        The folder that holds ``bundles/``.
    """

    def __init__(self, home: Path) -> None:
        self.root = home / "bundles"
        self._open: dict[str, Bundle] = {}
        self._opening = threading.Lock()

    @property
    def names(self) -> list[str]:
        """Names of the catalogues that have a current bundle, the embedded one first."""
        found = sorted(pointer.parent.name for pointer in self.root.glob(f"*/{CURRENT}"))
        return sorted(found, key=lambda name: name != SAMPLE)

    @property
    def default(self) -> str:
        """Name of the catalogue that answers where none is asked for.

        Raises
        ------
        BundleMissing
            Nothing was built yet.
        """
        if not self.names:
            raise BundleMissing(
                "No catalogue was built yet", where=str(self.root), remedy=f"Run {command('build', SAMPLE)}"
            )
        return self.names[0]

    def open(self, name: str | None = None) -> Bundle:
        """Return the current bundle of a catalogue.

        Raises
        ------
        UnknownCatalogue
            No such catalogue.
        BundleMissing
            Nothing was built yet.
        BundleRefused
            Its current bundle is damaged or of other library versions.
        """
        name = name or self.default
        if name not in self.names:
            raise UnknownCatalogue(
                f"There is no catalogue named {name!r}", remedy=f"Built so far: {', '.join(self.names) or 'none'}"
            )
        with self._opening:
            current = (self.root / name / CURRENT).read_text().strip()
            known = self._open.get(name)
            if known is None or known.id != current:
                known = self._open[name] = Bundle(self.root / name / current)
            return known


def manifest_id(manifest: bytes) -> str:
    """Return the id of a bundle with this manifest."""
    return hashlib.sha256(manifest).hexdigest()[:ID_LENGTH]


def _verified_manifest(folder: Path) -> dict[str, Any]:
    try:
        raw = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise _refused(folder, "its manifest is missing") from error
    if manifest_id(raw) != folder.name:
        raise _refused(folder, f"{MANIFEST} was changed after the build")
    manifest = json.loads(raw)
    if manifest["format"] != FORMAT:
        raise _refused(folder, "it has the form of another version of Songscape")
    _refuse_foreign_versions(folder, manifest["versions"])
    for name, recorded in manifest["files"].items():
        path = folder / name
        if not path.is_file() or file_sha256(path) != recorded["sha256"]:
            raise _refused(folder, f"{name} is {'damaged' if path.is_file() else 'missing'}")
    return manifest


def _refuse_foreign_versions(folder: Path, recorded: Mapping[str, str]) -> None:
    for library, here in library_versions().items():
        if recorded.get(library) != here:
            raise _refused(folder, f"it was written with {library} {recorded.get(library)}, here is {here}")


def _refused(folder: Path, why: str) -> BundleRefused:
    name = folder.parent.name
    words = (SAMPLE,) if name == SAMPLE else ("SOURCE", "--name", name)
    return BundleRefused(
        f"The bundle of catalogue {name!r} is refused: {why}",
        where=f"{name}/{folder.name}",
        remedy=f"Rebuild it: {command('build', *words)}",
    )
