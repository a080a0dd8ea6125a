"""A `Selection`: which tracks a question is about, as JSON, as words, as part of an address and as a row mask.

The address form is a flat mapping of text: ``genre=metal,rock&energy=0.8..&year=1990..2000&cluster=0,2`` and
``lasso=120.340.500.341.480.900`` (whole-number map coordinates, x and y in turn). The browser's store holds the
same mapping, so that a view is a link.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

import numpy as np

from data.errors import SelectionError
from data.fields import FIELDS, NUMERIC_FIELDS, Field, is_own_number

MAP_EXTENT = 32_000
"""Map coordinates are whole numbers from 0 to this."""

MAX_LASSO_POINTS = 200
RANGE_KEYS = {"year": "release_year"} | {n: n for n in NUMERIC_FIELDS if n != "release_year"}
"""Key in the address -> field it filters; numbers of a catalogue's own are filtered by their name."""

_KEY_OF_FIELD = {field: key for key, field in RANGE_KEYS.items()}
_PLAIN_KEYS = ("genre", "cluster", "lasso")
KEYS = (*_PLAIN_KEYS, *RANGE_KEYS)
"""All keys a selection may use in an address."""


@dataclass(frozen=True, order=True, slots=True)
class Range:
    """A closed range of a numeric field; an open end is infinite."""

    field: str
    low: float = -math.inf
    high: float = math.inf

    def words(self, dictionary: Mapping[str, Field] = FIELDS) -> str:
        """Return the range as a person says it.

        >>> Range("energy", 0.8).words(), Range("release_year", 1990, 1999).words()
        ('energy over 0.80', '1990 to 1999')
        """
        known = dictionary.get(self.field) or Field.named(self.field)
        name = "" if self.field == "release_year" else f"{known.label.lower()} "
        if self.low == self.high:
            return f"{name}{known.text(self.low)}"
        if math.isinf(self.high):
            return f"{name or 'released '}{'from' if known.step == 1 else 'over'} {known.text(self.low)}"
        if math.isinf(self.low):
            return f"{name or 'released '}{'up to' if known.step == 1 else 'under'} {known.text(self.high)}"
        return f"{name}{known.text(self.low)} to {known.text(self.high)}"

    def query(self) -> str:
        """Return the form ``low..high`` with open ends left empty."""
        ends = (
            "" if math.isinf(end) else f"{end:g}" if abs(end) < 1e5 else f"{end:.0f}" for end in (self.low, self.high)
        )
        return "..".join(ends)


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters that a track passes when it passes all of them.

    Parameters
    ----------
    genres
        Primary genre is one of these; empty for any.
    clusters
        Cluster number is one of these; empty for any.
    ranges
        One range per numeric field; a track with a missing value does not pass.
    lasso
        Corners of a polygon on the map, in map coordinates (0 to `MAP_EXTENT`); empty for the whole map.
    """

    genres: tuple[str, ...] = ()
    clusters: tuple[int, ...] = ()
    ranges: tuple[Range, ...] = ()
    lasso: tuple[tuple[int, int], ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether no filter is set."""
        return self == Selection()

    def range_of(self, field: str) -> Range:
        """Return the range set for ``field``, or one that is open at both ends."""
        return next((r for r in self.ranges if r.field == field), Range(field))

    def without(self, key: str) -> Selection:
        """Return the selection with the filter of one address key removed."""
        match key:
            case "genre":
                return replace(self, genres=())
            case "cluster":
                return replace(self, clusters=())
            case "lasso":
                return replace(self, lasso=())
        return replace(self, ranges=tuple(r for r in self.ranges if key_of(r.field) != key))

    def query(self) -> dict[str, str]:
        """Return the address form, keys in a fixed order.

        >>> Selection(genres=("rock",), ranges=(Range("energy", 0.8),)).query()
        {'genre': 'rock', 'energy': '0.8..'}
        """
        found = {
            "genre": ",".join(quote(g, safe=" -&'") for g in self.genres),
            "cluster": ",".join(map(str, self.clusters)),
            "lasso": ".".join(f"{x}.{y}" for x, y in self.lasso),
        }
        found |= {key_of(r.field): r.query() for r in sorted(self.ranges)}
        return {key: text for key, text in found.items() if text}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Selection:
        """Parse the address form; keys that are no filters are left to others.

        Raises
        ------
        SelectionError
            A filter does not parse; the sentence names the key and the form it takes.

        Examples
        --------
        >>> Selection.from_query({"genre": "rock,metal", "year": "1990..2000", "track": "x"}).genres
        ('metal', 'rock')
        """
        return cls(
            genres=tuple(sorted({unquote(g) for g in query.get("genre", "").split(",") if g})),
            clusters=_clusters(query.get("cluster", "")),
            ranges=tuple(
                sorted(_range(key, text) for key, text in query.items() if _is_range(key) and text not in ("", ".."))
            ),
            lasso=_lasso(query.get("lasso", "")),
        )

    def mask(self, columns: Mapping[str, np.ndarray], *, genre_names: Sequence[str]) -> np.ndarray:
        """Return which tracks pass, as booleans of shape (n_tracks,).

        Parameters
        ----------
        columns
            Arrays of shape (n_tracks,): numeric fields, ``genre`` (codes into ``genre_names``, -1 for none),
            ``cluster``, and ``map_x`` and ``map_y`` in map coordinates. ``track_id`` or any other tells the length.
        genre_names
            Names of the genre codes.

        Raises
        ------
        SelectionError
            The catalogue has no such field or genre.
        """
        passes = np.ones(len(next(iter(columns.values()))), dtype=bool)
        if self.genres:
            passes &= np.isin(_need(columns, "genre"), [_code(genre_names, g) for g in self.genres])
        if self.clusters:
            passes &= np.isin(_need(columns, "cluster"), self.clusters)
        for wanted in self.ranges:
            values = _need(columns, wanted.field)
            passes &= (values >= np.float32(wanted.low)) & (values <= np.float32(wanted.high))
        if self.lasso:
            inside = np.flatnonzero(passes)
            x, y = _need(columns, "map_x")[inside], _need(columns, "map_y")[inside]
            passes[inside] = points_in_polygon(x, y, np.array(self.lasso))
        return passes

    def parts(
        self, *, cluster_names: Mapping[int, str] | None = None, dictionary: Mapping[str, Field] = FIELDS
    ) -> dict[str, str]:
        """Return every filter in words, by its address key.

        >>> Selection(genres=("metal", "rock"), ranges=(Range("energy", 0.8),)).parts()
        {'genre': 'metal or rock', 'energy': 'energy over 0.80'}
        """
        names = cluster_names or {}
        found = {
            "genre": _any_of(self.genres),
            "cluster": _any_of([names.get(c, f"cluster {c + 1}") for c in self.clusters]),
            "lasso": "inside the shape drawn on the map" if self.lasso else "",
        }
        found |= {key_of(r.field): r.words(dictionary) for r in self.ranges}
        return {key: text for key, text in found.items() if text}


