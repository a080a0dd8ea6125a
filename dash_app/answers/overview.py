"""What is in a catalogue: counts, and how balanced its genres are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dash_app.answers.answer import Answer
from dash_app.answers.groups import counted, others_name
from dash_app.answers.selecting import NO_TRACKS, in_words, other_in_words, other_selected, selected, selected_rows
from data.selection import Selection
from models.bundle import Bundle

MOST_BARS = 40
"""Genres with a bar of their own; the smaller ones share one."""
_PER_MILLE = 0.001


def counts(bundle: Bundle, selection: Selection) -> Answer:
    """Count tracks, artists, genres, years and missing values of the selection; what is not known is left out."""
    rows, artists = selected_rows(bundle, selection), bundle.tracks["artists"]
    tiles = [_tile(len(rows), "track")]
    if artists.null_count < len(artists):
        n_artists = len(artists.take(rows).unique().drop_null())
        tiles.append(_tile(n_artists, "artist or line-up", "artists or line-ups"))
    if bundle.genre_names:
        codes = bundle.columns["genre"][rows]
        tiles.append(_tile(len(np.unique(codes[codes >= 0])), "genre"))
    if "release_year" in bundle.columns:
        tiles.append((_years(bundle, rows), "years of release"))
    tiles.append((_missing(bundle, rows), "feature values missing"))
    if (other := other_selected(bundle, selection)) is not None:
        tiles.append((f"{int(other.sum()):,}", f"compared: {other_in_words(bundle, selection)} (brown)"))
    kept = bundle.provenance
    headline = (
        f"{in_words(bundle, selection)}. {kept.rows_read:,} rows were read: {kept.rows_kept:,} kept, "
        f"{kept.rows_merged:,} merged as repeats, {kept.rows_rejected:,} rejected. "
        f"Source: {kept.origin or kept.source}."
    )
    return Answer(pd.DataFrame(tiles, columns=["value", "label"]), headline, bundle.id)


def genre_balance(bundle: Bundle, selection: Selection) -> Answer:
    """Count tracks by genre: ``genre``, ``n`` selected, ``n_all``, and ``n_other`` of those compared with."""
    if not bundle.genre_names:
        return Answer(pd.DataFrame(), "This catalogue has no genre labels.", bundle.id)
    codes, n_genres = bundle.columns["genre"], len(bundle.genre_names)
    mask = selected(bundle, selection)
    n = counted(codes[mask], n_genres)
    table = pd.DataFrame({"genre": bundle.genre_names, "n": n, "n_all": counted(codes, n_genres)})
    if (other := other_selected(bundle, selection)) is not None:
        table["n_other"] = counted(codes[other], n_genres)
    return Answer(_largest(table), _balance_sentence(table) if mask.any() else NO_TRACKS, bundle.id)


def effective_number(counts: np.ndarray) -> float:
    """Return how many equally large groups would be as mixed: the exponential of Shannon's entropy.

    Jost, "Entropy and diversity", Oikos 113 (2006).

    >>> effective_number(np.array([10, 10, 10, 0])), effective_number(np.array([10]))
    (3.0, 1.0)
    """
    shares = counts[counts > 0] / max(counts.sum(), 1)
    return round(float(np.exp(-(shares * np.log(shares)).sum())), 9)


def _largest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the largest genres, those with selected tracks first, and one row for all others."""
    if len(table) <= MOST_BARS + 1:
        return table
    order = table.sort_values(["n", "n_all"], ascending=False, kind="stable").index
    shown, rest = table.loc[order[:MOST_BARS]], table.loc[order[MOST_BARS:]]
    others = rest.drop(columns="genre").sum().to_frame().T.assign(genre=others_name(len(rest)))
    whole = pd.concat([shown, others], ignore_index=True)[table.columns]
    whole = whole.astype({name: int for name in whole.columns if name != "genre"})
    return whole.assign(pooled=whole.index == len(shown))


def _tile(n: int, one: str, many: str = "") -> tuple[str, str]:
    return f"{n:,}", one if n == 1 else many or f"{one}s"


def _years(bundle: Bundle, rows: np.ndarray) -> str:
    if not np.isfinite(years := bundle.columns["release_year"][rows]).any():
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
    top, bottom = present.loc[present["n"].idxmax()], present.loc[present["n"].idxmin()]
    if len(present) == 1:
        return f"All {top['n']:,} are {top['genre']}."
    return (
        f"{len(present):,} genres, as mixed as {effective_number(present['n'].to_numpy()):.1f} equally large ones. "
        f"The largest, {top['genre']}, holds {top['n'] / table['n'].sum():.0%}; it is "
        f"{top['n'] / bottom['n']:.1f} times the smallest, {bottom['genre']}."
    )
