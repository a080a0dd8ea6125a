"""Model cards: what a model learned from, how it was judged, how well it does for whom, and what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from analytics.scoring import clustered_mean
from models.words import resampled, score_text, split_warning

FEWEST = 30
"""Tracks under which no score is given of a genre or a decade."""

METRICS = {
    "accuracy": "Share of tracks whose genre is right",
    "balanced_accuracy": "The same, each genre counting alike",
    "macro_f1": "Macro F1",
    "top_2": "Share of tracks whose genre is among the two likeliest",
    "log_loss": "Log loss",
    "expected_calibration_error": "Calibration error",
    "r2": "Share of the variation explained (R²)",
    "mae": "Mean absolute error, in points",
    "rmse": "Root mean squared error, in points",
    "interval_coverage": "Share of tracks inside their interval",
    "roc_auc": "Area under the ROC curve",
}
"""What a score is called, by its metric."""

_USES = {
    "genre": "Says how well a track's sound matches each genre of this catalogue.",
    "genre_context": "Says how well sound, year, explicit lyrics and popularity, as far as known, match each genre.",
    "popularity": "Says what popularity a track's sound lets expect, with an interval.",
    "popularity_context": "Says what popularity sound, genre and release let expect, with an interval.",
    "novelty": "Says whether a track is like any that the models have learned from.",
}

_LIMITS = {
    "genre": (
        "Genres are labels of this catalogue: the model repeats how its table was labelled, mistakes included.",
        "It hears summary features of a track, not the recording.",
    ),
    "genre_context": (
        "Genres are labels of this catalogue: the model repeats how its table was labelled, mistakes included.",
        "Year, explicit lyrics and popularity may tell how the table was collected rather than what the music is: what "
        "they add need not carry over to another table.",
        "A new track has no popularity yet: without one the model knows less than its scores say.",
    ),
    "popularity": (
        "Popularity is a score at the time of collection: it ages, and it is not quality.",
        "What goes with popularity in this table need not cause it: changing a track does not change its plays.",
    ),
    "popularity_context": (
        "Popularity is a score at the time of collection: it ages, and it is not quality.",
        "What goes with popularity in this table need not cause it, and genres may tell how the table was made.",
    ),
    "novelty": ("A track can be like others in these features and unlike them to the ear.",),
}

_SENTENCES = (
    "calibration_sentence",
    "set_sentence",
    "stricter_sentence",
    "artefact_sentence",
    "zeros_sentence",
    "without_zeros_sentence",
    "zero_treatment_sentence",
    "several_genres_sentence",
    "naive_sentence",
    "naive_forest_sentence",
    "interval_sentence",
    "groups_sentence",
    "left_out_sentence",
)


def scores_by(
    groups: Sequence[str | None], losses: np.ndarray, artists: np.ndarray, *, seed: int, fewest: int = FEWEST
) -> pa.Table:
    """Return a mean over the judged tracks of each group, with an interval from resampling artists.

    Parameters
    ----------
    groups
        Such as the genre or the decade of each track, None where unknown, in any order.
    losses
        Such as 1 where the prediction is right, or the absolute error; NaN where not judged, shape (n_tracks,).
    artists
        Artist number of each track, shape (n_tracks,).
    seed
        Of the resampling.
    fewest
        Groups with fewer tracks are left out.

    Returns
    -------
    pa.Table
        ``group``, ``n``, ``value``, ``low``, ``high``, in alphabetical order.
    """
    labels = np.array([name if name is not None else "" for name in groups], dtype=object)
    judged = np.isfinite(losses)
    rows = []
    for name in sorted(set(labels) - {""}):
        own = judged & (labels == name)
        if own.sum() >= fewest:
            found = clustered_mean(losses[own].astype(np.float64), artists[own], seed=seed)
            rows.append({"group": name, "n": int(own.sum()), **found._asdict()})
    schema = pa.schema(
        [("group", pa.string()), ("n", pa.int64()), *((name, pa.float64()) for name in ("value", "low", "high"))]
    )
    return pa.Table.from_pylist(rows, schema)


def decades(years: np.ndarray) -> list[str | None]:
    """Return the decade of each year in words, None where it is not known.

    >>> decades(np.array([1999.0, np.nan, 2003.0]))
    ['1990s', None, '2000s']
    """
    return [f"{int(year // 10) * 10}s" if np.isfinite(year) else None for year in years]


def model_card(
    manifest: Mapping[str, Any],
    recipe: str,
    *,
    by_group: Mapping[str, pa.Table] | None = None,
    by_group_metric: str = "",
) -> str:
    """Return a model's card as Markdown (Mitchell et al., "Model cards for model reporting", FAccT 2019).

    Parameters
    ----------
    manifest
        Of a bundle, as JSON.
    recipe
        Name of the recipe that learned the model.
    by_group
        Tables of `scores_by`, by what they are grouped by, such as "genre".
    by_group_metric
        What they measure, in words.

    Raises
    ------
    KeyError
        The recipe left nothing in this bundle; ``manifest["skipped"]`` may say why.
    """
    facts = manifest["facts"][recipe]
    cards = [card for card in manifest["scores"] if card["recipe"] == recipe]
    parts = [
        f"# Model card: {recipe.replace('_', ' ')}, catalogue {manifest['name']}",
        _USES.get(recipe, ""),
        _section("Data", _data(manifest)),
        _section("How it was judged", _judged(cards, facts)),
        _section("Scores", _score_rows([card for card in cards if card["served"]])),
        *(_grouped(name, table, by_group_metric) for name, table in (by_group or {}).items()),
        _section("Compared with", _others(cards)),
        _section("Limits", _bullets([*_LIMITS.get(recipe, ()), *_said(facts)])),
        _section("To make it again", _origin(manifest)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}" if text else ""


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _data(manifest: Mapping[str, Any]) -> str:
    known = manifest["provenance"]
    read, kept, merged = known["rows_read"], known["rows_kept"], known["rows_merged"]
    lines = [
        f"Source: {known['source']}{_of(known.get('origin', ''))}",
        f"Rows: {read:,} read, {kept:,} kept as tracks, {merged:,} merged, {known['rows_rejected']:,} rejected",
        f"File hash (SHA-256): {known['sha256'] or 'not known'}",
        f"Features: {', '.join(manifest['feature_names'])}",
        *known.get("notes", ()),
    ]
    return _bullets(lines)


def _of(origin: str) -> str:
    return f" ({origin})" if origin else ""


def _judged(cards: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> str:
    split = facts.get("split") or next((card["split"] for card in cards), "not known")
    lines = [f"Split: {split}", *filter(None, [split_warning(facts)])]
    if n := max((card["n"] for card in cards), default=0):
        lines.append(f"Judged on {n:,} tracks; intervals are 95% and come from resampling {resampled(split)}")
    return _bullets([*lines, *(facts[name] for name in ("why", "choice_sentence") if facts.get(name))])


def _score_rows(cards: Sequence[Mapping[str, Any]]) -> str:
    return _table(
        ("score", "value", "95% interval", "held against"),
        [
            (
                METRICS.get(card["metric"], card["metric"]),
                *_with_interval(card),
                f"{card['baseline']}: {score_text(card['metric'], card['baseline_value'])}",
            )
            for card in cards
        ],
    )


def _with_interval(card: Mapping[str, Any]) -> tuple[str, str]:
    value, low, high = (score_text(card["metric"], card[name]) for name in ("value", "low", "high"))
    return value, f"{low} to {high}"


def _others(cards: Sequence[Mapping[str, Any]]) -> str:
    return _table(
        ("model", "score", "value", "95% interval"),
        [
            (
                card["model"],
                METRICS.get(card["metric"], card["metric"]),
                *_with_interval(card),
            )
            for card in cards
            if not card["served"]
        ],
    )


def _grouped(name: str, table: pa.Table, metric: str) -> str:
    rows = [
        (row["group"], f"{row['n']:,}", f"{row['value']:.3g}", f"{row['low']:.3g} to {row['high']:.3g}")
        for row in table.to_pylist()
    ]
    if not rows:
        return ""
    said = f"{metric[:1].upper()}{metric[1:]}. " if metric else ""
    return _section(
        f"By {name}",
        f"{said}Groups of fewer than {FEWEST} judged tracks are left out.\n\n"
        + _table((name, "tracks", "value", "95% interval"), rows),
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """Return text that cannot break out of its cell."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


def _said(facts: Mapping[str, Any]) -> list[str]:
    return [facts[name] for name in _SENTENCES if facts.get(name)]


def _origin(manifest: Mapping[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(manifest["versions"].items()))
    return _bullets([f"Seed: {manifest['seed']}", f"Versions: {versions}"])
