"""The quality of a table, column by column: what is missing, how values spread, what is odd."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.fields import Field

N_BARS = 16
SPIKE, DOMINANT, SPARSE = 0.1, 0.8, 0.5
"""Shares of the known values from which a spike at zero, of all values from which a single one, and from which
missing ones are odd."""

_LONG_TEXT = 200


def quality(
    rows: pd.DataFrame, *, dictionary: Mapping[str, Field], set_missing: Mapping[str, int], unread: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Return one record per column of good rows, before repeats are merged.

    Parameters
    ----------
    rows
        Cleaned rows, columns named as fields.
    dictionary
        The table's fields by name.
    set_missing, unread
        Values out of range, and cells that could not be read, by field; both are missing in ``rows``.

    Returns
    -------
    list of dict
        ``field``, ``label``, ``unit``, ``type`` (number, category, text or list), ``n``, ``n_missing``, ``n_distinct``,
        ``oddities`` (sentences); of numbers also ``low``, ``median``, ``high`` and ``histogram``: counts of `N_BARS`
        bars between the 0.5% and 99.5% quantiles.
    """
    found = []
    for name in rows.columns:
        known = dictionary.get(name) or Field.named(name)
        record = {"field": name, "label": known.label, "unit": known.unit, "n": len(rows)}
        record |= _numbers(rows[name], known) if pd.api.types.is_numeric_dtype(rows[name]) else _texts(rows[name])
        lost = {"out of the possible range": set_missing.get(name, 0), "not readable": unread.get(name, 0)}
        oddities = [f"set missing, {why}: {n:,}" for why, n in lost.items() if n]
        found.append({**record, "oddities": [*oddities, *_oddities(rows[name], record)]})
    return found


def _numbers(values: pd.Series, known: Field) -> dict[str, Any]:
    array = values.to_numpy(np.float64, na_value=np.nan)
    finite = array[np.isfinite(array)]
    record: dict[str, Any] = {
        "type": "category" if known.is_categorical else "number",
        "n_missing": len(array) - len(finite),
        "n_distinct": int(values.nunique()),
    }
    if not len(finite):
        return record
    low, middle, high = np.quantile(finite, [0.005, 0.5, 0.995])
    counts = np.histogram(np.clip(finite, low, high), N_BARS, (low, high if high > low else low + 1))[0]
    return record | {
        "low": float(finite.min()),
        "median": float(middle),
        "high": float(finite.max()),
        "histogram": counts.tolist(),
        "zeros": float((finite == 0).mean()),
        "commonest": float((finite == middle).mean()),
    }


def _texts(cells: pd.Series) -> dict[str, Any]:
    values = pa.array(cells, from_pandas=True)
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        empty = int(pc.sum(pc.equal(pc.list_value_length(values), 0)).as_py() or 0)
        distinct = len(pc.unique(pc.list_flatten(values)))
        return {"type": "list", "n_missing": values.null_count + empty, "n_distinct": distinct}
    return {"type": "text", "n_missing": values.null_count, "n_distinct": len(pc.unique(values.drop_null()))}


def _oddities(cells: pd.Series, record: Mapping[str, Any]) -> Iterator[str]:
    n_known = record["n"] - record["n_missing"]
    if not n_known:
        yield "no value at all"
        return
    if record["n_missing"] >= SPARSE * record["n"]:
        yield f"{record['n_missing'] / record['n']:.0%} missing"
    if record["n_distinct"] == 1:
        yield "every value is the same"
    elif record["type"] == "number":
        if record["zeros"] >= SPIKE and record["low"] >= 0:
            yield f"{record['zeros']:.0%} are exactly 0, which may stand for unknown"
        elif record["commonest"] >= DOMINANT:
            yield f"{record['commonest']:.0%} have the same value"
    elif record["type"] == "text" and (longest := int(cells.str.len().max())) > _LONG_TEXT:
        yield f"the longest text has {longest:,} characters"
