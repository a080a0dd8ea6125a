"""The models that answer What-if: from sound alone, or from sound and what is known of a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.fields import Field, in_a_sentence
from models.bundle import Bundle

AUDIO, CONTEXT = "audio", "context"
"""Kinds of models: the first hear the sound alone, the others also know year, explicit lyrics and popularity."""

_AUDIO_SENTENCE = "The models hear audio features alone."


@dataclass(frozen=True, eq=False, slots=True)
class Models:
    """What answers: a genre model and a popularity model, each None where the bundle has none.

    Parameters
    ----------
    names
        What they are asked with, audio features first: the columns of X.
    genre, popularity
        `GenrePredictor` and `PopularityPredictor`.
    genres
        Labels of the track, known to the popularity model of the second kind only.
    """

    names: tuple[str, ...]
    genre: Any = None
    popularity: Any = None
    genres: tuple[str, ...] = ()
    places: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {name: place for place, name in enumerate(self.names)})

    def for_genre(self, X: np.ndarray) -> np.ndarray:
        """Return the columns that the genre model takes."""
        return X[:, [self.places[name] for name in self.genre.feature_names]]

    def for_popularity(self, X: np.ndarray) -> np.ndarray:
        """Return the columns that the popularity model takes, with the track's genres where it knows them."""
        model = self.popularity
        if not hasattr(model, "matrix"):
            return X[:, [self.places[name] for name in model.feature_names]]
        plain = X[:, [self.places[name] for name in model.plain_names]]
        return model.matrix(plain, [self.genres] * len(X))

    def probabilities(self, X: np.ndarray) -> np.ndarray:
        """Return genre probabilities, (n_tracks, n_genres)."""
        return self.genre.predict_proba(self.for_genre(X))

    def popularities(self, X: np.ndarray) -> np.ndarray:
        """Return predicted popularity, (n_tracks,)."""
        return self.popularity.predict(self.for_popularity(X))


def kinds(bundle: Bundle) -> list[str]:
    """Return the kinds of models that the bundle has, audio first."""
    beside = any(bundle.holds(f"{stem}_context_model.joblib") for stem in ("genre", "popularity"))
    return [AUDIO, CONTEXT] if beside else [AUDIO]


def models(bundle: Bundle, kind: str = AUDIO, *, genres: Sequence[str] = ()) -> Models:
    """Return the models of a kind; where one of the second kind is lacking, that of the first answers.

    Parameters
    ----------
    bundle
        A catalogue.
    kind
        `AUDIO` or `CONTEXT`.
    genres
        Labels of the track that is asked about, where they are known.
    """
    genre = _first(bundle, "genre_prediction_model", "genre_context_model" if kind == CONTEXT else "")
    popularity = _first(bundle, "popularity_model", "popularity_context_model" if kind == CONTEXT else "")
    plain = getattr(popularity, "plain_names", ())
    known = {} if genre is None else dict.fromkeys(genre.feature_names)
    names = tuple(dict.fromkeys([*bundle.feature_names, *known, *plain]))
    return Models(names, genre, popularity, tuple(genres))


def context_names(bundle: Bundle, kind: str) -> tuple[str, ...]:
    """Return what models of a kind know besides sound and genre."""
    return models(bundle, kind).names[len(bundle.feature_names) :]


def told_beside_sound(bundle: Bundle) -> str:
    """Return what the second model of genres is told besides the sound, in words."""
    known = models(bundle, CONTEXT).genre.feature_names
    return ", ".join(in_a_sentence(bundle.dictionary[name].label) for name in known if name not in bundle.feature_names)


def kind_sentence(bundle: Bundle, kind: str) -> str:
    """Return what the models of a kind know, with the warning where that may be a trace of the table."""
    if kind != CONTEXT or kind not in kinds(bundle):
        return _AUDIO_SENTENCE
    known = models(bundle, kind)
    said = [
        f"Genre is told from {_words(bundle, known.genre.feature_names)}" if known.genre else "",
        f"popularity from {_words(bundle, known.popularity.feature_names)}" if known.popularity else "",
    ]
    sentence = "; ".join(part for part in said if part)
    warning = str(bundle.facts("genre_context").get("artefact_sentence", ""))
    return f"{sentence[:1].upper()}{sentence[1:]}. {warning}".strip()


def _words(bundle: Bundle, names: Sequence[str]) -> str:
    beside = [_label(bundle.dictionary, name) for name in names if name not in bundle.feature_names]
    parts = ["the sound", *beside]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _label(dictionary: Mapping[str, Field], name: str) -> str:
    return {"explicit": "explicit lyrics", "genre": "its genres"}.get(name, in_a_sentence(dictionary[name].label))


def _first(bundle: Bundle, usual: str, wanted: str) -> Any:
    stem = next((one for one in (wanted, usual) if one and bundle.holds(f"{one}.joblib")), None)
    return None if stem is None else bundle.estimator(stem)
