"""Prints what the genre models reach on public tables, beside what stock library models do on the same tables.

``make bench-models`` measures the tables that it finds in the folder that ``SONGSCAPE_CACHE`` names, and the embedded
catalogue. Names of tasks as arguments (``make bench-models ARGS="gtzan fma"``) leave out the others.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from data.catalogue import Catalogue
from data.reading import SAMPLE, read_catalogue
from models.needs import genres_to_classify
from models.recipe import Fitted, ScoreCard, silent
from models.recipes import genre, genre_context
from models.recipes.genre import GenreRecipe
from models.recipes.genre_lesson import genre_lesson
from models.recipes.genre_pairs import pair_table

SEED = 0
GENRE = replace(genre.RECIPE, importance_rows=10)
CONTEXT = replace(genre_context.RECIPE, importance_rows=10)


@dataclass(frozen=True, slots=True)
class Floor:
    """A figure of stock library models and what to reach; of the stricter split where ``stricter``."""

    what: str
    floor: float
    reach: float | None = None
    metric: str = "accuracy"
    stricter: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One model on one table; of two genres where ``pair`` names them."""

    name: str
    files: tuple[str, ...]
    floors: tuple[Floor, ...]
    recipe: GenreRecipe = GENRE
    labels: str = "genre"
    pair: tuple[str, str] | None = None


SPOTIFY, GTZAN = ("spotify_songs.csv",), ("features_30_sec.csv",)
FMA = ("fma-rock-vs-hiphop.csv", "echonest-metrics.json")
CALIBRATED = Floor("calibration error", 0.03, metric="expected_calibration_error")

TASKS = (
    Task("sample", (SAMPLE,), (Floor("sample, audio", 0.646, 0.66), CALIBRATED)),
    Task("sample-context", (SAMPLE,), (Floor("sample, audio + explicit + popularity", 0.709, 0.715),), CONTEXT),
    Task(
        "gtzan",
        GTZAN,
        (Floor("GTZAN, 5 folds", 0.764, 0.78), Floor("GTZAN, blocks", 0.607, 0.63, stricter=True), CALIBRATED),
    ),
    Task("fma", FMA, (Floor("FMA, rock against hip-hop", 0.928, 0.93), CALIBRATED)),
    Task("fma-pair", FMA, (Floor("FMA, balanced", 0.86),), pair=("Hip-Hop", "Rock")),
    Task(
        "spotify",
        SPOTIFY,
        (
            Floor("spotify_songs, 6 genres, audio", 0.561, 0.565),
            Floor("calibration error", 0.012, metric="expected_calibration_error"),
        ),
    ),
    Task(
        "spotify-context",
        SPOTIFY,
        (
            Floor("spotify_songs, + year + popularity", 0.608, 0.615),
            Floor("the same, whole playlists unseen", 0.577, stricter=True),
        ),
        CONTEXT,
    ),
    Task("subgenres", SPOTIFY, (Floor("spotify_songs, 24 subgenres, audio", 0.291, 0.295),), labels="subgenre"),
    Task("rap-rock", SPOTIFY, (Floor("rap against rock", 0.93),), pair=("rap", "rock")),
    Task("latin-pop", SPOTIFY, (Floor("latin against pop", 0.72),), pair=("latin", "pop")),
)


def main(names: list[str]) -> None:
    """Measure the tasks that are named, or all, and print a line as soon as a figure is known."""
    console = Console(highlight=False)
    table = Table("task", "stock", "reach", "ours", "95 % interval", "model", "tracks", "seconds", title="Genres")
    for task in TASKS:
        if names and task.name not in names:
            continue
        catalogue = catalogue_of(task)
        if catalogue is None:
            console.print(f"{task.name} is left out: {' or '.join(task.files)} is not in SONGSCAPE_CACHE.")
            continue
        started = time.perf_counter()
        # As a build does: threads of linear algebra on small matrices wait for each other.
        with threadpool_limits(1, user_api="blas"):
            lines = list(pair_lines(task, catalogue) if task.pair else lines_of(task, catalogue))
        for line in lines:
            table.add_row(*line, f"{time.perf_counter() - started:.0f}")
            console.print(" | ".join(line))
    console.print(table)


def catalogue_of(task: Task) -> Catalogue | None:
    """Return the catalogue of a task, or None where a file of it is not to be had."""
    if task.files == (SAMPLE,):
        return read_catalogue(SAMPLE)
    paths = [Path(os.environ.get("SONGSCAPE_CACHE", "."), file) for file in task.files]
    if not all(path.is_file() for path in paths):
        return None
    catalogue = read_catalogue([str(path) for path in paths])
    if task.labels == "genre":
        return catalogue
    at = catalogue.tracks.column_names.index("genre")
    return replace(catalogue, tracks=catalogue.tracks.set_column(at, "genre", catalogue.tracks[task.labels]))


def lines_of(task: Task, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    """Yield a line for each figure of a task."""
    found = task.recipe.fit(catalogue, seed=SEED)
    for floor in task.floors:
        card = card_of(floor, found)
        if card is not None:
            label = str(found.facts["served"])
            yield line_of(floor, (card.value, card.low, card.high), label, card.n)


def card_of(floor: Floor, found: Fitted) -> ScoreCard | None:
    """Return the card that holds the figure, or None."""
    served = [card for card in found.scores if card.metric == floor.metric and card.served]
    stricter = [card for card in found.scores if card.metric == floor.metric and card.split != served[0].split]
    return next(iter(stricter if floor.stricter else served), None)


def pair_lines(task: Task, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    """Yield the line of two genres; the floor counts accuracy where it does not say that it is balanced."""
    classes = sorted(task.pair or ())
    kept, _ = genres_to_classify(catalogue, fewest_tracks=20, fewest_artists=5)
    by_name = {name.lower(): name for name in kept}
    names = [by_name.get(name.lower(), name) for name in classes]
    lesson = genre_lesson(catalogue, catalogue.feature_names, classes=names, left_out=[])
    split = lesson.split(n_splits=5, seed=SEED)
    row = pair_table(lesson.lesson, split, names, lesson.names, seed=SEED, progress=silent).to_pylist()[0]
    scores = row["balanced_accuracy"], row["low"], row["high"]
    accuracy = f"specialist; accuracy {row['accuracy']:.3f}"
    yield line_of(task.floors[0], scores, accuracy, row["n_a"] + row["n_b"])


def line_of(floor: Floor, found: tuple[float, float, float], model: str, n: int) -> tuple[str, ...]:
    """Return the cells of a line, all but the seconds."""
    value, low, high = found
    reach = "" if floor.reach is None else f"{floor.reach:.3f}"
    return floor.what, f"{floor.floor:.3f}", reach, f"{value:.3f}", f"{low:.3f} to {high:.3f}", model, f"{n:,}"


if __name__ == "__main__":
    main(sys.argv[1:])
