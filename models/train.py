"""From a catalogue to everything that can be learned from it, recipe by recipe, with progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from threadpoolctl import threadpool_limits

from data.catalogue import Catalogue
from data.fields import Field
from data.recordings import recording_codes
from data.text import searchable
from models.recipe import Fitted, Listener, Recipe, unheard


@dataclass(frozen=True, eq=False, slots=True)
class Learned:
    """A catalogue with what each recipe learned from it, ready to be written.

    Parameters
    ----------
    catalogue
        What it was learned from.
    seed
        Seed of every random choice.
    fitted
        What each recipe left, by its name.
    skipped
        Sentence by recipe that lacked a field.
    """

    catalogue: Catalogue
    seed: int
    fitted: Mapping[str, Fitted]
    skipped: Mapping[str, str]

    @property
    def tables(self) -> dict[str, pa.Table]:
        """All tables by file stem."""
        own = {
            "tracks": self.catalogue.tracks,
            "rejected": self.catalogue.rejected,
            "search": _search_table(self.catalogue),
        }
        return own | {stem: table for fitted in self.fitted.values() for stem, table in fitted.tables.items()}

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """All arrays by file stem."""
        own = {"recording_codes": recording_codes(self.catalogue)}
        if self.catalogue.has("genre"):
            own["genre_codes"] = genre_codes(self.catalogue)
        return own | {stem: array for fitted in self.fitted.values() for stem, array in fitted.arrays.items()}

    @property
    def estimators(self) -> dict[str, object]:
        """All estimators by file stem."""
        return {stem: one for fitted in self.fitted.values() for stem, one in fitted.estimators.items()}

    @property
    def record(self) -> dict[str, Any]:
        """What the manifest says besides versions and hashes."""
        return {
            "name": self.catalogue.name,
            "seed": self.seed,
            "n_tracks": len(self.catalogue),
            "fields": list(self.catalogue.fields),
            "own_fields": [_json_form(field) for field in self.catalogue.own_fields.values()],
            "feature_names": list(self.catalogue.feature_names),
            "genre_names": genres_by_size(self.catalogue),
            "provenance": self.catalogue.provenance.as_dict(),
            "quality": dict(self.catalogue.quality),
            "scores": [card.as_dict() for fitted in self.fitted.values() for card in fitted.scores],
            "facts": {name: dict(fitted.facts) for name, fitted in self.fitted.items()},
            "skipped": dict(self.skipped),
        }


def _json_form(field: Field) -> dict[str, Any]:
    return {**asdict(field), "role": field.role.value}


def learn(
    catalogue: Catalogue, recipes: Sequence[Recipe], *, seed: int, listen: Listener = unheard
) -> tuple[Learned, dict[str, float]]:
    """Fit every recipe whose fields are there.

    Returns
    -------
    learned
        What the recipes left.
    timings
        Seconds by recipe, and what the recipes have timed themselves: those keys have a slash.
    """
    fitted: dict[str, Fitted] = {}
    skipped: dict[str, str] = {}
    timings: dict[str, float] = {}
    for recipe in recipes:
        sentence = recipe.missing(catalogue)
        if sentence:
            skipped[recipe.name] = sentence
            listen(recipe.name, 1.0, sentence)
            continue
        started = time.perf_counter()
        # The matrices are small: threads of linear algebra only wait for each other, on a busy machine for minutes.
        with threadpool_limits(1, user_api="blas"):
            fitted[recipe.name] = recipe.fit(catalogue, seed=seed, progress=_named(listen, recipe.name))
        timings[recipe.name] = time.perf_counter() - started
        timings |= fitted[recipe.name].timings
        listen(recipe.name, 1.0, "done")
    return Learned(catalogue, seed, fitted, skipped), timings


def genres_by_size(catalogue: Catalogue) -> list[str]:
    """Return the primary genres, most tracks first, equally many in alphabetical order."""
    if not catalogue.has("genre"):
        return []
    counts = catalogue.tracks["genre"].drop_null().value_counts().to_pylist()
    return [c["values"] for c in sorted(counts, key=lambda c: (-c["counts"], c["values"]))]


def genre_codes(catalogue: Catalogue) -> np.ndarray:
    """Return the position of each track's primary genre in `genres_by_size`, int16, -1 where it has none."""
    names = pa.array(genres_by_size(catalogue), pa.string())
    codes = pa.compute.index_in(catalogue.tracks["genre"], names)
    return codes.fill_null(-1).to_numpy().astype(np.int16)


def _named(listen: Listener, step: str) -> Callable[[float, str], None]:
    return lambda share, doing: listen(step, share, doing)


def _search_table(catalogue: Catalogue) -> pa.Table:
    titles = catalogue.tracks["track_name"].to_pylist() if catalogue.has("track_name") else [""] * len(catalogue)
    artists = catalogue.tracks["artists"].to_pylist()
    texts = [f" {searchable(t or '')} | {searchable(a or '')}" for t, a in zip(titles, artists, strict=True)]
    return pa.table({"text": pa.array(texts, pa.string())})
