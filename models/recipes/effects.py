"""Tables that explain a model as a whole: curves by feature, features that go together, contributions by genre."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.effects import Predict, accumulated_effects, individual_curves, quantile_grid
from analytics.folds import Fold
from analytics.grouping import feature_groups
from data.fields import is_categorical
from models.predictors.scorers import Scorer

_MOST_LINES = 40
_NOMINAL = 3
"""From so many codes on, as of the key, there is no order to accumulate effects along."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How many tracks and points curves are drawn from.

    Parameters
    ----------
    n_tracks
        Most tracks that are moved along a feature.
    n_points
        Most points of a curve.
    n_accumulated
        Most tracks that accumulated effects come from; they cost two predictions each.
    """

    n_tracks: int = 300
    n_points: int = 24
    n_accumulated: int = 2000


def effect_tables(
    predict: Predict,
    X: np.ndarray,
    names: Sequence[str],
    outputs: Sequence[str],
    *,
    seed: int,
    sample: Sample | None = None,
) -> tuple[pa.Table, pa.Table]:
    """Return the curves of each feature, and those of single tracks.

    Parameters
    ----------
    predict
        From features to one column per output, such as genre probabilities.
    X
        Tracks to draw from, shape (n_tracks, n_columns).
    names
        Features to move, the first columns of X.
    outputs
        Names of the outputs.
    seed, sample
        Which tracks, and how many.

    Returns
    -------
    curves
        ``feature``, ``x``, ``output``, ``pdp`` (partial dependence), ``ale`` (accumulated local effect, against the
        average track) with its 95% interval ``low`` to ``high``, null for codes without an order, ``n`` (tracks
        within half a step of x).
    lines
        ``feature``, ``line`` (a track), ``x``, ``output``, ``predicted``: individual conditional expectation of at
        most 40 tracks.
    """
    sample = sample or Sample()
    curves, lines = [], []
    for feature, name, known, grid in _moved(X, names, sample, seed=seed):
        single = individual_curves(predict, known[: sample.n_tracks], feature, grid)
        local = _local(predict, known[: sample.n_accumulated], feature, name, grid, seed=seed)
        counts = _counts(X[:, feature], grid)
        for i, output in enumerate(outputs):
            partial = single[:, :, i].mean(axis=0)
            curves.append(_curve(name, output, grid, partial, [part[:, i] for part in local], counts))
            lines.append(_lines(name, output, grid, single[:_MOST_LINES, :, i]))
    return pa.concat_tables(curves), pa.concat_tables(lines)


def _moved(
    X: np.ndarray, names: Sequence[str], sample: Sample, *, seed: int
) -> Iterator[tuple[int, str, np.ndarray, np.ndarray]]:
    """Yield each feature that varies: its number and name, tracks that have it in a random order, and its points."""
    shuffled = X[np.random.default_rng(seed).permutation(len(X))]
    for feature, name in enumerate(names):
        known = shuffled[np.isfinite(shuffled[:, feature])]
        grid = quantile_grid(known[:, feature], most=sample.n_points)
        if len(grid) > 1:
            yield feature, name, known, grid


def _local(
    predict: Predict, X: np.ndarray, feature: int, name: str, grid: np.ndarray, *, seed: int
) -> tuple[np.ndarray, ...]:
    if is_categorical(name) and len(grid) >= _NOMINAL:
        nothing = np.full((len(grid), predict(X[:1]).size), np.nan)
        return nothing, nothing, nothing
    return accumulated_effects(predict, X, feature, grid, seed=seed)


def _counts(values: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Return how many tracks are nearest to each grid point."""
    known = values[np.isfinite(values)]
    return np.bincount(np.searchsorted((grid[1:] + grid[:-1]) / 2, known), minlength=len(grid))


def _curve(
    name: str, output: str, grid: np.ndarray, partial: np.ndarray, local: Sequence[np.ndarray], counts: np.ndarray
) -> pa.Table:
    ale, low, high = (pa.array(part, pa.float32(), from_pandas=True) for part in local)
    return pa.table(
        {
            "feature": [name] * len(grid),
            "x": grid.astype(np.float32),
            "output": [output] * len(grid),
            "pdp": partial.astype(np.float32),
            "ale": ale,
            "low": low,
            "high": high,
            "n": counts.astype(np.int32),
        }
    )


def _lines(name: str, output: str, grid: np.ndarray, single: np.ndarray) -> pa.Table:
    n_lines = len(single)
    return pa.table(
        {
            "feature": [name] * single.size,
            "line": np.repeat(np.arange(n_lines, dtype=np.int16), len(grid)),
            "x": np.tile(grid, n_lines).astype(np.float32),
            "output": [output] * single.size,
            "predicted": single.ravel().astype(np.float32),
        }
    )


