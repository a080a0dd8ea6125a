"""What the models say of a track that need not exist, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from analytics.calibration import prediction_sets
from dash_app.answers.answer import signed
from dash_app.answers.explained import explained
from dash_app.answers.whatif_models import AUDIO, Models, models
from dash_app.answers.whatif_sliders import first_features
from data.errors import QueryError
from data.fields import FIELDS, Field, in_a_sentence
from models.bundle import Bundle

_LIKELY = 0.1
_NOTHING = 0.05
_MOST_GENRES = 12


@dataclass(frozen=True, slots=True)
class Interval:
    """A prediction with its 90% interval."""

    low: float
    predicted: float
    high: float

    def as_dict(self) -> dict[str, float]:
        """Return the JSON form, to two decimals."""
        return {name: round(value, 2) for name, value in asdict(self).items()}


@dataclass(frozen=True, eq=False, slots=True)
class WhatIf:
    """What the models say of one point.

    Parameters
    ----------
    point
        Value of everything that the models take, NaN where missing.
    probabilities, start_probabilities
        By genre, here and where it started; empty where genres are not classified.
    plausible
        The 90% prediction set: genres that together hold the right one of nine tracks in ten.
    popularity, start_popularity
        Prediction with its interval, and the one where it started.
    genre_features
        Names of the columns of ``genre_matrix``.
    genre_matrix
        Contributions, shape (n_genres, n_features).
    popularity_contributions
        Points by feature; ``genre`` is one where the model knows genres.
    genre_explained, popularity_explained
        What the contributions are, as the models that are served have it.
    genres
        Labels of the track that it started from, known to some models.
    unusual
        The share of the catalogue's tracks that lie nearer to others, None where that is not known.
    warning
        Where it lies outside what the models have seen, a sentence; else empty.
    caveats
        Sentences that limit what may be concluded.
    folded
        Features that are told together, as they matter least of many.
    dictionary
        The catalogue's fields.
    """

    point: Mapping[str, float]
    probabilities: Mapping[str, float] = field(default_factory=dict)
    start_probabilities: Mapping[str, float] = field(default_factory=dict)
    plausible: tuple[str, ...] = ()
    popularity: Interval | None = None
    start_popularity: float | None = None
    genre_features: tuple[str, ...] = ()
    genre_matrix: np.ndarray | None = None
    popularity_contributions: Mapping[str, float] = field(default_factory=dict)
    genre_explained: str = ""
    popularity_explained: str = ""
    genres: tuple[str, ...] = ()
    unusual: float | None = None
    warning: str = ""
    caveats: tuple[str, ...] = ()
    folded: frozenset[str] = frozenset()
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
    def set_sentence(self) -> str:
        """Say which genres it takes to be right in nine cases of ten."""
        n, n_all = len(self.plausible), len(self.probabilities)
        if not n:
            return ""
        if n == n_all:
            return "To be right in 9 of 10 cases, no genre can be left out."
        if n > 4:
            return f"To be right in 9 of 10 cases, {n} of {n_all} genres have to be named."
        names = f"{', '.join(self.plausible[:-1])} or {self.plausible[-1]}" if n > 1 else self.plausible[0]
        return f"Sets like this one hold the genre of 9 tracks in 10: {names}."

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
    def usual_sentence(self) -> str:
        """Say how far the point lies from known tracks; the warning where it lies too far."""
        if self.warning or self.unusual is None:
            return self.warning
        return f"Not unusual: {1 - self.unusual:.0%} of the catalogue's tracks lie further from the others."

    @property
    def why_popularity(self) -> str:
        """Say what moves the predicted popularity most."""
        name, value = max(self.popularity_contributions.items(), key=lambda item: abs(item[1]))
        if abs(value) < _NOTHING:
            return "No feature moves the prediction: the model says the same of every track."
        said = f"{self._with_value(name)} counts most, {signed(value)} points against the average prediction."
        return f"{said} {self.popularity_explained}".strip()

    def contributions_to(self, genre: str) -> dict[str, float]:
        """Return what each feature adds to a genre's score."""
        assert self.genre_matrix is not None  # noqa: S101 - asked only where a genre was predicted
        row = self.genre_matrix[list(self.probabilities).index(genre)]
        return dict(zip(self.genre_features, map(float, row), strict=True))

    def why(self, genre: str) -> str:
        """Say what speaks most for and against a genre."""
        by_feature = self.contributions_to(genre)
        most, least = max(by_feature, key=by_feature.__getitem__), min(by_feature, key=by_feature.__getitem__)
        said = []
        if by_feature[most] > 0:
            said.append(f"{self._with_value(most)} speaks most for {genre}")
        if by_feature[least] < 0:
            said.append(f"{self._with_value(least)} most against it")
        sentence = f"{', '.join(said)}." if said else f"Nothing here speaks for or against {genre}."
        return f"{sentence} {self.genre_explained}".strip()

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
        """Return ``label``, ``contribution``, ``value_text`` in a fixed order, so that rows keep their place.

        Of many features, those that matter most to the model, and the sum of the others.
        """
        folded = [name for name in by_feature if name in self.folded]
        shown = [name for name in by_feature if name not in self.folded]
        rows = [(self._label(name), by_feature[name], self._value_text(name)) for name in shown]
        if folded:
            rows.append((f"{len(folded)} others together", sum(by_feature[name] for name in folded), ""))
        return pd.DataFrame(rows, columns=["label", "contribution", "value_text"])

    def _with_value(self, name: str) -> str:
        return f"{self._label(name)} {self._value_text(name)}"

    def _label(self, name: str) -> str:
        return self.dictionary[name].label

    def _value_text(self, name: str) -> str:
        if name == "genre":
            return ", ".join(self.genres) or "not known"
        return self.dictionary[name].text(self.point[name])


