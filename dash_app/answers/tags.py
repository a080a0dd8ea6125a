"""Which tags fit a track: how well that is told, tag by tag, and for one track beside the model of the one genre."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from dash_app.answers.answer import Answer
from dash_app.answers.scores import not_learned, split_caveats
from dash_app.answers.selecting import NO_TRACKS, selected
from dash_app.answers.tracks import track_table
from dash_app.answers.whatif_models import models
from data.errors import command
from data.selection import Selection
from models.bundle import Bundle
from models.needs import FEWEST_TAGS_PER_ROW

METRICS = {
    "lrap": "Ranking (LRAP)",
    "map": "Mean average precision",
    "micro_f1": "Micro F1",
    "macro_f1": "Macro F1",
}
"""Scores over all tags, and what they are called."""

BASELINE = "tag frequencies"
MOST_NAMED = 15
STARTING_POINTS = 8


def missing(bundle: Bundle) -> str:
    """Return why this catalogue has no model of tags, empty where it has one."""
    if bundle.holds("tags_oof_proba.npy"):
        return ""
    return not_learned(bundle, "tags") if _has_tags(bundle) else _why_none(bundle)


def remedy(bundle: Bundle) -> tuple[str, str]:
    """Return what to do where tags are missing, as a sentence and as a command."""
    if _has_tags(bundle) and not bundle.skipped("tags"):
        return "Build this catalogue anew without --quick:", command("build", "TRACKS.csv", "--name", bundle.name)
    return (
        "Join a table that gives several genres to each track or artist; rows are matched by track id, or by artist:",
        command("build", "TRACKS.csv", "ARTISTS_AND_GENRES.csv", "--name", "tagged"),
    )


def lead(bundle: Bundle) -> str:
    """Return how well tags are told, in a sentence or two."""
    said = missing(bundle) or str(bundle.facts("tags")["sentence"])
    return " ".join([said, *split_caveats(bundle, "tags")])


def overall(bundle: Bundle) -> Answer:
    """Return each score of each model: ``metric``, ``model``, ``knows``, ``served``, ``value``, ``low``, ``high``.

    ``knows`` says what the model is told of a track; the model that answers is ``served``.
    """
    if why := missing(bundle):
        return Answer(pd.DataFrame(), why, bundle.id)
    rows = [
        {
            "metric": label,
            "model": one["model"],
            "knows": one["features"],
            "served": bool(one["served"]),
            **{end or "value": one[f"{name}_{end}" if end else name] for end in ("", "low", "high")},
        }
        for name, label in METRICS.items()
        for one in bundle.table("tags_candidates").to_pylist()
    ]
    table = pd.DataFrame(rows)
    said = str(bundle.facts("tags")["choice_sentence"])
    if not bundle.facts("tags").get("unseen_artists", True):
        said = said.replace("On unseen artists", "On tracks that they were not trained on")
    return Answer(table, said, bundle.id, (*_more_known(table), *split_caveats(bundle, "tags")))


def by_tag(bundle: Bundle) -> Answer:
    """Return the scores of every tag, the best told first.

    Columns ``tag``, ``n`` tracks that carry it, ``threshold``; ``ap`` (average precision), ``f1``, ``precision`` and
    ``recall``, each with ``_low`` and ``_high``; ``baseline_ap``: about the share of tracks that carry the tag.
    """
    if why := missing(bundle):
        return Answer(pd.DataFrame(), why, bundle.id)
    table = bundle.table("tags_scores").to_pandas().sort_values("ap", ascending=False, kind="stable")
    table = table.reset_index(drop=True)
    best, worst = table.iloc[0], table.iloc[-1]
    above = int((table["ap_low"] > table["baseline_ap"]).sum())
    headline = (
        f"{best['tag']} is told best (average precision {best['ap']:.2f}, by chance {best['baseline_ap']:.2f}), "
        f"{worst['tag']} worst ({worst['ap']:.2f}, by chance {worst['baseline_ap']:.2f})."
    )
    told = "All" if above == len(table) else f"{above} of"
    return Answer(table, headline, bundle.id, (f"{told} {len(table)} tags are told better than by chance.",))


class Said(NamedTuple):
    """What both models say of one track.

    Parameters
    ----------
    base, advanced
        Probabilities of the genres and of the tags, (n_genres,) and (n_tags,); NaN where there is no such model.
    caveats
        Which of them had heard of the track.
    """

    base: np.ndarray
    advanced: np.ndarray
    caveats: tuple[str, ...]


def said_of(bundle: Bundle, row: int) -> Said:
    """Return what both models say of a track, by models that had not heard its artist wherever it was judged."""
    base, heard_base = _base(bundle, row)
    advanced = np.asarray(bundle.array("tags_oof_proba")[row], dtype=np.float64)
    caveats = [f"The model of genres had no label to judge here and {_not_kept_from(bundle)}."] * heard_base
    if np.isfinite(advanced[0]):
        return Said(base, advanced, tuple(caveats))
    caveats.append(
        "It carries none of the tags that were learned: what is said is what the model expects if it carried one."
    )
    model = bundle.estimator("tags_model")
    return Said(base, model.predict_proba(_features(bundle, row, model.feature_names))[0], tuple(caveats))


def _not_kept_from(bundle: Bundle) -> str:
    known = bundle.facts("genre").get("unseen_artists", True)
    return "was not kept from hearing its artist" if known else "may have learned from repeats of it"


def genres_of_track(bundle: Bundle, row: int) -> Answer:
    """Return what the model of the one genre says of a track: ``name``, ``probability``, ``own`` (its label).

    The likeliest first.
    """
    if why := missing(bundle) or bundle.skipped("genre"):
        return Answer(pd.DataFrame(), why, bundle.id)
    names, label = list(bundle.facts("genre")["classes"]), bundle.tracks["genre"][row].as_py()
    table = pd.DataFrame({"name": names, "probability": said_of(bundle, row).base})
    table = _likeliest(table.assign(own=table["name"] == label))
    top = table.iloc[0]
    beside = ", which is its label" if top["own"] else f"; its label is {label}" if label else "; it has no label"
    return Answer(table, f"The likeliest genre is {top['name']} ({top['probability']:.0%}){beside}.", bundle.id)


def tags_of_track(bundle: Bundle, row: int) -> Answer:
    """Return what the model of tags says of a track: ``name``, ``probability``, ``own`` (carried), ``threshold``.

    The likeliest `MOST_NAMED` first, and all that it carries.
    """
    if why := missing(bundle):
        return Answer(pd.DataFrame(), why, bundle.id)
    said, facts = said_of(bundle, row), bundle.facts("tags")
    carried = set(bundle.tracks["genres"][row].as_py() or ())
    table = pd.DataFrame({"name": facts["tags"], "probability": said.advanced, "threshold": facts["thresholds"]})
    table = _likeliest(table.assign(own=[name in carried for name in table["name"]]))
    named = table[table["probability"] >= table["threshold"]]
    return Answer(table, _tag_sentence(table, named), bundle.id, said.caveats[-1:] if not table["own"].any() else ())


def starting_points(bundle: Bundle, selection: Selection) -> Answer:
    """Return some tracks that carry tags to start from: the most popular ones of the selection."""
    judged = np.isfinite(bundle.array("tags_oof_proba")[:, 0])
    mask = selected(bundle, selection)
    rows = np.flatnonzero(judged & mask)
    if "popularity" in bundle.columns:
        rows = rows[np.argsort(-np.nan_to_num(bundle.columns["popularity"][rows], nan=-1.0), kind="stable")]
    none = "No selected track carries one of the tags." if mask.any() else NO_TRACKS
    headline = "Selected tracks that carry tags." if len(rows) else none
    return Answer(track_table(bundle, rows[:STARTING_POINTS]), headline, bundle.id)


def carried_sentence(bundle: Bundle, row: int) -> str:
    """Return which tags a track carries, those that were learned and others."""
    carried = list(bundle.tracks["genres"][row].as_py() or ())
    if not carried:
        return "It carries no tag in this table."
    learned = [tag for tag in carried if tag in set(bundle.facts("tags")["tags"])]
    others = len(carried) - len(learned)
    rest = f"{'' if not learned else ', and '}{others} too rare to learn" if others else ""
    return f"It carries {', '.join(learned)}{rest}."


def _has_tags(bundle: Bundle) -> bool:
    """Return whether tracks carry enough tags that a build with all models would learn them."""
    if bundle.skipped("tags") or "genres" not in bundle.tracks.column_names:
        return False
    n = np.array([len(tags or ()) for tags in bundle.tracks["genres"].to_pylist()])
    return bool(n.any()) and float(n[n > 0].mean()) > FEWEST_TAGS_PER_ROW


def _why_none(bundle: Bundle) -> str:
    return bundle.skipped("tags") or "Hardly any track has more than one genre: there are no tags to learn."


def _base(bundle: Bundle, row: int) -> tuple[np.ndarray, bool]:
    """Return genre probabilities, and whether the model that says so may have heard the artist."""
    if not bundle.holds("genre_oof_proba.npy"):
        return np.full(1, np.nan), False
    proba = np.asarray(bundle.array("genre_oof_proba")[row], dtype=np.float64)
    if np.isfinite(proba[0]):
        return proba, False
    genre = models(bundle).genre
    return genre.predict_proba(_features(bundle, row, genre.feature_names))[0], True


def _features(bundle: Bundle, row: int, names: tuple[str, ...]) -> np.ndarray:
    return np.array([[float(bundle.columns[name][row]) for name in names]])


def _likeliest(table: pd.DataFrame) -> pd.DataFrame:
    table = table.sort_values("probability", ascending=False, kind="stable").reset_index(drop=True)
    return table[table["own"] | (table.index < MOST_NAMED)].reset_index(drop=True)


def _tag_sentence(table: pd.DataFrame, named: pd.DataFrame) -> str:
    carried, hits = int(table["own"].sum()), int(named["own"].sum())
    if named.empty:
        said = f"No tag passes its threshold; the likeliest is {table['name'][0]} ({table['probability'][0]:.0%})."
    else:
        more = f" and {len(named) - 4} more" if len(named) > 4 else ""
        said = f"Named {'is' if len(named) == 1 else 'are'} {', '.join(named['name'].head(4))}{more}."
    if not carried:
        return said
    if carried == 1:
        return f"{said} The one learned tag that it carries is {'' if hits else 'not '}among them."
    among = f"{hits or 'none'} {'are' if hits > 1 else 'is'} among them"
    return f"{said} Of the {carried} learned tags that it carries {among}."


def _more_known(table: pd.DataFrame) -> tuple[str, ...]:
    """Say what knowing more than the sound adds, by ranking precision."""
    ranking = table[table["metric"] == METRICS["lrap"]]
    served, wider = ranking[ranking["served"]], ranking[ranking["knows"] != "audio"]
    if served.empty or wider.empty:
        return ()
    top = wider.loc[wider["value"].idxmax()]
    more = top["knows"].removeprefix("audio + ").replace(" + ", " and ")
    return (f"Knowing {more} too, ranking precision is {top['value']:.3f} instead of {served['value'].iloc[0]:.3f}.",)