def genre_effects(
    predict_proba: Predict,
    X: np.ndarray,
    names: Sequence[str],
    classes: Sequence[str],
    codes: np.ndarray,
    *,
    seed: int,
    most_genres: int = 8,
    sample: Sample | None = None,
) -> pa.Table:
    """Return `effect_tables`' curves of the probability of the largest genres, ``output`` named ``genre``.

    Parameters
    ----------
    predict_proba
        From features to probabilities (n_tracks, n_genres).
    X, names
        Features of the tracks, and their names.
    classes, codes
        Genre names, and the genre number of each track, shape (n_tracks,).
    most_genres
        Only so many, those with most tracks.
    seed, sample
        As in `effect_tables`.
    """
    largest = _largest(classes, codes, most_genres)
    curves, _ = effect_tables(
        lambda rows: predict_proba(rows)[:, largest],
        X,
        names,
        [classes[i] for i in largest],
        seed=seed,
        sample=sample,
    )
    return curves.rename_columns({"output": "genre"})


def genre_effect_lines(
    predict_proba: Predict,
    X: np.ndarray,
    names: Sequence[str],
    classes: Sequence[str],
    codes: np.ndarray,
    *,
    seed: int,
    most_genres: int = 8,
    n_lines: int = 20,
    sample: Sample | None = None,
) -> pa.Table:
    """Return how each genre's probability of single tracks follows each feature, beside the curves of `genre_effects`.

    Parameters
    ----------
    predict_proba, X, names, classes, codes, seed, most_genres, sample
        As in `genre_effects`; the tracks are among those that its partial dependence is the mean of.
    n_lines
        Most tracks of a feature.

    Returns
    -------
    pa.Table
        ``feature``, ``line`` (a track), ``x``, ``genre``, ``predicted``: individual conditional expectation.
    """
    largest, lines = _largest(classes, codes, most_genres), []
    for feature, name, known, grid in _moved(X, names, sample or Sample(), seed=seed):
        single = individual_curves(lambda rows: predict_proba(rows)[:, largest], known[:n_lines], feature, grid)
        lines += [_lines(name, classes[genre], grid, single[:, :, i]) for i, genre in enumerate(largest)]
    table = pa.concat_tables(lines).rename_columns({"output": "genre"})
    for column in ("feature", "genre"):  # thousands of rows share a dozen names
        place = table.column_names.index(column)
        table = table.set_column(place, column, table[column].combine_chunks().dictionary_encode())
    return table


def _largest(classes: Sequence[str], codes: np.ndarray, most: int) -> np.ndarray:
    """Return the numbers of the genres with most tracks, the largest first."""
    return np.argsort(-np.bincount(codes, minlength=len(classes)), kind="stable")[:most]


def genre_shap_table(
    X: np.ndarray,
    codes: np.ndarray,
    folds: Sequence[Fold],
    scorers: Sequence[Scorer],
    names: Sequence[str],
    classes: Sequence[str],
    *,
    seed: int,
    n_rows: int = 1500,
) -> pa.Table:
    """Return what each feature adds to each genre's score, over tracks that each fold's model has not seen.

    Contributions are those of `models.predictors.genre.GenrePredictor`: against the mean over genres, before
    calibration.

    Parameters
    ----------
    X, codes
        Features (n_tracks, n_features) and genre numbers (n_tracks,).
    folds, scorers
        Folds, and the model that was trained on each.
    names, classes
        Of the features and the genres.
    seed, n_rows
        Of the sampling; most tracks, all folds together.

    Returns
    -------
    pa.Table
        ``genre``, ``feature``, ``mean_abs`` (mean size of the contribution to the genre's score, over all sampled
        tracks), ``mean`` (mean contribution over the sampled tracks of that genre: what speaks for it), ``n`` (those
        tracks). Genres without a sampled track are left out.
    """
    rng = np.random.default_rng(seed)
    per_fold = max(2, n_rows // len(folds))
    found, rows = [], []
    for (_, test), scorer in zip(folds, scorers, strict=True):
        some = np.sort(rng.permutation(test)[:per_fold])
        given = scorer.contributions(X[some])[:, :, :-1]
        found.append(given - given.mean(axis=1, keepdims=True))
        rows.append(some)
    given, codes = np.concatenate(found), codes[np.concatenate(rows)]
    size = np.abs(given).mean(axis=0)
    there = [g for g in range(len(classes)) if (codes == g).any()]
    own = {g: given[codes == g, g].mean(axis=0) for g in there}
    cells = [(g, f) for g in there for f in range(len(names))]
    return pa.table(
        {
            "genre": [classes[g] for g, _ in cells],
            "feature": [names[f] for _, f in cells],
            "mean_abs": pa.array([size[g, f] for g, f in cells], pa.float32()),
            "mean": pa.array([own[g][f] for g, f in cells], pa.float32()),
            "n": pa.array([int((codes == g).sum()) for g, _ in cells], pa.int32()),
        }
    )


def named_groups(features: np.ndarray, names: Sequence[str]) -> list[list[str]]:
    """Return the names of features that go together (`analytics.grouping.feature_groups`), codes left alone."""
    ordered = [i for i, name in enumerate(names) if not is_categorical(name)]
    groups = [[names[ordered[i]] for i in group] for group in feature_groups(features[:, ordered])]
    return groups + [[name] for name in names if is_categorical(name)]


def label_of(dictionary: Mapping[str, object]) -> dict[str, str]:
    """Return how a person reads each field, in the middle of a sentence."""
    return {name: _lower(str(getattr(known, "label", name))) for name, known in dictionary.items()}


def _lower(label: str) -> str:
    """Return a label in small letters, but for what is written in capitals."""
    return " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in label.split(" "))
