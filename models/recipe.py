"""The nouns of learning: a `Recipe` says how to learn, `Fitted` is what was learned, a `ScoreCard` how well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import pyarrow as pa

from data.catalogue import Catalogue

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done."""


def silent(share: float, doing: str) -> None:
    """Report no progress."""


Listener = Callable[[str, float, str], None]
"""Called with a step's name, the share of it done (0 to 1) and what is being done."""


def unheard(step: str, share: float, doing: str) -> None:
    """Listen to nothing."""


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """How good a model is, beside what knowing nothing would reach.

    Parameters
    ----------
    recipe, model
        What was judged.
    metric
        In scikit-learn's terms, such as ``accuracy`` or ``r2``.
    value, low, high
        The score and the ends of its 95% interval.
    baseline, baseline_value
        What knows nothing, and its score on the same tracks.
    split
        How the judged tracks were kept from the model.
    n
        Number of judged tracks.
    larger_is_better
        Direction of the metric.
    served
        Whether this is the model that answers.
    """

    recipe: str
    model: str
    metric: str
    value: float
    low: float
    high: float
    baseline: str
    baseline_value: float
    split: str
    n: int
    larger_is_better: bool = True
    served: bool = True

    @property
    def beats_baseline(self) -> bool:
        """Whether the whole interval lies on the better side of the baseline."""
        if self.larger_is_better:
            return self.low > self.baseline_value
        return self.high < self.baseline_value

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form, as the manifest holds it."""
        return asdict(self)


@dataclass(frozen=True, eq=False, slots=True)
class Fitted:
    """What one recipe leaves in the bundle.

    Parameters
    ----------
    scores
        How well it does.
    tables, arrays, estimators
        By file stem: Arrow tables, numpy arrays and joblib objects.
    facts
        Small JSON values: chosen hyper-parameters, sentences, class names.
    timings
        Seconds and milliseconds by what they were spent on, such as ``genre/lightgbm/fit_s``; no part of what was
        learned, as they differ from one run to the next.
    """

    scores: tuple[ScoreCard, ...] = ()
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    estimators: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)


@runtime_checkable
class Recipe(Protocol):
    """How to learn one thing from a catalogue; hyper-parameters are the fields of the dataclass that implements it."""

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        ...

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says which field is missing, or an empty text where nothing is."""
        ...

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Learn; the same catalogue and seed give the same result."""
        ...
