"""Tracks: search, look up, nearest."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from dash_app.answers.search import find_tracks
from dash_app.answers.similar import nearest_tracks
from dash_app.answers.tracks import TrackCard, row_of, track_card
from dash_app.api.schemas import Neighbour, OpenBundle, Similar, Track, TrackDetail, Tracks
from models.bundle import Bundle

router = APIRouter(tags=["tracks"])
MOST = 100

TrackId = Annotated[str, Path(description="Id of the track in this catalogue", examples=["5sICkBXVmaCQk5aISGR3x1"])]
Row = Annotated[int, Path(description="Row of the track in this bundle", examples=[0])]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Most tracks to return", examples=[3])]


@router.get("/catalogues/{catalogue}/tracks")
def search(
    bundle: OpenBundle,
    q: Annotated[str, Query(min_length=1, max_length=200, description="Parts of title and artist", examples=["love"])],
    limit: Limit = 10,
) -> Tracks:
    """Find tracks by parts of their title and artist, in any order."""
    answer = find_tracks(bundle, q, limit=limit)
    found = [as_track(track_card(bundle, int(row))) for row in answer.table["row"]]
    return Tracks(bundle=bundle.id, headline=answer.headline, caveats=list(answer.caveats), tracks=found)


@router.get("/catalogues/{catalogue}/tracks/{track_id}")
def track(bundle: OpenBundle, track_id: TrackId) -> TrackDetail:
    """Look up one track with all its fields."""
    row = row_of(bundle, track_id)
    return TrackDetail(**as_track(track_card(bundle, row)).model_dump(), fields=_fields(bundle, row))


@router.get("/catalogues/{catalogue}/rows/{row}")
def track_in_row(bundle: OpenBundle, row: Row, response: Response) -> Track:
    """Look up the track in one row of the bundle, as charts number their points."""
    response.headers["Cache-Control"] = "private, max-age=60"
    return as_track(track_card(bundle, row))


@router.get("/catalogues/{catalogue}/tracks/{track_id}/similar")
def similar(bundle: OpenBundle, track_id: TrackId, limit: Limit = 10) -> Similar:
    """Return the nearest tracks by the learned similarity, nearest first."""
    row = row_of(bundle, track_id)
    answer = nearest_tracks(bundle, row, limit=limit)
    neighbours = [
        Neighbour(
            **as_track(track_card(bundle, int(found.row))).model_dump(),
            distance=float(found.distance),
            closer_than=float(found.closer_than),
        )
        for found in answer.table.itertuples()
    ]
    return Similar(
        bundle=bundle.id,
        headline=answer.headline,
        caveats=list(answer.caveats),
        track=as_track(track_card(bundle, row)),
        neighbours=neighbours,
    )


def as_track(card: TrackCard) -> Track:
    """Return what the API says of a track."""
    return Track(
        row=card.row,
        track_id=card.track_id,
        track_name=card.track_name,
        artists=card.artists,
        facts=list(card.facts),
    )


def _fields(bundle: Bundle, row: int) -> dict[str, Any]:
    record = bundle.tracks.slice(row, 1).to_pylist()[0]
    return {name: _rounded(value) for name, value in record.items()}


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else round(value, 6)
