"""The figures of ``make bench-models``: ours with intervals, and the best stock model on the same rows and folds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analytics.choice import paired_difference
from analytics.multilabel import ranking_precision
from analytics.scoring import Estimate, cluster_bootstrap, clustered_mean, r2
from data.catalogue import Catalogue
from models.needs import context_names, genres_to_classify, known_popularity
from models.recipe import silent
from models.recipes import genre, popularity, popularity_context, tags
from models.recipes.classifiers import pooled
from models.recipes.comparison import Comparison, compare, judged_on
from models.recipes.genre_candidates import served_candidates
from models.recipes.genre_lesson import GenreLesson, genre_lesson
from models.recipes.genre_pairs import pair_table
from models.recipes.genre_strict import stricter_split
from models.recipes.genre_tables import score_cards
from models.recipes.splits import Split
from models.recipes.tags_models import TagLesson
from models.recipes.tags_tables import judged
from tests.stock import unseen_classes, unseen_numbers, unseen_tags

SEED = 0


@dataclass(frozen=True, slots=True)
class Target:
    """A figure of tuned models or other folds that is not reproduced here, and what to reach.

    Of a stricter split than the one by artist where ``stricter``.
    """

    what: str
    floor: float | None = None
    reach: float | None = None
    metric: str = "accuracy"
    stricter: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A figure: ours with its interval, and the best stock model on the same rows and folds, as far as measured."""

    target: Target
    ours: Estimate
    model: str
    n: int
    stock: float | None = None
    stock_model: str = ""
    gain: Estimate | None = None


def number(value: float) -> str:
    """Return a figure with three digits after the point, one where it is large."""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def genre_lines(
    catalogue: Catalogue, targets: Sequence[Target], *, context: bool = False, labels: str = "genre"
) -> Iterator[Line]:
    """Yield accuracy on unseen artists, on a stricter split where there is one, and the calibration error."""
    task = lesson_of(relabelled(catalogue, labels), context=context)
    split = task.split(n_splits=5, seed=SEED)
    found = comparison(task, split)
    cards = {card.metric: card for card in reversed(score_cards(found, "", seed=SEED))}
    label = found.candidates[found.served].label
    for target in targets:
        if target.metric != "accuracy":
            card = cards[target.metric]
            yield Line(target, Estimate(card.value, card.low, card.high), label, card.n)
        elif not target.stricter:
            yield genre_line(target, found.nested, task, split, label)
        elif stricter := stricter_split(found, task, catalogue, seed=SEED):
            log_proba = judged_on(found, stricter, progress=silent).log_proba
            yield genre_line(target, log_proba, task, stricter, label)


def genre_line(target: Target, log_proba: np.ndarray, task: GenreLesson, split: Split, label: str) -> Line:
    """Return accuracy beside that of the best stock model."""
    X, y = task.lesson.X, task.lesson.y
    right = (log_proba.argmax(axis=1) == y).astype(np.float64)
    stock = {
        name: (proba.argmax(axis=1) == y).astype(np.float64)
        for name, proba in unseen_classes(X, y, split.folds, task.lesson.n_classes).items()
    }
    return beside_stock(target, right, stock, split.groups, label)


def beside_stock(
    target: Target, ours: np.ndarray, stock: dict[str, np.ndarray], groups: np.ndarray, label: str
) -> Line:
    """Return a mean over tracks beside that of the best stock model, with the paired difference."""
    best = max(stock, key=lambda name: stock[name].mean())
    gain = paired_difference(ours, stock[best], groups, seed=SEED)
    found = clustered_mean(ours, groups, seed=SEED)
    return Line(target, found, label, len(ours), float(stock[best].mean()), best, gain)


def pair_lines(catalogue: Catalogue, targets: Sequence[Target], *, pair: tuple[str, str]) -> Iterator[Line]:
    """Yield how well a specialist tells two genres apart, by balanced accuracy."""
    task = lesson_of(catalogue, only=pair)
    split, lesson = task.split(n_splits=5, seed=SEED), task.lesson
    row = pair_table(lesson, split, task.classes, task.names, seed=SEED, progress=silent).to_pylist()[0]
    # Tracks weighted so that both genres count the same: the mean is the balanced accuracy.
    weights = (len(lesson.y) / (2 * np.bincount(lesson.y)))[lesson.y]
    stock = {
        name: weights * (proba.argmax(axis=1) == lesson.y)
        for name, proba in unseen_classes(lesson.X, lesson.y, split.folds, 2).items()
    }
    best = max(stock, key=lambda name: stock[name].mean())
    ours = Estimate(row["balanced_accuracy"], row["low"], row["high"])
    label = f"specialist; accuracy {row['accuracy']:.3f}"
    yield Line(targets[0], ours, label, len(lesson.y), float(stock[best].mean()), best)


