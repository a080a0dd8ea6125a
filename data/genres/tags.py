"""Cells of genre tags as lists of tags, however their publisher wrote them.

A cell in brackets is a list as Python, JSON, numpy or Postgres write it. In any other cell ``;`` and ``|`` separate
tags, and a comma does where the column as a whole looks like lists (`commas_separate`); nothing separates inside
brackets, and a slash never does: ``r&b/soul`` is one tag.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

LIST_LIKE_SHARE = 0.5
"""A comma separates where it stands in this share of the different cells, or where this share of the parts between
commas stand in another cell too."""

_OUTSIDE_BRACKETS = r"(?![^()\[\]{}]*[)\]}])"
_MARKS = re.compile(rf"[;|]{_OUTSIDE_BRACKETS}")
_COMMA = re.compile(rf",(?!\s*(?:&|and\b)){_OUTSIDE_BRACKETS}", re.IGNORECASE)
"""Not the comma of "Folk, World, & Country"."""

_LISTED = re.compile(r"""\[.*\]|\{.*\}|\(\s*['"].*\)|[\[{(]\s*['"].*|set\(\)""", re.DOTALL)
"""A list in text, which may have been cut off."""

_SIDE_BY_SIDE = re.compile(r"""['"]\s+['"]""")
_QUOTED = re.compile(r"""'([^']*)'|"([^"]*)\"""")
_ANY_MARK = re.compile(r"[,;|]")

_Cells = pa.Array | pa.ChunkedArray | pd.Series


def split_tags(cells: _Cells) -> pa.ListArray:
    """Return the tags of every cell, stripped, in the order they stand in, each once.

    Spellings that differ in case alone become the commonest of them, of equally many the first in the alphabet.

    Parameters
    ----------
    cells
        Text or lists of text, shape (n,).

    Returns
    -------
    pyarrow.ListArray
        Lists of text, shape (n,); a cell that is missing or holds no tag is an empty list, never null.

    >>> split_tags(pd.Series(["rock;pop", "['Rock', 'hip hop']", "[]", None, "rock"])).to_pylist()
    [['rock', 'pop'], ['rock', 'hip hop'], [], [], ['rock']]
    """
    array = _as_arrow(cells)
    if pa.types.is_list(array.type):
        return _tidied(array, np.ones(len(array), np.int64))
    found = pc.dictionary_encode(array)
    texts = found.dictionary.to_pylist()
    codes = found.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
    lists = pa.array([*map(list, _split(texts)), []], pa.list_(pa.string()))
    return _tidied(lists, np.bincount(codes, minlength=len(lists))).take(pa.array(codes))


def commas_separate(texts: Sequence[str]) -> bool:
    """Return whether a comma separates tags in a column, from its different cells, brackets aside.

    It does not where ``;`` or ``|`` separates already. Otherwise it does where half of the cells hold a comma, or half
    of the parts between commas stand in another cell too, as the tags of lists do.

    >>> commas_separate(["rock, pop", "pop, jazz", "jazz", "folk", "rock"])
    True
    >>> commas_separate(["drum, bass and more", "rock", "pop"])
    False
    """
    if any(map(_MARKS.search, texts)):
        return False
    parts = [[part.strip().casefold() for part in _COMMA.split(text)] for text in texts]
    listed = [found for found in parts if len(found) > 1]
    if len(listed) >= LIST_LIKE_SHARE * len(texts):
        return bool(listed)
    cells_with = Counter(chain.from_iterable(map(set, parts)))
    returning = [cells_with[part] > 1 for found in listed for part in found]
    return bool(returning) and sum(returning) >= LIST_LIKE_SHARE * len(returning)


def _as_arrow(cells: _Cells) -> pa.Array:
    """Return cells as one array of text or of lists of text."""
    if isinstance(cells, pd.Series):
        try:
            cells = pa.array(cells, from_pandas=True)
        except (pa.ArrowException, TypeError):
            cells = pa.array([_as_list(cell) for cell in cells], pa.list_(pa.string()))
    array = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    is_list = pa.types.is_list(array.type) or pa.types.is_large_list(array.type)
    return array.cast(pa.list_(pa.string()) if is_list or pa.types.is_fixed_size_list(array.type) else pa.string())


def _as_list(cell: object) -> list[str]:
    """Return one cell of a column that holds lists and text."""
    if isinstance(cell, str):
        return list(next(iter(_split([cell]))))
    if isinstance(cell, Iterable):
        return sorted(map(str, cell)) if isinstance(cell, (set, frozenset)) else [str(x) for x in cell if x is not None]
    return [] if pd.isna(cell) else [str(cell)]


def _split(texts: Sequence[str]) -> Iterable[Iterable[str]]:
    stripped = [text.strip() for text in texts]
    mark = _COMMA if commas_separate([text for text in stripped if not _LISTED.fullmatch(text)]) else _MARKS
    return (_listed(text) if _LISTED.fullmatch(text) else map(_unquoted, mark.split(text)) for text in stripped)


def _unquoted(part: str) -> str:
    bare = part.strip()
    return bare[1:-1] if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "'\"" else bare


def _listed(text: str) -> list[str]:
    """Return the items of a list in text; one that cannot be read as a list is split at its marks."""
    if text == "set()":
        return []
    # Python would glue the items of numpy's ['a' 'b'] together.
    if "," not in text and _SIDE_BY_SIDE.search(text):
        return [single or double for single, double in _QUOTED.findall(text)]
    for read in (json.loads, _literal):
        try:
            found = read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
        return _items(found)
    return [part.strip().strip("'\"") for part in _ANY_MARK.split(text.strip("[]{}()"))]


def _literal(text: str) -> object:
    """Return what Python reads, without its warning about a backslash that means nothing."""
    if "\\" not in text:
        return ast.literal_eval(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.literal_eval(text)


def _items(found: object) -> list[str]:
    if isinstance(found, (set, frozenset)):
        return sorted(map(str, found))
    items = found if isinstance(found, (list, tuple, dict)) else [found]
    return [_text(item) for item in items if item is not None]


def _text(item: object) -> str:
    """Return an item as a tag; of one with parts, as {"genre_id": 12, "genre_title": "Rock"}, the one that names it."""
    names = (
        [value for key, value in item.items() if str(key).endswith(("name", "title"))] if isinstance(item, dict) else []
    )
    return str(names[0] if names else item)


def _tidied(lists: pa.ListArray, weights: np.ndarray) -> pa.ListArray:
    """Return lists without empty and repeated tags, spelled alike; weights say how often each stands in the column."""
    owner = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    found = pc.dictionary_encode(lists.flatten())
    codes = found.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    owner, codes = owner[codes >= 0], codes[codes >= 0]
    spelled, common = _common_spellings(found.dictionary.to_pylist(), codes, weights[owner])
    codes = common[codes]
    repeated = pd.Series(owner * (len(spelled) + 1) + codes).duplicated().to_numpy()
    kept = (codes >= 0) & ~repeated
    ends = np.cumsum(np.bincount(owner[kept], minlength=len(lists)))
    offsets = pa.array(np.concatenate([[0], ends]), pa.int32())
    return pa.ListArray.from_arrays(offsets, pa.array(spelled, pa.string()).take(pa.array(codes[kept])))


def _common_spellings(texts: list[str], codes: np.ndarray, weights: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the spellings kept, and for every text the number of its own; -1 for one that is empty."""
    counts = np.bincount(codes, weights, minlength=len(texts))
    tidy = [" ".join(text.split()) for text in texts]
    total: Counter[str] = Counter()
    for text, count in zip(tidy, counts, strict=True):
        total[text] += count
    best: dict[str, str] = {}
    for text in sorted(total, key=lambda text: (-total[text], text)):
        best.setdefault(text.casefold(), text)
    number = {key: i for i, key in enumerate(key for key in best if key)}
    return [best[key] for key in number], np.array([number.get(text.casefold(), -1) for text in tidy], np.int64)
