"""Forms of jobs: uploads, builds, and what is said about columns."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from dash_app.jobs import Job, Jobs, State
from data.naming import catalogue_name


class BroughtFile(BaseModel):
    """A file that was uploaded."""

    name: str
    bytes: int


class Step(BaseModel):
    """One step of a build."""

    step: str = Field(description="`fetching`, `reading`, the name of a recipe, or `bundle`")
    share: float = Field(description="How much of it is done, 0 to 1")
    doing: str


class JobState(BaseModel):
    """A job: the files of a catalogue, and its build."""

    id: str = Field(description="Nobody can guess it: whoever has it can see and cancel the job")
    state: State
    sentence: str = Field(description="What it waits for, or why it failed")
    name: str = Field(description="Name of the catalogue; of a draft a proposal")
    source: str = Field(description="Name of a public catalogue, empty where files were uploaded")
    files: list[BroughtFile]
    steps: list[Step]
    bundle: str = Field(description="Id of what was built")

    @classmethod
    def of(cls, jobs: Jobs, job: Job) -> Self:
        """Return what is going on with a job."""
        status, request = jobs.status(job), job.request
        files = job.files
        return cls(
            id=job.id,
            state=status.state,
            sentence=status.sentence,
            name=request.name if request else catalogue_name(files[0].name) if files else "",
            source=request.source if request else "",
            files=[BroughtFile(name=path.name, bytes=path.stat().st_size) for path in files],
            steps=[Step(**step) for step in status.steps],
            bundle=status.bundle,
        )


class SaidOfColumns(BaseModel):
    """What is said about columns; the rest is found out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"fields": {"bpm": "tempo"}}]})

    fields: dict[str, str] = Field(default={}, description="Field by column")
    units: dict[str, str] = Field(default={}, description="Unit by field")
    ignored: list[str] = Field(default=[], description="Columns to leave out")
    labels: Literal["auto", "as published", "families"] = Field(default="auto", description="How genres are labelled")


class Order(BaseModel):
    """What is to be built: the files of a draft, or a public catalogue."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"source": "tidytuesday"}]})

    job: str = Field(default="", description="Id of a draft with files")
    source: str = Field(default="", description="`sample` or the name of a public catalogue, instead of files")
    name: str = Field(default="", description="Name of the catalogue; by default from the source's")
    wishes: SaidOfColumns = SaidOfColumns()
