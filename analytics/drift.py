"""Whether a new table of tracks is spread like the one that models were trained on, feature by feature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import scipy

from data.fields import Field, in_a_sentence, is_categorical

SHIFTED, DRIFTED = 0.1, 0.25
"""Population stability index from which a feature counts as shifted, and as drifted (Siddiqi 2006, p. 137)."""

_SURE = 0.05
_BINS = 10
_FLOOR = 1e-4
"""Least share of a bin, so that an empty one does not count without limit."""

FEWEST = 20
"""New values under which nothing is said of a feature."""

THRESHOLDS = (
    f"PSI under {SHIFTED:g} is stable, up to {DRIFTED:g} shifted, above it drifted, where a Kolmogorov-Smirnov test "
    f"(for codes and missing values a chi-squared test), corrected for many features, is sure too (p under {_SURE:g})."
)


def drift_table(known: np.ndarray, new: np.ndarray, names: Sequence[str]) -> pa.Table:
    """Return how far each feature of a new table lies from the known tracks.

    Parameters
    ----------
    known, new
        Shape (n_known, n_features) and (n_new, n_features), NaN where missing.
    names
        Of the features.

    Returns
    -------
    pa.Table
        ``feature``; ``psi`` (population stability index, missing values a bin of their own); ``ks`` (largest gap of
        the distribution functions, for codes half the sum of the gaps of their shares), NaN where one side has no
        value; ``p_adjusted`` (Holm 1979); ``missing_known`` and ``missing_new`` (shares); ``n`` (new values);
        ``verdict``: ``stable``, ``shifted``, ``drifted``, or ``too few`` (under 20 new values), by `THRESHOLDS`.
    """
    pairs = [(known[:, i].astype(np.float64), new[:, i].astype(np.float64)) for i in range(len(names))]
    tested = [_tested_with_missing(a, b, codes=is_categorical(name)) for (a, b), name in zip(pairs, names, strict=True)]
    p_adjusted = holm(np.array([p for _, p in tested]))
    psi = [stability_index(a, b, codes=is_categorical(name)) for (a, b), name in zip(pairs, names, strict=True)]
    n = [int(np.isfinite(b).sum()) for _, b in pairs]
    return pa.table(
        {
            "feature": list(names),
            "psi": psi,
            "ks": [gap for gap, _ in tested],
            "p_adjusted": p_adjusted,
            "missing_known": [float(np.isnan(a).mean()) for a, _ in pairs],
            "missing_new": [float(np.isnan(b).mean()) if len(b) else 1.0 for _, b in pairs],
            "n": n,
            "verdict": [_verdict(*found) for found in zip(psi, p_adjusted, n, strict=True)],
        }
    )


def stability_index(known: np.ndarray, new: np.ndarray, *, codes: bool = False) -> float:
    """Return the population stability index: the symmetric relative entropy of shares by bin.

    Siddiqi, "Credit risk scorecards" (2006). Bins are the known values' tenths, or codes as they are; missing values
    are one more bin.

    Parameters
    ----------
    known, new
        Values, NaN where missing.
    codes
        Whether the values are codes.
    """
    if not len(new):
        return float("nan")
    there = known[np.isfinite(known)]
    if codes:
        edges = np.unique(np.concatenate([there, new[np.isfinite(new)]]))[1:]
    else:
        edges = np.unique(np.quantile(there, np.linspace(0, 1, _BINS + 1)[1:-1])) if len(there) else np.empty(0)
    shares = [np.maximum(_shares(values, edges), _FLOOR) for values in (known, new)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def holm(p: np.ndarray) -> np.ndarray:
    """Return p-values corrected for their number (Holm, Scandinavian Journal of Statistics 1979), NaN left out.

    >>> holm(np.array([0.01, 0.04, np.nan, 0.03]))
    array([0.03, 0.06,  nan, 0.06])
    """
    found = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    raised = p[order] * np.arange(len(order), 0, -1)
    found[order] = np.minimum(np.maximum.accumulate(raised), 1)
    return found


def drift_sentence(table: pa.Table, dictionary: Mapping[str, Field]) -> str:
    """Return which features lie differently from the tracks that the models learned from."""
    said = {verdict: _labels(table, verdict, dictionary) for verdict in ("drifted", "shifted", "too few")}
    if len(said["too few"]) == table.num_rows:
        return f"Fewer than {FEWEST} tracks: too few to compare with those that the models learned from."
    parts = [f"{', '.join(said[v])} {v}" for v in ("drifted", "shifted") if said[v]]
    if not parts:
        return "The tracks are spread like those that the models learned from."
    sentence = f"Spread otherwise than the tracks that the models learned from: {'; '.join(parts)}"
    return f"{sentence}. Take predictions with care." if said["drifted"] else f"{sentence}."


def _labels(table: pa.Table, verdict: str, dictionary: Mapping[str, Field]) -> list[str]:
    names = zip(table["feature"].to_pylist(), table["verdict"].to_pylist(), strict=True)
    return [in_a_sentence(dictionary[name].label) for name, found in names if found == verdict]


def _shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    there = np.isfinite(values)
    bins = np.searchsorted(edges, values[there], side="right")
    counts = np.bincount(bins, minlength=len(edges) + 1)
    return np.append(counts, (~there).sum()) / len(values)


def _tested_with_missing(known: np.ndarray, new: np.ndarray, *, codes: bool) -> tuple[float, float]:
    """Return the gap of the values, and the p-value of values or missing ones having moved (Bonferroni)."""
    gap, p = _tested(known, new, codes=codes)
    missing = np.array([[np.isnan(side).sum(), np.isfinite(side).sum()] for side in (known, new)])
    if not missing.sum(axis=0).all() or not missing.sum(axis=1).all():
        return gap, p
    return gap, min(1.0, 2 * float(np.nanmin([p, scipy.stats.chi2_contingency(missing).pvalue])))


def _tested(known: np.ndarray, new: np.ndarray, *, codes: bool) -> tuple[float, float]:
    known, new = known[np.isfinite(known)], new[np.isfinite(new)]
    if not len(known) or not len(new):
        return float("nan"), float("nan")
    if not codes:
        found = scipy.stats.ks_2samp(known, new, method="asymp")
        return float(found.statistic), float(found.pvalue)
    both = np.unique(np.concatenate([known, new]))
    counts = np.stack([np.bincount(np.searchsorted(both, side), minlength=len(both)) for side in (known, new)])
    if len(both) < 2:
        return 0.0, 1.0
    shares = counts / counts.sum(axis=1, keepdims=True)
    return float(np.abs(shares[0] - shares[1]).sum() / 2), float(scipy.stats.chi2_contingency(counts).pvalue)


def _verdict(psi: float, p_adjusted: float, n: int) -> str:
    if n < FEWEST:
        return "too few"
    if psi < SHIFTED or p_adjusted >= _SURE:
        return "stable"
    return "shifted" if psi < DRIFTED else "drifted"
