"""One row per key where a table repeats it, whatever the order of its rows."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from data.fields import FIELDS

ONE_ROW = (("artists", "artist_names", "artist_ids"), ("release_date", "release_precision", "release_year"))
"""Columns that belong together: they come from one row, never from several."""

LISTS = ("artist_names", "artist_ids", "genres")
"""Columns that hold a list per row."""


def one_per_key(table: pd.DataFrame, groups: np.ndarray) -> pd.DataFrame:
    """Return one row per group: numbers as medians, tags united, of texts the first in the alphabet.

    Codes (key, mode) take the lower median, which is one of them; popularity 0 does not count beside a real one;
    artists, and release date with its precision and year, come from one row.

    Parameters
    ----------
    table
        A table with columns named as fields.
    groups
        Number of the group of each row, int64 of shape (n_rows,), from 0 on without gaps; -1 leaves a row out.
    """
    counts = np.bincount(groups[groups >= 0])
    many = (groups >= 0) & (counts[groups] > 1)
    single = (groups >= 0) & ~many
    first = table[single].set_axis(groups[single])
    if not many.any():
        return first.sort_index()
    repeated = table[many].set_axis(groups[many])
    pieces = [_piece(repeated, list(columns)) for columns in units(table.columns)]
    together = pd.concat(pieces, axis=1).reindex(np.unique(groups[many]))[list(table.columns)]
    return pd.concat([first, together]).sort_index()


def units(columns: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the columns, those of `ONE_ROW` together.

    >>> units(["tempo", "artists", "release_year", "artist_names"])
    [('artists', 'artist_names'), ('release_year',), ('tempo',)]
    """
    present = list(columns)
    together = [found for unit in ONE_ROW if (found := tuple(name for name in unit if name in present))]
    alone = [(name,) for name in present if not any(name in unit for unit in together)]
    return together + alone


def known(column: pd.Series) -> np.ndarray:
    """Return where a column holds something, bool of shape (n_rows,); an empty list and an empty text are nothing."""
    if is_list(column) and column.dtype == object:
        return column.str.len().fillna(0).to_numpy(np.float64) > 0
    there = column.notna().to_numpy(bool)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return there
    return there & (column.astype("string").str.strip() != "").fillna(False).to_numpy(bool)


def is_list(column: pd.Series) -> bool:
    """Return whether a column holds a list per row."""
    if column.name in LISTS:
        return True
    first = column.dropna().iloc[:1] if column.dtype == object else []
    return any(isinstance(value, list | tuple | np.ndarray) for value in first)


def _piece(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return one row per index value for columns that belong together."""
    column = rows[columns[0]]
    if len(columns) > 1 or column.name in ONE_ROW[0]:
        return _one_row(rows[columns])
    if is_list(column):
        return _united(column).to_frame()
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _middle(column.astype(np.float64)).to_frame()
    return _one_row(rows[columns])


def _one_row(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the first row of each index value by its texts, the more known first."""
    order = pd.DataFrame(
        {name: rows[name].str.join("\n") if is_list(rows[name]) else rows[name] for name in rows.columns}, rows.index
    )
    order = order.where(pd.DataFrame({name: known(rows[name]) for name in rows.columns}, rows.index))
    order.insert(0, "key of the row", rows.index)
    places = order.reset_index(drop=True).sort_values(list(order.columns), na_position="last")
    return rows.iloc[places.drop_duplicates("key of the row").index]


def _united(column: pd.Series) -> pd.Series:
    flat = column.explode().dropna()
    flat = pd.DataFrame({"key": flat.index, "tag": flat.to_numpy(object)}).drop_duplicates()
    return flat.sort_values(["key", "tag"]).groupby("key")["tag"].agg(list).rename(column.name)


def _middle(column: pd.Series) -> pd.Series:
    if column.name == "popularity":
        real = column.where(column != 0)
        return real.groupby(level=0).median().fillna(column.groupby(level=0).median())
    if column.name in FIELDS and FIELDS[column.name].is_categorical:
        return column.groupby(level=0).quantile(interpolation="lower")
    return column.groupby(level=0).median()
