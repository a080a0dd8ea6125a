"""What each card of What-if shows of one answer."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dash_app.answers import whatif as ask
from dash_app.answers.whatif_models import AUDIO
from dash_app.answers.whatif_sliders import genres_of, start_point
from dash_app.figures import popularity, whatif
from dash_app.figures.theme import genre_colours
from dash_app.wiring import Drawn, track_rows
from data.selection import Selection
from models.bundle import Bundle

LIKELY = "most probable"
"""Which genre is explained where none is chosen."""

CARDS = ("whatif-genres", "whatif-popularity", "whatif-why-genre", "whatif-why-popularity")


def alone(
    place: int,
    bundle: Bundle,
    _: Selection,
    track: str | None,
    point: Mapping[str, float],
    explained: str | None,
    kind: str | None,
) -> Drawn:
    """Return one of the cards, by its place in `CARDS`, as an address asks for it."""
    said = answer(bundle, track, point, kind or AUDIO)
    return cards(bundle, said, explained)[place]


def answer(bundle: Bundle, track: str | None, point: Mapping[str, float] | None, kind: str) -> ask.WhatIf:
    """Return what the models say of a track with some features changed."""
    rows = track_rows(bundle, track)
    start = start_point(bundle, rows[0] if rows else None, kind)
    genres = genres_of(bundle, rows[0] if rows else None)
    return ask.what_if(bundle, moved(bundle, start, point), start=start, kind=kind, genres=genres)


def moved(bundle: Bundle, start: Mapping[str, float], point: Mapping[str, float] | None) -> dict[str, float]:
    """Return the start with the changed features put in; an address may name features that this catalogue lacks."""
    known = bundle.dictionary
    changed = {name: value for name, value in (point or {}).items() if name in start and known[name].allows(value)}
    return {**start, **changed}


def cards(bundle: Bundle, said: ask.WhatIf, explained: str | None) -> tuple[Drawn, ...]:
    """Return all cards in the order of `CARDS`."""
    genre = said.genre if explained in (None, LIKELY) else explained
    return (
        _genres(bundle, said),
        _popularity(bundle, said),
        _why_genre(bundle, said, genre),
        _why_popularity(bundle, said),
    )


def _genres(bundle: Bundle, said: ask.WhatIf) -> Drawn:
    if said.genre is None:
        return Drawn(None, bundle.skipped("genre") or said.headline)
    table = said.probability_table()
    figure = whatif.probabilities(table, colours=genre_colours(bundle.genre_names))
    return Drawn(figure, f"{said.headline} {said.set_sentence}".strip(), table)


def _popularity(bundle: Bundle, said: ask.WhatIf) -> Drawn:
    interval = said.popularity
    if interval is None:
        return Drawn(None, bundle.skipped("popularity") or said.popularity_sentence)
    figure = popularity.interval(interval.low, interval.predicted, interval.high, start=said.start_popularity)
    return Drawn(figure, said.popularity_sentence, pd.DataFrame([interval.as_dict()]))


def _why_genre(bundle: Bundle, said: ask.WhatIf, genre: str | None) -> Drawn:
    if genre is None or genre not in said.probabilities:
        return Drawn(None, bundle.skipped("genre") or said.headline)
    table = said.contribution_table(said.contributions_to(genre))
    return Drawn(whatif.contributions(table, towards=genre, limit=_limit(table)), said.why(genre), table)


def _why_popularity(bundle: Bundle, said: ask.WhatIf) -> Drawn:
    if said.popularity is None:
        return Drawn(None, bundle.skipped("popularity") or said.popularity_sentence)
    table = said.contribution_table(said.popularity_contributions)
    figure = whatif.contributions(table, towards="popularity", unit="points", limit=_limit(table))
    return Drawn(figure, said.why_popularity, table)


def _limit(table: pd.DataFrame) -> float:
    """Return a rounded end of the axis, so that it seldom moves while a slider is dragged."""
    largest = float(table["contribution"].abs().max())
    return next((end for end in (0.5, 1, 2, 4, 8, 16, 32, 64) if end >= largest), 128)