def popularity_lines(catalogue: Catalogue, targets: Sequence[Target], *, context: bool = False) -> Iterator[Line]:
    """Yield what is explained, the mean absolute error, and width and coverage of the intervals."""
    recipe = popularity_context.RECIPE if context else popularity.RECIPE
    found = replace(recipe, depth="thorough", importance_rows=10).fit(catalogue, seed=SEED)
    rows, y = known_popularity(catalogue)
    lesson = popularity_context.RECIPE.lesson(catalogue, popularity_context.RECIPE.genres(catalogue), seed=SEED)
    X = lesson.X if context else catalogue.features()[rows].astype(np.float64)
    ours, groups = found.arrays[f"{recipe.name}_oof"][rows].astype(np.float64), lesson.split.groups
    stock = unseen_numbers(X, y, lesson.split.folds)
    best = min(stock, key=lambda name: float(((stock[name] - y) ** 2).mean()))
    theirs = stock[best]
    shown = {card.metric: Estimate(card.value, card.low, card.high) for card in reversed(found.scores)}
    width = float(found.facts["interval_width"])  # type: ignore[arg-type]  # a number in the record
    ones = np.ones(len(y))
    gains = {
        "r2": cluster_bootstrap(groups, lambda w: r2(y, ours, w) - r2(y, theirs, w), seed=SEED),
        "mae": paired_difference(np.abs(ours - y), np.abs(theirs - y), groups, seed=SEED),
    }
    by_stock = {"r2": r2(y, theirs, ones), "mae": float(np.abs(theirs - y).mean())}
    shown["interval_width"] = Estimate(width, width, width)
    if "r2_primary_genre" in found.facts:
        ends = found.facts["r2_primary_genre_interval"]
        shown["r2_primary_genre"] = Estimate(found.facts["r2_primary_genre"], *ends)  # type: ignore[arg-type,misc]  # numbers
    for target in (one for one in targets if one.metric in shown):
        metric = target.metric
        stock_model = best if metric in by_stock else ""
        label = str(found.facts["served_label"])
        yield Line(target, shown[metric], label, len(y), by_stock.get(metric), stock_model, gains.get(metric))


def tag_lines(catalogue: Catalogue, targets: Sequence[Target], *, context: bool = False) -> Iterator[Line]:
    """Yield ranking precision, F1 over all tags and by tag, and mean average precision."""
    recipe = replace(tags.RECIPE, depth="thorough")
    _, rows, lesson, split = recipe.lesson(catalogue, seed=SEED)
    names = catalogue.feature_names
    if context:
        known = tags.context_names(catalogue, rows)
        X = np.column_stack([lesson.X, catalogue.features(known)[rows].astype(np.float64)])
        lesson, names = TagLesson(X, lesson.carried, lesson.groups), (*names, *known)
    found = recipe.unseen(lesson, split, names, seed=SEED, progress=silent)
    ours = tags.chosen([judged(k, p, lesson, split, seed=SEED) for k, p in found.items()], lesson, split, seed=SEED)
    stock = unseen_tags(lesson.X, lesson.carried, split.folds)
    precision = {name: ranking_precision(lesson.carried, proba) for name, proba in stock.items()}
    best = max(precision, key=lambda name: precision[name].mean())
    theirs = judged(best, stock[best], lesson, split, seed=SEED).scores.overall
    gain = paired_difference(
        ranking_precision(lesson.carried, ours.nested.probabilities), precision[best], split.groups, seed=SEED
    )
    for target in targets:
        metric = target.metric
        of_ours, of_stock = ours.nested.scores.overall[metric], theirs[metric].value
        yield Line(target, of_ours, ours.label, len(rows), of_stock, best, gain if metric == "lrap" else None)


def comparison(task: GenreLesson, split: Split) -> Comparison:
    """Return the candidates that may be served, compared as a build does."""
    plan = genre.RECIPE.plan
    single = served_candidates(plan, task.names, task.lesson.n_classes, seed=SEED)
    blend = pooled("blend", "Boosting, network and regression, weighted", parts=("logistic", "lightgbm", "network"))
    return compare([*single, blend], task.lesson, split, seed=SEED, progress=silent)


def lesson_of(catalogue: Catalogue, *, context: bool = False, only: Sequence[str] = ()) -> GenreLesson:
    """Return the tracks of the genres that a build would classify, or of some of them."""
    kept, left_out = genres_to_classify(catalogue, fewest_tracks=20, fewest_artists=5)
    classes = [name for name in kept if name.lower() in only] if only else kept
    names = (*catalogue.feature_names, *(context_names(catalogue) if context else ()))
    return genre_lesson(catalogue, names, classes=classes, left_out=left_out)


def relabelled(catalogue: Catalogue, labels: str) -> Catalogue:
    """Return the catalogue with another column as its genre."""
    if labels == "genre":
        return catalogue
    at = catalogue.tracks.column_names.index("genre")
    return replace(catalogue, tracks=catalogue.tracks.set_column(at, "genre", catalogue.tracks[labels]))
