"""How good the models are that answer."""

from __future__ import annotations

from collections.abc import Mapping

from models.bundle import Bundle
from models.recipe import ScoreCard


def served_cards(bundle: Bundle, recipe: str) -> Mapping[str, ScoreCard]:
    """Return the score cards of the model that answers, by metric."""
    cards = bundle.scores(recipe)
    served = {card.model for card in cards if card.served}
    return {card.metric: card for card in cards if card.model in served}


def not_learned(bundle: Bundle, recipe: str, what: str) -> str:
    """Return why a bundle lacks something: a field that the catalogue lacks, or a quick build."""
    return bundle.skipped(recipe) or f"This build did not learn {what}; a build without --quick does."
