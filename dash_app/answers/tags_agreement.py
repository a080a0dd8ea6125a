"""Where the model of the one genre and the model of many tags agree, and where not.

Which tag goes with which genre is measured, not listed: by the correlation, over tracks that neither model had heard,
of the probability of the tag and that of the genre.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.multilabel import Agreement, agreement, agreement_sentence, implied_labels
from dash_app.answers.answer import Answer
from dash_app.answers.selecting import NO_TRACKS, selected
from dash_app.answers.sides import both_sides
from dash_app.answers.tags import missing, said_of
from dash_app.answers.tracks import track_table
from data.selection import Selection
from models.bundle import Bundle

STRONG = 0.5
"""Correlation from which a tag speaks for a genre: large in the sense of Cohen (1988)."""

FEWEST = 20
MOST_DIFFERING = 15


class Spoken(NamedTuple):
    """Both models over the tracks that both judged.

    Parameters
    ----------
    rows
        Of the bundle, shape (n_rows,).
    genres, tags
        Names of the columns.
    correlation
        Pearson's r of every tag with every genre, shape (n_tags, n_genres).
    speaks
        Genre by tag, an empty text where a tag goes with none.
    base, advanced
        Probabilities of the genres, and what the tags say of them; shape (n_rows, n_genres), NaN where no tag speaks.
    """

    rows: np.ndarray
    genres: tuple[str, ...]
    tags: tuple[str, ...]
    correlation: np.ndarray
    speaks: Mapping[str, str]
    base: np.ndarray
    advanced: np.ndarray


def lacking(bundle: Bundle) -> str:
    """Return why the two models cannot be compared, empty where they can."""
    if why := missing(bundle) or bundle.skipped("genre"):
        return why
    both = spoken(bundle)
    if len(both.rows) < FEWEST:
        return "Fewer than 20 tracks were judged by both models: too few to compare them."
    return "" if len(set(both.speaks.values()) - {""}) > 1 else "The tags go with fewer than two genres."


@lru_cache(maxsize=4)
def spoken(bundle: Bundle) -> Spoken:
    """Return both models over the tracks that both judged; of models that had not heard the artists."""
    tag_proba, genre_proba = bundle.array("tags_oof_proba"), bundle.array("genre_oof_proba")
    rows = np.flatnonzero(np.isfinite(tag_proba[:, 0]) & np.isfinite(genre_proba[:, 0]))
    of_tags, base = (np.asarray(found[rows], dtype=np.float64) for found in (tag_proba, genre_proba))
    tags, genres = tuple(bundle.facts("tags")["tags"]), tuple(bundle.facts("genre")["classes"])
    r = correlations(of_tags, base)
    speaks = {tag: genres[each.argmax()] if each.max() >= STRONG else "" for tag, each in zip(tags, r, strict=True)}
    return Spoken(rows, genres, tags, r, speaks, base, implied_labels(of_tags, tags, genres, speaks))


def correlations(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return Pearson's r of every column of one table with every column of another, 0 where a column is constant.

    >>> correlations(np.array([[0.0], [1.0]]), np.array([[1.0, 5.0], [0.0, 5.0]])).round(6).tolist()
    [[-1.0, 0.0]]
    """
    if len(one) < 2:
        return np.zeros((one.shape[1], other.shape[1]))
    centred = [table - table.mean(axis=0) for table in (one, other)]
    spread = [np.sqrt((table**2).sum(axis=0)) for table in centred]
    scale = np.outer(*spread)
    return np.divide(centred[0].T @ centred[1], scale, out=np.zeros(scale.shape), where=scale > 1e-12)


def correspondence(bundle: Bundle) -> Answer:
    """Return how far every tag goes with every genre: ``tag``, ``genre``, ``r``, ``speaks``; fact ``order``: genres.

    Tags stand by the genre that they speak for.
    """
    if why := lacking(bundle):
        return Answer(pd.DataFrame(), why, bundle.id)
    both = spoken(bundle)
    order = [name for name in bundle.genre_names if name in both.speaks.values()]
    place = {name: number for number, name in enumerate([*order, ""])}
    tags = sorted(both.tags, key=lambda tag: place[both.speaks[tag]])
    at = {name: number for number, name in enumerate(both.genres)}
    number = {tag: k for k, tag in enumerate(both.tags)}
    rows = [
        {"tag": tag, "genre": genre, "r": both.correlation[number[tag], at[genre]], "speaks": both.speaks[tag] == genre}
        for tag in tags
        for genre in order
    ]
    silent = [tag for tag in tags if not both.speaks[tag]]
    clear = max(rows, key=lambda row: row["r"])
    headline = f"Clearest: {clear['tag']} goes with {clear['genre']} (r = {clear['r']:.2f})."
    few = f"{', '.join(silent[:5])}{' and others' if len(silent) > 5 else ''}"
    caveats = (f"No genre is spoken for by {few} (r under {STRONG}).",) if silent else ()
    return Answer(pd.DataFrame(rows), headline, bundle.id, caveats, facts={"order": order})


