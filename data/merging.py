"""Repeats become one track, before anything is fitted: a track in training and test alike is a leak.

Two rules say what is a repeat: rows of the *same id*, then tracks that are the *same recording* under several ids
(`data.recordings.recording_owners`). A recording keeps the id of its most popular track, of equally popular ones the
first in the alphabet; its other ids stand in ``other_ids``.

What becomes of the columns:

- Genres are united. The primary one is the label most rows carry (of equally many, the rarer in the whole table, then
  the first in the alphabet). Where rows have lists of tags, the primary label is not added to them.
- Popularity is the largest: a 0 often stands for no data.
- Codes (key, mode, ...) are the one most rows carry, of equally many the smallest.
- Other numbers, ``x_`` and ``c_`` columns too, are the median of the rows, of an even number the mean of two.
- A date, its year and its precision come from one row, the one whose release date is the first in the alphabet. So do
  artists, their names and their ids, by the text of the artists. No such value is made up that no row has.
- Other texts, and other lists, are the first in the alphabet that is not missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.catalogue import TEXT_COLUMNS
from data.fields import FIELDS, NUMERIC_FIELDS
from data.recordings import recording_owners

SAME_ID = "same id"
SAME_RECORDING = "same recording"
EXAMPLES = 5
"""Groups of each rule that are shown, those of most rows first."""

_TEXT_LIST = pa.list_(pa.string())
_LISTS = {"artist_names", "artist_ids", "genres"}
_DATE_COLUMNS = ("release_date", "release_precision", "release_year")
_ARTIST_COLUMNS = ("artists", "artist_names", "artist_ids")


@dataclass(frozen=True, eq=False, slots=True)
class Merged:
    """Tracks, and what was merged to get them.

    Parameters
    ----------
    tracks
        One row per track, in order of ``track_id``.
    by_rule
        Rows fewer by each rule: ``len(rows) == tracks.num_rows + sum(by_rule.values())``.
    examples
        A few merged groups: ``track_id`` that is kept, ``other_ids`` (list; the id again for each further row of the
        same id) and ``rule``.
    """

    tracks: pa.Table
    by_rule: Mapping[str, int]
    examples: pa.Table


def merged(rows: pd.DataFrame) -> Merged:
    """Merge rows of the same id, then tracks that are the same recording; the order of ``rows`` does not matter.

    Parameters
    ----------
    rows
        Cleaned rows with a ``track_id``: texts, numbers (NaN where missing) and lists of text.

    Returns
    -------
    Merged
        Its tracks have the columns of ``rows``, ``genres`` (list of text) where there is a ``genre``, and
        ``other_ids`` (list of text). Numbers are float32, those of ``c_`` columns float64.
    """
    by_id = merged_by_id(rows)
    owners = _most_popular(by_id.tracks, recording_owners(by_id.tracks))
    kept = np.flatnonzero(owners == np.arange(len(owners)))
    other_ids = _other_ids(by_id.tracks, owners, kept)
    tracks = _united(by_id.tracks, owners, kept).append_column("other_ids", other_ids)
    by_rule = {**by_id.by_rule, SAME_RECORDING: by_id.tracks.num_rows - tracks.num_rows}
    shown = [by_id.examples, _examples(tracks, other_ids, SAME_RECORDING)]
    return Merged(tracks, by_rule, pa.concat_tables(shown).combine_chunks())


def merged_by_id(rows: pd.DataFrame) -> Merged:
    """Merge rows of the same id alone; see `merged`."""
    table = _as_arrow(rows)
    owners, kept = _same_id(table["track_id"].combine_chunks())
    again = _other_ids(table, owners, kept)
    tracks = _united(table, owners, kept)
    return Merged(tracks, {SAME_ID: table.num_rows - tracks.num_rows}, _examples(tracks, again, SAME_ID))


def _same_id(ids: pa.StringArray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each row the row that stands for its id, and those rows in order of the id."""
    order = pc.sort_indices(ids).to_numpy()
    ordered = ids.take(pa.array(order))
    starts = np.ones(len(ids), bool)
    starts[1:] = pc.not_equal(ordered[1:], ordered[:-1]).to_numpy(zero_copy_only=False)
    kept = order[starts].astype(np.int64)
    owners = np.empty(len(ids), np.int64)
    owners[order] = kept[np.cumsum(starts) - 1]
    return owners, kept


