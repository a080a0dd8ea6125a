"""One call per chart, over tables of any size, with any names and with or without gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures import (
    balance,
    by_genre,
    clusters,
    compared,
    correlation,
    curves,
    decades,
    distributions,
    effects,
    genre_pairs,
    genres,
    importance,
    left_out,
    map_frame,
    pairs,
    parallel,
    popularity,
    residuals,
    scatter,
    shares,
    similar,
    slopes,
    tags,
    tracks_map,
    trends,
    whatif,
)
from dash_app.figures.theme import genre_colours
from data.fields import AUDIO_FEATURES, FIELDS

GENRES = ("edm", "latin", "pop", "r&b", "rap", "rock")


@dataclass(frozen=True, slots=True)
class Case:
    """What a table looks like."""

    rows: int = 6
    """Rows of a table with one row per thing."""
    names: Sequence[str] = GENRES
    """What the things are called."""
    points: int = 400
    """Rows of a table with one row per track."""
    gaps: bool = False
    """Whether every second number is missing."""

    @property
    def things(self) -> list[str]:
        return list(self.names[: self.rows])

    @property
    def colours(self) -> dict[str, str]:
        return genre_colours(self.names)

    def numbers(self, low: float, high: float, *, rows: int | None = None) -> np.ndarray:
        """Return rising numbers between two ends, with gaps where the case has them."""
        values = np.linspace(high, low, self.rows if rows is None else rows)
        if self.gaps:
            values[::2] = np.nan
        return values


def _quantiles(case: Case, bottom: float, top: float, shares: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Return columns at shares of a width around numbers that fall from ``top`` to ``bottom``."""
    centre = case.numbers(bottom + 0.3 * (top - bottom), bottom + 0.7 * (top - bottom))
    return {name: centre + share * (top - bottom) for name, share in shares.items()}


_BOX = {"q05": -0.3, "q25": -0.12, "q50": 0.02, "q75": 0.15, "q95": 0.3}


