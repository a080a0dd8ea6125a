"""Which tags fit a track, beside its one genre."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dash_app.answers import tags as ask
from dash_app.answers import tags_agreement as ask_both
from dash_app.answers.tracks import row_of
from dash_app.api.schemas import Answered, OpenBundle
from dash_app.api.tracks import TrackId

router = APIRouter(tags=["tags"])


class Tag(BaseModel):
    """One tag that may fit a track."""

    tag: str
    probability: float
    threshold: float = Field(description="From which probability the tag is named")
    carried: bool = Field(description="Whether the table gives it to the track")


class TagsOfTrack(Answered):
    """The likeliest tags, likeliest first; none where the catalogue has no model of tags: the headline says why."""

    tags: list[Tag]


@router.get("/catalogues/{catalogue}/tracks/{track_id}/tags")
def tags(bundle: OpenBundle, track_id: TrackId) -> TagsOfTrack:
    """Return the tags that fit a track by a model that was not trained on it, and where it differs from the genre."""
    answer = ask.tags_of_track(bundle, row := row_of(bundle, track_id))
    found = [
        Tag(tag=one.name, probability=one.probability, threshold=one.threshold, carried=one.own)
        for one in answer.table.itertuples(index=False)
    ]
    beside = [] if answer.is_empty else [ask_both.compared(bundle, row).headline]
    return TagsOfTrack(bundle=bundle.id, headline=answer.headline, caveats=[*answer.caveats, *beside], tags=found)