def _as_arrow(rows: pd.DataFrame) -> pa.Table:
    """Return the rows as text, lists of text, float32 and float64, in a fixed order of the columns."""
    texts = [name for name in TEXT_COLUMNS if name != "genre"]
    known = (*texts, *_DATE_COLUMNS[:2], "release_year", "artist_names", "artist_ids", "genre", "genres")
    order = dict.fromkeys((*known, *NUMERIC_FIELDS, *sorted(map(str, rows.columns))))
    table = pa.table({name: _as_column(rows[name], name) for name in order if name in rows})
    if "genre" not in rows or "genres" in rows:
        return table
    labels = table["genre"].combine_chunks()
    lengths = pc.is_valid(labels).to_numpy(zero_copy_only=False)
    genres = pa.ListArray.from_arrays(_offsets(lengths), labels.drop_null())
    return table.add_column(table.column_names.index("genre") + 1, "genres", genres)


def _as_column(cells: pd.Series, name: str) -> pa.Array:
    if name in {*TEXT_COLUMNS, *_DATE_COLUMNS[:2]} or name.startswith("m_"):
        return pa.array(cells, from_pandas=True).cast(pa.string())
    if pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_bool_dtype(cells):
        kind = np.float64 if name.startswith("c_") else np.float32
        return pa.array(cells.to_numpy(kind, na_value=np.nan))
    found = pa.array(cells, from_pandas=True)
    is_list = name in _LISTS or pa.types.is_nested(found.type)
    return _filled(found.cast(_TEXT_LIST)) if is_list else found.cast(pa.string())


def _filled(lists: pa.ListArray) -> pa.ListArray:
    """Return lists with an empty one for each that is missing."""
    return pa.ListArray.from_arrays(_offsets(_lengths(lists)), lists.flatten())


def _lengths(lists: pa.Array) -> np.ndarray:
    return pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)


def _offsets(lengths: np.ndarray) -> pa.Array:
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())


def _most_popular(tracks: pa.Table, owners: np.ndarray) -> np.ndarray:
    """Return owners with the most popular track of each group in the place of its owner."""
    rows = np.arange(len(owners))
    if "popularity" not in tracks.column_names:
        return owners
    popularity = np.nan_to_num(tracks["popularity"].to_numpy(), nan=-1.0)
    order = np.lexsort([rows, -popularity, owners])
    _, first = np.unique(owners[order], return_index=True)
    best = rows.copy()
    best[owners[order[first]]] = order[first]
    return best[owners]


def _other_ids(tracks: pa.Table, owners: np.ndarray, kept: np.ndarray) -> pa.ListArray:
    """Return for each row that is kept the ids of those that it stands for."""
    rows = np.arange(len(owners))
    place = np.empty(len(owners), np.int64)
    place[kept] = np.arange(len(kept))
    others = rows[owners != rows]
    others = others[np.argsort(place[owners[others]], kind="stable")]
    lengths = np.bincount(owners, minlength=len(rows))[kept] - 1
    return pa.ListArray.from_arrays(_offsets(lengths), tracks["track_id"].combine_chunks().take(pa.array(others)))


def _examples(tracks: pa.Table, other_ids: pa.ListArray, rule: str) -> pa.Table:
    lengths = _lengths(other_ids)
    most = np.lexsort([np.arange(len(lengths)), -lengths])[:EXAMPLES]
    shown = pa.array(most[lengths[most] > 0], pa.int64())
    ids = tracks["track_id"].combine_chunks().take(shown)
    rules = pa.array([rule] * len(shown), pa.string())
    return pa.table({"track_id": ids, "other_ids": other_ids.take(shown), "rule": rules})


def _united(table: pa.Table, owners: np.ndarray, kept: np.ndarray) -> pa.Table:
    """Return the rows that are kept, each made of all rows that it owns; rows alone are not touched."""
    n = len(owners)
    shared = np.flatnonzero(np.bincount(owners, minlength=n)[owners] > 1)
    if not len(shared):
        return table if np.array_equal(kept, np.arange(n)) else table.take(pa.array(kept)).combine_chunks()
    together = shared[np.argsort(owners[shared], kind="stable")]
    heads, groups = np.unique(owners[together], return_inverse=True)
    one = _one_row_each(table.take(pa.array(together)), groups, table)
    one["track_id"] = table["track_id"].take(pa.array(heads)).combine_chunks()
    place = np.arange(n)
    place[heads] = n + np.arange(len(heads))
    made = pa.table({name: one[name] for name in table.column_names}, schema=table.schema)
    return pa.concat_tables([table, made]).take(pa.array(place[kept])).combine_chunks()


