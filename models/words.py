"""What cards, reports and screens say in the same words: how tracks were kept apart, which features go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HUNDREDTHS = {
    **dict.fromkeys(("accuracy", "balanced_accuracy", "top_2", "r2", "interval_coverage", "precision_at_10"), "%"),
    "expected_calibration_error": " points",
}
"""What a hundredth is called of the scores that are shares."""

_MOST_NAMED = 4
_FAVOURABLE = ": likely too favourable"


def split_warning(facts: Mapping[str, Any]) -> str:
    """Return what to keep in mind of every score of a recipe whose folds share artists; empty where they do not.

    Parameters
    ----------
    facts
        Of the recipe, as the manifest holds them: ``split`` and ``unseen_artists``.

    >>> split_warning({"split": "3 folds of random recordings, no artist known: likely too favourable",
    ...                "unseen_artists": False})
    'Artists could not be kept apart, which flatters every score: 3 folds of random recordings, no artist known.'
    >>> split_warning({"split": "3 folds, artists unseen in training", "unseen_artists": True})
    ''
    """
    split = str(facts.get("split", ""))
    if facts.get("unseen_artists", True) or "folds" not in split:
        return ""
    if "random" in split:
        return f"Artists could not be kept apart, which flatters every score: {split.removesuffix(_FAVOURABLE)}."
    return f"Not every artist could be kept apart, which may flatter scores: {split}."


def score_text(metric: str, value: float) -> str:
    """Return a score as it is read: shares in hundredths, others to three digits.

    >>> score_text("accuracy", 0.6553), score_text("expected_calibration_error", 0.0192), score_text("log_loss", 0.9)
    ('65.5%', '1.9 points', '0.900')
    """
    if metric in HUNDREDTHS:
        return f"{100 * value:.1f}{HUNDREDTHS[metric]}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def resampled(split: str) -> str:
    """Return what the intervals of scores under a split come from.

    >>> resampled("5 folds, artists unseen in training"), resampled("5 folds of random recordings, no artist known")
    ('artists', 'recordings')
    """
    return "recordings" if "random recordings" in split else "artists"


def together(names: Sequence[str]) -> str:
    """Return names that belong together, of many the first ones and how many more.

    >>> together(["energy", "loudness"]), together(["a", "b", "c", "d", "e"])
    ('energy and loudness', 'a, b, c and 2 more')
    """
    if len(names) > _MOST_NAMED:
        rest = len(names) - _MOST_NAMED + 1
        return f"{', '.join(names[: _MOST_NAMED - 1])} and {rest} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