def agreement_within(bundle: Bundle, selection: Selection) -> Answer:
    """Count selected tracks by the likeliest genre of both models: ``genre``, ``by_tags``, ``n``, ``share``.

    ``share`` is of the tracks of that genre; fact ``order``: the genres that tags speak for. Compared, fact ``other``
    is the same of the other side.
    """
    if why := lacking(bundle):
        return Answer(pd.DataFrame(), why, bundle.id)
    return both_sides(bundle, selection, lambda side: _agreement_within(bundle, side.mask(bundle)))


def _agreement_within(bundle: Bundle, mask: np.ndarray) -> Answer:
    both, kept = spoken(bundle), _compared(bundle, mask)
    base, advanced = both.base[kept], both.advanced[kept]
    found = agreement(base, advanced, both.genres)
    if not found.n:
        none = "No selected track was judged by both models." if mask.any() else NO_TRACKS
        return Answer(pd.DataFrame(), none, bundle.id)
    order = [name for name in bundle.genre_names if name in both.speaks.values()]
    table = _crossed(both, kept, order)
    table = table.assign(share=table["n"] / table.groupby("genre")["n"].transform("sum").clip(lower=1))
    return Answer(table, _within_sentence(found), bundle.id, _left_out(both, kept), facts={"order": order})


def differing(bundle: Bundle, selection: Selection) -> Answer:
    """Return the selected tracks on which the models differ most, as a track table.

    Beside it ``labelled``, ``tags`` (those carried), ``genre_said`` with its ``probability``, ``by_tags`` with its
    ``support``: the share of what the tags say that is for it.
    """
    if why := lacking(bundle):
        return Answer(pd.DataFrame(), why, bundle.id)
    both, kept = spoken(bundle), _compared(bundle, selected(bundle, selection))
    base, advanced, rows = both.base[kept], both.advanced[kept], both.rows[kept]
    at, one, other = np.arange(len(rows)), base.argmax(axis=1), advanced.argmax(axis=1)
    gap = base[at, one] - base[at, other] + advanced[at, other] - advanced[at, one]
    order = [i for i in np.argsort(-gap, kind="stable")[:MOST_DIFFERING] if one[i] != other[i]]
    if not order:
        return Answer(pd.DataFrame(), "The models agree on every selected track that both judged.", bundle.id)
    named = np.array(both.genres, dtype=object)
    records = bundle.tracks.select(["genre", "genres"]).take(rows[order]).to_pylist()
    table = track_table(bundle, rows[order]).assign(
        labelled=[one["genre"] or "–" for one in records],
        tags=[", ".join(one["genres"] or ()) for one in records],
        genre_said=named[one[order]],
        probability=base[order, one[order]],
        by_tags=named[other[order]],
        support=advanced[order, other[order]],
    )
    headline = "On these tracks each model thinks most of its own genre and least of the other's."
    return Answer(table, headline, bundle.id)


def compared(bundle: Bundle, row: int) -> Answer:
    """Return where both models stand on one track: ``genre``, ``base``, ``by_tags``; the headline says it."""
    if why := lacking(bundle):
        return Answer(pd.DataFrame(), why, bundle.id)
    both, said = spoken(bundle), said_of(bundle, row)
    advanced = implied_labels(said.advanced[None], both.tags, both.genres, both.speaks)[0]
    table = pd.DataFrame({"genre": both.genres, "base": said.base, "by_tags": advanced})
    return Answer(table, agreement_sentence(said.base, advanced, both.genres), bundle.id, said.caveats)


def _compared(bundle: Bundle, mask: np.ndarray) -> np.ndarray:
    """Return which of the judged tracks are among some and have a likeliest genre that tags speak for, (n_rows,)."""
    both = spoken(bundle)
    spoken_for = np.array([genre in both.speaks.values() for genre in both.genres])
    answered = np.isfinite(both.advanced).all(axis=1) & spoken_for[both.base.argmax(axis=1)]
    return answered & mask[both.rows]


def _crossed(both: Spoken, kept: np.ndarray, order: list[str]) -> pd.DataFrame:
    one, other = both.base[kept].argmax(axis=1), both.advanced[kept].argmax(axis=1)
    n = np.zeros((len(both.genres),) * 2, dtype=np.int64)
    np.add.at(n, (one, other), 1)
    at = [both.genres.index(name) for name in order]
    across, down = np.meshgrid(order, order)
    return pd.DataFrame({"genre": down.ravel(), "by_tags": across.ravel(), "n": n[np.ix_(at, at)].ravel()})


def _within_sentence(found: Agreement) -> str:
    said = f"On {found.share:.0%} of {found.n:,} tracks both models name the same genre"
    if not found.pairs:
        return f"{said}."
    one, other, n = found.pairs[0]
    return f"{said}; most often they differ where the one says {one} and the tags speak for {other} ({n:,} tracks)."


def _left_out(both: Spoken, kept: np.ndarray) -> tuple[str, ...]:
    silent = [genre for genre in both.genres if genre not in both.speaks.values()]
    if not silent:
        return ()
    few = ", ".join(silent[:3]) + (" and others" if len(silent) > 3 else "")
    return (f"Left out are tracks that are likeliest {few}, for which no tag speaks.",)