def _one_row_each(repeats: pa.Table, groups: np.ndarray, table: pa.Table) -> dict[str, pa.Array]:
    """Return each column of ``repeats``, one value per group; ``groups`` are numbers from 0 in their order."""
    columns = {name: repeats[name].combine_chunks() for name in repeats.column_names if name != "track_id"}
    made: dict[str, pa.Array] = {}
    for joint in (_DATE_COLUMNS, _ARTIST_COLUMNS):
        names = [name for name in joint if name in columns]
        picked = _first_rows([columns[name] for name in names], groups)
        made |= {name: columns.pop(name).take(picked) for name in names}
    for name, values in columns.items():
        if name == "genre":
            made[name] = _primary(values, groups, table["genre"])
        elif name == "genres":
            made[name] = _union(values, groups)
        elif pa.types.is_floating(values.type):
            made[name] = _number(name, values, groups)
        else:
            made[name] = values.take(_first_rows([values], groups))
    return made


def _starts(groups: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.diff(groups, prepend=-1))


def _differing(values: pa.Array, groups: np.ndarray) -> np.ndarray:
    """Return whether the rows of a group differ, shape (n_groups,); every rule leaves those that do not as they are."""
    after = np.flatnonzero(np.diff(groups) == 0)
    codes = pc.dictionary_encode(_as_text(values), null_encoding="encode").indices.to_numpy(zero_copy_only=False)
    differ = np.zeros(groups[-1] + 1, bool)
    differ[groups[after[codes[after] != codes[after + 1]]]] = True
    return differ


def _as_text(values: pa.Array) -> pa.Array:
    return pc.binary_join(values, "\x1f") if pa.types.is_list(values.type) else values


def _first_rows(keys: Sequence[pa.Array], groups: np.ndarray) -> pa.Array:
    """Return of each group the row whose keys are the first, missing ones the last."""
    picked = _starts(groups)
    differ = np.logical_or.reduce([_differing(key, groups) for key in keys] or [np.zeros(len(picked), bool)])
    rows = np.flatnonzero(differ[groups])
    found = {str(i): _as_text(key).take(pa.array(rows)).to_pandas() for i, key in enumerate(keys)}
    frame = pd.DataFrame({"group": groups[rows], "row": rows, **found})
    first = frame.sort_values(["group", *found], na_position="last").drop_duplicates("group")
    picked[first["group"]] = first["row"]
    return pa.array(picked)


def _number(name: str, values: pa.Array, groups: np.ndarray) -> pa.Array:
    made = values.to_numpy(zero_copy_only=False)[_starts(groups)].copy()
    rows = np.flatnonzero(_differing(values, groups)[groups])
    known = pd.Series(values.to_numpy(zero_copy_only=False)[rows].astype(np.float64))
    if name in FIELDS and FIELDS[name].is_categorical:
        found = _commonest(known, groups[rows], known)
    else:
        grouped = known.groupby(groups[rows])
        found = grouped.max() if name == "popularity" else grouped.median()
    made[found.index] = found
    return pa.array(made)


def _primary(labels: pa.Array, groups: np.ndarray, all_labels: pa.ChunkedArray) -> pa.Array:
    rows = np.flatnonzero(_differing(labels, groups)[groups])
    known = labels.take(pa.array(rows)).to_pandas()
    found = _commonest(known, groups[rows], known.map(all_labels.to_pandas().value_counts()))
    made = labels.take(pa.array(_starts(groups))).to_pandas().astype(object)
    made[found.index] = found
    return pa.array(made, pa.string(), from_pandas=True)


def _commonest(values: pd.Series, groups: np.ndarray, ranks: pd.Series) -> pd.Series:
    """Return the value most rows of each group carry; of equally many the one of lowest rank, then the smallest."""
    frame = pd.DataFrame({"group": groups, "value": values.to_numpy(), "rank": ranks.to_numpy()}).dropna()
    counts = frame.value_counts().rename("rows").reset_index()
    ranked = counts.sort_values(["group", "rows", "rank", "value"], ascending=[True, False, True, True])
    return ranked.drop_duplicates("group").set_index("group")["value"]


def _union(lists: pa.ListArray, groups: np.ndarray) -> pa.ListArray:
    """Return the tags of each group, in the order of the alphabet where its rows differ."""
    differ = _differing(lists, groups)
    rows = np.flatnonzero(differ[groups])
    chosen = lists.take(pa.array(rows))
    owners = np.repeat(groups[rows], _lengths(chosen))
    found = pd.DataFrame({"group": owners, "tag": chosen.flatten().to_pandas()}).drop_duplicates()
    tags = found.sort_values(["group", "tag"])
    lengths = np.bincount(tags["group"], minlength=len(differ))[differ]
    made = pa.ListArray.from_arrays(_offsets(lengths), pa.array(tags["tag"], pa.string()))
    places = _starts(groups)
    places[differ] = len(lists) + np.arange(len(made))
    return pa.concat_arrays([lists, made]).take(pa.array(places))
