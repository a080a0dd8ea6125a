"""Predictions for a track that need not exist."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from dash_app.answers.tracks import track_card
from dash_app.answers.whatif import WhatIf, what_if
from dash_app.answers.whatif_changes import smallest
from dash_app.api.schemas import (
    Change,
    Changed,
    Contribution,
    Features,
    GenrePrediction,
    OpenBundle,
    PopularityPrediction,
    Prediction,
    Wish,
)
from dash_app.api.tracks import as_track
from data.errors import QueryError
from data.fields import FIELDS

router = APIRouter(tags=["predict"])


@router.post("/catalogues/{catalogue}/predict")
def predict(bundle: OpenBundle, question: Features) -> Prediction:
    """Predict genre and popularity from audio features, with what each feature contributes."""
    _refuse_broken_codes(question.features)
    return _prediction(bundle.id, what_if(bundle, question.features))


@router.post("/catalogues/{catalogue}/smallest-change")
def smallest_change(bundle: OpenBundle, wish: Wish) -> Changed:
    """Find the smallest plausible change of audio features that makes the models say something else."""
    _refuse_broken_codes(wish.features)
    answer = smallest(bundle, wish.features, wish.target)
    rows = answer.table.to_dict("records")
    cards = [track_card(bundle, int(row)) for row in answer.facts.get("tracks", {}).get("row", ())]
    return Changed(
        bundle=bundle.id,
        headline=answer.headline,
        caveats=list(answer.caveats),
        changes=[Change(feature=row["field"], before=row["before"], after=row["after"]) for row in rows],
        tracks=[as_track(card) for card in cards],
    )


def _refuse_broken_codes(features: Mapping[str, float]) -> None:
    for name, value in features.items():
        if name in FIELDS and FIELDS[name].is_categorical and not value.is_integer():
            known = FIELDS[name]
            raise QueryError(
                f"{name} cannot be {value:g}", remedy=f"It is a whole number from {known.low:g} to {known.high:g}"
            )


def _prediction(bundle_id: str, said: WhatIf) -> Prediction:
    interval = said.popularity
    return Prediction(
        bundle=bundle_id,
        headline=said.headline,
        caveats=list(said.caveats),
        genres=[
            GenrePrediction(genre=genre, probability=round(float(p), 6))
            for genre, p in sorted(said.probabilities.items(), key=lambda item: -item[1])
        ],
        genre_set=list(said.plausible),
        genre_contributions=_contributions(said.contributions_to(said.genre) if said.genre else {}),
        popularity=None if interval is None else PopularityPrediction(**interval.as_dict()),
        popularity_contributions=_contributions(said.popularity_contributions),
    )


def _contributions(by_feature: dict[str, float]) -> list[Contribution]:
    ordered = sorted(by_feature.items(), key=lambda item: -abs(item[1]))
    return [Contribution(feature=name, contribution=round(value, 6)) for name, value in ordered]