def predicted_genres(bundle: Bundle) -> list[str]:
    """Return the genres that the model tells apart."""
    return list(bundle.facts("genre").get("classes", ()))


def what_if(
    bundle: Bundle,
    point: Mapping[str, float],
    *,
    start: Mapping[str, float] | None = None,
    kind: str = AUDIO,
    genres: Sequence[str] = (),
) -> WhatIf:
    """Ask the models about a point.

    Parameters
    ----------
    bundle
        A catalogue.
    point
        Values by feature; a feature left out counts as missing.
    start
        Where it started, to compare with.
    kind
        Which models answer (`dash_app.answers.whatif_models`).
    genres
        Labels of the track that it started from.

    Raises
    ------
    QueryError
        A feature is not known to the models, or its value is impossible.
    """
    asked = models(bundle, kind, genres=genres)
    refuse_impossible(point, {name: bundle.dictionary[name] for name in asked.names})
    inputs = [point, *([start] if start else [])]
    X = np.array([[one.get(name, np.nan) for name in asked.names] for one in inputs], dtype=np.float32)
    said: dict[str, object] = {
        "point": {name: float(point.get(name, np.nan)) for name in asked.names},
        "dictionary": bundle.dictionary,
        "folded": frozenset(bundle.feature_names) - frozenset(first_features(bundle)),
        "genres": tuple(genres),
    }
    said |= _genre_said(asked, X) if asked.genre else {}
    said |= _popularity_said(asked, X) if asked.popularity else {}
    said |= _novelty_said(bundle, X[:1, : len(bundle.feature_names)].astype(np.float64))
    said["caveats"] = _caveats(bundle, asked.names, point, str(said.get("warning", "")))
    return WhatIf(**said)  # type: ignore[arg-type]


def refuse_impossible(point: Mapping[str, float], known: Mapping[str, Field]) -> None:
    """Check the values of a point.

    Raises
    ------
    QueryError
        A feature is not known, or its value is impossible.
    """
    for name, value in point.items():
        if name not in known:
            raise QueryError(
                f"The models of this catalogue know no feature {name!r}", remedy=f"Known: {', '.join(known)}"
            )
        if not known[name].allows(value):
            low, high = known[name].low, known[name].high
            raise QueryError(f"{name} cannot be {value:g}", remedy=f"It lies between {low:g} and {high:g}")


def _genre_said(asked: Models, X: np.ndarray) -> dict[str, object]:
    model, columns = asked.genre, asked.for_genre(X)
    proba = model.predict_proba(columns)
    classes = [str(name) for name in model.classes_]
    members = prediction_sets(proba[:1], model.threshold)[0]
    likeliest_first = [classes[i] for i in np.argsort(-proba[0], kind="stable") if members[i]]
    return {
        "probabilities": dict(zip(classes, map(float, proba[0]), strict=True)),
        "start_probabilities": dict(zip(classes, map(float, proba[-1]), strict=True)),
        "plausible": tuple(likeliest_first),
        "genre_features": tuple(model.feature_names),
        "genre_matrix": model.contributions(columns[:1])[0][:, :-1],
        "genre_explained": explained(model),
    }


def _popularity_said(asked: Models, X: np.ndarray) -> dict[str, object]:
    model, columns = asked.popularity, asked.for_popularity(X)
    predicted = model.predict(columns)
    low, high = model.interval(columns[:1])[0]
    given = model.contributions(columns[:1])[0][:-1]
    return {
        "popularity": Interval(float(low), float(predicted[0]), float(high)),
        "start_popularity": float(predicted[-1]),
        "popularity_contributions": dict(zip(model.feature_names, map(float, given), strict=True)),
        "popularity_explained": explained(model),
    }


def _novelty_said(bundle: Bundle, X: np.ndarray) -> dict[str, object]:
    """Return how far the point lies from known tracks; nothing where a feature is missing."""
    if not bundle.holds("novelty_model.joblib") or np.isnan(X).any():
        return {}
    model = bundle.estimator("novelty_model")
    share = float(model.predict(X)[0])
    return {"unusual": share, "warning": model.sentence(X[0], bundle.dictionary)}


def _caveats(bundle: Bundle, names: Sequence[str], point: Mapping[str, float], warning: str) -> tuple[str, ...]:
    missing = [in_a_sentence(bundle.dictionary[name].label) for name in names if name not in point]
    taken = f"Taken as missing: {', '.join(missing)}." if missing else ""
    return tuple(sentence for sentence in (taken, warning) if sentence)
