"""One track: who, when, what it sounds like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from data.errors import UnknownTrack
from data.fields import Field
from models.bundle import Bundle

_FACTS = ("popularity", "tempo", "key", "duration_ms", "loudness")


@dataclass(frozen=True, slots=True)
class TrackCard:
    """What is shown of one track.

    Parameters
    ----------
    row
        Row in the bundle.
    track_id, track_name, artists
        Who it is; texts say so where something is not known.
    facts
        Short texts: genre, date, length and so on, only those known.
    features
        Label and value as text, for every model feature.
    """

    row: int
    track_id: str
    track_name: str
    artists: str
    facts: tuple[str, ...]
    features: tuple[tuple[str, str], ...]


def row_of(bundle: Bundle, track_id: str) -> int:
    """Return the row of a track.

    Raises
    ------
    UnknownTrack
        The catalogue has no such track.
    """
    row = bundle.row_of.get(track_id)
    if row is None:
        raise UnknownTrack(
            f"Catalogue {bundle.name!r} has no track with the id {track_id!r}",
            remedy="Search for its title or artist to find its id",
        )
    return row


@lru_cache(maxsize=512)
def track_card(bundle: Bundle, row: int) -> TrackCard:
    """Return the card of the track in one row.

    Raises
    ------
    UnknownTrack
        There is no such row.
    """
    if not 0 <= row < len(bundle):
        raise UnknownTrack(
            f"Catalogue {bundle.name!r} has no row {row}", remedy=f"Rows run from 0 to {len(bundle) - 1}"
        )
    record = bundle.tracks.slice(row, 1).to_pylist()[0]
    facts = [", ".join(record.get("genres") or []), released(record)]
    features = [bundle.dictionary[name] for name in bundle.feature_names]
    facts += [_fact(bundle.dictionary[name], record.get(name)) for name in _FACTS]
    return TrackCard(
        row=row,
        track_id=record["track_id"],
        track_name=record.get("track_name") or "Untitled",
        artists=record.get("artists") or "Unknown artist",
        facts=tuple(fact for fact in facts if fact),
        features=tuple((known.label, known.text(record[known.name])) for known in features),
    )


def released(record: dict[str, Any]) -> str:
    """Return the release date to the precision it is known to, empty where it is not."""
    date, precision = record.get("release_date"), record.get("release_precision")
    if not date or not precision:
        return ""
    return date[: {"year": 4, "month": 7, "day": 10}[precision]]


def track_table(bundle: Bundle, rows: Sequence[int] | np.ndarray) -> pd.DataFrame:
    """Return tracks as a table with ``row``, ``track_id``, ``track_name``, ``artists`` and ``detail`` (genre, year)."""
    cards = [track_card(bundle, int(row)) for row in rows]
    return pd.DataFrame(
        {
            "row": [card.row for card in cards],
            "track_id": [card.track_id for card in cards],
            "track_name": [card.track_name for card in cards],
            "artists": [card.artists for card in cards],
            "detail": [" · ".join(card.facts[:2]) for card in cards],
        }
    )


def _fact(known: Field, value: float | None) -> str:
    if value is None or np.isnan(value):
        return ""
    text = known.text(value)
    return f"popularity {text}" if known.name == "popularity" else text
