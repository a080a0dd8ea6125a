"""Which catalogues are there: what each holds, and how well it can be learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dash_app.answers.scores import served_cards
from data.errors import BundleRefused
from data.fields import FIELDS
from data.mapping.units import UNITS
from data.public.tables import PUBLIC_TABLES
from models.bundle import Bundle, Library
from models.recipe import ScoreCard

SCORES = (("genre", "accuracy", "Genres told by sound"), ("popularity", "r2", "Popularity explained"))
"""Recipe, metric, and what it says of a catalogue."""

KEEP = {
    "feature": "Number for models",
    "context": "Number beside",
    "metadata": "Text",
    "": "Leave out",
}
"""What a column can be that no field stands for."""


@dataclass(frozen=True, slots=True)
class BuiltCatalogue:
    """A catalogue as a list shows it.

    Parameters
    ----------
    name
        Its name.
    tracks, dates, size
        In words; ``dates`` empty where it has none.
    holds
        What it knows of its tracks, and what it lacks.
    scores
        Score with its interval by what it says, or why there is none.
    source
        What it was built from.
    refused
        Why it is not served; then nothing else is known.
    """

    name: str
    tracks: str = ""
    dates: str = ""
    size: str = ""
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    scores: tuple[tuple[str, str], ...] = ()
    source: str = ""
    refused: str = ""


def built_catalogues(library: Library) -> list[BuiltCatalogue]:
    """Return every built catalogue, the embedded one first."""
    return [_built(library, name) for name in library.names]


def described(bundle: Bundle) -> BuiltCatalogue:
    """Return one catalogue as a list shows it."""
    has = _has(bundle)
    return BuiltCatalogue(
        name=bundle.name,
        tracks=f"{len(bundle):,} tracks",
        dates=_dates(bundle),
        size=f"{bundle.size_bytes / 1e6:.1f} MB",
        holds=tuple(text for text, there in has.items() if there),
        lacks=tuple(text for text, there in has.items() if not there),
        scores=tuple((title, _score(bundle, recipe, metric)) for recipe, metric, title in SCORES),
        source=bundle.provenance.source,
    )


def correcting_choices() -> dict[str, Any]:
    """Return what a column can be taken for: labels of ``fields`` and ``keep``, and by field the ``units`` in words."""
    labels = {name: known.label for name, known in FIELDS.items() if name != "release_year"}
    dates = {"release_date": "Release date", "artist_ids": "Artist ids"}
    units = {
        name: {unit or "own": one.meaning for unit, one in known.items()}
        for name, known in UNITS.items()
        if len(known) > 1
    }
    return {"fields": labels | dates, "keep": KEEP, "units": units}


def public_tables() -> list[Mapping[str, str]]:
    """Return the public catalogues: ``name``, ``meaning``, ``licence``, ``hash`` (how it is known)."""
    return [
        {"name": one.name, "meaning": one.meaning, "licence": one.licence, "hash": str(one.hash_kind)}
        for one in PUBLIC_TABLES.values()
    ]


def _built(library: Library, name: str) -> BuiltCatalogue:
    try:
        return described(library.open(name))
    except BundleRefused as refusal:
        return BuiltCatalogue(name, refused=str(refusal))


def _has(bundle: Bundle) -> Mapping[str, bool]:
    n_genres = len(bundle.genre_names)
    return {
        f"{len(bundle.feature_names)} features": True,
        f"{n_genres} genres" if n_genres else "genres": n_genres > 0,
        "popularity": "popularity" in bundle.fields,
        "release dates": "release_year" in bundle.fields,
        "artists": "artists" in bundle.fields,
    }


def _dates(bundle: Bundle) -> str:
    if "release_year" not in bundle.fields:
        return ""
    years = bundle.columns["release_year"]
    first, last = int(np.nanmin(years)), int(np.nanmax(years))
    return f"{first} to {last}" if first != last else str(first)


def _score(bundle: Bundle, recipe: str, metric: str) -> str:
    card: ScoreCard | None = served_cards(bundle, recipe).get(metric)
    if card is None:
        return "not learned"
    return f"{card.value:z.1%} ({card.low:z.1%} to {card.high:z.1%})"
