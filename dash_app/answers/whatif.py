"""What the models say of a track that need not exist, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.profiles import histogram
from dash_app.answers.tracks import track_card
from data.errors import QueryError
from data.fields import FIELDS, Field
from models.bundle import Bundle

_OUTLIERS = 0.002
_BARS = 24
_LIKELY = 0.1
_NOTHING = 0.05
_MOST_GENRES = 12


@dataclass(frozen=True, slots=True)
class Interval:
    """A prediction with its 90 % interval."""

    low: float
    predicted: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """Return the JSON form, to two decimals."""
        return {name: round(value, 2) for name, value in asdict(self).items()}


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
    """

    field: str
    low: float
    high: float
    heights: tuple[float, ...] = ()
    codes: tuple[int, ...] = ()
    words: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class WhatIf:
    """What the models say of one point.

    Parameters
    ----------
    point
        Value of every model feature, NaN where missing.
    probabilities, start_probabilities
        By genre, here and where it started; empty where genres are not classified.
    popularity, start_popularity
        Prediction with its interval, and the one where it started.
    genre_matrix
        Contributions, shape (n_genres, n_features).
    popularity_contributions
        Points by feature.
    caveats
        Sentences that limit what may be concluded.
    dictionary
        The catalogue's fields.
    """

    point: Mapping[str, float]
    probabilities: Mapping[str, float] = field(default_factory=dict)
    start_probabilities: Mapping[str, float] = field(default_factory=dict)
    popularity: Interval | None = None
    start_popularity: float | None = None
    genre_matrix: np.ndarray | None = None
    popularity_contributions: Mapping[str, float] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    dictionary: Mapping[str, Field] = field(default_factory=lambda: FIELDS)

    @property
    def genre(self) -> str | None:
        """The most probable genre."""
        return max(self.probabilities, key=self.probabilities.__getitem__) if self.probabilities else None

    @property
    def headline(self) -> str:
        """Say which genres it would be."""
        if not self.probabilities:
            return "Genres are not classified in this catalogue."
        ranked = sorted(self.probabilities.items(), key=lambda item: -item[1])
        likely = [f"{name} {p:.0%}" for name, p in ranked if p >= _LIKELY][:3] or [f"{ranked[0][0]} {ranked[0][1]:.0%}"]
        return f"Most like {', '.join(likely)}."

    @property
    def popularity_sentence(self) -> str:
        """Say how popular it would be, and how unsure that is."""
        if self.popularity is None:
            return "Popularity is not predicted in this catalogue."
        now = self.popularity
        return (
            f"About {now.predicted:.0f} of 100. Intervals like this one, {now.low:.0f} to {now.high:.0f}, hold 9 in 10."
        )

    @property
    def why_popularity(self) -> str:
        """Say what moves the predicted popularity most."""
        name, value = max(self.popularity_contributions.items(), key=lambda item: abs(item[1]))
        if abs(value) < _NOTHING:
            return "No feature moves the prediction: the model says the same of every track."
        return f"{self._with_value(name)} counts most, {value:+.1f} points against the average track."

    def _with_value(self, name: str) -> str:
        known = self.dictionary[name]
        return f"{known.label} {known.text(self.point[name])}"

    def contributions_to(self, genre: str) -> dict[str, float]:
        """Return what each feature adds to a genre's score."""
        assert self.genre_matrix is not None  # noqa: S101 - asked only where a genre was predicted
        row = self.genre_matrix[list(self.probabilities).index(genre)]
        return dict(zip(self.point, map(float, row), strict=True))

    def why(self, genre: str) -> str:
        """Say what speaks most for and against a genre."""
        by_feature = self.contributions_to(genre)
        most, least = max(by_feature, key=by_feature.__getitem__), min(by_feature, key=by_feature.__getitem__)
        said = []
        if by_feature[most] > 0:
            said.append(f"{self._with_value(most)} speaks most for {genre}")
        if by_feature[least] < 0:
            said.append(f"{self._with_value(least)} most against it")
        return f"{', '.join(said)}." if said else f"Nothing here speaks for or against {genre}."

    def probability_table(self) -> pd.DataFrame:
        """Return ``genre``, ``probability``, ``start``, in the fixed order of the model's classes.

        Of many genres, those that are most probable here or where it started.
        """
        table = pd.DataFrame(
            {
                "genre": list(self.probabilities),
                "probability": list(self.probabilities.values()),
                "start": [self.start_probabilities.get(name, np.nan) for name in self.probabilities],
            }
        )
        likely = table[["probability", "start"]].max(axis="columns").nlargest(_MOST_GENRES)
        return table.loc[sorted(likely.index)].reset_index(drop=True)

    def contribution_table(self, by_feature: Mapping[str, float]) -> pd.DataFrame:
        """Return ``label``, ``contribution``, ``value_text`` in a fixed order, so that rows keep their place."""
        return pd.DataFrame(
            {
                "label": [self.dictionary[name].label for name in by_feature],
                "contribution": list(by_feature.values()),
                "value_text": [self.dictionary[name].text(self.point[name]) for name in by_feature],
            }
        )


def predicted_genres(bundle: Bundle) -> list[str]:
    """Return the genres that the model tells apart."""
    return list(bundle.facts("genre").get("classes", ()))


