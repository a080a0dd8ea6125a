"""Groups of sound: a cut of the catalogue into clusters, and how far it can be trusted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dash_app.answers import clusters as ask
from dash_app.api.schemas import Answered, OpenBundle
from data.errors import MissingField, QueryError
from data.selection import Selection

router = APIRouter(tags=["clusters"])

Clusters = Annotated[int | None, Query(description="Number of clusters; the chosen one where left out", examples=[3])]


class Cluster(BaseModel):
    """One cluster of a cut."""

    number: int = Field(description="As the filter `cluster` takes it, where the cut is the chosen one")
    name: str
    n_tracks: int
    share: float = Field(description="Of all tracks")
    apart: str = Field(description="What sets it apart from all other tracks, in standard deviations (sd)")


class Cut(Answered):
    """A cut of all tracks by k-means, the largest cluster first."""

    k: int
    chosen: bool = Field(description="Whether it has the best mean rank over the four criteria")
    silhouette: float = Field(description="-1 to 1; structure begins at 0.25")
    stability: float = Field(description="Adjusted Rand index with cuts of halves of the tracks")
    ari_with_genre: float | None = Field(description="Adjusted Rand index with the genres, 0 by chance")
    nmi_with_genre: float | None = Field(description="Normalised mutual information with the genres")
    clusters: list[Cluster]


@router.get("/catalogues/{catalogue}/clusters")
def clusters(bundle: OpenBundle, k: Clusters = None) -> Cut:
    """Return the tracks of a catalogue cut into clusters by sound: a useful cut of a continuum, no genres found."""
    known = ask.cuts(bundle)
    if not known:
        raise MissingField(bundle.skipped("clusters") or "This catalogue has no clusters")
    if k is not None and k not in known:
        raise QueryError(f"There is no cut into {k} clusters", remedy=f"Ask for {known[0]} to {known[-1]}")
    shown = ask.cut_shown(bundle, k)
    found, judged = ask.described(bundle, Selection(), shown), ask.choice(bundle, shown)
    row = judged.table[judged.table["k"] == shown].iloc[0]
    return Cut(
        bundle=bundle.id,
        headline=ask.lead(bundle),
        caveats=[judged.headline, *judged.caveats],
        k=shown,
        chosen=bool(row["chosen"]),
        silhouette=row["silhouette"],
        stability=row["stability"],
        ari_with_genre=row.get("ari_with_genre"),
        nmi_with_genre=row.get("nmi_with_genre"),
        clusters=[
            Cluster(number=one.cluster, name=one.name, n_tracks=one.n_all, share=one.share, apart=one.words)
            for one in found.table.itertuples(index=False)
        ],
    )
