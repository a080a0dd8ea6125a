"""Columns whose cells are lists, of artists, their ids or genres: split once per different cell, shared by its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.adapters.adapter import comma_artists, one_artist, separated_artists
from data.genres.tags import split_tags
from data.mapping.cells import LABEL_WORDS
from data.mapping.content import as_text, is_list

Split = Callable[[str], list[str]]

STAND_ALONE = 0.2
"""A comma separates artists where the first of two is a cell of its own in this share of the cells with a comma."""

_PLAIN_LIST = r"^\['[^'\"\\]*'(?:, '[^'\"\\]*')*\]$"
_MARKS = r"[\[;,]"
_ARTIST_URI = r"(?:spotify:artist:|https?://open\.spotify\.com/(?:intl-\w+/)?artist/)"


@dataclass(frozen=True, eq=False, slots=True)
class Lists:
    """A list of text per row.

    Parameters
    ----------
    distinct
        The different lists, as a list of them.
    codes
        Place of each row's list among them, int64 of shape (n,).
    """

    distinct: list[list[str]]
    codes: np.ndarray

    def rows(self) -> np.ndarray:
        """Return the list of every row, objects of shape (n,); rows with the same cell share one."""
        return _objects(self.distinct)[self.codes]

    def lengths(self) -> np.ndarray:
        """Return how many items every row has, int64 of shape (n,)."""
        return np.fromiter(map(len, self.distinct), np.int64, len(self.distinct))[self.codes]

    def joined(self) -> pa.Array:
        """Return the items of every row with commas between them, null where there are none."""
        return pa.array([", ".join(each) or None for each in self.distinct], pa.string()).take(pa.array(self.codes))


def _objects(lists: list[list[str]]) -> np.ndarray:
    found = np.empty(len(lists), dtype=object)
    found[:] = lists
    return found


def _of_listed(cells: pa.ChunkedArray) -> Lists:
    lists = [
        [text for item in cell or () if item is not None and (text := str(item).strip())] for cell in cells.to_pylist()
    ]
    return Lists(lists, np.arange(len(lists)))


def _of_texts(cells: pa.ChunkedArray, split: Callable[[pa.Array], list[list[str]]]) -> Lists:
    encoded = pc.dictionary_encode(cells).combine_chunks()
    lists = split(encoded.dictionary)
    return Lists([*lists, []], encoded.indices.fill_null(len(lists)).cast(pa.int64()).to_numpy())


def split_texts(texts: pa.Array, split: Split) -> list[list[str]]:
    """Return ``[split(text) for text in texts]``, those that are plain lists or hold no mark by the column.

    Parameters
    ----------
    texts
        Different cells, stripped, none null.
    split
        `separated_artists`, `comma_artists` or `one_artist`.

    >>> split_texts(pa.array(["['A', 'B']", "C", "D;E"]), separated_artists)
    [['A', 'B'], ['C'], ['D', 'E']]
    """
    if split is one_artist:
        return [[text] for text in texts.to_pylist()]
    plain = pc.match_substring_regex(texts, _PLAIN_LIST)
    lists = iter(_split_plain(pc.filter(texts, plain)))
    marked = pc.match_substring_regex(texts, _MARKS)
    return [
        next(lists) if is_plain else split(text) if is_marked else [text]
        for text, is_plain, is_marked in zip(texts.to_pylist(), plain.to_pylist(), marked.to_pylist(), strict=True)
    ]


def _split_plain(texts: pa.Array) -> list[list[str]]:
    """Return the items of lists such as ``['A', 'B']``."""
    found = pc.split_pattern(pc.utf8_slice_codeunits(texts, 2, -2), "', '")
    items, ends = pc.utf8_trim_whitespace(found.values).to_pylist(), found.offsets.to_pylist()
    lists = [items[start:end] for start, end in pairwise(ends)]
    return lists if all(items) else [[item for item in each if item] for each in lists]


def tag_lists(cells: pa.ChunkedArray) -> np.ndarray:
    """Return the genre tags of every row; words such as "NA" are none."""
    if is_list(cells.type):
        return _objects(split_tags(cells).to_pylist())

    def split(texts: pa.Array) -> list[list[str]]:
        words = [None if text.lower() in LABEL_WORDS else text for text in texts.to_pylist()]
        return split_tags(pa.array(words, pa.string())).to_pylist()

    return _of_texts(as_text(cells), split).rows()


def id_lists(cells: pa.ChunkedArray) -> Lists:
    """Return the ids of every row's artists, without the words of a URI around them."""
    if is_list(cells.type):
        return _of_listed(cells)
    return _of_texts(
        pc.replace_substring_regex(as_text(cells), _ARTIST_URI, ""), lambda texts: split_texts(texts, comma_artists)
    )


def artist_lists(cells: pa.ChunkedArray, *, split: Split | None = None) -> Lists:
    """Return the artists of every row, the main one first.

    Parameters
    ----------
    cells
        Stripped text, or lists of text, shape (n,).
    split
        Splits a cell; by default found out from the different cells.
    """
    if is_list(cells.type):
        return _of_listed(cells)
    return _of_texts(cells, lambda texts: split_texts(texts, split or artist_splitter(texts.to_pylist())))


def kept_whole(artists: Lists, ids: Lists, cells: pa.ChunkedArray) -> Lists:
    """Return artists without those splits that a single id in the row belies, as of "Tyler, The Creator"."""
    odd = np.flatnonzero((ids.lengths() == 1) & (artists.lengths() > 1))
    if not len(odd):
        return artists
    whole = pc.dictionary_encode(cells.take(pa.array(odd))).combine_chunks()
    codes = artists.codes.copy()
    codes[odd] = len(artists.distinct) + whole.indices.cast(pa.int64()).to_numpy()
    return Lists([*artists.distinct, *([text.replace("\\,", ",")] for text in whole.dictionary.to_pylist())], codes)


def artist_splitter(cells: Sequence[str]) -> Split:
    """Return how the different cells of an artist column are split into names.

    A semicolon separates; a comma does where the artists before it have cells of their own.

    >>> artist_splitter(["Drake", "Drake, Rihanna", "Tyler, The Creator"])("Drake, Rihanna")
    ['Drake', 'Rihanna']
    >>> artist_splitter(["Drake", "Earth, Wind & Fire"])("Earth, Wind & Fire")
    ['Earth, Wind & Fire']
    """
    if any(";" in cell or cell.startswith("[") for cell in cells):
        return separated_artists
    known = set(cells)
    listed = [comma_artists(cell) for cell in cells if "," in cell]
    alone = sum(names[0] in known for names in listed if len(names) > 1)
    return comma_artists if alone and alone >= STAND_ALONE * len(listed) else one_artist
