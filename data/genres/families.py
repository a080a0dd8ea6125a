"""Many genre tags as a readable number of families: alternative metal is metal, dance pop is pop.

A tag finds its family in three steps, the first that knows it deciding.

1. The table, ``families.csv`` beside this module, or lines of the user's own that stand above it.
2. Company: the family of the tags that stand beside it on the same tracks, where it is clear (`CLEAR_SHARE`), more
   than chance (`CLEAR_LIFT`) and seen often enough (`FEWEST_TOGETHER`).
3. Its own: a tag that enough tracks carry which no other tag gives a family is one.

What is left is too rare to say. Then families that too few tracks belong to, and the smallest of too many, join the
family they keep company with, or none. A track belongs to the family of most of its tags; of equally many, to the one
that fewer tracks have a tag of, then to the first in the alphabet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pandas.util import hash_array

from data.genres.family_table import FAMILY_TABLE, families_by_table, read_family_table

MOST_FAMILIES = 20
SMALLEST_SHARE = 0.005
"""Of the tracks with tags, those that a family needs."""

FEWEST_TRACKS = 10
"""No family is smaller, however few tracks there are."""

CLEAR_SHARE = 0.4
"""Of the tags beside a tag, those that are of one family; shrunken towards what is usual."""

CLEAR_LIFT = 1.2
"""How many times that share is what it is among all tags."""

FEWEST_TOGETHER = 5
"""Tracks on which a tag stands beside tags that have a family."""

PRIOR_TRACKS = 3.0
"""Tracks with the usual mixture of families that are added to those seen."""

MANY_LABELS = 150
MANY_PER_TRACK = 1.25
"""More different labels, or more of them on a track on average, are tags rather than genres to choose from."""

_NONE = -1
_UNKNOWN = -2


@dataclass(frozen=True, eq=False, slots=True)
class Families:
    """What tags became.

    Parameters
    ----------
    family
        Family of each track, text of shape (n,); null where a track has no tag or none with a family.
    became
        A row per tag, the commonest first: ``tag``, ``family`` (null for none), ``n`` (tracks that carry it) and
        ``how``: "table", "co-occurrence", "own" or "too rare".
    sentence
        The same in words.
    """

    family: pa.Array
    became: pa.Table
    sentence: str


def needs_families(tags: pa.ListArray) -> bool:
    """Return whether labels are too many to choose from, or tags of which a track has several.

    >>> needs_families(pa.array([["rock"], ["pop"], []])), needs_families(pa.array([["rock", "pop"], ["pop"]]))
    (False, True)
    """
    tagged = int(np.count_nonzero(_lengths(tags)))
    flat = tags.flatten()
    return tagged > 0 and (len(flat) > MANY_PER_TRACK * tagged or pc.count_distinct(flat).as_py() > MANY_LABELS)


def grouped(
    tags: pa.ListArray,
    *,
    table: Path = FAMILY_TABLE,
    overrides: Path | None = None,
    most: int = MOST_FAMILIES,
    fewest: int | None = None,
) -> Families:
    """Group tags into families; the order of the rows does not matter.

    Parameters
    ----------
    tags
        Tags of each track, as `data.genres.tags.split_tags` returns them, shape (n,).
    table, overrides
        CSV with the columns ``tag`` and ``family``, as ``families.csv`` explains; lines of ``overrides`` stand above
        those of ``table``.
    most
        Families there may be.
    fewest
        Tracks that a family needs; by default `SMALLEST_SHARE` of those with tags, and `FEWEST_TRACKS` at least.

    Raises
    ------
    SourceError
        A table lacks a column or cannot be read.
    """
    lines = [] if overrides is None else read_family_table(overrides)
    lists = _distinct_lists(tags)
    sorting = _by_table(lists, [*lines, *read_family_table(table)])
    fewest = max(FEWEST_TRACKS, round(SMALLEST_SHARE * lists.weights.sum())) if fewest is None else fewest
    _add_company(lists, sorting)
    _add_own(lists, sorting, most=most, fewest=fewest)
    _add_company(lists, sorting)
    _join_small(lists, sorting, most=most, fewest=fewest)
    return _told(lists, sorting)


@dataclass(frozen=True, eq=False, slots=True)
class _Lists:
    """Lists of tags that differ, and how often each stands in the catalogue.

    ``tags``: their spelling. ``owners``, ``codes``: a list and a tag in it, shape (n_pairs,). ``weights``: tracks that
    carry a list, shape (n_lists,); 0 for the list of none. ``of_row``: the list of each track, shape (n,).
    """

    tags: list[str]
    owners: np.ndarray
    codes: np.ndarray
    weights: np.ndarray
    of_row: np.ndarray


@dataclass(eq=False, slots=True)
class _Sorting:
    """How far the tags are sorted: ``family`` of each (a number of ``names``, `_NONE` or `_UNKNOWN`) and ``how``."""

    names: list[str]
    family: np.ndarray
    how: np.ndarray

    def place(self, tags: np.ndarray, family: np.ndarray | int, how: str) -> None:
        self.family[tags] = family
        self.how[tags] = how


def _lengths(tags: pa.ListArray) -> np.ndarray:
    return pc.fill_null(pc.list_value_length(tags), 0).to_numpy(zero_copy_only=False)


def _distinct_lists(tags: pa.ListArray) -> _Lists:
    """Return lists in an order that does not depend on that of the rows; the order inside a list does not count."""
    found = pc.dictionary_encode(tags.flatten())
    spelled = found.dictionary.to_pylist()
    codes = found.indices.to_numpy(zero_copy_only=False)
    ends = np.concatenate([[0], np.cumsum(_lengths(tags))])
    marks = hash_array(np.array(spelled, dtype=object), categorize=False)[codes] if spelled else np.zeros(0, np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(marks, dtype=np.uint64)])
    _, first, of_row, weights = np.unique(
        sums[ends[1:]] - sums[ends[:-1]], return_index=True, return_inverse=True, return_counts=True
    )
    lengths = np.diff(ends)[first]
    owners = np.repeat(np.arange(len(first)), lengths)
    places = np.arange(len(owners)) + np.repeat(ends[first] - (np.cumsum(lengths) - lengths), lengths)
    return _Lists(spelled, owners, codes[places], np.where(lengths, weights, 0), of_row)


def _by_table(lists: _Lists, lines: Sequence[tuple[str, str]]) -> _Sorting:
    found = families_by_table(lists.tags, lines)
    names = sorted(set(filter(None, found)))
    number = {name: i for i, name in enumerate(names)} | {"": _NONE, None: _UNKNOWN}
    family = np.array([number[name] for name in found], np.int64)
    return _Sorting(names, family, np.where(family == _UNKNOWN, "too rare", "table").astype(object))


def _counts(lists: _Lists, sorting: _Sorting) -> np.ndarray:
    """Return how many tags of each family each list holds, shape (n_lists, n_families)."""
    family = sorting.family[lists.codes]
    n = len(lists.weights)
    columns = [np.bincount(lists.owners[family == f], minlength=n) for f in range(len(sorting.names))]
    return np.column_stack(columns).astype(np.int32) if columns else np.zeros((n, 0), np.int32)


def _company(counts: np.ndarray, lists: _Lists, owners: np.ndarray, subjects: np.ndarray, n: int) -> np.ndarray:
    """Return the family that each of ``n`` subjects keeps clear company with, `_NONE` where there is none.

    Each track counts once, shared out among the families of its tags.

    Parameters
    ----------
    counts
        Tags of each family in each list, shape (n_lists, n_families).
    owners, subjects
        A list and a subject in it, shape (n_pairs,).
    """
    together = counts.sum(axis=1)
    weight = np.where(together, lists.weights / np.maximum(together, 1), 0)
    usual = weight @ counts
    if not usual.any():
        return np.full(n, _NONE)
    usual = usual / usual.sum()
    votes = np.column_stack(
        [np.bincount(subjects, (weight * of_family)[owners], minlength=n) for of_family in counts.T]
    )
    seen = votes.sum(axis=1, keepdims=True)
    share = (votes + PRIOR_TRACKS * usual) / (seen + PRIOR_TRACKS)
    nearest = share.argmax(axis=1)
    best = share.max(axis=1)
    clear = (best >= CLEAR_SHARE) & (best >= CLEAR_LIFT * usual[nearest]) & (seen[:, 0] >= FEWEST_TOGETHER - 0.5)
    return np.where(clear, nearest, _NONE)


def _add_company(lists: _Lists, sorting: _Sorting) -> None:
    """Place unknown tags by the tags beside them."""
    nearest = _company(_counts(lists, sorting), lists, lists.owners, lists.codes, len(lists.tags))
    placed = np.flatnonzero((sorting.family == _UNKNOWN) & (nearest >= 0))
    sorting.place(placed, nearest[placed], "co-occurrence")


def _add_own(lists: _Lists, sorting: _Sorting, *, most: int, fewest: int) -> None:
    """Make families of the commonest tags on tracks that no tag places yet, one after the other."""
    unplaced = ~(_counts(lists, sorting).any(axis=1))
    while sum(np.isin(np.arange(len(sorting.names)), sorting.family)) < most:
        waiting = unplaced[lists.owners] & (sorting.family[lists.codes] == _UNKNOWN)
        tracks = np.bincount(lists.codes[waiting], lists.weights[lists.owners[waiting]], minlength=len(lists.tags))
        if not len(tracks) or tracks.max() < max(fewest, 1):
            return
        tag = min(np.flatnonzero(tracks == tracks.max()), key=lists.tags.__getitem__)
        sorting.place(np.array([tag]), len(sorting.names), "own")
        sorting.names.append(lists.tags[tag])
        unplaced[lists.owners[lists.codes == tag]] = False


def _join_small(lists: _Lists, sorting: _Sorting, *, most: int, fewest: int) -> None:
    """Let the smallest family join its nearest, or none, until all are large enough and not too many."""
    counts = _counts(lists, sorting)
    left = set(range(len(sorting.names)))
    while left:
        placed = _family_of_lists(counts, lists, sorting.names)
        tracks = np.bincount(placed[placed >= 0], lists.weights[placed >= 0], minlength=len(sorting.names))
        smallest = min(left, key=lambda f: (tracks[f], sorting.names[f]))
        if tracks[smallest] >= fewest and len(left) <= most:
            return
        left.remove(smallest)
        holding = np.flatnonzero(counts[:, smallest])
        moved = counts[:, smallest].copy()
        counts[:, smallest] = 0
        nearest = int(_company(counts, lists, holding, np.zeros(len(holding), np.int64), 1)[0])
        members = np.flatnonzero(sorting.family == smallest)
        sorting.place(members, nearest, "too rare" if nearest == _NONE else "co-occurrence")
        if nearest != _NONE:
            counts[:, nearest] += moved


def _family_of_lists(counts: np.ndarray, lists: _Lists, names: list[str]) -> np.ndarray:
    """Return the family of most tags of each list, `_NONE` where no tag has one."""
    tracks = lists.weights @ (counts > 0)
    most = np.zeros(len(counts), np.int32)
    placed = np.full(len(counts), _NONE)
    for f in sorted(range(len(names)), key=lambda f: (tracks[f], names[f])):
        better = counts[:, f] > most
        placed[better], most[better] = f, counts[better, f]
    return placed


def _told(lists: _Lists, sorting: _Sorting) -> Families:
    names = pa.array(sorting.names, pa.string())
    placed = _family_of_lists(_counts(lists, sorting), lists, sorting.names)
    family = names.take(_or_null(placed[lists.of_row]))
    n = np.bincount(lists.codes, lists.weights[lists.owners], minlength=len(lists.tags)).astype(np.int64)
    became = pa.table(
        {
            "tag": pa.array(lists.tags, pa.string()),
            "family": names.take(_or_null(sorting.family)),
            "n": pa.array(n, pa.int64()),
            "how": pa.array(sorting.how, pa.string()),
        }
    ).sort_by([("n", "descending"), ("tag", "ascending")])
    return Families(family, became, _sentence(became, lists.weights.sum(), len(family) - family.null_count))


def _or_null(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers, pa.int64(), mask=numbers < 0)


def _sentence(became: pa.Table, tagged: int, with_family: int) -> str:
    if not became.num_rows:
        return "No track has a tag."
    n_families = pc.count_distinct(became["family"], mode="only_valid").as_py()
    tags = "1 tag" if became.num_rows == 1 else f"{became.num_rows:,} tags"
    families = "1 family" if n_families == 1 else f"{n_families} families"
    return f"{tags} became {families}; {100 * with_family / tagged:.0f}% of the tracks with tags have one."
