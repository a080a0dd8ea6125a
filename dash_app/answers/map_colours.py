"""What the map can be coloured by: labels, groups found, every number, and how far off the genre's prediction was."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dash_app.answers.selecting import cluster_names, cut_names
from models.bundle import Bundle

ERROR = "error"
_CUT = "clusters-"
_ERROR_TITLE = "Genre prediction error (1 − probability of the true genre, by a model that had not heard the artist)"


def colourings(bundle: Bundle) -> dict[str, str]:
    """Return what the map can be coloured by, name to label: genre, clusters, then numeric fields."""
    found = {"genre": "Genre"} if bundle.genre_names else {}
    if "cluster" in bundle.columns:
        found["cluster"] = "Cluster"
    if _has_islands(bundle):
        found["island"] = "Islands of density"
    numeric = [*bundle.feature_names, *(n for n in ("popularity", "release_year") if n in bundle.columns)]
    found |= {name: bundle.dictionary[name].label for name in numeric}
    if bundle.holds("genre_oof_proba.npy"):
        found[ERROR] = "Prediction error"
    if bundle.holds("cluster_cuts.npy"):
        found |= {f"{_CUT}{k}": f"{k} clusters" for k in bundle.facts("clusters").get("ks", ())}
    return found


def colour_title(bundle: Bundle, colour: str) -> str:
    """Return what a colour means, with its unit."""
    if colour == ERROR:
        return _ERROR_TITLE
    return bundle.dictionary[colour].title if colour in bundle.dictionary else colourings(bundle)[colour]


def categories(bundle: Bundle, colour: str) -> list[str] | None:
    """Return names by code, None where the colour is a number."""
    if colour == "genre":
        return list(bundle.genre_names)
    if colour == "cluster":
        return list(cluster_names(bundle).values())
    if colour == "island":
        return list(bundle.facts("clusters").get("island_names", ()))
    if is_coded(bundle, colour):
        return list(bundle.dictionary[colour].choices)
    if colour.startswith(_CUT):
        return list(cut_names(bundle, int(colour.removeprefix(_CUT))))
    return None


@lru_cache(maxsize=16)
def map_values(bundle: Bundle, colour: str) -> np.ndarray:
    """Return codes into `categories` (-1 for none), or numbers with NaN where missing; shape (n_tracks,)."""
    if colour == "island":
        return bundle.array("density_labels")
    if colour == ERROR:
        return _prediction_error(bundle)
    if is_coded(bundle, colour):
        field, values = bundle.dictionary[colour], bundle.columns[colour]
        return np.where(np.isfinite(values), np.nan_to_num(values) - field.low, -1).astype(np.int16)
    if colour.startswith(_CUT):
        ks = list(bundle.facts("clusters")["ks"])
        return np.ascontiguousarray(bundle.array("cluster_cuts")[:, ks.index(int(colour.removeprefix(_CUT)))])
    return bundle.columns[colour]


def is_coded(bundle: Bundle, colour: str) -> bool:
    """Return whether a colour is a field whose values are codes with names: key, mode, time signature."""
    return colour in bundle.dictionary and bundle.dictionary[colour].is_categorical


def _has_islands(bundle: Bundle) -> bool:
    return bundle.holds("density_labels.npy") and bool(bundle.facts("clusters").get("island_names"))


def _prediction_error(bundle: Bundle) -> np.ndarray:
    """Return 1 minus the probability of the true genre, float32; NaN where the track was not judged."""
    proba = bundle.array("genre_oof_proba")
    place = {name: k for k, name in enumerate(bundle.facts("genre")["classes"])}
    column = np.array([place.get(name, -1) for name in bundle.genre_names] + [-1])[bundle.columns["genre"]]
    error = 1 - np.asarray(proba)[np.arange(len(proba)), column]
    return np.where(column < 0, np.float32(np.nan), error.astype(np.float32))
