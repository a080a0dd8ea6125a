"""What a catalogue can be filtered by: values with their counts, numeric fields with their ends."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dash_app.answers.selecting import cluster_names, predicted_genres
from data.ranges import is_range, key_of
from models.bundle import Bundle


@dataclass(frozen=True, slots=True)
class FilterValue:
    """A value that can be ticked, with the number of tracks that carry it."""

    value: str | int
    label: str
    n: int


@dataclass(frozen=True, slots=True)
class FilterRange:
    """A numeric field with the lowest and highest value it takes, rounded outwards to its step."""

    field: str
    low: float
    high: float
    step: float


def predicted_values(bundle: Bundle) -> list[FilterValue]:
    """Return the genres that a model takes tracks for, with how many each; empty where none was learned."""
    if (codes := predicted_genres(bundle).get("predicted")) is None:
        return []
    counts = np.bincount(codes[codes >= 0], minlength=len(bundle.genre_names))
    return [FilterValue(name, name, int(n)) for name, n in zip(bundle.genre_names, counts, strict=True) if n]


def genre_values(bundle: Bundle) -> list[FilterValue]:
    """Return the genres, most tracks first."""
    if not bundle.genre_names:
        return []
    codes = bundle.columns["genre"]
    counts = np.bincount(codes[codes >= 0], minlength=len(bundle.genre_names))
    return [FilterValue(name, name, int(n)) for name, n in zip(bundle.genre_names, counts, strict=True)]


def cluster_values(bundle: Bundle) -> list[FilterValue]:
    """Return the clusters by number, which is by size."""
    names = cluster_names(bundle)
    if not names:
        return []
    counts = np.bincount(bundle.columns["cluster"], minlength=len(names))
    return [FilterValue(number, name, int(counts[number])) for number, name in names.items()]


@lru_cache(maxsize=16)
def filter_ranges(bundle: Bundle) -> dict[str, FilterRange]:
    """Return the ends of every numeric field that varies, by its key in the address."""
    found = {}
    for name in bundle.dictionary:
        if name in bundle.columns and is_range(key_of(name)):
            values = bundle.columns[name]
            low, high, step = float(np.nanmin(values)), float(np.nanmax(values)), bundle.dictionary[name].step
            if low < high:
                ends = math.floor(low / step + 1e-6) * step, math.ceil(high / step - 1e-6) * step
                found[key_of(name)] = FilterRange(name, round(ends[0], 6), round(ends[1], 6), step)
    return found
