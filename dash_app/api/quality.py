"""What was read and what became of every row."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from dash_app.answers.rejected import rejected_csv
from dash_app.api.schemas import OpenBundle

router = APIRouter(tags=["quality"])


class Quality(BaseModel):
    """What was read, column by column, and what became of the rows."""

    bundle: str = Field(description="Id of the bundle that was built from it")
    account: str = Field(description="What became of the rows, as a sum that comes out")
    provenance: dict[str, Any] = Field(description="Where the rows came from, and what each column was taken for")
    quality: dict[str, Any] = Field(description="Counts of rows, and per column its range, spread and oddities")


@router.get("/catalogues/{catalogue}/quality")
def quality(bundle: OpenBundle) -> Quality:
    """Return the quality report of a catalogue."""
    return Quality(
        bundle=bundle.id,
        account=bundle.provenance.account,
        provenance=bundle.manifest["provenance"],
        quality=bundle.manifest["quality"],
    )


@router.get("/catalogues/{catalogue}/rejected.csv", response_class=StreamingResponse)
def rejected(bundle: OpenBundle) -> StreamingResponse:
    """Return every rejected row with the reason, as a CSV file that no spreadsheet takes for formulas."""
    headers = {"Content-Disposition": f'attachment; filename="{bundle.name}-rejected.csv"'}
    return StreamingResponse(rejected_csv(bundle), media_type="text/csv; charset=utf-8", headers=headers)
