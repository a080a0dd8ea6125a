"""What was found out about genres beside the model: at every threshold, with fewer tracks or features, two by two."""

from __future__ import annotations

import pandas as pd

from dash_app.answers.answer import Answer, in_a_sentence, signed
from dash_app.answers.genres import MOST_GENRES
from dash_app.answers.scores import build_again, not_learned, served_cards
from dash_app.answers.together import importance_of_groups
from dash_app.answers.whatif_models import AUDIO, CONTEXT, told_beside_sound
from models.bundle import Bundle

_TOLD = 12
"""Features whose contributions are told."""


def thresholds(bundle: Bundle, genre: str | None) -> Answer:
    """Return how one genre is told from the rest at every threshold.

    Columns ``threshold``, ``false_positive_rate``, ``true_positive_rate``, fact ``share``.
    """
    return _curve(
        bundle, "genre_roc", genre, "auc", "in {:.0%} of pairs a track of this genre gets the higher probability"
    )


def precision_and_recall(bundle: Bundle, genre: str | None) -> Answer:
    """Return ``threshold``, ``recall`` and ``precision`` of one genre; fact ``share``, what knowing nothing reaches."""
    return _curve(bundle, "genre_pr", genre, "average_precision", "mean precision over all recalls")


def curve_genres(bundle: Bundle) -> list[str]:
    """Return the genres that have curves by threshold."""
    return bundle.table("genre_auc")["genre"].to_pylist() if bundle.holds("genre_auc.arrow") else []


def learning(bundle: Bundle) -> Answer:
    """Return scores by the number of tracks learned from: ``x``, ``n_artists``, ``value``, ``low``, ``high``."""
    if missing := _missing(bundle, "genre_learning"):
        return missing
    table = bundle.table("genre_learning").to_pandas().rename(columns=_AS_CURVE | {"n_tracks": "x"})
    return Answer(table, str(bundle.facts("genre").get("learning_sentence", "")), bundle.id)


def features_kept(bundle: Bundle) -> Answer:
    """Return scores by the number of features kept: ``x``, ``kept``, ``value``, ``low``, ``high``."""
    if missing := _missing(bundle, "genre_feature_curve"):
        return missing
    table = bundle.table("genre_feature_curve").to_pandas().rename(columns=_AS_CURVE | {"n_features": "x"})
    said = str(bundle.facts("genre").get("features_sentence", ""))
    return Answer(table, said, bundle.id, tuple(filter(None, [study_sentence(bundle)])))


def study_sentence(bundle: Bundle, kind: str = AUDIO) -> str:
    """Return by which model features are compared, on how many tracks, and how far it is from the one that answers."""
    recipe = "genre_context" if kind == CONTEXT else "genre"
    facts, reached = bundle.facts(recipe), _study_accuracy(bundle, recipe)
    if reached is None:
        return ""
    tracks = facts.get("study_tracks")
    by = str(facts.get("study_model", "gradient boosting (LightGBM)"))
    on = f" on {tracks:,} tracks a fold" if tracks else ""
    served = served_cards(bundle, recipe)["accuracy"].value
    return (
        f"Measured with a smaller model ({by}{on}): {reached:.1%} with all features; the served model reaches "
        f"{served:.1%}."
    )


def _study_accuracy(bundle: Bundle, recipe: str) -> float | None:
    """Return the accuracy with all features in the studies of features, None where there are none."""
    if bundle.holds(f"{recipe}_feature_curve.arrow"):
        curve = bundle.table(f"{recipe}_feature_curve").to_pandas()
        return float(curve.loc[curve["n_features"].idxmax(), "accuracy"])
    if bundle.holds(f"{recipe}_feature_groups.arrow"):
        return float(bundle.table(f"{recipe}_feature_groups")["accuracy_with"][0].as_py())
    return None


def feature_groups(bundle: Bundle, kind: str = AUDIO) -> Answer:
    """Return accuracy without each group of features beside that with all, the group that is missed most first.

    Columns ``group``, ``n_features``, ``labels`` (of its features), ``with_all``, ``without`` with its interval ``low``
    to ``high``, ``change``, ``clear`` (whether the interval leaves no doubt that it is missed or in the way).
    """
    recipe = "genre_context" if kind == CONTEXT else "genre"
    if not bundle.holds(f"{recipe}_feature_groups.arrow"):
        return Answer(pd.DataFrame(), _no_groups(bundle, recipe), bundle.id)
    table = bundle.table(f"{recipe}_feature_groups").to_pandas()
    table = table.assign(
        labels=[_labels(bundle, names) for names in table["features"]],
        with_all=table["accuracy_with"],
        without=table["accuracy_without"],
        clear=(table["low"] > 0) | (table["high"] < 0),
        low=table["accuracy_with"] + table["low"],
        high=table["accuracy_with"] + table["high"],
    )
    table = table.sort_values("change", kind="stable").reset_index(drop=True)
    columns = ["group", "n_features", "labels", "with_all", "without", "low", "high", "change", "clear"]
    return Answer(table[columns], _missed(table), bundle.id, (study_sentence(bundle, kind),))


def group_kinds(bundle: Bundle) -> dict[str, str]:
    """Return the models whose groups of features can be left out, by kind, with what they hear."""
    found = {AUDIO: "Sound alone"}
    if bundle.holds("genre_context_feature_groups.arrow"):
        found[CONTEXT] = f"Sound, {told_beside_sound(bundle)}"
    return found