def key_of(field: str) -> str:
    """Return the key in the address that filters a numeric field.

    >>> key_of("release_year"), key_of("x_mfcc_1_mean")
    ('year', 'x_mfcc_1_mean')
    """
    return _KEY_OF_FIELD.get(field, field)


def _is_range(key: str) -> bool:
    return key in RANGE_KEYS or is_own_number(key)


def points_in_polygon(x: np.ndarray, y: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return which points lie inside a polygon, by the even-odd rule.

    Parameters
    ----------
    x, y
        Coordinates of shape (n_points,).
    corners
        Corners of shape (n_corners, 2), closed implicitly.

    Examples
    --------
    >>> square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    >>> points_in_polygon(np.array([5, 15]), np.array([5, 5]), square)
    array([ True, False])
    """
    x, y = x.astype(np.float64), y.astype(np.float64)
    inside = np.zeros(len(x), dtype=bool)
    ends = np.roll(corners, -1, axis=0).astype(np.float64)
    for (x0, y0), (x1, y1) in zip(corners.astype(np.float64), ends, strict=True):
        if y0 == y1:
            continue
        spans = (y0 > y) != (y1 > y)
        inside ^= spans & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def _any_of(words: Sequence[str]) -> str:
    if len(words) > 4:
        return f"{', '.join(words[:3])} or {len(words) - 3} more"
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _need(columns: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    if name not in columns:
        raise SelectionError(
            f"This catalogue has no {name.replace('_', ' ')} to filter by", remedy="Remove that filter"
        )
    return columns[name]


def _code(genre_names: Sequence[str], genre: str) -> int:
    if genre not in genre_names:
        raise SelectionError(
            f"This catalogue has no genre named {genre!r}", remedy="Remove that filter or choose another genre"
        )
    return list(genre_names).index(genre)


def _clusters(text: str) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(c) for c in text.split(",") if c}))
    except ValueError:
        raise _unreadable("cluster", text, "whole numbers, such as 0,2") from None


def _range(key: str, text: str) -> Range:
    low, dots, high = text.partition("..")
    try:
        ends = float(low) if low else -math.inf, float(high) if high else math.inf
    except ValueError:
        ends = math.nan, math.nan
    if not dots or not ends[0] <= ends[1]:
        raise _unreadable(key, text, "a range, such as 0.2..0.8, 0.2.. or ..0.8")
    return Range(RANGE_KEYS.get(key, key), *ends)


def _lasso(text: str) -> tuple[tuple[int, int], ...]:
    try:
        numbers = [int(n) for n in text.split(".")] if text else []
    except ValueError:
        numbers = [0]
    if len(numbers) % 2 or 0 < len(numbers) < 6 or len(numbers) > 2 * MAX_LASSO_POINTS:
        raise _unreadable("lasso", text[:40], f"3 to {MAX_LASSO_POINTS} corners, as x.y.x.y.x.y")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _unreadable(key: str, text: str, form: str) -> SelectionError:
    return SelectionError(f"The filter {key}={text} cannot be read", remedy=f"Write it as {form}")
