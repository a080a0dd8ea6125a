"""What is told of the years: yearly middles, genre shares, decades and changes of course, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from analytics.certainty import COUNTED, how_sure
from analytics.changes import Change
from analytics.trends import median_by_bin, shares_by_bin
from data.fields import Field

FEW = 30
"""Years with fewer tracks are flagged: their interval is wide."""


def year_table(columns: Mapping[str, np.ndarray], years: np.ndarray, edges: np.ndarray) -> pa.Table:
    """Return ``field, year, n, q25, median, q75, low, high, few``: a row per field and year with values.

    ``low`` to ``high`` is the 95% interval of the median (`analytics.trends.median_by_bin`); ``few`` flags years with
    fewer than `FEW` values.
    """
    return _medians(columns, years, edges, position="year", at=np.ceil(edges[:-1]).astype(np.int16))


def decade_table(columns: Mapping[str, np.ndarray], years: np.ndarray, *, fewest: int) -> pa.Table:
    """Return ``field, decade, n, q25, median, q75, low, high, few``, columns as in `year_table`.

    ``decade`` is its first year; decades with fewer than ``fewest`` values are left out.
    """
    known = years[np.isfinite(years)]
    edges = np.arange(known.min() // 10 * 10, known.max() + 11, 10)
    table = _medians(columns, years, edges, position="decade", at=edges[:-1].astype(np.int16))
    return table.filter(pa.array(table["n"].to_numpy() >= fewest))


def _medians(
    columns: Mapping[str, np.ndarray], years: np.ndarray, edges: np.ndarray, *, position: str, at: np.ndarray
) -> pa.Table:
    parts = []
    for name, values in columns.items():
        found = median_by_bin(values, years, edges)
        n = found["n"].to_numpy()
        part = found.select(["n", "q25", "median", "q75"])
        part = part.add_column(0, position, [at]).add_column(0, "field", [pa.array([name] * len(n))])
        part = part.append_column("low", found["median_low"]).append_column("high", found["median_high"])
        parts.append(part.append_column("few", pa.array(n < FEW)).filter(pa.array(n > 0)))
    return pa.concat_tables(parts).combine_chunks()


def share_table(genres: np.ndarray, years: np.ndarray, edges: np.ndarray) -> pa.Table:
    """Return ``year, genre, n, total, share, low, high, few``: each genre's share of a year's labelled tracks.

    ``low`` to ``high`` is the 95% interval (Wilson 1927); years without labelled tracks are left out.
    """
    known = np.array([genre is not None for genre in genres])
    names, found = np.unique(genres[known].astype(str), return_inverse=True)
    codes = np.full(len(genres), -1, dtype=np.int64)
    codes[known] = found
    shares = shares_by_bin(codes, years, edges, len(names))
    total = shares["total"].to_numpy()
    table = pa.table(
        {
            "year": np.ceil(edges[:-1]).astype(np.int16)[shares["bin"].to_numpy()],
            "genre": pa.array(names[shares["code"].to_numpy()].tolist(), pa.string()),
            **{name: shares[name] for name in ("n", "total", "share", "low", "high")},
            "few": total < FEW,
        }
    )
    return table.filter(pa.array(total > 0))


def change_table(found: Sequence[tuple[Field, Change]]) -> pa.Table:
    """Return a row per change, the surest first.

    Columns ``field``, ``year`` with its 95% interval ``low_year`` to ``high_year``, ``confidence`` (share of resamples
    with a change within a year of it), ``before`` and ``after`` (levels in the year before and in the year),
    ``slope_before`` and ``slope_after`` (per decade) and ``sentence``.
    """
    rows = sorted(found, key=lambda pair: (-pair[1].confidence, pair[0].name, pair[1].year))
    changes = [change for _, change in rows]
    return pa.table(
        {
            "field": pa.array([field.name for field, _ in rows], pa.string()),
            **{name: np.array([getattr(c, name) for c in changes], np.int16) for name in ("year", *_ENDS)},
            **{name: np.array([getattr(c, name) for c in changes], np.float64) for name in _LEVELS},
            "slope_before": np.array([10 * c.slope_before for c in changes]),
            "slope_after": np.array([10 * c.slope_after for c in changes]),
            "sentence": pa.array([change_sentence(field, change) for field, change in rows], pa.string()),
        }
    )


_ENDS, _LEVELS = ("low_year", "high_year"), ("confidence", "before", "after")


def is_noticeable(field: Field, change: Change) -> bool:
    """Return whether a change is larger than a tenth of the field's slider step, over a decade at most."""
    turned = 10 * abs(change.slope_after - change.slope_before)
    return max(abs(change.after - change.before), turned) >= field.step / 10


def change_sentence(field: Field, change: Change) -> str:
    """Return a change in words: a jump of the level, or a turn of the slope."""
    when = f"{change.year} (95% interval {change.low_year} to {change.high_year})"
    if change.is_jump:
        what = f"{field.label} jumped from {_level(field, change.before)} to {_level(field, change.after)} in {when}"
    else:
        before, after = _pace(field, change.slope_before), _pace(field, change.slope_after)
        what = f"{field.label} changed its course in {when}, {before} before and {after} after"
    share = f"{change.confidence:.0%} of resamples"
    if change.confidence < COUNTED:
        return f"Perhaps {what[0].lower()}{what[1:]}: a weak sign, seen in {share}."
    return f"{what}; {how_sure(change.confidence)}: a change within a year of that is in {share}."


def precision_sentence(counts: Mapping[str, int]) -> str:
    """Return how exactly dates are known, and what is made of those known only roughly.

    Parameters
    ----------
    counts
        Dated tracks by precision: "year", "month" and "day"; empty where that is not known.
    """
    if not counts:
        return "How exactly the dates are known is not said; only their years are used."
    total, rough = sum(counts.values()), counts.get("year", 0)
    by_month = counts.get("month", 0)
    months = f" and {by_month:,} to the month" if by_month else ""
    if not rough and not by_month:
        return f"All {total:,} dates are known to the day; only their years are used."
    return (
        f"{rough:,} of {total:,} dates ({rough / total:.0%}) are known only to the year{months}: nothing finer than "
        "years is told."
    )


def few_sentence(n_few: int, n_years: int) -> str:
    """Return how many years have few tracks."""
    if not n_few:
        return ""
    years = "1 year has" if n_few == 1 else f"{n_few} years have"
    return f"{years} fewer than {FEW} tracks, of {n_years} with any: their medians are uncertain."


def _level(field: Field, value: float) -> str:
    """Return a level as a person reads it, with enough digits to tell levels of a narrow scale apart."""
    return f"{value:.3f}" if field.high <= 1 else field.text(value)


def _pace(field: Field, per_year: float) -> str:
    if 10 * abs(per_year) < field.step / 10:
        return "level"
    return f"{'rising' if per_year > 0 else 'falling'} {_amount(field, abs(per_year))} a decade"


def _amount(field: Field, per_year: float) -> str:
    per_decade = 10 * per_year
    if field.unit == "ms":
        return f"{per_decade / 1000:.1f} s"
    digits = 3 if field.high <= 1 else 1 if field.step >= 1 else 2
    return f"{per_decade:.{digits}f} {field.unit}".strip()
