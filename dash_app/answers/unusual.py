"""The tracks of a selection that are least like its others, and why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy  # loads its parts when they are first asked for, which a server that starts does not wait for

from analytics.unusual import robust_scores, unusualness
from dash_app.answers.answer import Answer, in_a_sentence
from dash_app.answers.selecting import NO_TRACKS, selected_rows
from dash_app.answers.tracks import track_table
from data.fields import continuous
from data.selection import Selection
from models.bundle import Bundle

LISTED = 12
FEWEST = 20
_RARE = 0.001
_REASONS = 2
_MATTERS = 0.1
"""Share of the squared distance that a reason must make up."""


def unusual_tracks(bundle: Bundle, selection: Selection) -> Answer:
    """Return the most unusual selected tracks, most unusual first, as a track table with ``distance`` and ``why``."""
    names, rows = continuous(bundle.feature_names), selected_rows(bundle, selection)
    if len(rows) < FEWEST or not names:
        few = f"Fewer than {FEWEST} tracks are selected: too few to say which are unusual."
        few = few if len(rows) else NO_TRACKS
        return Answer(pd.DataFrame(), few if names else "There is no continuous feature to judge by.", bundle.id)
    features = np.column_stack([bundle.columns[name][rows] for name in names])
    scores = robust_scores(features)
    squared, parts = unusualness(scores)
    order = _distinct(bundle, rows, np.argsort(-squared, kind="stable"))[:LISTED]
    middle = np.nanmedian(np.where(np.isfinite(features).any(axis=0), features, 0.0), axis=0)
    whys = [_why(bundle, names, features[i], middle, parts[i]) for i in order]
    table = track_table(bundle, rows[order]).assign(distance=np.sqrt(squared[order]), why=whys)
    rare = int((squared > scipy.stats.chi2.ppf(1 - _RARE, len(names))).sum())
    headline = (
        f"Furthest from the middle lies “{table['track_name'].iloc[0]}”: {whys[0]}. {rare:,} of {len(rows):,} tracks "
        f"({rare / len(rows):.1%}) lie as far out as one in a thousand would if every feature were spread normally."
    )
    return Answer(table, headline, bundle.id)


def _distinct(bundle: Bundle, rows: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return the order with each recording once, where repeats are known."""
    if not bundle.holds("recording_codes.npy"):
        return order
    recordings = bundle.array("recording_codes")[rows[order[: 20 * LISTED]]]
    return order[np.sort(np.unique(recordings, return_index=True)[1])]


def _why(bundle: Bundle, names: tuple[str, ...], values: np.ndarray, middle: np.ndarray, parts: np.ndarray) -> str:
    """Return what makes a track unusual: '52:10 duration (typically 3:21), loudness ...'."""
    said = []
    for k in np.argsort(-parts, kind="stable")[:_REASONS]:
        if np.isfinite(values[k]) and parts[k] > _MATTERS * parts.sum():
            field = bundle.dictionary[names[k]]
            typical = field.text(float(middle[k]))
            said.append(f"{in_a_sentence(field.label)} {field.text(float(values[k]))} (typically {typical})")
    return ", ".join(said) or "nothing in particular"
