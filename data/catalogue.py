"""A `Catalogue`: validated tracks, the rows that were refused and why, and where all of it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from data.fields import AUDIO_FEATURES, FIELDS, Field, Role

TEXT_COLUMNS = ("track_id", "track_name", "artists", "album_name", "playlist_name", "genre", "subgenre")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a catalogue came from and what happened to every row of it.

    Parameters
    ----------
    source
        File name or public name, of several files joined by " + "; never a path.
    sha256
        Hash of the file as read, of several files that of their hashes in order.
    adapter
        Name of the adapter that understood it, "general" where the columns were understood one by one.
    rows_read, rows_kept, rows_merged, rows_rejected, rows_joined
        ``rows_read == rows_kept + rows_merged + rows_rejected + rows_joined``; joined are the rows of a second
        table that were found by a track.
    set_missing
        Values out of a field's range and dates that cannot be read, all set missing, by field.
    origin
        Publisher and licence where they are known.
    notes
        Sentences about the whole table.
    by_reason
        Rejected rows by reason.
    by_rule
        Merged rows by rule.
    files
        Per file ``source``, ``sha256``, ``rows``, and ``mapping``: what each column was taken for.
    """

    source: str
    sha256: str
    adapter: str
    rows_read: int
    rows_kept: int
    rows_merged: int
    rows_rejected: int
    set_missing: Mapping[str, int] = field(default_factory=dict)
    origin: str = ""
    notes: tuple[str, ...] = ()
    rows_joined: int = 0
    by_reason: Mapping[str, int] = field(default_factory=dict)
    by_rule: Mapping[str, int] = field(default_factory=dict)
    files: tuple[Mapping[str, Any], ...] = ()

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        accounted = self.rows_kept + self.rows_merged + self.rows_rejected + self.rows_joined
        if self.rows_read != accounted:
            raise ValueError(f"{self.rows_read} rows read, {accounted} accounted for")

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form, as the manifest holds it."""
        return {**asdict(self), "notes": list(self.notes), "files": list(self.files)}

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Provenance:
        """Return what a manifest holds."""
        return cls(**{**record, "notes": tuple(record["notes"]), "files": tuple(record["files"])})

    @property
    def account(self) -> str:
        """What became of the rows, as a sum that comes out.

        >>> Provenance("a.csv", "", "general", 100, 90, 6, 4).account
        '100 rows read = 90 kept + 6 merged + 4 rejected'
        """
        joined = f" + {self.rows_joined:,} joined to a track" if self.rows_joined else ""
        return (
            f"{self.rows_read:,} rows read = {self.rows_kept:,} kept + {self.rows_merged:,} merged "
            f"+ {self.rows_rejected:,} rejected{joined}"
        )


@dataclass(frozen=True, eq=False, slots=True)
class Catalogue:
    """Immutable tracks with their provenance.

    Parameters
    ----------
    name
        Short name, as in the address of a page.
    tracks
        One row per track in order of ``track_id``; numeric fields are float32 with NaN for missing, ``genre`` is the
        primary label, ``genres`` and ``artist_names`` are lists of text.
    rejected
        Columns ``row`` (0-based row of the source), ``reason`` and ``record`` (the row as JSON text).
    provenance
        Where it came from.
    quality
        The JSON form of `data.quality.quality`.
    own_fields
        Fields of the numbers that only this table has, by name; those with the role of audio are model features.
    """

    name: str
    tracks: pa.Table
    rejected: pa.Table
    provenance: Provenance
    own_fields: Mapping[str, Field] = field(default_factory=dict)
    quality: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.tracks.num_rows

    def has(self, name: str) -> bool:
        """Return whether the column is there with at least one value."""
        if name not in self.tracks.column_names:
            return False
        column = self.tracks[name]
        if pa.types.is_floating(column.type):
            return bool(np.isfinite(column.to_numpy()).any())
        return column.null_count < len(column)

    def column(self, name: str) -> np.ndarray:
        """Return a column: float32 of shape (n_tracks,) for numeric fields, objects for the rest."""
        return self.tracks[name].to_numpy()

    def features(self, names: tuple[str, ...] | None = None) -> np.ndarray:
        """Return the feature matrix, float32 of shape (n_tracks, n_features), NaN where missing."""
        names = self.feature_names if names is None else names
        return np.column_stack([self.column(name) for name in names]).astype(np.float32)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Audio features that this catalogue has and that vary, in the dictionary's order, its own at the end."""
        own = (name for name, known in self.own_fields.items() if known.role is Role.AUDIO)
        return tuple(n for n in (*AUDIO_FEATURES, *own) if self.has(n) and np.nanstd(self.column(n)) > 0)

    @property
    def dictionary(self) -> Mapping[str, Field]:
        """Every known field by name, and those that only this catalogue has."""
        return {**FIELDS, **self.own_fields}

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of all known fields with at least one value."""
        return tuple(name for name in self.dictionary if self.has(name))

    @property
    def credited_artists(self) -> list[list[str]]:
        """Names of the credited artists of every track, the main one first."""
        return self.tracks["artist_names"].to_pylist()
