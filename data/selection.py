"""A `Selection`: which tracks a question is about, as JSON, as words, as part of an address and as a row mask.

The address form is a flat mapping of text: ``genre=metal,rock&energy=0.8..&year=1990..2000&cluster=0,2`` and
``lasso=120.340.500.341.480.900`` (whole-number map coordinates, x and y in turn; drawn on another layout than UMAP's,
its name leads: ``lasso=pca.120.340.500.341.480.900``; of several, parted by commas, any will do). The browser's store
holds the same mapping, so that a view is a link. Two keys hold a selection in one text,
``out=energy:0.4..0.6;genre:metal`` for what was taken out, and ``against=genre:rock`` for what it is compared with
(``against=rest``: all other tracks).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal
from urllib.parse import quote, unquote

import numpy as np

from data.errors import SelectionError
from data.fields import FIELDS, Field
from data.lassos import LASSO_LAYOUTS, Lasso, lasso_words, lassos_in
from data.ranges import RANGE_KEYS, Range, is_range, key_of, range_in, unreadable

MAP_EXTENT = 32_000
"""Map coordinates are whole numbers from 0 to this."""

_PLAIN_KEYS = ("genre", "predicted", "cluster", "lasso")
_NESTED_KEYS = ("out", "against")
KEYS = (*_PLAIN_KEYS, *RANGE_KEYS, *_NESTED_KEYS)
"""All keys a selection may use in an address."""

REST: Literal["rest"] = "rest"
"""Compared with all other tracks."""
_ALL = "all"
_LONGEST_NESTED = 12_000
_MEANT = {
    "predicted": "predicted genres",
    **{f"{layout}_{end}": f"map{words}" for layout, words in LASSO_LAYOUTS.items() if layout for end in "xy"},
}


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
        Ranges of numeric fields, of several of one field any; a track with a missing value does not pass.
    lassos
        Shapes on the map, in map coordinates (0 to `MAP_EXTENT`), of several any; empty for the whole map.
    predicted
        The genre that the model says is one of these; empty for any.
    out
        Tracks that pass any of its filters are taken out.
    against
        What the selection is compared with: `REST`, or another selection; None for nothing. It filters no track.
    """

    genres: tuple[str, ...] = ()
    clusters: tuple[int, ...] = ()
    ranges: tuple[Range, ...] = ()
    lassos: tuple[Lasso, ...] = ()
    predicted: tuple[str, ...] = ()
    out: Selection | None = None
    against: Selection | Literal["rest"] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether no filter is set."""
        return self.alone == Selection()

    @property
    def alone(self) -> Selection:
        """The same filters, compared with nothing."""
        return replace(self, against=None)

    @property
    def lasso_layouts(self) -> frozenset[str]:
        """The layouts that lassos were drawn on, of `LASSO_LAYOUTS`; those of what is taken out, too."""
        every = (*self.lassos, *(self.out.lassos if self.out else ()))
        return frozenset(one.layout for one in every)

    def single(self) -> Iterator[Selection]:
        """Yield every filter as a selection of its own."""
        for key, text in self.alone.query().items():
            yield Selection.from_query({key: text})

    def range_of(self, field: str) -> Range:
        """Return the first range set for ``field``, or one that is open at both ends."""
        return next((r for r in self.ranges if r.field == field), Range(field))

    def _ranges(self) -> dict[str, list[Range]]:
        """Return the ranges by their address key."""
        ordered = sorted(self.ranges)
        return {key: [*ranges] for key, ranges in groupby(ordered, key=lambda one: key_of(one.field))}

    def without(self, key: str) -> Selection:
        """Return the selection with the filter of one address key removed."""
        match key:
            case "genre":
                return replace(self, genres=())
            case "cluster":
                return replace(self, clusters=())
            case "lasso":
                return replace(self, lassos=())
            case "predicted":
                return replace(self, predicted=())
            case "out":
                return replace(self, out=None)
            case "against":
                return self.alone
        if key.startswith("out.") and self.out is not None:
            fewer = self.out.without(key.removeprefix("out."))
            return replace(self, out=fewer if fewer.query() else None)
        return replace(self, ranges=tuple(r for r in self.ranges if key_of(r.field) != key))

    def query(self) -> dict[str, str]:
        """Return the address form, keys in a fixed order.

        >>> Selection(genres=("rock",), ranges=(Range("energy", 0.8),)).query()
        {'genre': 'rock', 'energy': '0.8..'}
        """
        found = {
            "genre": _listed(self.genres),
            "predicted": _listed(self.predicted),
            "cluster": ",".join(map(str, self.clusters)),
            "lasso": ",".join(one.query() for one in self.lassos),
        }
        found |= {key: ",".join(r.query() for r in ranges) for key, ranges in self._ranges().items()}
        found["out"] = _folded(self.out) if self.out else ""
        found["against"] = REST if self.against == REST else (_folded(self.against) or _ALL) if self.against else ""
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
            genres=_names(query.get("genre", "")),
            predicted=_names(query.get("predicted", "")),
            clusters=_clusters(query.get("cluster", "")),
            ranges=_all_ranges(query),
            lassos=lassos_in(query.get("lasso", "")),
            out=_unfolded("out", query["out"]) if query.get("out") else None,
            against=_other(query.get("against", "")),
        )

    def mask(self, columns: Mapping[str, np.ndarray], *, genre_names: Sequence[str]) -> np.ndarray:
        """Return which tracks pass, as booleans of shape (n_tracks,).

        Parameters
        ----------
        columns
            Arrays of shape (n_tracks,): numeric fields, ``genre`` and ``predicted`` (codes into ``genre_names``, -1
            for none), ``cluster``, and ``map_x`` and ``map_y`` in map coordinates (``pca_x``, ``tsne_x`` and so on for
            a lasso on those layouts, -1 where a track is not on them). Any of them tells the length.
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
        if self.predicted:
            passes &= np.isin(_need(columns, "predicted"), [_code(genre_names, g) for g in self.predicted])
        if self.clusters:
            passes &= np.isin(_need(columns, "cluster"), self.clusters)
        for ranges in self._ranges().values():
            values = _need(columns, ranges[0].field)
            inside = ((values >= np.float32(one.low)) & (values <= np.float32(one.high)) for one in ranges)
            passes &= np.logical_or.reduce([*inside])
        if self.lassos:
            rows = np.flatnonzero(passes)
            drawn_on = {name: _need(columns, name)[rows] for one in self.lassos for name in one.columns}
            passes[rows] = np.logical_or.reduce([one.inside(drawn_on) for one in self.lassos])
        for one in self.out.single() if self.out else ():
            passes &= ~one.mask(columns, genre_names=genre_names)
        return passes

    def parts(
        self, *, cluster_names: Mapping[int, str] | None = None, dictionary: Mapping[str, Field] = FIELDS
    ) -> dict[str, str]:
        """Return every filter in words, by its address key; what was taken out by ``out.`` and its key.

        >>> Selection(genres=("metal", "rock"), ranges=(Range("energy", 0.8),)).parts()
        {'genre': 'metal or rock', 'energy': 'energy over 0.80'}
        """
        names = cluster_names or {}
        found = {
            "genre": _any_of(self.genres),
            "predicted": f"taken for {_any_of(self.predicted)}" if self.predicted else "",
            "cluster": _any_of([names.get(c, f"cluster {c + 1}") for c in self.clusters]),
            "lasso": lasso_words(self.lassos),
        }
        found |= {key: " or ".join(r.words(dictionary) for r in ranges) for key, ranges in self._ranges().items()}
        if self.out:
            taken = self.out.parts(cluster_names=cluster_names, dictionary=dictionary)
            found |= {f"out.{key}": f"not {text}" for key, text in taken.items()}
        return {key: text for key, text in found.items() if text}


