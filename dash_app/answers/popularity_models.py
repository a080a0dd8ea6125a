"""The models that predict popularity: which, how good, by what, and how little can be trusted of one prediction."""

from __future__ import annotations

import pandas as pd

from dash_app.answers.answer import Answer, in_a_sentence
from dash_app.answers.genres import importance_of
from dash_app.answers.scores import not_learned, served_cards, split_caveats
from dash_app.answers.together import importance_of_groups
from dash_app.answers.whatif_models import AUDIO, CONTEXT, models
from models.bundle import Bundle

_LITTLE = 0.3
"""By convention little is explained under this share of the variance."""

_PLAIN = (
    "interval_sentence",
    "zeros_sentence",
    "zero_treatment_sentence",
    "without_zeros_sentence",
    "several_genres_sentence",
    "naive_forest_sentence",
)
METRICS = ("r2", "mae", "rmse", "mse")


def recipe_of(kind: str) -> str:
    """Return the recipe that learned a kind of model."""
    return "popularity_context" if kind == CONTEXT else "popularity"


def lacking(bundle: Bundle, kind: str = AUDIO) -> str:
    """Return why a kind of model is not there; empty where it is."""
    recipe = recipe_of(kind)
    return "" if bundle.holds(f"{recipe}_oof.npy") else not_learned(bundle, recipe)


def kinds_of(bundle: Bundle) -> dict[str, str]:
    """Return what the kinds of models that are there know, by kind."""
    found = {AUDIO: "From sound alone"}
    if not lacking(bundle, CONTEXT):
        known = models(bundle, CONTEXT).popularity.feature_names[len(bundle.feature_names) :]
        labels = [in_a_sentence(bundle.dictionary[name].label) for name in known]
        found[CONTEXT] = f"From sound and {' and '.join(labels)}"
    return found


def how_well(bundle: Bundle) -> str:
    """Return how good the served model is, in a sentence or two."""
    if sentence := lacking(bundle):
        return sentence
    facts, cards = bundle.facts("popularity"), served_cards(bundle, "popularity")
    r2, mae = cards["r2"], cards["mae"]
    known = facts.get("unseen_artists", True)
    whose = "among unseen artists" if known else "among tracks that the model was not trained on"
    range_said = f"({r2.low:.1%} to {r2.high:.1%})"
    if r2.low <= 0:
        said = f"Nothing that could be measured: {whose}, no more is explained than chance would {range_said}."
    elif r2.value < _LITTLE:
        said = f"Little: audio features explain {r2.value:.1%} of the variation {whose} {range_said}."
    else:
        said = f"Audio features explain {r2.value:.1%} of the variation {whose} {range_said}."
    said += (
        f" Predictions are {mae.value:.1f} points off on average, {mae.baseline_value:.1f} for always saying the mean."
    )
    return " ".join(filter(None, [said, *split_caveats(bundle, "popularity"), str(facts.get("zeros_sentence", ""))]))


def plain_words(bundle: Bundle, kind: str = AUDIO) -> list[str]:
    """Return what limits a prediction, sentence by sentence."""
    if sentence := lacking(bundle, kind):
        return [sentence]
    facts = bundle.facts(recipe_of(kind))
    r2 = served_cards(bundle, recipe_of(kind))["r2"]
    by = kinds_of(bundle)[kind].removeprefix("From ").removesuffix(" alone")
    by = by.replace(" and ", ", ", by.count(" and ") - 1) if by.count(" and ") > 1 else by
    left = f"{1 - max(r2.value, 0):.1%} of the variation in popularity is not explained by {by}."
    said = [str(facts[name]) for name in _PLAIN if facts.get(name)]
    return [left, *split_caveats(bundle, recipe_of(kind)), *said]


def importance(bundle: Bundle, kind: str = AUDIO) -> Answer:
    """Return how much further off predictions are when a feature is shuffled."""
    if sentence := lacking(bundle, kind):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    table = bundle.table(f"{recipe_of(kind)}_importance").to_pandas().rename(columns={"rise_in_error": "drop"})
    return importance_of(bundle, table, "predictions are {:.2f} points further off")


def importance_together(bundle: Bundle, kind: str = AUDIO) -> Answer:
    """Return the same where features that go together are shuffled together."""
    stem = f"{recipe_of(kind)}_importance_groups"
    if not bundle.holds(f"{stem}.arrow"):
        return Answer(pd.DataFrame(), lacking(bundle, kind) or not_learned(bundle, ""), bundle.id)
    words = "predictions are {:.2f} points further off"
    return importance_of_groups(bundle, recipe_of(kind), "rise_in_error", words)


def candidates(bundle: Bundle) -> Answer:
    """Return every model of both kinds with its scores, each with ``_low`` and ``_high``.

    Columns ``label``, ``knows`` (what it is told), ``more`` (whether that is more than the sound), `METRICS`,
    ``served``, ``why``, and for a chart ``value``, ``low`` and ``high``: its share of the variation. Best first.
    """
    if sentence := lacking(bundle):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    known = kinds_of(bundle)
    parts = [
        bundle.table(f"{recipe_of(kind)}_candidates").to_pandas().assign(knows=words, more=kind == CONTEXT)
        for kind, words in known.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table.assign(value=table["r2"], low=table["r2_low"], high=table["r2_high"])
    table = table.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
    caveats = (*_gain(bundle), *split_caveats(bundle, *map(recipe_of, known)))
    return Answer(table, str(bundle.facts("popularity")["why"]), bundle.id, caveats)


def _gain(bundle: Bundle) -> tuple[str, ...]:
    """Say what the second kind of model explains more, and what of it is how the table was made."""
    if lacking(bundle, CONTEXT):
        return ()
    sound, both = (served_cards(bundle, recipe_of(kind))["r2"] for kind in (AUDIO, CONTEXT))
    knows = kinds_of(bundle)[CONTEXT].removeprefix("From ")
    said = f"Sound alone explains {sound.value:.1%} of the variation, {knows} {both.value:.1%}."
    several = str(bundle.facts("popularity_context").get("several_genres_sentence", ""))
    return (said, several) if several else (said,)
