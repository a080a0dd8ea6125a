"""What is in a catalogue: counts, balance of the genres, distributions, what goes together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.correlation import clustered_order, pearson, spearman
from analytics.lines import Line, straight_line
from analytics.profiles import feature_profile, histogram, nice_edges
from dash_app.answers.answer import Answer
from dash_app.answers.selecting import in_words, selected, selected_rows
from data.fields import Field, continuous
from data.selection import Selection
from models.bundle import Bundle

MOST_POINTS = 8_000
CORRELATIONS = {"spearman": spearman, "pearson": pearson}
_BINS = 30
_PER_MILLE = 0.001


def counts(bundle: Bundle, selection: Selection) -> Answer:
    """Count tracks, artists, genres, years and missing values of the selection."""
    rows = selected_rows(bundle, selection)
    artists = bundle.tracks["artists"].take(rows)
    tiles = [(f"{len(rows):,}", "tracks"), (f"{len(artists.unique().drop_null()):,}", "artists or line-ups")]
    if bundle.genre_names:
        codes = bundle.columns["genre"][rows]
        tiles.append((f"{len(np.unique(codes[codes >= 0])):,}", "genres"))
    tiles.append((_years(bundle, rows), "years of release"))
    tiles.append((_missing(bundle, rows), "feature values missing"))
    kept = bundle.provenance
    headline = (
        f"{in_words(bundle, selection)}. {kept.rows_read:,} rows were read: {kept.rows_kept:,} kept, "
        f"{kept.rows_merged:,} merged as repeats, {kept.rows_rejected:,} rejected. "
        f"Source: {kept.origin or kept.source}."
    )
    return Answer(pd.DataFrame(tiles, columns=["value", "label"]), headline, bundle.id)


def genre_balance(bundle: Bundle, selection: Selection) -> Answer:
    """Count tracks by genre, in the selection (``n``) and in the whole catalogue (``n_all``)."""
    if not bundle.genre_names:
        return _nothing(bundle, "This catalogue has no genre labels.")
    codes = bundle.columns["genre"]
    n_all = _counted(codes, len(bundle.genre_names))
    n = _counted(codes[selected(bundle, selection)], len(bundle.genre_names))
    table = pd.DataFrame({"genre": bundle.genre_names, "n": n, "n_all": n_all})
    return Answer(table, _balance_sentence(table), bundle.id)


def distributed_fields(bundle: Bundle) -> list[str]:
    """Return the fields whose distribution can be shown, audio features first."""
    others = [name for name in ("popularity", "release_year") if name in bundle.columns]
    return [*bundle.feature_names, *others]


def distribution(bundle: Bundle, selection: Selection, field: str) -> Answer:
    """Return the share of tracks by bin of a field: ``low``, ``high``, ``share``, ``share_all``."""
    values, mask = bundle.columns[field], selected(bundle, selection)
    known = bundle.dictionary[field]
    edges = _edges(values, known)
    everything, chosen = histogram(values, edges)[0], histogram(values[mask], edges)[0]
    table = pd.DataFrame(
        {
            "low": np.arange(len(edges) - 1) + known.low if known.is_categorical else edges[:-1],
            "high": np.arange(len(edges) - 1) + known.low if known.is_categorical else edges[1:],
            "share": chosen / max(chosen.sum(), 1),
            "share_all": everything / max(everything.sum(), 1),
        }
    )
    if not chosen.sum():
        return _nothing(bundle, f"No selected track has a value for {known.label.lower()}.")
    return Answer(table, _distribution_sentence(known, values[mask], values), bundle.id)


def by_genre(bundle: Bundle, selection: Selection, field: str) -> Answer:
    """Return quantiles of a field by genre: ``genre``, ``n``, ``q05`` to ``q95``."""
    if not bundle.genre_names:
        return _nothing(bundle, "This catalogue has no genre labels to compare.")
    known = bundle.dictionary[field]
    if known.is_categorical:
        return _nothing(bundle, f"{known.label} is a category: it has no median to compare genres by.")
    mask = selected(bundle, selection)
    profile = feature_profile(bundle.columns[field][mask], bundle.columns["genre"][mask], len(bundle.genre_names))
    table = profile.to_pandas().rename(columns={"median": "q50"}).query("n > 0")
    table = table.assign(genre=[bundle.genre_names[g] for g in table["group"]])
    if table.empty:
        return _nothing(bundle, "No selected track has a genre.")
    top, bottom = table.loc[table["q50"].idxmax()], table.loc[table["q50"].idxmin()]
    headline = (
        f"By median {known.label.lower()}, {top['genre']} is highest ({known.text(top['q50'])})"
        f" and {bottom['genre']} lowest ({known.text(bottom['q50'])})."
        if len(table) > 1
        else f"All selected tracks are {top['genre']}; their median is {known.text(top['q50'])}."
    )
    return Answer(table, headline, bundle.id)


def correlations(bundle: Bundle, selection: Selection, *, method: str) -> Answer:
    """Return the square matrix of correlations between continuous features, similar ones side by side."""
    names = continuous(bundle.feature_names)
    rows = selected_rows(bundle, selection)
    if len(names) < 2:
        return _nothing(bundle, "Fewer than two continuous features: there is nothing to correlate.")
    if len(rows) < 3:
        return _nothing(bundle, "Fewer than three tracks are selected: there is nothing to correlate.")
    matrix = CORRELATIONS[method](np.column_stack([bundle.columns[n][rows] for n in names]))
    order = clustered_order(matrix)
    table = pd.DataFrame(matrix, index=names, columns=names).iloc[order, order]
    pairs = table.where(np.triu(np.ones(table.shape, bool), 1)).stack().dropna()
    if pairs.empty:
        return _nothing(bundle, "No two features vary among the selected tracks.")
    strongest = pairs.abs().idxmax()
    a, b = (bundle.dictionary[name].label for name in strongest)
    direction = "rise together" if pairs[strongest] > 0 else "move against each other"
    return Answer(table, f"{a} and {b.lower()} {direction} most ({pairs[strongest]:+.2f}).", bundle.id)


def two_features(bundle: Bundle, selection: Selection, x: str, y: str) -> Answer:
    """Return at most `MOST_POINTS` tracks as points, and a straight line with its 95 % band as fact ``line``."""
    mask = selected(bundle, selection)
    across, up = bundle.columns[x], bundle.columns[y]
    rows = _evenly(np.flatnonzero(np.isfinite(across) & np.isfinite(up)), MOST_POINTS)
    names = np.array([*bundle.genre_names, ""], dtype=object)
    genre = bundle.columns["genre"][rows] if bundle.genre_names else np.full(len(rows), -1)
    table = pd.DataFrame({"x": across[rows], "y": up[rows], "genre": names[genre], "selected": mask[rows]})
    chosen = mask & np.isfinite(across) & np.isfinite(up)
    line = straight_line(across[chosen], up[chosen])
    headline = _line_sentence(bundle.dictionary[x], bundle.dictionary[y], line, int(chosen.sum()))
    return Answer(table, headline, bundle.id, facts={"line": line and line.table.to_pandas()})


def _counted(codes: np.ndarray, n_groups: int) -> np.ndarray:
    return np.bincount(codes[codes >= 0], minlength=n_groups)


def _nothing(bundle: Bundle, sentence: str) -> Answer:
    return Answer(pd.DataFrame(), sentence, bundle.id)


def _years(bundle: Bundle, rows: np.ndarray) -> str:
    if "release_year" not in bundle.columns or not np.isfinite(years := bundle.columns["release_year"][rows]).any():
        return "none"
    return f"{np.nanmin(years):.0f}–{np.nanmax(years):.0f}"


def _missing(bundle: Bundle, rows: np.ndarray) -> str:
    values = [np.isnan(bundle.columns[name][rows]) for name in bundle.feature_names]
    share = float(np.mean(values)) if len(rows) else 0.0
    return "none" if share == 0 else f"{share:.1%}" if share >= _PER_MILLE else "< 0.1%"


def _balance_sentence(table: pd.DataFrame) -> str:
    present = table[table["n"] > 0]
    if present.empty:
        return "No selected track has a genre."
    top = present.loc[present["n"].idxmax()]
    share = top["n"] / table["n"].sum()
    if len(present) == 1:
        return f"All {top['n']:,} are {top['genre']}."
    ratio = top["n"] / present["n"].min()
    return f"The largest, {top['genre']}, holds {share:.0%}; it is {ratio:.1f} times the smallest."


def _edges(values: np.ndarray, known: Field) -> np.ndarray:
    if known.is_categorical:
        return np.arange(known.low, known.high + 2) - 0.5
    return nice_edges(values, low=known.low, high=known.high, n=_BINS)


def _distribution_sentence(known: Field, chosen: np.ndarray, everything: np.ndarray) -> str:
    if known.is_categorical:
        codes, n = np.unique(chosen[np.isfinite(chosen)], return_counts=True)
        return f"Most often {known.text(float(codes[n.argmax()]))} ({n.max() / n.sum():.0%})."
    middle = known.text(float(np.nanmedian(chosen)))
    half = " to ".join(known.text(float(q)) for q in np.nanquantile(chosen, [0.25, 0.75]))
    whole = known.text(float(np.nanmedian(everything)))
    compared = "" if len(chosen) == len(everything) else f"; the whole catalogue's median is {whole}"
    return f"Median {middle}, half of the tracks from {half}{compared}."


def _evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """Return at most ``most`` of the rows, evenly spread; ids are random, so this is a fair sample."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def _line_sentence(x: Field, y: Field, line: Line | None, n: int) -> str:
    a, b = x.label, y.label.lower()
    if line is None:
        return f"Too few selected tracks to say how {a.lower()} and {b} relate."
    return f"{a} explains {line.r_squared:.0%} of the variation of {b} along a straight line ({n:,} tracks)."
