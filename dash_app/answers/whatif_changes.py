"""The smallest plausible change of a track that makes the models say something else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.counterfactuals import (
    Counterfactual,
    Margin,
    World,
    change_sentence,
    genre_margin,
    level_margin,
    smallest_change,
    told_apart,
)
from dash_app.answers.answer import Answer
from dash_app.answers.tracks import track_table
from dash_app.answers.whatif import predicted_genres, refuse_impossible
from dash_app.answers.whatif_models import AUDIO, Models, models
from dash_app.answers.whatif_sliders import spreads, start_point
from data.errors import QueryError
from models.bundle import Bundle
from models.predictors.combinations import Plausibility, shuffled_shares

MORE, TOP = "popularity+10", "popularity-top"
"""Targets besides genres: ten points more popular, and in the highest quarter of what is predicted."""

_POINTS = 10
_QUARTER = 0.75
_MOST_TRACKS = 20_000
"""Real tracks among which changes are looked for: evenly spaced, where there are more."""

_CAVEAT = "It shows how the model thinks, not what would happen if a song were changed."


@dataclass(frozen=True, eq=False, slots=True)
class Target:
    """What a track is to become.

    Parameters
    ----------
    words
        As in "this pop".
    margin
        By how much tracks reach it.
    towards
        Which of the world's tracks to begin from.
    """

    words: str
    margin: Margin
    towards: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class _Place:
    """A catalogue's real tracks as a search sees them: ``rows`` of the bundle, their world and what is plausible."""

    rows: np.ndarray
    world: World


def targets(bundle: Bundle) -> dict[str, str]:
    """Return what a track can be made, by the text that names it: genres, then popularity."""
    found = {f"genre:{name}": name for name in predicted_genres(bundle)}
    if bundle.holds("popularity_model.joblib"):
        found |= {MORE: "10 points more popular", TOP: "among the most popular quarter"}
    return found


def smallest(
    bundle: Bundle,
    point: Mapping[str, float],
    target: str,
    *,
    kind: str = AUDIO,
    genres: Sequence[str] = (),
) -> Answer:
    """Return the smallest plausible change of a point that reaches a target, among features that are heard.

    Columns ``field``, ``label``, ``before``, ``after``, ``before_text`` and ``after_text``, the largest change first.
    Facts: ``point`` (the changed track, by feature), ``tracks`` (a track table of real tracks that lie there) and
    ``shuffled_pass`` (share of tracks with each feature shuffled that count as plausible).

    Parameters
    ----------
    bundle
        A catalogue.
    point
        Values by feature; what is left out is taken from the middle of the catalogue.
    target
        One of `targets`.
    kind, genres
        Which models answer, and the labels of the track that it started from.

    Raises
    ------
    QueryError
        The target or a feature is not known, or a value is impossible.
    """
    asked = models(bundle, kind, genres=genres)
    refuse_impossible(point, {name: bundle.dictionary[name] for name in asked.names})
    if not bundle.holds("novelty_model.joblib"):
        return Answer(pd.DataFrame(), "Which changes are plausible was not learned: build again.", bundle.id)
    whole = {**start_point(bundle, None, kind), **point}
    x = np.array([whole[name] for name in asked.names], dtype=np.float64)
    n_heard = len(bundle.feature_names)
    place = _place(bundle)
    wanted = _target(bundle, asked, place, x, target)
    test = Plausibility.around(bundle.estimator("novelty_model"), x[:n_heard])
    found = smallest_change(
        x[:n_heard], place.world, margin=wanted.margin, plausible=test.passes, towards=wanted.towards
    )
    return _told(bundle, place, found, wanted.words, test.shuffled_pass(_shuffled(bundle)))


def _told(bundle: Bundle, place: _Place, found: Counterfactual | None, words: str, shuffled_pass: float) -> Answer:
    headline = change_sentence(found, words, bundle.feature_names, bundle.dictionary)
    if found is None:
        return Answer(pd.DataFrame(), headline, bundle.id)
    names = [bundle.feature_names[i] for i in found.changed]
    texts = [told_apart(bundle.dictionary[n], *ends) for n, *ends in zip(names, found.before, found.after, strict=True)]
    table = pd.DataFrame(
        {
            "field": names,
            "label": [bundle.dictionary[name].label for name in names],
            "before": found.before,
            "after": [float(f"{value:.9g}") for value in found.after],
            "before_text": [before for before, _ in texts],
            "after_text": [after for _, after in texts],
        }
    )
    facts = {
        "point": {n: float(f"{value:.9g}") for n, value in zip(bundle.feature_names, found.point, strict=True)},
        "tracks": track_table(bundle, place.rows[found.neighbours]),
        "shuffled_pass": shuffled_pass,
    }
    how = f"Plausible means like known tracks; independently shuffled tracks pass this test in {shuffled_pass:.0%}."
    return Answer(table, headline, bundle.id, () if table.empty else (how, _CAVEAT), facts)


def _target(bundle: Bundle, asked: Models, place: _Place, x: np.ndarray, target: str) -> Target:
    known = targets(bundle)
    if target not in known:
        raise QueryError(f"A track cannot be made {target!r} here", remedy=f"Known: {', '.join(known)}")
    if target in (MORE, TOP):
        return _more_popular(asked, place, x, target)
    name = known[target]
    number = [str(one) for one in asked.genre.classes_].index(name)
    margin = genre_margin(lambda X: asked.probabilities(_beside(X, x)), number)
    code = bundle.genre_names.index(name)
    return Target(f"this {name}", margin, np.flatnonzero(bundle.columns["genre"][place.rows] == code))


def _more_popular(asked: Models, place: _Place, x: np.ndarray, target: str) -> Target:
    predicted = asked.popularities(_beside(place.world.tracks, x))
    now = float(asked.popularities(x[None])[0])
    level = now + _POINTS if target == MORE else float(np.quantile(predicted, _QUARTER))
    what = f"{_POINTS} points higher" if target == MORE else "one of the highest quarter of predictions"
    margin = level_margin(lambda X: asked.popularities(_beside(X, x)), level)
    return Target(f"its predicted popularity {what} (over {level:.0f})", margin, np.flatnonzero(predicted > level))


def _beside(X: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return tracks of which only the sound is given with all else as it is in one track."""
    rest = np.broadcast_to(x[X.shape[1] :], (len(X), len(x) - X.shape[1]))
    return np.column_stack([X, rest])


@lru_cache(maxsize=4)
def _shuffled(bundle: Bundle) -> np.ndarray:
    """Return how unusual shuffled tracks are: stored, or for a build before that was measured once."""
    return shuffled_shares(bundle.estimator("novelty_model"))


@lru_cache(maxsize=4)
def _place(bundle: Bundle) -> _Place:
    n = len(bundle)
    rows = np.unique(np.linspace(0, n - 1, min(n, _MOST_TRACKS)).astype(np.int64))
    tracks = np.column_stack([bundle.columns[name][rows] for name in bundle.feature_names]).astype(np.float64)
    fields = [replace(bundle.dictionary[one.field], step=one.step) for one in spreads(bundle)]
    return _Place(rows, World.of(tracks, fields))
