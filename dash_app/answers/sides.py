"""The two sides of a comparison: what is selected, and what it is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dash_app.answers.answer import Answer
from dash_app.answers.selecting import cluster_names, selected
from data.selection import REST, Selection
from models.bundle import Bundle

_SMALL_WORDS = frozenset({"All", "Fewer", "Nine", "No", "On", "The", "Too", "Tracks"})
"""Words that have a capital only because they open a sentence."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two sets of tracks that are held against each other.

    Parameters
    ----------
    selection
        Its filters; compared with nothing.
    is_rest
        Whether it is made of the tracks that do not pass.
    """

    selection: Selection
    is_rest: bool = False

    @property
    def is_everything(self) -> bool:
        """Whether every track is in it."""
        return self.selection.is_everything and not self.is_rest

    @property
    def goes_by_genre(self) -> bool:
        """Whether the actual genre decides what is in it."""
        out = self.selection.out
        return bool(self.selection.genres or (out and out.genres))

    @property
    def goes_by_prediction(self) -> bool:
        """Whether the genre that a model gives decides what is in it."""
        out = self.selection.out
        return bool(self.selection.predicted or (out and out.predicted))

    def mask(self, bundle: Bundle) -> np.ndarray:
        """Return which tracks are in it, booleans of shape (n_tracks,)."""
        chosen = selected(bundle, self.selection)
        return ~chosen if self.is_rest else chosen

    def words(self, bundle: Bundle) -> str:
        """Return what it is: 'rock, energy over 0.80'."""
        if self.is_rest:
            return "the rest"
        parts = self.selection.parts(cluster_names=cluster_names(bundle), dictionary=bundle.dictionary)
        return ", ".join(parts.values()) or "all tracks"


def own_side(selection: Selection) -> Side:
    """Return what is selected."""
    return Side(selection.alone)


def other_side(selection: Selection) -> Side | None:
    """Return what the selection is compared with; None where that is nothing."""
    if selection.against is None:
        return None
    if selection.against == REST:
        return Side(selection.alone, is_rest=True)
    return Side(selection.against.alone)


def both_sides(bundle: Bundle, selection: Selection, question: Callable[[Side], Answer]) -> Answer:
    """Return what a question says of the selection and, compared, beside it what it says of the other side.

    Facts ``other``, the other side's table, None where it has none, and ``sides``, what both are called. The headline
    says both, and a caveat of both is said once.
    """
    own, against = question(own_side(selection)), other_side(selection)
    if against is None:
        return own
    other = question(against)
    sides = (own_side(selection).words(bundle), against.words(bundle))
    theirs = f"{first_upper(sides[1])}: too few tracks to draw." if other.is_empty else spoken(sides[1], other.headline)
    return replace(
        own,
        headline=f"{spoken(sides[0], own.headline)} {theirs}",
        caveats=tuple(dict.fromkeys([*own.caveats, *other.caveats])),
        facts={**own.facts, "other": None if other.is_empty else other.table, "sides": sides},
    )


def spoken(words: str, sentence: str) -> str:
    """Return a sentence that names what it is of.

    >>> spoken("rock", "Most are loud.")
    'Rock: Most are loud.'
    >>> spoken("pop", "The median stays.")
    'Pop: the median stays.'
    >>> spoken("rap", "rap: recall 0.69.")
    'Rap: recall 0.69.'
    """
    sentence = sentence.removeprefix(f"{words}: ")
    opens = sentence.split(" ")[0]
    return f"{first_upper(words)}: {sentence[0].lower() + sentence[1:] if opens in _SMALL_WORDS else sentence}"


def first_upper(words: str) -> str:
    """Return words that open a sentence; a label such as r&b stays as it is published.

    >>> first_upper("the rest"), first_upper("r&b")
    ('The rest', 'r&b')
    """
    return words[:1].upper() + words[1:] if words.split(" ")[0].strip(",").isalpha() else words


def beside(answer: Answer) -> dict[str, Any]:
    """Return what a chart takes to draw both sides: ``other`` and ``sides``, nothing where nothing is compared."""
    return {name: answer.facts[name] for name in ("other", "sides") if name in answer.facts}
