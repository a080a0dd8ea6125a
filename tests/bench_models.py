"""Prints what the models reach on public tables, beside stock library models on the same rows and folds.

``make bench-models`` measures the tables that it finds in the folder that ``SONGSCAPE_CACHE`` names, and the embedded
catalogue. Names of tasks as arguments (``make bench-models ARGS="gtzan fma"``) leave out the others. Stock here is
library defaults on our rows and folds, the best of them shown. The floors are from tuned models or other folds and are
not reproduced here: on spotify_songs, with a floor of .561, the defaults of LightGBM reach .553 on tracks merged by id
alone, and .550 on our rows, where repeated recordings are merged too.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from threadpoolctl import threadpool_limits

from data.catalogue import Catalogue
from data.reading import SAMPLE, read_catalogue
from tests.bench_lines import Line, Target, genre_lines, number, pair_lines, popularity_lines, tag_lines

SPOTIFY, GTZAN, TAGGED = ("spotify_songs.csv",), ("features_30_sec.csv",), ("data_w_genres.csv",)
FMA = ("fma-rock-vs-hiphop.csv", "echonest-metrics.json")


@dataclass(frozen=True, slots=True)
class Task:
    """Figures of one model on one table."""

    name: str
    files: tuple[str, ...]
    targets: tuple[Target, ...]
    lines: Callable[[Catalogue, Sequence[Target]], Iterator[Line]] = genre_lines


def calibration(most: float) -> Target:
    """Return the target that probabilities mean what they say."""
    return Target("its calibration error, at most", most, metric="expected_calibration_error")


WIDTH, COVERAGE = (
    Target("its intervals' width", 72, metric="interval_width"),
    Target("their coverage", 0.90, metric="interval_coverage"),
)
TASKS = (
    Task("sample", (SAMPLE,), (Target("sample, audio", 0.646, 0.66), calibration(0.03))),
    Task(
        "sample-context",
        (SAMPLE,),
        (Target("sample, audio + explicit + popularity", 0.709, 0.715),),
        partial(genre_lines, context=True),
    ),
    Task(
        "gtzan",
        GTZAN,
        (Target("GTZAN, 5 folds", 0.764, 0.78), Target("GTZAN, blocks", 0.607, 0.63, stricter=True), calibration(0.03)),
    ),
    Task("fma", FMA, (Target("FMA, rock against hip-hop", 0.928, 0.93), calibration(0.03))),
    Task("fma-pair", FMA, (Target("FMA, balanced", 0.86),), partial(pair_lines, pair=("hip-hop", "rock"))),
    Task("spotify", SPOTIFY, (Target("spotify_songs, 6 genres, audio", 0.561, 0.565), calibration(0.012))),
    Task(
        "spotify-context",
        SPOTIFY,
        (
            Target("spotify_songs, + year + popularity", 0.608, 0.615),
            Target("the same, whole playlists unseen", 0.577, stricter=True),
        ),
        partial(genre_lines, context=True),
    ),
    Task(
        "subgenres",
        SPOTIFY,
        (Target("spotify_songs, 24 subgenres, audio", 0.291, 0.295),),
        partial(genre_lines, labels="subgenre"),
    ),
    Task("rap-rock", SPOTIFY, (Target("rap against rock, balanced", 0.93),), partial(pair_lines, pair=("rap", "rock"))),
    Task(
        "latin-pop",
        SPOTIFY,
        (Target("latin against pop, balanced", 0.72),),
        partial(pair_lines, pair=("latin", "pop")),
    ),
    Task(
        "tags",
        TAGGED,
        (
            Target("30 tags, ranking precision (LRAP)", 0.598, 0.61, metric="lrap"),
            Target("its F1 over all tags", 0.457, metric="micro_f1"),
            Target("its mean F1 of tags", 0.443, metric="macro_f1"),
            Target("its mean average precision", 0.454, metric="map"),
        ),
        tag_lines,
    ),
    Task(
        "tags-context",
        TAGGED,
        (Target("30 tags, + popularity + count (LRAP)", 0.636, 0.645, metric="lrap"),),
        partial(tag_lines, context=True),
    ),
    Task(
        "popularity",
        SPOTIFY,
        (
            Target("popularity, audio (R2)", 0.084, 0.09, metric="r2"),
            Target("its mean absolute error", 18.9, metric="mae"),
            WIDTH,
            COVERAGE,
        ),
        popularity_lines,
    ),
    Task(
        "popularity-context",
        SPOTIFY,
        (
            Target("popularity, + genre + year (R2)", 0.180, 0.19, metric="r2"),
            Target("the same, with the primary genre alone (R2)", metric="r2_primary_genre"),
            Target("its mean absolute error", 17.8, metric="mae"),
            COVERAGE,
        ),
        partial(popularity_lines, context=True),
    ),
    Task("sample-popularity", (SAMPLE,), (Target("sample, popularity (R2)", 0.043, metric="r2"),), popularity_lines),
    Task(
        "sample-popularity-context",
        (SAMPLE,),
        (Target("sample, + genre + explicit (R2)", 0.114, metric="r2"), COVERAGE),
        partial(popularity_lines, context=True),
    ),
)

HEADS = (
    *("task", "floor", "reach", "ours", "95% interval", "best stock model, same rows and folds", "ours - stock"),
    *("model", "n", "s"),
)


def main(names: Sequence[str]) -> None:
    """Measure the tasks that are named, or all, and print a row of a Markdown table as soon as it is known."""
    console = Console(highlight=False, soft_wrap=True, markup=False)
    console.print(row_of(HEADS), row_of(["---"] * len(HEADS)), sep="\n")
    for task in TASKS:
        if names and task.name not in names:
            continue
        catalogue = catalogue_of(task)
        if catalogue is None:
            console.print(f"{task.name} is left out: {' or '.join(task.files)} is not in SONGSCAPE_CACHE.")
            continue
        started = time.process_time()
        # As a build does: threads of linear algebra on small matrices wait for each other.
        with threadpool_limits(1):
            for line in task.lines(catalogue, task.targets):
                console.print(row_of(cells_of(line, time.process_time() - started)))
                started = time.process_time()


def catalogue_of(task: Task) -> Catalogue | None:
    """Return the catalogue of a task, or None where a file of it is not to be had."""
    if task.files == (SAMPLE,):
        return read_catalogue(SAMPLE)
    paths = [Path(os.environ.get("SONGSCAPE_CACHE", "."), file) for file in task.files]
    return read_catalogue([str(path) for path in paths]) if all(path.is_file() for path in paths) else None


def cells_of(line: Line, seconds: float) -> list[str]:
    """Return a line as text; seconds are those of the processors, stock models included."""
    target, (value, low, high), gain = line.target, line.ours, line.gain
    return [
        target.what,
        *("" if one is None else number(one) for one in (target.floor, target.reach)),
        number(value),
        f"{number(low)} to {number(high)}" if low < high else "",
        "" if line.stock is None else f"{number(line.stock)} ({line.stock_model})",
        "" if gain is None else f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})",
        line.model,
        f"{line.n:,}",
        f"{seconds:.0f}",
    ]


def row_of(cells: Sequence[str]) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(sys.argv[1:])
