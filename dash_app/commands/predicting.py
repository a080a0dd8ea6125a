"""Predictions for a table of tracks by what was learned from a catalogue, and how far the table drifts from it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rich.table import Table
from rich.text import Text

from analytics.drift import drift_sentence, drift_table
from dash_app.answers.spreadsheets import as_csv
from dash_app.commands.sources import source_paths
from dash_app.commands.terminal import console
from dash_app.commands.writing import write_whole
from dash_app.settings import Settings
from data.catalogue import Catalogue
from data.errors import SourceError
from data.reading import inspect
from data.wishes import Wishes
from models.bundle import Bundle, Library

_LISTED = 10
"""Predictions that are printed; the file holds them all."""


def predict_table(
    sources: Sequence[str], *, catalogue: str | None, wishes: Wishes, out: Path | None, settings: Settings
) -> None:
    """Predict genre and popularity of every track, print how the table drifts, and write a CSV where one is asked for.

    Parameters
    ----------
    sources
        As for a build; there may be any number of tracks.
    catalogue
        Name of the catalogue whose models answer; by default the first one.
    wishes
        What is said about the tables.
    out
        CSV file; an older one is replaced.
    settings
        Where catalogues and downloads lie.

    Raises
    ------
    SourceError
        A table cannot be read, shares no feature with the catalogue, or the file cannot be written.
    """
    bundle = Library(settings.home).open(catalogue)
    new = inspect(source_paths(sources, settings), wishes=wishes).catalogue
    X = features_like(bundle, new)
    table = predictions(bundle, new, X)
    known = np.column_stack([bundle.columns[name] for name in bundle.feature_names])
    _print_drift(bundle, known, X)
    _print_predictions(table)
    if known_rows := known_sentence(bundle, new):
        console.print(known_rows, soft_wrap=True, markup=False)
    if out is not None:
        write_whole(out, lambda aside: aside.write_text(as_csv(table), encoding="utf-8"))
        console.print(f"{len(table):,} predictions are in {out}.", soft_wrap=True, markup=False)


def features_like(bundle: Bundle, new: Catalogue) -> np.ndarray:
    """Return the features that a bundle's models hear, float32 of shape (n_tracks, n_features), NaN where missing.

    Raises
    ------
    SourceError
        The table has none of them.
    """
    names = bundle.feature_names
    shared = [name for name in names if new.has(name)]
    if not shared:
        raise SourceError(
            f"The table has none of the features of {bundle.name}",
            where=new.provenance.source,
            remedy=f"They are {', '.join(names[:12])}; --map COLUMN=FIELD says which column is which",
        )
    nothing = np.full(len(new), np.nan, dtype=np.float32)
    return np.column_stack([new.column(name) if name in shared else nothing for name in names]).astype(np.float32)


def known_sentence(bundle: Bundle, new: Catalogue) -> str:
    """Return how many tracks of a table the models have learned from, by their ids; empty where none."""
    known = sum(track_id in bundle.row_of for track_id in new.tracks["track_id"].to_pylist())
    if not known:
        return ""
    return (
        f"{known:,} of {len(new):,} tracks are in {bundle.name} by their ids: its models have learned from them, so "
        "that what they say of them looks better than it would be of new tracks."
    )


def predictions(bundle: Bundle, new: Catalogue, X: np.ndarray) -> pd.DataFrame:
    """Return one row per track: what names it, and what the models of the bundle say of it.

    Columns ``track_id``, ``track_name``, ``artists``; ``genre`` with its ``probability`` and the ``plausible`` ones
    (90% set); ``popularity`` with ``low`` and ``high`` (90% interval); ``unusual`` (share of the known tracks that
    lie nearer to the others). A bundle that lacks a model lacks its columns.
    """
    named = {
        n: new.tracks[n].to_pylist() for n in ("track_id", "track_name", "artists") if n in new.tracks.column_names
    }
    found: dict[str, object] = dict(named)
    if bundle.holds("genre_prediction_model.joblib"):
        model = bundle.estimator("genre_prediction_model")
        proba, plausible = model.predict_proba(X), model.plausible(X)
        found["genre"] = model.classes_[proba.argmax(axis=1)]
        found["probability"] = proba.max(axis=1).round(4)
        found["plausible"] = [" or ".join(map(str, model.classes_[row])) for row in plausible]
    if bundle.holds("popularity_model.joblib"):
        regressor = bundle.estimator("popularity_model")
        found["popularity"] = regressor.predict(X).round(1)
        found["low"], found["high"] = regressor.interval(X).round(1).T
    if bundle.holds("novelty_model.joblib"):
        found["unusual"] = bundle.estimator("novelty_model").predict(X).round(4)
    return pd.DataFrame(found)


def _print_drift(bundle: Bundle, known: np.ndarray, X: np.ndarray) -> None:
    drift = drift_table(known, X, bundle.feature_names)
    table = Table("feature", "PSI", "KS", "adjusted p", "missing", "verdict", title=f"Against {bundle.name}")
    for row in drift.to_pylist():
        numbers = (f"{row['psi']:.3f}", f"{row['ks']:.3f}", f"{row['p_adjusted']:.2g}", f"{row['missing_new']:.0%}")
        table.add_row(Text(bundle.dictionary[row["feature"]].label), *numbers, row["verdict"])
    console.print(table)
    console.print(drift_sentence(drift, bundle.dictionary), soft_wrap=True, markup=False)


def _print_predictions(table: pd.DataFrame) -> None:
    shown = Table(*table.columns, title=f"{min(len(table), _LISTED)} of {len(table):,} predictions")
    for row in table.head(_LISTED).itertuples(index=False):
        shown.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(shown)
