"""What goes together: correlations, two features, several pairs, many features track by track."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.correlation import clustered_order, pearson, spearman
from analytics.lines import Line, straight_line
from dash_app.answers.answer import Answer, in_a_sentence, signed
from dash_app.answers.distributions import distributed_fields, shares_by_bin
from dash_app.answers.selecting import NO_TRACKS, other_in_words, other_selected, selected, selected_rows
from dash_app.answers.sides import other_side, own_side
from data.fields import Field, continuous
from data.selection import Selection, key_of
from models.bundle import Bundle

MOST_POINTS = 8_000
MOST_RANKED = 10_000
"""Tracks that correlations are computed from: more would move none by more than 0.02."""
MOST_CORRELATED = 24
"""Features in one matrix."""
MOST_LINES = 300
CORRELATIONS = {"spearman": spearman, "pearson": pearson}
_PAIRED = 5
_CELLS = 20
_AXES = 8
_OUTERMOST = (0.01, 0.99)


def correlations(bundle: Bundle, selection: Selection, *, method: str) -> Answer:
    """Return the square matrix of correlations between continuous features, similar ones side by side.

    Fact ``other``: the matrix of the tracks compared with, None where there are none.
    """
    names, rows = continuous(bundle.feature_names), selected_rows(bundle, selection)
    if len(names) < 2:
        return _nothing(bundle, "Fewer than two continuous features: there is nothing to correlate.")
    if len(rows) < 3:
        return _nothing(bundle, _few(rows, "correlate"))
    matrix = _matrix(bundle, names, rows, method)
    kept = _strongest(matrix)
    kept = kept[clustered_order(matrix[np.ix_(kept, kept)])]
    table = _named(matrix, names).iloc[kept, kept]
    pairs = table.where(np.triu(np.ones(table.shape, bool), 1)).stack().dropna()
    if pairs.empty:
        return _nothing(bundle, "No two features vary among the selected tracks.")
    caveats = [f"Drawn for the {len(kept)} of {len(names)} features with the strongest ties."]
    other = other_selected(bundle, selection)
    theirs = None
    if other is not None and other.sum() >= 3:
        theirs = _named(_matrix(bundle, names, np.flatnonzero(other), method), names).iloc[kept, kept]
        caveats.append(f"Above the diagonal: {other_in_words(bundle, selection)}.")
    sentence = _pair_sentence(bundle, pairs)
    return Answer(table, sentence, bundle.id, tuple(caveats[len(kept) == len(names) :]), facts={"other": theirs})


def two_features(bundle: Bundle, selection: Selection, x: str, y: str) -> Answer:
    """Return at most `MOST_POINTS` tracks as points: ``x``, ``y``, ``genre``, ``selected``, ``other``, ``row``.

    Facts: ``line``, a straight line with its 95% band, ``line_other``, the shares by bin ``across`` and ``up`` and,
    compared, ``sides``, what both are called.
    """
    mask, theirs = selected(bundle, selection), other_selected(bundle, selection)
    across, up = bundle.columns[x], bundle.columns[y]
    known = np.isfinite(across) & np.isfinite(up)
    rows = _evenly(np.flatnonzero(known), MOST_POINTS)
    names = np.array([*bundle.genre_names, ""], dtype=object)
    genre = bundle.columns["genre"][rows] if bundle.genre_names else np.full(len(rows), -1)
    table = pd.DataFrame({"x": across[rows], "y": up[rows], "genre": names[genre], "selected": mask[rows]})
    table["row"] = rows
    table["other"] = False if theirs is None else theirs[rows]
    line = straight_line(across[mask & known], up[mask & known])
    line_other = None if theirs is None else straight_line(across[theirs & known], up[theirs & known])
    parts = {"share": mask, "share_all": known} | ({} if theirs is None else {"share_other": theirs})
    ends = {
        side: shares_by_bin(bundle.columns[name], {part: rows & known for part, rows in parts.items()}, field)
        for side, name, field in (("across", x, bundle.dictionary[x]), ("up", y, bundle.dictionary[y]))
    }
    headline = NO_TRACKS
    if mask.any():
        headline = _line_sentence(bundle.dictionary[x], bundle.dictionary[y], line, int((mask & known).sum()))
    if line_other is not None:
        headline += f" Of {other_in_words(bundle, selection)}, it explains {line_other.r_squared:.0%}."
    lines = {"line": line and line.table.to_pandas(), "line_other": line_other and line_other.table.to_pandas()}
    against = other_side(selection)
    sides = {} if against is None else {"sides": (own_side(selection).words(bundle), against.words(bundle))}
    return Answer(table, headline, bundle.id, facts={**lines, **ends, **sides})


def pairs(bundle: Bundle, selection: Selection, chosen: tuple[str, ...]) -> Answer:
    """Return how the tracks lie on every two of some features, by cell.

    Parameters
    ----------
    bundle, selection
        Which tracks.
    chosen
        Features to show; others that go with them most fill up to five.

    Returns
    -------
    Answer
        ``across``, ``up`` (field names), ``x``, ``y`` (numbers of the cell), ``share`` and, compared, ``share_other``.
        Facts: ``order`` of the fields, ``ends`` of each, ``r``, their rank correlations.
    """
    rows = selected_rows(bundle, selection)
    if len(rows) < 3:
        return _nothing(bundle, _few(rows, "pair"))
    names = _paired(bundle, rows, chosen)
    if len(names) < 2:
        return _nothing(bundle, "Fewer than two continuous features: there is nothing to pair.")
    ends = {name: _ends(bundle.columns[name]) for name in names}
    parts = {"share": _evenly(rows, MOST_RANKED)}
    if (other := other_selected(bundle, selection)) is not None:
        parts["share_other"] = _evenly(np.flatnonzero(other), MOST_RANKED)
    cells = {part: _cells(bundle, names, ends, these) for part, these in parts.items()}
    table = pd.concat(cells, axis=1).fillna(0.0).reset_index(names=["across", "up", "x", "y"])
    r = _named(_matrix(bundle, names, rows, "spearman"), names)
    stacked = r.where(np.triu(np.ones(r.shape, bool), 1)).stack().dropna()
    said = _pair_sentence(bundle, stacked) if len(stacked) else "None of these features varies."
    caveats = () if other is None else (f"Above the diagonal: {other_in_words(bundle, selection)}.",)
    return Answer(table, said, bundle.id, caveats, facts={"order": names, "ends": ends, "r": r})


def parallel(bundle: Bundle, selection: Selection) -> Answer:
    """Return at most `MOST_LINES` tracks feature by feature: ``track``, ``field``, ``value``, ``place``, ``genre``.

    ``place`` is the value's place between the field's ends. Fact ``axes``: one row per field with ``field``, ``low``
    and ``high`` (its ends), ``from`` and ``to`` (the range that is selected, as places), ``middle`` and
    ``middle_other`` (places of the medians).
    """
    names = [name for name in continuous(tuple(distributed_fields(bundle))) if _varies(bundle.columns[name])]
    rows = selected_rows(bundle, selection)
    shown = _evenly(rows, MOST_LINES)
    if len(names) < 2 or not len(shown):
        few = "Fewer than two features vary: there is nothing to draw side by side."
        return _nothing(bundle, few if len(names) < 2 else NO_TRACKS)
    every, names = len(names), _most_telling(bundle, names, selection)
    caveat = f"Drawn for {len(names)} of {every} features; one that you filter by is among them."
    axes = _axes_table(bundle, selection, names)
    genre = np.array([*bundle.genre_names, ""], dtype=object)
    codes = bundle.columns["genre"][shown] if bundle.genre_names else np.full(len(shown), -1)
    values = np.column_stack([bundle.columns[name][shown] for name in names])
    low, high = axes["low"].to_numpy(), axes["high"].to_numpy()
    table = pd.DataFrame(
        {
            "track": np.repeat(shown, len(names)),
            "field": np.tile(names, len(shown)),
            "value": values.ravel(),
            "place": np.clip((values - low) / (high - low), -0.03, 1.03).ravel(),
            "genre": np.repeat(genre[codes], len(names)),
        }
    )
    sentence = _parallel_sentence(bundle, axes, len(shown), len(rows))
    caveats = (caveat,) if every > len(names) else ()
    return Answer(table, sentence, bundle.id, caveats, facts={"axes": axes})


def _few(rows: np.ndarray, what: str) -> str:
    return f"Fewer than three tracks are selected: there is nothing to {what}." if len(rows) else NO_TRACKS


def _nothing(bundle: Bundle, sentence: str) -> Answer:
    return Answer(pd.DataFrame(), sentence, bundle.id)


def _matrix(bundle: Bundle, names: tuple[str, ...], rows: np.ndarray, method: str) -> np.ndarray:
    some = _evenly(rows, MOST_RANKED)
    return CORRELATIONS[method](np.column_stack([bundle.columns[name][some] for name in names]))


def _named(matrix: np.ndarray, names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(matrix, index=names, columns=names)


def _strongest(matrix: np.ndarray) -> np.ndarray:
    """Return the features whose correlations are the largest on average."""
    ties = np.nan_to_num(np.abs(matrix)).mean(axis=0)
    return np.sort(np.argsort(-ties, kind="stable")[:MOST_CORRELATED])


def _pair_sentence(bundle: Bundle, pairs: pd.Series) -> str:
    strongest = pairs.abs().idxmax()
    a, b = (bundle.dictionary[name].label for name in strongest)
    direction = "rise together" if pairs[strongest] > 0 else "move against each other"
    return f"{a} and {in_a_sentence(b)} {direction} most ({signed(pairs[strongest], 2)})."


def _paired(bundle: Bundle, rows: np.ndarray, chosen: tuple[str, ...]) -> tuple[str, ...]:
    names = continuous(bundle.feature_names)
    first = list(dict.fromkeys(name for name in chosen if name in names or name in bundle.columns))
    first = [name for name in first if not bundle.dictionary[name].is_categorical]
    every = tuple(dict.fromkeys([*first, *names]))
    ties = _named(np.abs(np.nan_to_num(_matrix(bundle, every, rows, "pearson"))), every)
    while len(first) < min(_PAIRED, len(every)):
        rest = ties.drop(index=first) if first else ties
        first.append(str((rest[first].max(axis=1) if first else rest.sum(axis=1)).idxmax()))
    return tuple(first[:_PAIRED])


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, high = np.nanquantile(values, _OUTERMOST)
    return (float(low), float(high)) if low < high else (float(np.nanmin(values)), float(np.nanmax(values)) + 1e-6)


def _varies(values: np.ndarray) -> bool:
    return bool(np.nanmin(values) < np.nanmax(values))


def _cells(bundle: Bundle, names: tuple[str, ...], ends: dict[str, tuple[float, float]], rows: np.ndarray) -> pd.Series:
    """Return the share of tracks by pair and cell; the diagonal has all of a feature in one row of cells."""
    place = {name: _cell_numbers(bundle.columns[name][rows], *ends[name]) for name in names}
    found = {}
    for i, across in enumerate(names):
        for up in names[i:]:
            x, y = place[across], place[up] if up != across else np.zeros_like(place[across])
            both = (place[across] >= 0) & (place[up] >= 0)
            n = np.bincount(x[both] * _CELLS + y[both], minlength=_CELLS**2)
            for cell in np.flatnonzero(n):
                found[across, up, cell // _CELLS, cell % _CELLS] = n[cell] / both.sum()
    return pd.Series(found, dtype=float)


def _cell_numbers(values: np.ndarray, low: float, high: float) -> np.ndarray:
    known = np.isfinite(values)
    numbers = np.full(len(values), -1, dtype=np.int64)
    numbers[known] = np.clip((values[known] - low) / (high - low) * _CELLS, 0, _CELLS - 1).astype(np.int64)
    return numbers


def _most_telling(bundle: Bundle, names: list[str], selection: Selection) -> list[str]:
    """Return at most eight fields: those that are filtered by, then those listed first."""
    filtered = [name for name in names if key_of(name) in selection.query()]
    kept = set(list(dict.fromkeys([*filtered, *names]))[:_AXES])
    return [name for name in names if name in kept]


def _axes_table(bundle: Bundle, selection: Selection, names: list[str]) -> pd.DataFrame:
    mask, other = selected(bundle, selection), other_selected(bundle, selection)
    rows = []
    for name in names:
        values, (low, high), chosen = bundle.columns[name], _ends(bundle.columns[name]), selection.range_of(name)
        ends = [(end - low) / (high - low) for end in (max(chosen.low, low), min(chosen.high, high))]
        limited = chosen.query() != ".."
        middles = [_median_place(values[part], low, high) for part in (mask, other) if part is not None]
        start, end = ends if limited else (np.nan, np.nan)
        rows.append((name, low, high, start, end, middles[0], *(middles[1:] or [np.nan])))
    return pd.DataFrame(rows, columns=["field", "low", "high", "from", "to", "middle", "middle_other"])


def _median_place(values: np.ndarray, low: float, high: float) -> float:
    known = values[np.isfinite(values)]
    return (float(np.median(known)) - low) / (high - low) if len(known) else np.nan


def _parallel_sentence(bundle: Bundle, axes: pd.DataFrame, shown: int, n: int) -> str:
    some = "" if shown == n else f", {shown:,} of them drawn, chosen evenly"
    away = (axes["middle"] - 0.5).abs()
    if away.isna().all():
        return f"{n:,} tracks{some}."
    far = axes.loc[away.idxmax()]
    where = "near the lower end" if far["middle"] < 0.5 else "near the upper end"
    named = in_a_sentence(bundle.dictionary[far["field"]].label)
    return f"{n:,} tracks{some}. Furthest from the middle is their median {named}, {where}."


def _evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """Return at most ``most`` of the rows, evenly spread; ids are random, so this is a fair sample."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def _line_sentence(x: Field, y: Field, line: Line | None, n: int) -> str:
    a, b = x.label, in_a_sentence(y.label)
    if line is None:
        return f"Too few selected tracks to say how {in_a_sentence(a)} and {b} relate."
    return f"{a} explains {line.r_squared:.0%} of the variation of {b} along a straight line ({n:,} tracks)."
