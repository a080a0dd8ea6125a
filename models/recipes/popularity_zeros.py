"""Zeros that may stand for "nothing recorded": how many, and what is explained with and without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.scoring import Estimate
from analytics.spikes import RULE, zero_spike
from models.recipes.popularity_judging import Judged, explained, served_on


def zero_facts(y: np.ndarray) -> dict[str, object]:
    """Return the share of zeros, whether they are a mass of their own, by which rule, and a sentence if so."""
    spike = zero_spike(y)
    sentence = (
        f"{spike.share:.1%} of the tracks have popularity 0, far more than any value just above it: for "
        "many of them 0 may mean that nothing was recorded."
    )
    return {
        "share_of_zeros": spike.share,
        "zero_share": spike.share,
        "zero_expected_share": spike.expected_share,
        "zero_is_mass": spike.is_mass,
        "zero_rule": RULE,
        "zeros_sentence": sentence if spike.is_mass else "",
    }


def without_zeros(judged: Judged, X: np.ndarray, *, seed: int) -> dict[str, object]:
    """Return what the served model explains of all tracks, and, taught and judged without zeros, of the others.

    Nothing where too few tracks have another popularity than 0.
    """
    y = judged.y
    above = y > 0
    parts = [(train[above[train]], test[above[test]]) for train, test in judged.split.folds]
    if any(len(train) < 2 or not len(test) for train, test in parts):
        return {}
    found = _explained_above(judged, X, parts, seed=seed)
    all_tracks = explained(y, judged.of_served, judged.split.groups, seed=seed)
    return {
        "r2_with_zeros": list(all_tracks),
        "r2_without_zeros": list(found),
        "without_zeros_sentence": (
            f"Taught and judged on the {above.mean():.0%} of tracks with a popularity over 0, the same kind of model "
            f"explains {found.value:.1%} of the variation ({found.low:.1%} to {found.high:.1%}), with the zeros "
            f"{all_tracks.value:.1%}: {_meaning(found, all_tracks)}"
        ),
    }


def _explained_above(
    judged: Judged, X: np.ndarray, parts: Sequence[tuple[np.ndarray, np.ndarray]], *, seed: int
) -> Estimate:
    predicted = served_on(judged, X, parts)
    kept = np.isfinite(predicted)
    return explained(judged.y[kept], predicted[kept], judged.split.groups[kept], seed=seed)


def _meaning(without: Estimate, all_tracks: Estimate) -> str:
    if without.low <= 0:
        return "what is explained may be only which tracks have a zero."
    if without.value < all_tracks.value:
        return "part of what is explained is only which tracks have a zero."
    return "the zeros add nothing to it."


def treatment(judged: Judged, covered: np.ndarray, *, mass: bool) -> dict[str, object]:
    """Return what becomes of the zeros, and a sentence that says why, where they are a mass of their own.

    Parameters
    ----------
    judged
        The models.
    covered
        Whether each track lies in the interval that was made without it, booleans (n_tracks,).
    mass
        Whether the zeros are a mass of their own.
    """
    if not mass:
        return {"zero_treatment": "none", "zero_treatment_sentence": ""}
    zero = judged.y == 0
    of_zeros, of_others = float(covered[zero].mean()), float(covered[~zero].mean()) if not zero.all() else np.nan
    names = [candidate.name for candidate in judged.candidates]
    how = "hurdle" if names[judged.served] == "hurdle" else "kept"
    sentence = "The zeros are modelled apart: the chance of one, and the popularity expected if there is none."
    if how == "kept":
        why = ": a model that predicts them apart was no better on tracks it had not seen" if "hurdle" in names else ""
        sentence = f"The zeros are neither modelled apart nor set aside, but learned from like other values{why}."
    return {
        "zero_treatment": how,
        "zero_coverage": of_zeros,
        "others_coverage": of_others,
        "zero_treatment_sentence": (
            f"{sentence} On tracks the model had not seen, intervals hold {of_zeros:.1%} of the zeros and "
            f"{of_others:.1%} of the others."
        ),
    }
