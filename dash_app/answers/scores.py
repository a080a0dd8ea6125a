"""How good the models are that answer."""

from __future__ import annotations

from collections.abc import Mapping

from models.bundle import Bundle
from models.recipe import ScoreCard
from models.words import split_warning

_QUICK = "Not learned in this quick build: build the catalogue thoroughly to see it."


def served_cards(bundle: Bundle, recipe: str) -> Mapping[str, ScoreCard]:
    """Return the score cards of the model that answers, by metric."""
    cards = bundle.scores(recipe)
    served = {card.model for card in cards if card.served}
    return {card.metric: card for card in cards if card.model in served}


def not_learned(bundle: Bundle, recipe: str) -> str:
    """Return why a bundle lacks something: a field that the catalogue lacks, or a quick build."""
    return bundle.skipped(recipe) or _QUICK


def split_caveats(bundle: Bundle, *recipes: str) -> tuple[str, ...]:
    """Return the warning that stands beside scores of recipes whose folds share artists, each once."""
    return tuple(dict.fromkeys(filter(None, (split_warning(bundle.facts(recipe)) for recipe in recipes))))


def build_again(bundle: Bundle, recipe: str) -> str:
    """Return why a bundle of an older build lacks a table: its field, or its age."""
    return bundle.skipped(recipe) or "This catalogue was built before this was learned. Build it again to see this."
