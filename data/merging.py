"""Rows of the same track become one, before anything is fitted: a track in training and test alike is a leak.

The rules, by column: genres are united, the primary one is the label most rows carry (of equally many, the rarer in
the whole table, then the first in the alphabet); popularity is the largest (a 0 often stands for no data); codes
(key, mode, ...) take the one most rows carry, of equally many the smallest; other numbers take the median of the rows;
texts take the first in the alphabet that is not missing. A date, its year and its precision come from one row, the
first of the release dates in the alphabet: no value is made up that no row has.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from pandas.core.groupby import DataFrameGroupBy

from data.catalogue import TEXT_COLUMNS
from data.fields import FIELDS, NUMERIC_FIELDS

_DATE_COLUMNS = ("release_date", "release_precision", "release_year")


def merged(rows: pd.DataFrame) -> pa.Table:
    """Return one row per ``track_id``, sorted by it; the order of ``rows`` does not matter.

    Parameters
    ----------
    rows
        Cleaned rows with a ``track_id``.

    Returns
    -------
    pyarrow.Table
        The columns of ``rows`` and ``genres`` (list of text) where there is a ``genre``.
    """
    groups = rows.groupby("track_id", sort=True)
    columns: dict[str, pa.Array] = {}
    ids = groups.size().index
    columns["track_id"] = pa.array(ids.tolist(), pa.string())
    for name in TEXT_COLUMNS[1:]:
        if name in rows and name != "genre":
            columns[name] = _text_column(_first_in_alphabet(rows, name), ids)
    columns |= _date_columns(rows, ids)
    columns["artist_names"] = pa.array(_first_artists(rows).reindex(ids).tolist(), pa.list_(pa.string()))
    if "genre" in rows:
        columns |= _genre_columns(rows, ids)
    for name in NUMERIC_FIELDS:
        if name in rows and name not in _DATE_COLUMNS:
            columns[name] = _number_column(_merged_numbers(rows, groups, name), ids)
    return pa.table(columns)


def _text_column(texts: pd.Series, ids: pd.Index) -> pa.Array:
    return pa.array(texts.reindex(ids).tolist(), pa.string(), from_pandas=True)


def _number_column(values: pd.Series, ids: pd.Index) -> pa.Array:
    return pa.array(values.reindex(ids).to_numpy("float32"), pa.float32())


def _merged_numbers(rows: pd.DataFrame, groups: DataFrameGroupBy, name: str) -> pd.Series:
    if FIELDS[name].is_categorical:
        return _commonest(rows, name)
    return groups[name].max() if name == "popularity" else groups[name].median()


def _commonest(rows: pd.DataFrame, name: str) -> pd.Series:
    counts = rows[["track_id", name]].dropna().value_counts().rename("rows").reset_index()
    ranked = counts.sort_values(["track_id", "rows", name], ascending=[True, False, True])
    return ranked.drop_duplicates("track_id").set_index("track_id")[name]


def _date_columns(rows: pd.DataFrame, ids: pd.Index) -> dict[str, pa.Array]:
    """Return the date columns that there are, all of a track from the row whose release date is the first."""
    if "release_date" not in rows:
        return {}
    known = rows[["track_id", *_DATE_COLUMNS]].dropna(subset="release_date").sort_values(["track_id", "release_date"])
    first = known.drop_duplicates("track_id").set_index("track_id")
    texts = {name: _text_column(first[name].astype(object), ids) for name in _DATE_COLUMNS[:2]}
    return texts | {"release_year": _number_column(first["release_year"], ids)}


def _first_in_alphabet(rows: pd.DataFrame, name: str) -> pd.Series:
    known = rows[["track_id", name]].dropna().sort_values(["track_id", name])
    return known.drop_duplicates("track_id").set_index("track_id")[name].astype(object).where(lambda s: s.notna(), None)


def _first_artists(rows: pd.DataFrame) -> pd.Series:
    known = rows[["track_id", "artists", "artist_names"]].sort_values(["track_id", "artists"], na_position="last")
    return known.drop_duplicates("track_id").set_index("track_id")["artist_names"]


def _genre_columns(rows: pd.DataFrame, ids: pd.Index) -> dict[str, pa.Array]:
    labelled = rows[["track_id", "genre"]].dropna()
    counts = labelled.value_counts().rename("rows").reset_index()
    counts["rarity"] = counts["genre"].map(labelled["genre"].value_counts())
    ranked = counts.sort_values(["track_id", "rows", "rarity", "genre"], ascending=[True, False, True, True])
    primary = ranked.drop_duplicates("track_id").set_index("track_id")["genre"].reindex(ids)
    united = counts.sort_values(["track_id", "genre"]).groupby("track_id")["genre"].agg(list).reindex(ids)
    return {
        "genre": pa.array([g if isinstance(g, str) else None for g in primary], pa.string()),
        "genres": pa.array([g if isinstance(g, list) else [] for g in united], pa.list_(pa.string())),
    }
