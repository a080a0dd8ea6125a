"""Where a What-if starts, what its sliders span, and which of many features stand first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analytics.profiles import histogram
from dash_app.answers.tracks import track_card
from dash_app.answers.whatif_models import AUDIO, context_names, kind_sentence
from data.fields import Field, is_own_number
from models.bundle import Bundle

FIRST = 12
"""Features that stand first where there are many; the others are folded."""

_FEW = 15
_OUTLIERS = 0.002
_BARS = 24


@dataclass(frozen=True, slots=True)
class Spread:
    """How a feature is spread in the catalogue, for its slider.

    Parameters
    ----------
    field
        Name of the feature.
    low, high
        Ends of the slider: all but the most extreme values.
    heights
        Histogram between them, 0 to 1; empty for categories.
    codes
        Values that occur; empty for continuous features.
    words
        Where half of the tracks lie.
    step
        Smallest difference that can be set.
    """

    field: str
    low: float
    high: float
    heights: tuple[float, ...] = ()
    codes: tuple[int, ...] = ()
    words: str = ""
    step: float = 1.0


def lead(bundle: Bundle, rows: list[int], kind: str = AUDIO) -> str:
    """Return where the point starts and what the models are."""
    start = f"Starts from {track_card(bundle, rows[0]).track_name}" if rows else "Starts from the median track"
    other = "" if rows else " (search for a track to start from it)"
    return f"{start}{other}. Move a feature and see both predictions follow. {kind_sentence(bundle, kind)}"


def genres_of(bundle: Bundle, row: int | None) -> tuple[str, ...]:
    """Return the genre labels of a track, none of no track."""
    if row is None or "genres" not in bundle.tracks.column_names:
        return ()
    return tuple(bundle.tracks["genres"][row].as_py() or ())


def start_point(bundle: Bundle, row: int | None, kind: str = AUDIO) -> dict[str, float]:
    """Return what models of a kind take of a track, or the medians; what the track lacks is the median too."""
    medians = _medians(bundle, kind)
    if row is None:
        return dict(medians)
    own = {name: float(bundle.columns[name][row]) for name in medians}
    return {name: _short(value) if np.isfinite(value) else medians[name] for name, value in own.items()}


def spreads(bundle: Bundle, kind: str = AUDIO) -> list[Spread]:
    """Return the spread of everything that models of a kind take."""
    return [_spread(bundle, name) for name in _medians(bundle, kind)]


@lru_cache(maxsize=32)
def first_features(bundle: Bundle) -> tuple[str, ...]:
    """Return the features that stand first: all where they are few, else those that matter most to the models."""
    names = bundle.feature_names
    return names if len(names) <= _FEW else _by_importance(bundle)[:FIRST]


def _by_importance(bundle: Bundle) -> tuple[str, ...]:
    for stem in ("genre_importance", "popularity_importance"):
        if bundle.holds(f"{stem}.arrow"):  # the largest first
            ordered = bundle.table(stem)["feature"].to_pylist()
            return tuple(dict.fromkeys([*ordered, *bundle.feature_names]))
    return bundle.feature_names


@lru_cache(maxsize=16)
def _medians(bundle: Bundle, kind: str) -> Mapping[str, float]:
    found = {}
    for name in (*bundle.feature_names, *context_names(bundle, kind)):
        values, known = bundle.columns[name], bundle.dictionary[name]
        if known.is_categorical:
            found[name] = float(_commonest(values))
        else:
            middle = float(np.nanmedian(values))
            is_whole = known.step >= 1 and not known.unit and not is_own_number(name)
            found[name] = float(round(middle)) if is_whole else _short(middle)
    return found


def _short(value: float) -> float:
    """Return a number with the seven digits that the catalogue's numbers have."""
    return float(f"{value:.7g}")


def _commonest(values: np.ndarray) -> float:
    codes, n = np.unique(values[np.isfinite(values)], return_counts=True)
    return codes[n.argmax()]


@lru_cache(maxsize=512)
def _spread(bundle: Bundle, name: str) -> Spread:
    known, values = bundle.dictionary[name], bundle.columns[name]
    values = values[np.isfinite(values)]
    if known.is_categorical:
        codes = tuple(int(code) for code in np.unique(values))
        return Spread(name, codes[0], codes[-1], codes=codes, words=f"mostly {known.text(float(_commonest(values)))}")
    low, high = np.quantile(values, [_OUTLIERS, 1 - _OUTLIERS])
    step = _step(known, high - low)
    low, high = np.floor(low / step) * step, np.ceil(high / step) * step
    counts = histogram(values[(values >= low) & (values <= high)], np.linspace(low, high, _BARS + 1))[0]
    quartiles = " to ".join(known.text(float(q)) for q in np.quantile(values, [0.25, 0.75]))
    heights = tuple(float(h) for h in counts / max(counts.max(), 1))
    ends = (float(f"{low:.9g}"), float(f"{high:.9g}"))
    return Spread(name, *ends, heights, words=f"half: {quartiles}", step=step)


def _step(known: Field, width: float) -> float:
    """Return the field's step; of a number that only one table has, a hundredth to a thousandth of its spread."""
    if not is_own_number(known.name) or width <= 0:
        return known.step
    return float(10 ** (np.floor(np.log10(width)) - 2))
