"""Models of stock libraries with their default settings, learned and judged on the rows and folds of ours."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier, XGBRegressor

from analytics.folds import Fold

Makers = Mapping[str, Callable[[], object]]

CLASSIFIERS: Makers = {
    "LightGBM": lambda: LGBMClassifier(n_jobs=1, verbosity=-1),
    "XGBoost": lambda: XGBClassifier(n_jobs=1),
    "HistGradientBoosting": lambda: HistGradientBoostingClassifier(random_state=0),
    "random forest": lambda: _filled(RandomForestClassifier(random_state=0)),
    "logistic regression": lambda: _filled(StandardScaler(), LogisticRegression(max_iter=2000)),
}
REGRESSORS: Makers = {
    "LightGBM": lambda: LGBMRegressor(n_jobs=1, verbosity=-1),
    "XGBoost": lambda: XGBRegressor(n_jobs=1),
    "HistGradientBoosting": lambda: HistGradientBoostingRegressor(random_state=0),
    "random forest": lambda: _filled(RandomForestRegressor(random_state=0)),
}
TAGGERS: Makers = {
    "LightGBM": lambda: MultiOutputClassifier(LGBMClassifier(n_jobs=1, verbosity=-1)),
    "random forest": lambda: _filled(RandomForestClassifier(random_state=0)),
    "logistic regression": lambda: _filled(StandardScaler(), MultiOutputClassifier(LogisticRegression(max_iter=2000))),
    "network": lambda: _filled(StandardScaler(), MLPClassifier(random_state=0)),
}

_MEAN = ("random forest", "network")
"""Taggers whose mean is judged too, as what we serve is such a mean."""

_SLOW, _MOST_CELLS = ("XGBoost", "HistGradientBoosting", "random forest"), 120_000
"""Models that are left out where there are more tracks times genres: they take minutes, and LightGBM was the best of
them on spotify_songs, where all were measured once."""


_MOST_ROWS = 10_000
"""Tracks up to which a random forest of numbers is measured: of more it takes minutes, and is the worst."""


def unseen_classes(X: np.ndarray, y: np.ndarray, folds: Sequence[Fold], n_classes: int) -> dict[str, np.ndarray]:
    """Return probabilities by model, (n_tracks, n_classes), of tracks that each has not seen."""
    few = len(y) * n_classes <= _MOST_CELLS
    found = {}
    for name, make in CLASSIFIERS.items():
        if few or name not in _SLOW:
            found[name] = np.zeros((len(y), n_classes))
            for train, test in folds:
                model = make().fit(X[train], y[train])  # type: ignore[attr-defined]  # estimators of three libraries
                found[name][np.ix_(test, model.classes_)] = model.predict_proba(X[test])
    return found


def unseen_numbers(X: np.ndarray, y: np.ndarray, folds: Sequence[Fold]) -> dict[str, np.ndarray]:
    """Return predictions by model, (n_tracks,), of tracks that each has not seen."""
    found = {name: np.zeros(len(y)) for name in REGRESSORS if name != "random forest" or len(y) <= _MOST_ROWS}
    for name in found:
        for train, test in folds:
            found[name][test] = REGRESSORS[name]().fit(X[train], y[train]).predict(X[test])  # type: ignore[attr-defined]
    return found


def unseen_tags(X: np.ndarray, carried: np.ndarray, folds: Sequence[Fold]) -> dict[str, np.ndarray]:
    """Return probabilities by model, (n_tracks, n_tags), of tracks that each has not seen."""
    found = {name: np.zeros(carried.shape) for name in TAGGERS}
    for name, make in TAGGERS.items():
        for train, test in folds:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # the network's defaults end after 200 epochs
                learned = make().fit(X[train], carried[train])  # type: ignore[attr-defined]
            said = learned.predict_proba(X[test])
            found[name][test] = said if name == "network" else np.column_stack([proba[:, 1] for proba in said])
    return found | {" + ".join(_MEAN): np.mean([found[name] for name in _MEAN], axis=0)}


def _filled(*steps: object) -> Pipeline:
    return make_pipeline(SimpleImputer(strategy="median"), *steps)