def _no_groups(bundle: Bundle, recipe: str) -> str:
    if bundle.facts(recipe).get("depth") == "thorough":
        return "No group of features can be left out here: those of this table are all of one group, or of none."
    return not_learned(bundle, recipe)


def _labels(bundle: Bundle, names: str) -> str:
    return ", ".join(bundle.dictionary[name].label for name in names.split(", "))


def _missed(table: pd.DataFrame) -> str:
    """Say which group is missed most, and which are not missed at all."""
    worst, idle = table.iloc[0], table[~table["clear"]]
    said = "No group of features is missed clearly when it alone is left out."
    if worst["clear"] and worst["change"] < 0:
        said = (
            f"Without {in_a_sentence(worst['group'])} accuracy falls most: from {worst['with_all']:.1%} to "
            f"{worst['without']:.1%}."
        )
        if len(idle):
            names = idle["group"].tolist()
            either = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
            said += f" No loss shows beyond the noise without {either}."
    return said


def importance_together(bundle: Bundle) -> Answer:
    """Return how far accuracy drops when features that go together are shuffled together."""
    if not bundle.holds("genre_importance_groups.arrow"):
        return Answer(pd.DataFrame(), build_again(bundle, "genre"), bundle.id)
    return importance_of_groups(bundle, "genre", "drop_in_accuracy", "accuracy falls by {:.1f} points", times=100)


def pairs(bundle: Bundle) -> Answer:
    """Return how well every two genres are told apart, the hardest first; fact ``order``, the genres on both axes.

    Columns ``a``, ``b``, ``accuracy``, ``balanced_accuracy`` with ``low`` and ``high``, ``auc``, ``n_a``, ``n_b``.
    """
    if missing := _missing(bundle, "genre_pairs"):
        return missing
    table = bundle.table("genre_pairs").to_pandas().sort_values("balanced_accuracy").reset_index(drop=True)
    there = {*table["a"], *table["b"]}
    order = [name for name in bundle.genre_names if name in there][:MOST_GENRES]
    return Answer(table, str(bundle.facts("genre").get("pairs_sentence", "")), bundle.id, facts={"order": order})


def pair(bundle: Bundle, a: str | None, b: str | None) -> Answer:
    """Return the row of two genres, by default of the two that are hardest to tell apart."""
    answer = pairs(bundle)
    if answer.is_empty:
        return answer
    table = answer.table
    named = table[[{one, other} == {a, b} for one, other in zip(table["a"], table["b"], strict=True)]]
    shown = (named if len(named) else table).head(1).reset_index(drop=True)
    row = shown.iloc[0]
    said = (
        f"{row['a']} or {row['b']}: a specialist that knows only these two is right in {row['balanced_accuracy']:.0%} "
        f"of cases ({row['low']:.0%} to {row['high']:.0%}), where chance is 50%; area under the curve {row['auc']:.2f}."
    )
    return Answer(shown, said, bundle.id)


def contributions(bundle: Bundle, genre: str | None) -> Answer:
    """Return what speaks for a genre and what against it: the features that do most, from most for to most against.

    Columns ``label``, ``contribution``, ``value_text`` (the same in words), ``mean_abs``: its size, either way.
    """
    if missing := _missing(bundle, "genre_shap"):
        return missing
    table = bundle.table("genre_shap").to_pandas()
    table = table[table["genre"] == genre]
    if table.empty:
        return Answer(pd.DataFrame(), "Too few tracks of this genre were sampled to say what speaks for it.", bundle.id)
    most = table["mean"].abs().nlargest(_TOLD).index
    table = table.loc[most].sort_values("mean", ascending=False, kind="stable").reset_index(drop=True)
    table = table.assign(
        label=[bundle.dictionary[name].label for name in table["feature"]],
        contribution=table["mean"],
        value_text=[signed(mean, 2) for mean in table["mean"]],
    )
    top = table.iloc[0]
    said = f"On tracks of {genre}, {in_a_sentence(top['label'])} speaks most for it ({top['value_text']})."
    return Answer(table, said, bundle.id)


_AS_CURVE = {"accuracy": "value", "accuracy_low": "low", "accuracy_high": "high"}


def _curve(bundle: Bundle, stem: str, genre: str | None, area: str, words: str) -> Answer:
    if missing := _missing(bundle, stem):
        return missing
    table = bundle.table(stem).to_pandas()
    table = table[table["genre"] == genre].reset_index(drop=True)
    if table.empty:
        return Answer(table, "There are no curves of this genre: it is not among the largest.", bundle.id)
    areas = bundle.table("genre_auc").to_pandas().set_index("genre").loc[genre]
    value, low, high = (areas[f"{area}{end}"] for end in ("", "_low", "_high"))
    name = "Area under the curve" if area == "auc" else "Average precision"
    said = f"{name} {value:.2f} ({low:.2f} to {high:.2f}): {words.format(value)}."
    if area != "auc":
        said = f"{said[:-1]}; knowing nothing reaches {areas['share']:.2f}."
    return Answer(table, said, bundle.id, facts={"share": float(areas["share"])})


def _missing(bundle: Bundle, stem: str) -> Answer | None:
    if bundle.holds(f"{stem}.arrow"):
        return None
    return Answer(pd.DataFrame(), not_learned(bundle, "genre"), bundle.id)