def lead(bundle: Bundle, rows: list[int]) -> str:
    """Return where the point starts and what the models are."""
    start = f"Starts from {track_card(bundle, rows[0]).track_name}" if rows else "Starts from the median track"
    other = "" if rows else " (search for a track to start from it)"
    return f"{start}{other}. Move a feature and see both predictions follow. The models hear audio features alone."


def start_point(bundle: Bundle, row: int | None) -> dict[str, float]:
    """Return the features of a track, or the medians; what the track lacks is the median too."""
    medians = _medians(bundle)
    if row is None:
        return dict(medians)
    own = {name: float(bundle.columns[name][row]) for name in medians}
    return {name: round(value, 6) if np.isfinite(value) else medians[name] for name, value in own.items()}


def spreads(bundle: Bundle) -> list[Spread]:
    """Return the spread of every model feature."""
    return [_spread(bundle, name) for name in bundle.feature_names]


def what_if(bundle: Bundle, point: Mapping[str, float], *, start: Mapping[str, float] | None = None) -> WhatIf:
    """Ask the models about a point.

    Parameters
    ----------
    point
        Values by feature; a feature left out counts as missing.
    start
        Where it started, to compare with.

    Raises
    ------
    QueryError
        A feature is not known to the models, or its value is impossible.
    """
    names = bundle.feature_names
    _refuse_impossible(point, {name: bundle.dictionary[name] for name in names})
    inputs = [point, *([start] if start else [])]
    X = np.array([[one.get(name, np.nan) for name in names] for one in inputs], dtype=np.float32)
    said: dict[str, object] = {"point": dict(zip(names, map(float, X[0]), strict=True))}
    said["dictionary"] = bundle.dictionary
    if bundle.holds("genre_prediction_model.joblib"):
        said |= _genre_said(bundle, X)
    if bundle.holds("popularity_model.joblib"):
        said |= _popularity_said(bundle, X)
    if missing := [bundle.dictionary[n].label.lower() for n in names if n not in point]:
        said["caveats"] = (f"Taken as missing: {', '.join(missing)}.",)
    return WhatIf(**said)  # type: ignore[arg-type]


def _genre_said(bundle: Bundle, X: np.ndarray) -> dict[str, object]:
    model = bundle.estimator("genre_prediction_model")
    proba = model.predict_proba(X)
    classes = [str(name) for name in model.classes_]
    return {
        "probabilities": dict(zip(classes, map(float, proba[0]), strict=True)),
        "start_probabilities": dict(zip(classes, map(float, proba[-1]), strict=True)),
        "genre_matrix": model.contributions(X[:1])[0][:, :-1],
    }


def _popularity_said(bundle: Bundle, X: np.ndarray) -> dict[str, object]:
    model = bundle.estimator("popularity_model")
    predicted = model.predict(X)
    low, high = model.interval(X[:1])[0]
    return {
        "popularity": Interval(float(low), float(predicted[0]), float(high)),
        "start_popularity": float(predicted[-1]),
        "popularity_contributions": dict(
            zip(bundle.feature_names, map(float, model.contributions(X[:1])[0][:-1]), strict=True)
        ),
    }


def _refuse_impossible(point: Mapping[str, float], known: Mapping[str, Field]) -> None:
    for name, value in point.items():
        if name not in known:
            raise QueryError(
                f"The models of this catalogue know no feature {name!r}", remedy=f"Known: {', '.join(known)}"
            )
        if not known[name].allows(value):
            low, high = known[name].low, known[name].high
            raise QueryError(f"{name} cannot be {value:g}", remedy=f"It lies between {low:g} and {high:g}")


@lru_cache(maxsize=16)
def _medians(bundle: Bundle) -> Mapping[str, float]:
    found = {}
    for name in bundle.feature_names:
        values = bundle.columns[name]
        middle = float(np.nanmedian(values))
        found[name] = float(_commonest(values)) if bundle.dictionary[name].is_categorical else round(middle, 6)
    return found


def _commonest(values: np.ndarray) -> float:
    codes, n = np.unique(values[np.isfinite(values)], return_counts=True)
    return codes[n.argmax()]


@lru_cache(maxsize=256)
def _spread(bundle: Bundle, name: str) -> Spread:
    known, values = bundle.dictionary[name], bundle.columns[name]
    values = values[np.isfinite(values)]
    if known.is_categorical:
        codes = tuple(int(code) for code in np.unique(values))
        return Spread(name, codes[0], codes[-1], codes=codes, words=f"mostly {known.text(float(_commonest(values)))}")
    low, high = np.quantile(values, [_OUTLIERS, 1 - _OUTLIERS])
    low, high = np.floor(low / known.step) * known.step, np.ceil(high / known.step) * known.step
    counts = histogram(values[(values >= low) & (values <= high)], np.linspace(low, high, _BARS + 1))[0]
    quartiles = " to ".join(known.text(float(q)) for q in np.quantile(values, [0.25, 0.75]))
    heights = tuple(float(h) for h in counts / max(counts.max(), 1))
    return Spread(name, round(float(low), 6), round(float(high), 6), heights, words=f"half: {quartiles}")
