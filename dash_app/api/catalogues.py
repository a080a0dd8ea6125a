"""What was built, and how good it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from dash_app.api.asking import Asked
from dash_app.api.schemas import Catalogue, OpenBundle, Removed, Score
from dash_app.jobs.removal import remove_catalogue
from data.errors import BundleRefused
from models.bundle import Bundle, Library

router = APIRouter(tags=["catalogues"])


@router.get("/catalogues")
def catalogues(request: Request) -> list[Catalogue]:
    """List the built catalogues, the embedded one first; one that is refused with the sentence that says why."""
    library = request.app.state.library
    return [_listed(library, name) for name in library.names]


@router.get("/catalogues/{catalogue}")
def catalogue(bundle: OpenBundle) -> Catalogue:
    """Describe one catalogue."""
    return _described(bundle)


@router.get("/catalogues/{catalogue}/scores")
def scores(bundle: OpenBundle) -> list[Score]:
    """Return every score card: metric, interval, baseline, split."""
    return [Score(**card.as_dict()) for card in bundle.scores()]


@router.delete("/catalogues/{catalogue}")
def remove(
    request: Request,
    jobs: Asked,
    catalogue: Annotated[str, Path(description="Name of the catalogue", examples=["old"])],
) -> Removed:
    """Remove a catalogue with everything that was learned from it."""
    remove_catalogue(catalogue, request.app.state.library, jobs)
    return Removed(removed=catalogue)


def _listed(library: Library, name: str) -> Catalogue:
    try:
        return _described(library.open(name))
    except BundleRefused as refusal:
        return Catalogue(name=name, refused=str(refusal))


def _described(bundle: Bundle) -> Catalogue:
    return Catalogue(
        name=bundle.name,
        bundle=bundle.id,
        n_tracks=len(bundle),
        genres=list(bundle.genre_names),
        features=list(bundle.feature_names),
        source=bundle.provenance.origin or bundle.provenance.source,
        skipped=bundle.manifest["skipped"],
    )
