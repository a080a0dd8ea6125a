"""The models that tell genres: which, how good, how fast, and what can be trusted of one prediction."""

from __future__ import annotations

import pandas as pd

from dash_app.answers.answer import Answer
from dash_app.answers.scores import served_cards, split_caveats
from dash_app.answers.whatif_models import AUDIO, CONTEXT, told_beside_sound
from models.bundle import Bundle

METRICS = ("accuracy", "balanced_accuracy", "macro_f1", "top_2", "log_loss", "ece")

_PLAIN = (
    "calibration_sentence",
    "set_sentence",
    "stricter_sentence",
    "learning_sentence",
    "features_sentence",
    "left_out_sentence",
    "not_compared_sentence",
)


_RECIPES = {AUDIO: "genre", CONTEXT: "genre_context"}


def kinds_of(bundle: Bundle) -> dict[str, str]:
    """Return what the kinds of models that are there know, by kind."""
    found = {AUDIO: "sound alone"}
    if bundle.holds("genre_context_candidates.arrow"):
        found[CONTEXT] = f"sound, {told_beside_sound(bundle)}"
    return found


def candidates(bundle: Bundle) -> Answer:
    """Return every model of both kinds with its scores, each with ``_low`` and ``_high``; fact ``majority``.

    Columns ``label``, ``knows`` (what it is told), ``more`` (whether that is more than the sound), `METRICS`,
    ``fit_s``, ``predict_ms`` (for 1,000 tracks), ``n_bytes``, ``served``, ``why``, and for a chart ``value``, ``low``
    and ``high``: its accuracy. Best first; the majority of the second kind is left out, as it is the first one's.
    """
    if skipped := bundle.skipped("genre"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    parts = [_candidates(bundle, kind, knows) for kind, knows in kinds_of(bundle).items()]
    table = pd.concat(parts, ignore_index=True)
    majority = float(table.loc[table["model"] == "majority", "accuracy"].iloc[0])
    table = table[(table["model"] != "majority") | ~table["more"]]
    table = table.assign(value=table["accuracy"], low=table["accuracy_low"], high=table["accuracy_high"])
    table = table.sort_values("value", ascending=False, kind="stable").reset_index(drop=True)
    recipes = [_RECIPES[kind] for kind in kinds_of(bundle)]
    caveats = (*_gain(bundle), *split_caveats(bundle, *recipes))
    return Answer(table, str(bundle.facts("genre")["why"]), bundle.id, caveats, facts={"majority": majority})


def plain_words(bundle: Bundle) -> list[str]:
    """Return what can be trusted of a prediction, sentence by sentence."""
    if skipped := bundle.skipped("genre"):
        return [skipped]
    facts = bundle.facts("genre")
    found = [str(facts[name]) for name in _PLAIN if facts.get(name)]
    if artefact := bundle.facts("genre_context").get("artefact_sentence"):
        found.append(str(artefact))
    found = [*split_caveats(bundle, "genre"), *found]
    return found or ["Nothing more is known of this model: it was learned by an older build."]


def _candidates(bundle: Bundle, kind: str, knows: str) -> pd.DataFrame:
    recipe = _RECIPES[kind]
    table = bundle.table(f"{recipe}_candidates").to_pandas()
    timings = bundle.timings
    return table.assign(
        knows=knows,
        more=kind == CONTEXT,
        fit_s=[timings.get(f"{recipe}/{model}/fit_s", float("nan")) for model in table["model"]],
        predict_ms=[timings.get(f"{recipe}/{model}/predict_ms_per_1000", float("nan")) for model in table["model"]],
    )


def _gain(bundle: Bundle) -> tuple[str, ...]:
    """Say what the second kind of model gains, and where that may be a trace of the table."""
    if CONTEXT not in kinds_of(bundle):
        return ()
    sound, both = (served_cards(bundle, recipe)["accuracy"] for recipe in ("genre", "genre_context"))
    knows = kinds_of(bundle)[CONTEXT].removeprefix("sound, ").replace(", ", " and ")
    said = f"Knowing {knows} too, {both.value:.1%} are recognised instead of {sound.value:.1%}."
    artefact = str(bundle.facts("genre_context").get("artefact_sentence", ""))
    return (said, artefact) if artefact else (said,)
