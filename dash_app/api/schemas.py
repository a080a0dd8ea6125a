"""Forms of requests and responses, with examples that the tests send."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from models.bundle import Bundle

CatalogueName = Annotated[
    str, Path(description="Name of the catalogue; `default` is the first one", examples=["default", "sample"])
]


def opened(request: Request, catalogue: CatalogueName) -> Bundle:
    """Return the bundle of the catalogue in the address; ``default`` stands for the first one."""
    return request.app.state.library.open(None if catalogue == "default" else catalogue)


OpenBundle = Annotated[Bundle, Depends(opened)]
"""A path parameter ``catalogue``, opened."""


class Answered(BaseModel):
    """What every response carries beside its numbers."""

    bundle: str = Field(description="Id of the bundle the numbers were computed from")
    headline: str = Field(description="One sentence that says what they show")
    caveats: list[str] = Field(default=[], description="Sentences that limit what may be concluded")


class Problem(BaseModel):
    """What was refused, in one sentence and in its parts."""

    sentence: str = Field(description="The parts as one text")
    what: str = Field(description="What happened")
    where: str = Field(description="Where it happened; empty where `what` says it")
    remedy: str = Field(description="What to do about it")


class Refusal(BaseModel):
    """The form of every error."""

    error: Problem


class Catalogue(BaseModel):
    """A built catalogue, or one whose bundle is refused: then only its name and the sentence are known."""

    name: str
    bundle: str | None = None
    n_tracks: int | None = None
    genres: list[str] = []
    features: list[str] = []
    source: str = ""
    skipped: dict[str, str] = Field(default={}, description="What could not be learned from it, and why")
    refused: str | None = Field(default=None, description="Why its bundle is not served, and what to do about it")


class Removed(BaseModel):
    """What is no longer there."""

    removed: str


class Score(BaseModel):
    """How well a model does, beside what knowing nothing would reach."""

    recipe: str
    model: str
    metric: str
    value: float
    low: float = Field(description="Lower end of the 95% interval")
    high: float
    baseline: str
    baseline_value: float
    split: str
    n: int
    larger_is_better: bool
    served: bool


class Track(BaseModel):
    """One track."""

    row: int
    track_id: str
    track_name: str
    artists: str
    facts: list[str] = Field(description="What is known of it, in words")


class TrackDetail(Track):
    """One track with all its fields."""

    fields: dict[str, Any]


class Tracks(Answered):
    """Tracks that match a search."""

    tracks: list[Track]


class Neighbour(Track):
    """A track near another one."""

    distance: float
    closer_than: float = Field(description="Share of random pairs of tracks that lie further apart")


class Similar(Answered):
    """The nearest tracks of one track, nearest first."""

    track: Track
    neighbours: list[Neighbour]


Feature = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite JSON number; no text, no true."""


class Features(BaseModel):
    """Features of one track; what is left out counts as missing."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"features": {"danceability": 0.52, "energy": 0.93, "loudness": -4.1, "tempo": 140}}]
        },
    )

    features: dict[str, Feature] = Field(min_length=1)


class Contribution(BaseModel):
    """What one feature adds to a prediction."""

    feature: str
    contribution: float


class GenrePrediction(BaseModel):
    """Calibrated probabilities, most probable first."""

    genre: str
    probability: float


class PopularityPrediction(BaseModel):
    """A prediction with its 90% interval."""

    predicted: float
    low: float
    high: float


class Prediction(Answered):
    """What the models say of a track with these features."""

    genres: list[GenrePrediction]
    genre_set: list[str] = Field(
        description="Genres that together hold the right one of 9 tracks in 10, likeliest first"
    )
    genre_contributions: list[Contribution] = Field(description="To the score of the most probable genre")
    popularity: PopularityPrediction | None
    popularity_contributions: list[Contribution]


class Wish(Features):
    """Features of one track, and what it is to become."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"features": {"danceability": 0.52, "energy": 0.93, "tempo": 140}, "target": "popularity+10"},
                {"features": {"danceability": 0.52, "energy": 0.93, "tempo": 140}, "target": "popularity-top"},
            ]
        },
    )

    target: str = Field(description="`genre:` and a genre, `popularity+10` or `popularity-top`, the highest quarter")


class Change(BaseModel):
    """One feature that has to change."""

    feature: str
    before: float
    after: float


class Changed(Answered):
    """The smallest plausible change that was found; no change where there is none or none is needed."""

    changes: list[Change] = Field(description="The largest first")
    tracks: list[Track] = Field(description="Real tracks near the changed one of which the model says the same")
