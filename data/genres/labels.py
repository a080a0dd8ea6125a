"""The genre label of each row, from what the table says: one label, or the family of its tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from data.genres.families import grouped, needs_families
from data.genres.tags import split_tags
from data.wishes import Labels


@dataclass(frozen=True, slots=True)
class Labelling:
    """How labels were made.

    Parameters
    ----------
    notes
        Sentences about it.
    families
        Records of what became what: ``tag``, ``family``, ``n``, ``how``; empty where labels stay as published.
    """

    notes: tuple[str, ...] = ()
    families: tuple[Mapping[str, Any], ...] = field(default=())


def labelled(rows: pd.DataFrame, labels: Labels, *, families: Path | None = None) -> tuple[pd.DataFrame, Labelling]:
    """Give every row its primary ``genre``, and keep all its tags in ``genres``.

    Parameters
    ----------
    rows
        With ``genre`` (text), ``genres`` (lists of text), both or neither.
    labels, families
        See `data.wishes.Wishes`.
    """
    if "genre" not in rows and "genres" not in rows:
        return rows, Labelling()
    tags = split_tags(rows["genres"] if "genres" in rows else rows["genre"])
    published = "genre" in rows
    grouping = labels == "families" or (labels == "auto" and not published and needs_families(tags))
    lists = pd.Series(tags.to_pylist(), index=rows.index, dtype=object)
    if not grouping:
        first = rows["genre"] if published else pd.Series(_first(tags), index=rows.index, dtype="string")
        return rows.assign(genre=first, genres=lists), Labelling()
    found = grouped(tags, overrides=families)
    became = tuple(found.became.to_pylist())
    primary = pd.Series(found.family.to_pylist(), index=rows.index, dtype="string")
    return rows.assign(genre=primary, genres=lists), Labelling((found.sentence,), became)


def _first(tags: pa.ListArray) -> list[str | None]:
    return [cell[0] if cell else None for cell in tags.to_pylist()]
