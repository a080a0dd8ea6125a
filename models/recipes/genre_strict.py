"""Stricter splits than the one that chooses: whole playlists, or blocks of neighbouring files."""

from __future__ import annotations

from functools import partial

import numpy as np

from analytics.scoring import clustered_mean
from data.catalogue import Catalogue
from models.recipe import ScoreCard, silent
from models.recipes.cards import compared_card
from models.recipes.comparison import Comparison, judged_on
from models.recipes.genre_lesson import GenreLesson
from models.recipes.splits import Split, split_by_blocks, split_by_playlist


def stricter_split(compared: Comparison, task: GenreLesson, catalogue: Catalogue, *, seed: int) -> Split | None:
    """Return folds of whole playlists, or blocks of files where no artist is known, or None where neither applies."""
    n_splits, y = len(compared.split.folds), task.lesson.y
    if catalogue.has("playlist_name"):
        playlists = catalogue.column("playlist_name")[task.rows].tolist()
        return split_by_playlist(playlists, task.recordings, n_splits=n_splits, seed=seed, stratify=y)
    if any(task.artists):
        return None
    return split_by_blocks(catalogue.column("track_id")[task.rows].tolist(), y, n_splits=n_splits)


def strict_cards(
    compared: Comparison, task: GenreLesson, catalogue: Catalogue, recipe: str, *, seed: int
) -> tuple[tuple[ScoreCard, ...], dict[str, object]]:
    """Return accuracy and log loss of the served model on a stricter split, and the sentence that says so.

    Without such a split there are no cards and an empty sentence.
    """
    split = stricter_split(compared, task, catalogue, seed=seed)
    if split is None:
        return (), {"stricter_sentence": ""}
    served, y = compared.candidates[compared.served], task.lesson.y
    found = judged_on(compared, split, progress=silent)
    shares = np.bincount(y) / len(y)
    right = (found.log_proba.argmax(axis=1) == y).astype(np.float64)
    accuracy = clustered_mean(right, split.groups, seed=seed)
    loss = clustered_mean(found.losses, split.groups, seed=seed)
    card = partial(compared_card, recipe, "", split, model=f"{served.label}, stricter split")
    always, knows_shares = float(shares.max()), float(-shares @ np.log(shares))
    usual = float((compared.served_log_proba.argmax(axis=1) == y).mean())
    return (
        card("accuracy", accuracy, "always the most frequent genre", always),
        card("log_loss", loss, "genre shares alone", knows_shares, larger_is_better=False),
    ), {
        "stricter_split": split.words,
        "stricter_accuracy": accuracy.value,
        "stricter_sentence": (
            f"Under a stricter split ({split.words}) the same model is right for {accuracy.value:.1%} of the tracks, "
            f"instead of {usual:.1%}."
        ),
    }
