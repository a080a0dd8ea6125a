"""Rules at the door: which rows are refused, which values are set missing, which ids are made."""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from data.fields import AUDIO_FEATURES, OWN_CONTEXT, OWN_FEATURE, Field, is_own_number

NO_NAME = "neither title nor artist"
NO_FEATURES = "fewer than 2 audio features have a value"
FEWEST_KNOWN = 2
"""Features that a row needs: its length alone says nothing of how a track sounds."""

REPEATED_IDS = 0.2
"""Share of the repeated ids with different titles from which ids are not taken for those of tracks."""

_LARGEST = float(np.finfo(np.float32).max)

REJECTED = pa.schema({"source": pa.string(), "row": pa.int64(), "reason": pa.string(), "record": pa.string()})
"""Columns of a table of refused rows."""


def within_range(table: pd.DataFrame, dictionary: Mapping[str, Field]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Set impossible numbers missing; return the table and how many there were, by field.

    Numbers of one table's own have no impossible values but those that float32 does not hold.
    """
    set_missing: dict[str, int] = {}
    columns: dict[str, np.ndarray] = {}
    for name in table.columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            continue
        values = table[name].to_numpy(np.float64, na_value=np.nan)
        known = dictionary[name]
        low, high = (-_LARGEST, _LARGEST) if is_own_number(name) else (known.low, known.high)
        impossible = (values < low) | (values > high)
        if impossible.any():
            set_missing[name] = int(impossible.sum())
            values = np.where(impossible, np.nan, values)
        # Counts of plays and the like need more digits than single precision has.
        columns[name] = values if name.startswith(OWN_CONTEXT) else values.astype(np.float32)
    return table.assign(**columns), set_missing


def reasons(table: pd.DataFrame) -> np.ndarray:
    """Return why each row is refused, objects of shape (n_rows,), empty text for good rows.

    A row needs values of at least two features, and a title or an artist where the table has such columns.
    """
    features = [n for n in table.columns if n in AUDIO_FEATURES or n.startswith(OWN_FEATURE)]
    n_known = np.zeros(len(table), np.int32)
    for name in features:
        n_known += table[name].notna().to_numpy()
    silent = n_known < min(FEWEST_KNOWN, max(len(features), 1))
    names = [table[n].isna().to_numpy() for n in ("track_name", "artists") if n in table]
    nameless = np.logical_and.reduce(names) if names else np.zeros(len(table), bool)
    return np.select([nameless, silent], [NO_NAME, NO_FEATURES], default="").astype(object)


def with_artists(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with ``artists`` and ``artist_names``, empty where it has none."""
    nobody = pd.Series([[] for _ in range(len(table))], index=table.index, dtype=object)
    missing = pd.Series(pd.NA, index=table.index, dtype="string")
    return table.assign(artists=table.get("artists", missing), artist_names=table.get("artist_names", nobody))


def with_ids(kept: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Give tracks without an id one, and say so.

    An id is made from artist, title and audio features, so that the same row gets the same id in any table. Ids
    that stand for different titles are not those of tracks, and others are made.
    """
    if "track_id" in kept and _ids_repeat(kept):
        said = "The ids repeat over different titles: they are not those of tracks, and others were made."
        return kept.assign(track_id=_made_ids(kept)), said
    if "track_id" not in kept:
        return kept.assign(track_id=_made_ids(kept)), "Tracks have no id: one was made from what is known of each."
    missing = kept["track_id"].isna()
    if not missing.any():
        return kept, ""
    made = _made_ids(kept[missing])
    return kept.assign(track_id=kept["track_id"].where(~missing, made)), f"{missing.sum():,} tracks had no id."


def rejected_rows(source: str, raw: pa.Table, rows: np.ndarray, why: np.ndarray) -> pa.Table:
    """Return refused rows with their reason and all their cells.

    Parameters
    ----------
    source
        File that they stand in.
    raw
        The table as read.
    rows
        0-based row in the file of each row of ``raw``.
    why
        Reason per row of ``raw``, empty for good ones.
    """
    places = np.flatnonzero(why != "")
    cells = raw.take(places)
    records = [json.dumps(record, ensure_ascii=False, default=str) for record in cells.to_pylist()]
    columns = [[source] * len(places), rows[places], why[places].tolist(), records]
    return pa.table(columns, schema=REJECTED)


def _ids_repeat(kept: pd.DataFrame) -> bool:
    if "track_name" not in kept:
        return False
    repeated = kept.loc[kept["track_id"].duplicated(keep=False), ["track_id", "track_name"]].dropna()
    if repeated.empty:
        return False
    titles = repeated.drop_duplicates().groupby("track_id").size()
    return bool((titles > 1).mean() > REPEATED_IDS)


def _made_ids(rows: pd.DataFrame) -> pd.Series:
    known = {name: rows[name].fillna("").str.casefold() for name in ("artists", "track_name") if name in rows}
    for name in rows.columns:
        if name in AUDIO_FEATURES or name.startswith(OWN_FEATURE):
            known[name] = rows[name].astype(np.float32).round(3)
    hashed = pd.util.hash_pandas_object(pd.DataFrame(known, index=rows.index), index=False)
    return hashed.map("t{:016x}".format).astype("string")
