"""Rules at the door: which rows are refused, which values are set missing, how dates and artists are read."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa

from data.catalogue import TEXT_COLUMNS
from data.fields import AUDIO_FEATURES, FIELDS, NUMERIC_FIELDS

NO_NAME = "neither title nor artist"
NO_FEATURES = "no audio feature has a value"
_URI = r"^(?:spotify:track:|https?://open\.spotify\.com/track/)"
_DATE = r"^(?P<year>\d{4})(?:\.0)?(?:-(?P<month>\d{1,2})(?!\d)(?:-(?P<day>\d{1,2})(?!\d))?)?"


def cleaned(
    table: pd.DataFrame, raw: pd.DataFrame, *, artists: Callable[[str], list[str]]
) -> tuple[pd.DataFrame, pa.Table, dict[str, int]]:
    """Split a translated table into good rows and refused ones.

    Parameters
    ----------
    table
        Columns named as fields, one row per raw row.
    raw
        The table as read, for the record of what was refused.
    artists
        Splits an artist cell into names.

    Returns
    -------
    kept
        Rows with all columns of a catalogue that the source had.
    rejected
        Columns ``row``, ``reason``, ``record``.
    set_missing
        Number of values out of range, and of dates that cannot be read, by field.
    """
    typed, set_missing = _numbers(_texts(table))
    typed, unread = _with_dates(_with_artists(typed, artists))
    reasons = _reasons(typed)
    kept = typed[reasons == ""]
    return _with_ids(kept).reset_index(drop=True), _rejected(raw, reasons), set_missing | unread


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    found = table.reset_index(drop=True)
    for name in (*TEXT_COLUMNS, "release_date"):
        if name in found:
            text = found[name].astype("string").str.strip()
            found[name] = text.mask(text == "")
    if "track_id" in found:
        found["track_id"] = found["track_id"].str.replace(_URI, "", regex=True)
    return found


def _numbers(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    set_missing = {}
    for name in NUMERIC_FIELDS:
        if name in table and name != "release_year":
            values = _as_floats(table[name])
            impossible = ~values.between(FIELDS[name].low, FIELDS[name].high) & values.notna()
            if impossible.any():
                set_missing[name] = int(impossible.sum())
            table[name] = values.mask(impossible).astype(np.float32)
    return table, set_missing


def _as_floats(column: pd.Series) -> pd.Series:
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        column = column.astype("string").str.strip().str.lower().replace({"true": "1", "false": "0"})
    return pd.to_numeric(column, errors="coerce").astype(np.float64).replace([np.inf, -np.inf], np.nan)


def _with_artists(table: pd.DataFrame, split: Callable[[str], list[str]]) -> pd.DataFrame:
    cells = table["artists"].fillna("") if "artists" in table else [""] * len(table)
    names = [split(cell) for cell in cells]
    table["artist_names"] = pd.Series(names, index=table.index, dtype=object)
    table["artists"] = pd.Series([", ".join(n) or None for n in names], index=table.index, dtype="string")
    return table


def _with_dates(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Read dates known to the day, the month or the year, and say which; no part of a date is made up.

    The date that is kept has its sound parts alone: of 1999-13-45 the year, of 1999-02-30 the month. The second
    result counts the dates that are there and have none.
    """
    if "release_date" not in table:
        return table, {}
    parts = table["release_date"].str.extract(_DATE)
    year, month = pd.to_numeric(parts["year"]), pd.to_numeric(parts["month"])
    known = year.between(FIELDS["release_year"].low, FIELDS["release_year"].high).fillna(False).astype(bool)
    to_month = known & month.between(1, 12).fillna(False).astype(bool)
    monthly = parts["year"] + "-" + parts["month"].str.zfill(2)
    daily = monthly + "-" + parts["day"].str.zfill(2)
    to_day = to_month & pd.to_datetime(daily, format="%Y-%m-%d", errors="coerce").notna()
    unread = int((table["release_date"].notna() & ~known).sum())
    table["release_year"] = year.where(known).astype(np.float64).astype(np.float32)
    table["release_precision"] = pd.Series("year", table.index).mask(to_month, "month").mask(to_day, "day").where(known)
    table["release_date"] = parts["year"].mask(to_month, monthly).mask(to_day, daily).where(known)
    return table, {"release_date": unread} if unread else {}


def _reasons(table: pd.DataFrame) -> pd.Series:
    features = [name for name in AUDIO_FEATURES if name in table]
    nameless = table.get("track_name", table["artists"]).isna() & table["artists"].isna()
    silent = table[features].isna().all(axis="columns")
    return pd.Series(np.select([nameless, silent], [NO_NAME, NO_FEATURES], default=""), index=table.index)


def _with_ids(kept: pd.DataFrame) -> pd.DataFrame:
    """Give tracks without an id one made from artist and title, so that the same track gets the same id anywhere."""
    made = pd.util.hash_pandas_object(
        kept["artists"].fillna("").str.casefold() + "\n" + kept["track_name"].fillna("").str.casefold(), index=False
    ).map("t{:016x}".format)
    ids = kept["track_id"].fillna(made) if "track_id" in kept else made
    return kept.assign(track_id=ids.astype("string"))


def _rejected(raw: pd.DataFrame, reasons: pd.Series) -> pa.Table:
    rows = np.flatnonzero(reasons != "")
    first_of_a_name = ~raw.columns.duplicated()
    records = raw.loc[:, first_of_a_name].iloc[rows].astype("string").astype(object)
    return pa.table(
        {
            "row": pa.array(rows, pa.int64()),
            "reason": pa.array(reasons.iloc[rows].tolist(), pa.string()),
            "record": pa.array(
                [
                    json.dumps({k: None if pd.isna(v) else v for k, v in r.items()}, ensure_ascii=False)
                    for r in records.to_dict("records")
                ],
                pa.string(),
            ),
        }
    )