def _all_ranges(query: Mapping[str, str]) -> tuple[Range, ...]:
    """Return every range of an address: ``energy=..0.2,0.8..`` holds two."""
    texts = ((key, part) for key, text in query.items() if is_range(key) for part in text.split(","))
    return tuple(sorted({range_in(key, text) for key, text in texts if text not in ("", "..")}))


def _any_of(words: Sequence[str]) -> str:
    if len(words) > 4:
        return f"{', '.join(words[:3])} or {len(words) - 3} more"
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _names(text: str) -> tuple[str, ...]:
    return tuple(sorted({unquote(name) for name in text.split(",") if name}))


def _listed(names: Sequence[str]) -> str:
    return ",".join(quote(name, safe=" -&'") for name in names)


def _folded(selection: Selection) -> str:
    """Return a selection as one text; names are quoted, so that none holds a sign that parts it."""
    parts = selection.alone.query().items()
    return ";".join(f"{key}:{quote(text) if key == 'out' else text}" for key, text in parts)


def _unfolded(key: str, text: str, *, with_out: bool = False) -> Selection:
    parts = dict(part.partition(":")[::2] for part in text.split(";") if part)
    unknown = [one for one in parts if not (one in _PLAIN_KEYS or is_range(one) or (with_out and one == "out"))]
    if unknown or len(text) > _LONGEST_NESTED:
        raise unreadable(key, text[:40], "key:value;key:value, such as genre:rock;energy:0.8..")
    return Selection.from_query({one: unquote(part) if one == "out" else part for one, part in parts.items()})


def _other(text: str) -> Selection | Literal["rest"] | None:
    if not text:
        return None
    if text in (REST, _ALL):
        return REST if text == REST else Selection()
    return _unfolded("against", text, with_out=True)


def _need(columns: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    if name not in columns:
        raise SelectionError(
            f"This catalogue has no {_MEANT.get(name, name.replace('_', ' '))} to filter by",
            remedy="Remove that filter",
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
        raise unreadable("cluster", text, "whole numbers, such as 0,2") from None