def _balance(case: Case) -> go.Figure:
    every = np.linspace(6000, 90, case.rows).astype(int)
    table = pd.DataFrame({"genre": case.things, "n": every // 3, "n_all": every})
    return balance.genre_balance(table, colours=case.colours)


def _balance_compared(case: Case) -> go.Figure:
    every = np.linspace(6000, 90, case.rows).astype(int)
    table = pd.DataFrame({"genre": case.things, "n": every // 3, "n_all": every, "n_other": every // 2})
    return balance.genre_balance(table, colours=case.colours)


def _histogram(case: Case) -> go.Figure:
    edges = np.linspace(0, 1, case.rows + 1) if case.rows else np.zeros(0)
    share = case.numbers(0.01, 0.12) * (1 + np.sin(np.arange(case.rows)))
    columns = {"low": edges[:-1], "high": edges[1:], "share": share, "share_all": share[::-1]}
    return distributions.histogram(pd.DataFrame(columns), field=FIELDS["energy"])


def _histogram_compared(case: Case) -> go.Figure:
    edges = np.linspace(0, 1, case.rows + 1) if case.rows else np.zeros(0)
    share = case.numbers(0.01, 0.12)
    columns = {"low": edges[:-1], "high": edges[1:], "share": share, "share_all": share[::-1], "share_other": share / 2}
    return distributions.histogram(pd.DataFrame(columns), field=FIELDS["energy"], chosen=(0.2, np.inf))


def _keys(case: Case) -> go.Figure:
    codes = np.arange(min(case.rows, 12))
    share = case.numbers(0.03, 0.14, rows=len(codes))
    columns = {"low": codes, "high": codes, "share": share, "share_all": share[::-1]}
    return distributions.histogram(pd.DataFrame(columns), field=FIELDS["key"])


def _box(case: Case) -> go.Figure:
    n = np.full(case.rows, 500)
    columns = {"genre": case.things, "n": n, **_quantiles(case, 90_000, 400_000, _BOX)}
    table = pd.DataFrame(columns)
    return by_genre.boxes(table, field=FIELDS["duration_ms"], colours=case.colours)


def _boxes_compared(case: Case) -> go.Figure:
    spread = _quantiles(case, 0, 1, _BOX)
    other = {f"{name}_other": spread[name] + 0.05 for name in ("q25", "q50", "q75")}
    table = pd.DataFrame({"genre": case.things, "n": np.full(case.rows, 500), **spread, **other})
    return by_genre.boxes(table, field=FIELDS["energy"], colours=case.colours)


def _densities(case: Case) -> pd.DataFrame:
    value = np.linspace(0, 1, 9)
    frames = []
    for place, name in enumerate(case.things):
        middle = (place + 1) / (case.rows + 1)
        density = np.exp(-(((value - middle) / 0.2) ** 2))
        density = np.where(np.arange(9) % 2 == 0, np.nan, density) if case.gaps else density
        columns = {"genre": name, "n": 500, "median": middle, "value": value, "density": density}
        frames.append(pd.DataFrame({**columns, "density_other": density[::-1]}))
    empty = pd.DataFrame({name: [] for name in ("genre", "n", "median", "value", "density")})
    return pd.concat(frames) if frames else empty


def _violins(case: Case) -> go.Figure:
    table = _densities(case).drop(columns="density_other", errors="ignore")
    return by_genre.violins(table, field=FIELDS["energy"], colours=case.colours)


def _ridgeline(case: Case) -> go.Figure:
    return by_genre.ridgeline(_densities(case), field=FIELDS["energy"], colours=case.colours)


def _pairs(case: Case, *, compared: bool = False) -> go.Figure:
    names = ["energy", "loudness", "tempo", "valence", "duration_ms"][: case.rows]
    cells = [(a, u, x, y) for i, a in enumerate(names) for u in names[i:] for x in range(9) for y in range(9)]
    table = pd.DataFrame(cells, columns=["across", "up", "x", "y"])
    table = table.assign(y=np.where(table["across"] == table["up"], 0, table["y"]))
    share = 0.01 + 0.001 * (table["x"] * table["y"]).to_numpy(dtype=float)
    table["share"] = np.where(np.arange(len(table)) % 2 == 0, np.nan, share) if case.gaps else share
    if compared:
        table["share_other"] = share[::-1]
    r = pd.DataFrame(np.full((len(names),) * 2, np.nan if case.gaps else 0.4), index=names, columns=names)
    return pairs.pair_plot(table, order=names, fields=FIELDS, ends=dict.fromkeys(names, (0.0, 9000.0)), r=r)


def _pairs_compared(case: Case) -> go.Figure:
    return _pairs(case, compared=True)


def _parallel(case: Case) -> go.Figure:
    names = ["energy", "loudness", "tempo", "valence", "duration_ms"][: case.rows]
    n = len(names)
    tracks = min(case.points, 40) if n else 0
    noise = np.random.default_rng(5)
    place = noise.random(tracks * n)
    place[::2] = np.nan if case.gaps else place[::2]
    genre = np.repeat(noise.choice(case.names, tracks), n) if tracks else []
    table = pd.DataFrame({"field": names * tracks, "place": place, "genre": genre})
    limits = {"from": [0.2, *[np.nan] * (n - 1)][:n], "to": [0.7, *[np.nan] * (n - 1)][:n]}
    medians = {"middle": case.numbers(0.3, 0.6, rows=n), "middle_other": case.numbers(0.2, 0.8, rows=n)}
    axes = pd.DataFrame({"field": names, "low": 0.0, "high": 9000.0, **limits, **medians})
    return parallel.parallel(table, axes=axes, fields=FIELDS, colours=case.colours)


def _heatmap(case: Case) -> go.Figure:
    names = list(AUDIO_FEATURES) if case.names is GENRES else list(case.names)
    names = names[: case.rows] if case.rows < 2 else names
    place = np.arange(len(names))
    cells = np.cos(0.5 * (place[:, None] - place[None, :]))
    if case.gaps:
        cells[::2] = np.nan
    matrix = pd.DataFrame(cells, index=names, columns=names)
    labels = {name: field.label for name, field in FIELDS.items()}
    return correlation.heatmap(matrix, method="Spearman", labels=labels)


def _heatmap_compared(case: Case) -> go.Figure:
    names = list(AUDIO_FEATURES)[: case.rows]
    matrix = pd.DataFrame(np.full((len(names),) * 2, 0.5), index=names, columns=names)
    return correlation.heatmap(matrix, method="Pearson", labels={}, other=-matrix)


def _tracks(case: Case) -> pd.DataFrame:
    noise = np.random.default_rng(7)
    x = noise.beta(4, 2, case.points)
    y = -20 + 16 * x + noise.normal(0, 2.5, case.points)
    if case.gaps:
        y[::2] = np.nan
    names = noise.choice(case.names, case.points) if case.points else []
    selected = noise.random(case.points) < 0.5
    return pd.DataFrame({"x": x, "y": y, "genre": names, "selected": selected})


def _scatter(case: Case) -> go.Figure:
    x = np.linspace(0.2, 1, case.rows)
    y = -20 + 16 * x
    line = pd.DataFrame({"x": x, "y": y, "low": y - 0.6, "high": y + 0.6})
    fields = {"x": FIELDS["energy"], "y": FIELDS["loudness"]}
    return scatter.two_fields(_tracks(case), **fields, colours=case.colours, line=line)


def _scatter_compared(case: Case) -> go.Figure:
    x = np.linspace(0.2, 1, case.rows)
    line = pd.DataFrame({"x": x, "y": -20 + 16 * x, "low": -21 + 16 * x, "high": -19 + 16 * x})
    share = case.numbers(0.01, 0.2)
    side = pd.DataFrame({"low": x, "high": x + 0.1, "share": share, "share_all": share, "share_other": share[::-1]})
    table = _tracks(case)
    options = {"x": FIELDS["energy"], "y": FIELDS["loudness"], "colours": case.colours, "line": line}
    table = table.assign(other=~table["selected"].astype(bool) & (table.index % 2 == 0))
    return scatter.two_fields(table, **options, line_other=line + 1, across=side, up=side)


def _cloud(case: Case) -> pd.DataFrame:
    noise = np.random.default_rng(3)
    code = noise.integers(0, len(case.names), case.points)
    angle = 2 * np.pi * code / len(case.names)
    x = 9000 * np.cos(angle) + noise.normal(0, 3500, case.points)
    y = 7000 * np.sin(angle) + noise.normal(0, 3000, case.points)
    return pd.DataFrame({"x": x.astype(np.int16), "y": y.astype(np.int16), "colour": code})


def _map(case: Case) -> go.Figure:
    points = _cloud(case)
    middles = points.groupby("colour")[["x", "y"]].mean().reset_index()
    labels = middles.assign(text=[case.names[code] for code in middles["colour"]])
    kinds = ["track", *["neighbour"] * 5][: case.points]
    marks = points[["x", "y"]].head(6).assign(kind=kinds)
    palette = list(case.colours.values())
    mask = points["x"].to_numpy() > 0
    return tracks_map.tracks_map(
        points, palette=palette, colour_title="Genre", labels=labels, selected=mask, marks=marks
    )


def _map_frame(case: Case) -> go.Figure:
    points = _cloud(case)
    middles = points.groupby("colour")[["x", "y"]].mean().reset_index()
    labels = middles.assign(text=[case.names[code] for code in middles["colour"]])
    view = ((0.0, 32_000.0), (0.0, 32_000.0))
    return map_frame.map_frame(labels, view=view, scale=(FIELDS["energy"].title, 0.0, 1.0), meta={"bundle": "0"})


def _continuous_map(case: Case) -> go.Figure:
    points = _cloud(case).assign(colour=_tracks(case)["y"])
    return tracks_map.tracks_map(points, palette=None, colour_title=FIELDS["loudness"].title)


def _confusion(case: Case) -> go.Figure:
    pairs = [(a, p) for a in range(case.rows) for p in range(case.rows) if abs(a - p) < 4]
    share = np.array([0.62 if a == p else 0.3 / (1 + abs(a - p)) for a, p in pairs])
    if case.gaps:
        share[::2] = np.nan
    columns = {
        "actual": [case.things[a] for a, _ in pairs],
        "predicted": [case.things[p] for _, p in pairs],
        "n": np.nan_to_num(share * 900).astype(int),
        "share_of_actual": share,
    }
    return genres.confusion(pd.DataFrame(columns), order=case.things)


def _roc(case: Case) -> go.Figure:
    wrongly = case.numbers(0, 1)
    table = pd.DataFrame({"threshold": 1 - wrongly, "false_positive_rate": wrongly})
    return curves.roc(table.assign(true_positive_rate=np.sqrt(wrongly)))


def _precision_recall(case: Case) -> go.Figure:
    recall = case.numbers(0, 1)
    table = pd.DataFrame({"threshold": 1 - recall, "recall": recall, "precision": 1 - 0.7 * recall})
    return curves.precision_recall(table, share=0.3)


def _by_number(case: Case) -> go.Figure:
    value = case.numbers(0.4, 0.6)
    kept = [", ".join(case.things[: place + 1]) for place in range(case.rows)]
    table = pd.DataFrame({"x": 2.0 ** np.arange(case.rows)[::-1], "value": value, "kept": kept})
    table = table.assign(low=value - 0.01, high=value + 0.01)
    return curves.by_number(table, x_title="Features kept (number)", value_title="Accuracy (% of tracks)")


def _pair_matrix(case: Case) -> go.Figure:
    names = case.things
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    value = np.linspace(0.6, 0.95, len(pairs))
    value = np.where(np.arange(len(pairs)) % 2 == 0, np.nan, value) if case.gaps else value
    table = pd.DataFrame({"a": [a for a, _ in pairs], "b": [b for _, b in pairs], "balanced_accuracy": value})
    return genre_pairs.pair_matrix(table.assign(low=value - 0.02, high=value + 0.02), order=names)


def _reliability(case: Case) -> go.Figure:
    confidence = case.numbers(0.95, 0.15)
    columns = {
        "confidence": confidence,
        "accuracy": confidence**1.2,
        "n": np.linspace(900, 20, case.rows).astype(int),
    }
    return genres.reliability(pd.DataFrame(columns))


def _class_scores(case: Case) -> go.Figure:
    f1 = case.numbers(0.4, 0.7)
    columns = {
        "genre": case.things,
        "precision": f1 + 0.05,
        "recall": f1 - 0.04,
        "f1": f1,
        "support": np.full(case.rows, 1204),
    }
    return genres.class_scores(pd.DataFrame(columns), colours=case.colours)


def _importance(case: Case) -> go.Figure:
    drop = case.numbers(0.0, 0.09)
    columns = {"feature": case.things, "label": case.things, "drop": drop}
    table = pd.DataFrame({**columns, "low": drop - 0.008, "high": drop + 0.008})
    return importance.importance(table, drop_title="Drop in accuracy (share of tracks)")


def _importance_together(case: Case) -> go.Figure:
    drop = case.numbers(-0.002, 0.03)
    table = pd.DataFrame({"feature": case.things, "label": case.things, "drop": drop, "sum_alone": drop / 2})
    table = table.assign(low=drop - 0.003, high=drop + 0.003, n_features=1 + np.arange(case.rows) % 3)
    table = table.assign(members=[", ".join(case.things) for _ in case.things])
    return importance.importance(table, drop_title="Drop in accuracy (share of tracks)")


def _left_out(case: Case) -> go.Figure:
    without = case.numbers(0.49, 0.565)
    table = pd.DataFrame({"group": case.things, "n_features": 3, "labels": "MFCC 1, MFCC 2, MFCC 3", "with_all": 0.56})
    table = table.assign(without=without, low=without - 0.01, high=without + 0.01, clear=without < 0.54)
    return left_out.left_out(table, value_title="Accuracy (% of tracks)")


def _density(case: Case) -> go.Figure:
    centres = np.arange(2.5, 100, 5)[: 4 * case.rows] if case.rows > 1 else np.full(case.rows, 40.0)
    actual, predicted = (grid.ravel() for grid in np.meshgrid(centres, centres))
    n = np.exp(8 - ((actual - predicted) / 14) ** 2 - ((actual - 45) / 25) ** 2)
    n = np.where(n < 1, np.nan, n) if case.gaps else n
    table = pd.DataFrame({"actual": actual, "predicted": predicted, "n": n})
    return popularity.predicted_against_actual(table[~(table["n"] < 1)])


def _residuals(case: Case) -> go.Figure:
    mean = case.numbers(-6, 5)
    columns = {"group": case.things, "n": np.full(case.rows, 300), "mean": mean}
    return popularity.residuals_by_group(pd.DataFrame({**columns, "low": mean - 1.2, "high": mean + 1.2}))


def _popularity_by_genre(case: Case) -> go.Figure:
    spread = {"q25": -0.2, "q50": 0.02, "q75": 0.2, "mean": 0.0, "low": -0.02, "high": 0.02}
    columns = {"genre": case.things, "n": np.full(case.rows, 300)}
    table = pd.DataFrame({**columns, **_quantiles(case, 0, 100, spread)})
    return popularity.by_genre(table, colours=case.colours)


def _residuals_by_year(case: Case) -> go.Figure:
    mean, n = case.numbers(-6, 5), np.linspace(5, 900, case.rows).astype(int)
    table = pd.DataFrame({"year": np.arange(1960, 1960 + case.rows), "n": n, "mean": mean, "few": n < 20})
    return residuals.residuals_by_year(table.assign(low=mean - 1.2, high=mean + 1.2))


def _effect_points(case: Case, middle: float) -> pd.DataFrame:
    effect = case.numbers(-3, 2) + middle
    n = np.linspace(900, 5, case.rows).astype(int)
    table = pd.DataFrame({"x": np.linspace(0, 1, case.rows), "pdp": effect, "ale": effect, "n": n})
    return table.assign(low=effect - 0.5, high=effect + 0.5)


def _dependence(case: Case) -> go.Figure:
    table = _effect_points(case, 40.0)
    single = [table[["x"]].assign(line=line, y=table["pdp"] + line) for line in (-4, 3)] if case.rows else []
    lines = pd.concat(single) if single else None
    options = {"field": FIELDS["energy"], "axis_title": "Predicted popularity (0 to 100)"}
    return effects.dependence(table, **options, lines=lines)


def _local_effect(case: Case) -> go.Figure:
    table = _effect_points(case, 0.0)
    return effects.local_effect(table, field=FIELDS["energy"], axis_title="Effect on predicted popularity (points)")


def _compared(case: Case) -> go.Figure:
    value, more = case.numbers(-0.01, 0.2), np.arange(case.rows) % 2 == 0
    knows = np.where(more, "From sound and genre", "From sound alone")
    table = pd.DataFrame({"label": case.things, "knows": knows, "more": more, "value": value})
    table = table.assign(low=value - 0.01, high=value + 0.01, served=np.arange(case.rows) < 2)
    return compared.compared(table, value_title="Variation explained (%)", baseline=0.0, named="the mean: 0%")


def _interval(case: Case) -> go.Figure:
    low, predicted, high = (np.nan,) * 3 if case.gaps else (31.0, 47.5, 66.0)
    return popularity.interval(low, predicted, high, actual=58.0, start=41.0)


def _bins(case: Case, *, low: float = 0.0, high: float = 1.0) -> pd.DataFrame:
    columns = {"q25": -0.15, "median": 0.0, "q75": 0.14, "low": -0.03, "high": 0.03}
    n = np.linspace(5, 900, case.rows).astype(int)
    position = np.arange(1960, 1960 + case.rows)
    spread = _quantiles(case, low, high, columns)
    return pd.DataFrame({"position": position, "n": n, **spread, "few": n < 30})


def _medians(case: Case) -> go.Figure:
    table = _bins(case)
    selected = table.assign(**{name: table[name] + 0.1 for name in ("q25", "median", "q75")})
    selected = selected.assign(low=table["low"] + 0.1, high=table["high"] + 0.1)
    options = {"field": FIELDS["energy"], "axis_title": "Release year"}
    return trends.medians(table, **options, selected=selected)


def _medians_with_changes(case: Case) -> go.Figure:
    year = np.arange(1962, 1962 + case.rows)[:2]
    changes = pd.DataFrame({"year": year, "low_year": year - 2, "high_year": year + 1})
    options = {"field": FIELDS["energy"], "axis_title": "Release year", "along": FIELDS["release_year"]}
    return trends.medians(_bins(case), **options, changes=changes)


def _decades(case: Case) -> go.Figure:
    table = _bins(case).rename(columns={"position": "decade"})
    return decades.decades(table.assign(decade=case.things), field=FIELDS["energy"])


def _small_multiples_by_genre(case: Case) -> go.Figure:
    names = case.things[:12]
    tables = {name: _bins(case, low=0.1 * place / max(len(names), 1)) for place, name in enumerate(names)}
    return trends.small_multiples(tables, fields=dict.fromkeys(names, FIELDS["energy"]), axis_title="Release year")


def _medians_of_all(case: Case) -> go.Figure:
    table = _bins(case, low=90_000, high=400_000)
    return trends.medians(table, field=FIELDS["duration_ms"], axis_title="Popularity (0 to 100)")


def _small_multiples(case: Case) -> go.Figure:
    names = ("energy", "valence", "tempo", "loudness", "duration_ms")[: case.rows]
    spans = {"tempo": (70, 180), "loudness": (-20, 0), "duration_ms": (90_000, 400_000)}
    ends = {name: spans.get(name, (0, 1)) for name in names}
    tables = {name: _bins(case, low=low, high=high) for name, (low, high) in ends.items()}
    fields = {name: FIELDS[name] for name in names}
    return trends.small_multiples(tables, fields=fields, axis_title="Release year")


def _shares(case: Case) -> go.Figure:
    years = np.arange(1990, 2021)
    frames = []
    for place, name in enumerate(case.things):
        share = (1 + np.sin(years / 6 + place) * 0.6) / max(1, case.rows)
        share = np.where(years % 2 == 0, np.nan, share) if case.gaps else share
        columns = {"position": years, "group": name, "share": share, "n": 100}
        frames.append(pd.DataFrame({**columns, "low": share * 0.9, "high": share * 1.1}))
    empty = pd.DataFrame(columns=["position", "group", "share", "n", "low", "high"], dtype=float)
    return shares.shares(pd.concat(frames) if frames else empty, colours=case.colours)


def _slopes(case: Case) -> go.Figure:
    slope = case.numbers(-0.3, 0.4)
    columns = {"field": case.things, "label": case.things, "slope_sd": slope}
    table = pd.DataFrame({**columns, "low": slope - 0.1, "high": slope + 0.1})
    return slopes.slopes(table.assign(significant=np.abs(slope) > 0.1))


def _profile(case: Case) -> go.Figure:
    track = case.numbers(8, 97)
    columns = {"field": case.things, "label": case.things, "track": track}
    table = pd.DataFrame({**columns, "neighbours": track * 0.9 + 5})
    return similar.profile(table.assign(low=track * 0.8, high=np.minimum(track * 0.9 + 15, 100)))


def _probabilities(case: Case) -> go.Figure:
    share = case.numbers(0.01, 1.0) ** 3
    table = pd.DataFrame({"genre": case.things, "probability": share, "start": share[::-1]})
    return whatif.probabilities(table, colours=case.colours)


def _contributions(case: Case) -> go.Figure:
    columns = {"label": case.things, "contribution": case.numbers(-0.3, 0.41)}
    table = pd.DataFrame(columns).assign(value_text="122 BPM")
    return whatif.contributions(table, towards="rock", unit="log-odds")


_SIDES = ("rock, energy over 0.80", "the rest")


def _confusion_compared(case: Case) -> go.Figure:
    i, j = np.meshgrid(np.arange(case.rows), np.arange(case.rows), indexing="ij")
    share = np.where(i == j, 0.6, 0.4 / max(1, case.rows - 1)).ravel()
    names = np.array(case.things, dtype=object)
    columns = {"actual": names[i.ravel()], "predicted": names[j.ravel()], "n": 40, "share_of_actual": share}
    table = pd.DataFrame(columns)
    return genres.confusion(table, order=case.things, other=table.iloc[:: 2 if case.gaps else 1], sides=_SIDES)


def _reliability_compared(case: Case) -> go.Figure:
    confidence = case.numbers(0.3, 0.95)
    table = pd.DataFrame({"confidence": confidence, "accuracy": confidence * 0.9, "n": 120})
    return genres.reliability(table, other=table.assign(accuracy=confidence * 0.7), sides=_SIDES)


def _class_scores_compared(case: Case) -> go.Figure:
    score = case.numbers(0.2, 0.8)
    columns = {"genre": case.things, "precision": score, "recall": score - 0.05, "f1": score - 0.02, "support": 300}
    table = pd.DataFrame(columns)
    other = table.assign(**{name: table[name] + 0.1 for name in ("precision", "recall", "f1")})
    return genres.class_scores(table, colours=case.colours, other=other.iloc[1:], sides=_SIDES)


def _density_compared(case: Case) -> go.Figure:
    cells = np.arange(2.5, 100, 5)[: max(case.rows, 0)]
    table = pd.DataFrame({"actual": cells, "predicted": 30 + cells / 5 // 5 * 5, "n": np.arange(1, len(cells) + 1)})
    return popularity.predicted_against_actual(table, other=table.iloc[1:], sides=_SIDES)


def _residuals_compared(case: Case) -> go.Figure:
    mean = case.numbers(-6, 8)
    table = pd.DataFrame({"group": case.things, "n": np.full(case.rows, 300), "mean": mean})
    table = table.assign(low=mean - 1.2, high=mean + 1.2)
    other = table.assign(**{name: table[name] - 2 for name in ("mean", "low", "high")})
    return popularity.residuals_by_group(table.iloc[1:], other=other, sides=_SIDES)


def _residuals_by_year_compared(case: Case) -> go.Figure:
    mean, n = case.numbers(-6, 8), np.linspace(5, 90, case.rows).astype(int)
    table = pd.DataFrame({"year": np.arange(1990, 1990 + case.rows), "n": n, "mean": mean, "few": n < 20})
    table = table.assign(low=mean - 1.2, high=mean + 1.2)
    other = table.assign(**{name: table[name] - 2 for name in ("mean", "low", "high")})
    return residuals.residuals_by_year(table, other=other, sides=_SIDES)


def _popularity_by_genre_compared(case: Case) -> go.Figure:
    spread = {"q25": -0.2, "q50": 0.02, "q75": 0.2, "mean": 0.0, "low": -0.02, "high": 0.02}
    columns = {"genre": case.things, "n": np.full(case.rows, 300)}
    table = pd.DataFrame({**columns, **_quantiles(case, 20, 60, spread)})
    other = table.assign(**{name: table[name] + 6 for name in ("mean", "low", "high")})
    return popularity.by_genre(table, colours=case.colours, other=other, sides=_SIDES)


def _higher(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{name: table[name] + 0.15 for name in ("q25", "median", "q75", "low", "high")})


def _medians_compared(case: Case) -> go.Figure:
    table = _bins(case)
    changes = pd.DataFrame({"year": [1962], "low_year": [1960], "high_year": [1963]})
    options = {"field": FIELDS["energy"], "axis_title": "Release year", "along": FIELDS["release_year"]}
    return trends.medians(table, **options, selected=table, changes=changes, other=_higher(table), sides=_SIDES)


def _small_multiples_compared(case: Case) -> go.Figure:
    names = case.things[:12]
    tables = {name: _bins(case) for name in names}
    fields = dict.fromkeys(names, FIELDS["energy"])
    others = {name: _higher(table) for name, table in [*tables.items()][1:]}
    return trends.small_multiples(tables, fields=fields, axis_title="Release year", others=others, sides=_SIDES)


def _decades_compared(case: Case) -> go.Figure:
    table = _bins(case).rename(columns={"position": "decade"}).assign(decade=case.things)
    return decades.decades(table.iloc[1:], field=FIELDS["energy"], other=_higher(table), sides=_SIDES)


def _shares_compared(case: Case) -> go.Figure:
    years, n = np.arange(1990, 2021), max(1, case.rows)
    frames = [
        pd.DataFrame({"position": years, "group": name, "share": (1 + place) / n / 2, "n": 100})
        for place, name in enumerate(case.things)
    ]
    table = pd.concat(frames) if frames else pd.DataFrame(columns=["position", "group", "share", "n"], dtype=float)
    table = table.assign(low=table["share"] * 0.9, high=table["share"] * 1.1)
    other = table.assign(share=table["share"] / 2)
    return shares.shares(table, colours=case.colours, other=other, sides=_SIDES)


def _slopes_compared(case: Case) -> go.Figure:
    slope = case.numbers(-0.3, 0.4)
    table = pd.DataFrame({"field": case.things, "label": case.things, "slope_sd": slope})
    table = table.assign(low=slope - 0.1, high=slope + 0.1, significant=np.abs(slope) > 0.1)
    other = table.assign(**{name: table[name] + 0.15 for name in ("slope_sd", "low", "high")})
    return slopes.slopes(table, other=other, sides=_SIDES)


def _criteria(case: Case) -> go.Figure:
    k = np.arange(2, 2 + case.rows)
    value = case.numbers(0.2, 0.9)
    columns = {"silhouette": value / 5, "davies_bouldin": 2 - value, "calinski_harabasz": 4000 * value}
    table = pd.DataFrame({"k": k, **columns, "stability": value, "mean_rank": np.arange(1.0, case.rows + 1)})
    table = table.assign(stability_low=value - 0.05, stability_high=value + 0.05, chosen=k == 2)
    return clusters.criteria(table, shown=4)


def _cluster_profiles(case: Case) -> go.Figure:
    labels = ["Energy", "Loudness", "Tempo"]
    effect = case.numbers(-2.4, 2.1, rows=len(case.things) * len(labels))
    columns = {"name": np.repeat(case.things, len(labels)), "label": labels * len(case.things), "effect": effect}
    table = pd.DataFrame({**columns, "low": effect - 0.1, "high": effect + 0.1})
    return clusters.profiles(table.assign(n=500))


def _genre_shares(case: Case) -> go.Figure:
    order = ["pop", *case.things[:4]]
    share = case.numbers(0.02, 0.6, rows=len(case.things) * len(order))
    columns = {"name": np.repeat(case.things, len(order)), "genre": order * len(case.things), "share": share}
    return clusters.genre_shares(pd.DataFrame(columns).assign(n=90, share_all=0.2), order=order)


def _faithfulness(case: Case) -> go.Figure:
    value = case.numbers(0.75, 0.97)
    columns = {"method": case.things, "dimensions": [2 + (i == 1) for i in range(case.rows)], "trustworthiness": value}
    table = pd.DataFrame({**columns, "low": value - 0.01, "high": value + 0.01, "continuity": value - 0.05})
    table = table.assign(continuity_low=value - 0.06, continuity_high=value - 0.04, among=2000)
    return clusters.faithfulness(table)


def _tags_overall(case: Case) -> go.Figure:
    models = ["tag frequencies", "networks", "networks and forest"]
    value = case.numbers(0.1, 0.6, rows=case.rows * len(models))
    columns = {"metric": np.repeat(case.things, len(models)), "model": models * case.rows, "value": value}
    table = pd.DataFrame({**columns, "low": value - 0.02, "high": value + 0.02})
    return tags.overall(table.assign(knows="audio", served=table["model"] == models[1]))


def _tags_by_tag(case: Case) -> go.Figure:
    ap = case.numbers(0.2, 0.7)
    scores = {"f1": ap - 0.05, "precision": ap, "recall": ap + 0.1, "threshold": ap / 2, "baseline_ap": ap / 4}
    table = pd.DataFrame({"tag": case.things, "ap": ap, "ap_low": ap - 0.05, "ap_high": ap + 0.05, **scores})
    return tags.by_tag(table.assign(n=500))


def _tag_vector(case: Case) -> go.Figure:
    columns = {"name": case.things, "probability": case.numbers(0.02, 0.7), "threshold": case.numbers(0.2, 0.3)}
    return tags.vector(pd.DataFrame(columns).assign(own=np.arange(case.rows) == 1), own="carried")


def _genre_vector(case: Case) -> go.Figure:
    columns = {"name": case.things, "probability": case.numbers(0.02, 0.95)}
    return tags.vector(pd.DataFrame(columns).assign(own=np.arange(case.rows) == 0), own="label")


def _correspondence(case: Case) -> go.Figure:
    order = case.things[:5]
    r = case.numbers(-0.5, 0.95, rows=len(case.things) * len(order))
    columns = {"tag": np.repeat(case.things, len(order)), "genre": order * len(case.things), "r": r}
    return tags.correspondence(pd.DataFrame(columns).assign(speaks=r > 0.5), order=order)


def _crossed(case: Case) -> go.Figure:
    share = case.numbers(0.0, 1.0, rows=case.rows**2)
    columns = {"genre": np.repeat(case.things, case.rows), "by_tags": case.things * case.rows, "share": share}
    return tags.crossed(pd.DataFrame(columns).assign(n=90), order=case.things)


SAMPLES: Mapping[str, Sequence[Callable[[Case], go.Figure]]] = {
    "balance.genre_balance": (_balance, _balance_compared),
    "distributions.histogram": (_histogram, _histogram_compared, _keys),
    "by_genre.boxes": (_box, _boxes_compared),
    "by_genre.violins": (_violins,),
    "by_genre.ridgeline": (_ridgeline,),
    "correlation.heatmap": (_heatmap, _heatmap_compared),
    "pairs.pair_plot": (_pairs, _pairs_compared),
    "parallel.parallel": (_parallel,),
    "scatter.two_fields": (_scatter, _scatter_compared),
    "map_frame.map_frame": (_map_frame,),
    "tracks_map.tracks_map": (_map, _continuous_map),
    "curves.roc": (_roc,),
    "curves.precision_recall": (_precision_recall,),
    "curves.by_number": (_by_number,),
    "genre_pairs.pair_matrix": (_pair_matrix,),
    "genres.confusion": (_confusion, _confusion_compared),
    "genres.reliability": (_reliability, _reliability_compared),
    "genres.class_scores": (_class_scores, _class_scores_compared),
    "importance.importance": (_importance, _importance_together),
    "left_out.left_out": (_left_out,),
    "popularity.predicted_against_actual": (_density, _density_compared),
    "popularity.residuals_by_group": (_residuals, _residuals_compared),
    "popularity.by_genre": (_popularity_by_genre, _popularity_by_genre_compared),
    "popularity.interval": (_interval,),
    "residuals.residuals_by_year": (_residuals_by_year, _residuals_by_year_compared),
    "effects.dependence": (_dependence,),
    "effects.local_effect": (_local_effect,),
    "compared.compared": (_compared,),
    "trends.medians": (_medians, _medians_of_all, _medians_with_changes, _medians_compared),
    "trends.small_multiples": (_small_multiples, _small_multiples_by_genre, _small_multiples_compared),
    "decades.decades": (_decades, _decades_compared),
    "shares.shares": (_shares, _shares_compared),
    "slopes.slopes": (_slopes, _slopes_compared),
    "similar.profile": (_profile,),
    "clusters.criteria": (_criteria,),
    "clusters.profiles": (_cluster_profiles,),
    "clusters.genre_shares": (_genre_shares,),
    "clusters.faithfulness": (_faithfulness,),
    "tags.overall": (_tags_overall,),
    "tags.by_tag": (_tags_by_tag,),
    "tags.vector": (_tag_vector, _genre_vector),
    "tags.correspondence": (_correspondence,),
    "tags.crossed": (_crossed,),
    "whatif.probabilities": (_probabilities,),
    "whatif.contributions": (_contributions,),
}
"""Per chart the samples that call it."""

CALLS: Mapping[str, Callable[[Case], go.Figure]] = {
    f"{chart}-{sample.__name__.strip('_')}": sample for chart, samples in SAMPLES.items() for sample in samples
}
"""Every sample under a name of its own."""

CASES: Mapping[str, Case] = {
    "usual": Case(),
    "empty": Case(rows=0, points=0),
    "one row": Case(rows=1, points=1),
    "missing": Case(gaps=True),
    "a hundred genres": Case(rows=100, names=tuple(f"genre {i}" for i in range(100))),
    "long names": Case(names=tuple(f"{i} {'progressive post-metal ' * 6}<b>" for i in range(6))),
    "right to left": Case(names=("שירי עם", "موسيقى", "طرب", "رقص شرقي", "רוק", "ג'אז")),
}
"""What no table may break a chart with."""
