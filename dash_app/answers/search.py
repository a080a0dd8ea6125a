"""Finding tracks by parts of their title and artist, in any order: 'metallica ent' finds Enter Sandman."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from dash_app.answers.answer import Answer
from dash_app.answers.tracks import track_table
from data.text import searchable
from models.bundle import Bundle

SIMILAR_ENOUGH = 72
"""Lowest partial-ratio score of rapidfuzz at which a misspelt search still counts as found."""


def find_tracks(bundle: Bundle, text: str, *, limit: int = 10) -> Answer:
    """Return the tracks whose title and artists hold words beginning with every word of ``text``.

    Ordered by whole words matched, then popularity; where nothing matches, the most similar texts are returned.

    Parameters
    ----------
    text
        What was typed; case, accents and punctuation do not matter.
    limit
        Most tracks to return.
    """
    words = searchable(text).split()
    if not words:
        return Answer(track_table(bundle, []), "Type a part of a title or of an artist's name.", bundle.id)
    texts = bundle.table("search")["text"]
    rows = _holding(texts, [f" {word}" for word in words])
    exact = len(rows) > 0
    if not exact:
        rows = _similar(texts, words, limit)
    ranked = rows[_order(bundle, texts, rows, words)][:limit] if exact else rows
    return Answer(track_table(bundle, ranked), _found(len(rows), exact=exact), bundle.id)


def _found(n: int, *, exact: bool) -> str:
    if exact:
        return f"{n:,} tracks match." if n > 1 else "1 track matches."
    close = f"{n} come close" if n > 1 else "1 comes close"
    return f"Nothing matches exactly; {close}." if n else "Nothing matches, and nothing comes close."


def _holding(texts: pa.ChunkedArray, needles: list[str]) -> np.ndarray:
    """Return rows whose text holds every needle; each narrows down what the next has to look at."""
    rows = np.arange(len(texts))
    for needle in sorted(needles, key=len, reverse=True):
        found = pc.match_substring(texts, needle).to_numpy(zero_copy_only=False)
        rows, texts = rows[found], texts.filter(pa.array(found))
    return rows


def _order(bundle: Bundle, texts: pa.ChunkedArray, rows: np.ndarray, words: list[str]) -> np.ndarray:
    chosen = texts.take(pa.array(rows)).to_pylist()
    whole = np.array([sum(f" {word} " in f"{text} " for word in words) for text in chosen])
    popularity = bundle.columns.get("popularity", np.zeros(len(bundle), np.float32))[rows]
    return np.lexsort((rows, -np.nan_to_num(popularity), -whole))


def _similar(texts: pa.ChunkedArray, words: list[str], limit: int) -> np.ndarray:
    """Return rows whose text holds something like every word: the mean over the words of their best likeness."""
    score = process.cdist(words, texts.to_pylist(), scorer=fuzz.partial_ratio).mean(axis=0)
    rows = np.flatnonzero(score >= SIMILAR_ENOUGH)
    return rows[np.argsort(-score[rows], kind="stable")][:limit]
