"""The Free Music Archive's metadata: its tables with several header lines as flat ones.

The archive (Defferrard, Benzi, Vandergheynst and Bresson, "FMA: A Dataset for Music Analysis", ISMIR 2017) holds
``tracks.csv``, whose header is two lines of names and a line that begins with ``track_id``; ``echonest.csv``, with
three lines of names; and ``genres.csv``, which names the genres that ``tracks.csv`` gives by number.
"""

from __future__ import annotations

import ast
import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from data.errors import SourceError

TRACKS = {
    ("track", "title"): "track_name",
    ("artist", "name"): "artists",
    ("artist", "id"): "artist_id",
    ("album", "title"): "album_name",
    ("album", "date_released"): "release_date",
    ("track", "genre_top"): "genre",
    ("track", "genres_all"): "genres",
    ("track", "duration"): "duration_ms",
    ("track", "listens"): "listens",
    ("track", "favorites"): "favorites",
    ("track", "interest"): "interest",
    ("track", "bit_rate"): "bit_rate",
    ("track", "language_code"): "language_code",
    ("track", "license"): "license",
    ("artist", "location"): "artist_location",
    ("set", "subset"): "subset",
    ("set", "split"): "split",
}
"""Columns of ``tracks.csv`` that are taken over, by the two lines of their header."""

ECHONEST = {
    ("echonest", "audio_features", name): name
    for name in (
        *("acousticness", "danceability", "energy", "instrumentalness"),
        *("liveness", "speechiness", "tempo", "valence"),
    )
}
"""Columns of ``echonest.csv`` that are taken over; ranks, social and temporal features are not."""

MOST_BYTES = 1_000_000_000
"""The tables of the archive, unpacked, may not be longer than this together; they are 0.3 GB."""

_ID = "track_id"
_WHOLE_NUMBERS = ("listens", "favorites", "interest", "bit_rate")
_MOST_HEADER = 1 << 20
_BLOCK = 1 << 24


def is_fma(path: Path) -> bool:
    """Return whether a file is an archive that holds ``tracks.csv`` and ``echonest.csv``."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {Path(name).name for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile):
        return False
    return {"tracks.csv", "echonest.csv"} <= names


def fma_tables(path: Path, *, most_bytes: int = MOST_BYTES) -> Mapping[str, pa.Table]:
    """Return the flat tables "tracks" and "echonest" of the archive, which share the column ``track_id``.

    Names are fields where there is one. Genres are lists of names, from the top of the hierarchy down; durations are
    milliseconds; release dates are as long as the archive knows them, "2009-01-05". Descriptions and biographies, which
    are nine tenths of the archive, are left out.

    Parameters
    ----------
    path
        ``fma_metadata.zip``.
    most_bytes
        What the three tables may hold together, unpacked.

    Raises
    ------
    SourceError
        It is no such archive, or is damaged.
    """
    with _in_sentences(path), zipfile.ZipFile(path) as archive:
        members = {Path(info.filename).name: info for info in archive.infolist()}
        needed = [members[name] for name in ("tracks.csv", "echonest.csv", "genres.csv")]
        if sum(info.file_size for info in needed) > most_bytes:
            raise SourceError(
                f"The tables of {path.name} are longer than {most_bytes / 1e6:,.0f} MB",
                remedy="Download the archive again: fma_metadata.zip holds 0.3 GB",
            )
        tracks, echonest, genres = needed
        names = _genre_names(archive, genres)
        return {
            "tracks": _in_fields(_flat(archive, tracks, TRACKS), names),
            "echonest": _numbers(_flat(archive, echonest, ECHONEST), list(ECHONEST.values())),
        }


@contextmanager
def _in_sentences(path: Path) -> Iterator[None]:
    remedy = "Download it again under the name fma"
    try:
        yield
    except KeyError as error:
        raise SourceError(f"{path.name} lacks {error.args[0]}", remedy=remedy) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise SourceError(f"{path.name} is no archive that can be read", where=str(error), remedy=remedy) from error
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error, ValueError, SyntaxError) as error:
        raise SourceError(f"{path.name} does not hold the tables of the Free Music Archive", remedy=remedy) from error


def _flat(archive: zipfile.ZipFile, member: zipfile.ZipInfo, wanted: Mapping[tuple[str, ...], str]) -> pa.Table:
    """Return the wanted columns and the track ids of one table, all as text."""
    names, lines = _header(archive, member, depth=len(next(iter(wanted))))
    flat = [wanted.get(name, f"left out {place}") for place, name in enumerate(names)]
    if lacking := sorted(set(wanted.values()) - set(flat)):
        raise KeyError(f"{', '.join(lacking)} in {Path(member.filename).name}")
    flat[0] = _ID
    kept = [name for name in flat if not name.startswith("left out ")]
    with archive.open(member) as file:
        for _ in range(lines):
            file.readline()
        return arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(column_names=flat, block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=kept,
                column_types=dict.fromkeys(kept, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        ).read_all()


def _header(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, depth: int) -> tuple[list[tuple[str, ...]], int]:
    """Return the names of the columns, each of ``depth`` parts, and the number of lines of the header."""
    with archive.open(member) as file:
        lines = [file.readline(_MOST_HEADER).decode("utf-8-sig") for _ in range(depth + 1)]
    rows = [row or [""] for row in csv.reader(lines)]
    if len(rows) <= depth:
        raise ValueError("only a header, or less")
    named_below = rows[depth][0] == _ID and not any(rows[depth][1:])
    if not named_below and rows[depth - 1][0] != _ID:
        raise ValueError(f"no {_ID} in the header")
    return list(zip(*rows[:depth], strict=True)), depth + named_below


def _genre_names(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> dict[str, str]:
    """Return the names of genres by number, the top of the hierarchy first."""
    with archive.open(member) as file:
        rows = list(csv.DictReader(io.TextIOWrapper(file, "utf-8-sig", newline="")))
    parents = {row["genre_id"]: row["parent"] for row in rows}

    def depth(genre: str, seen: int = 0) -> int:
        above = parents.get(genre, "0")
        return seen if above == "0" or seen > len(parents) else depth(above, seen + 1)

    ordered = sorted(rows, key=lambda row: (depth(row["genre_id"]), int(row["genre_id"])))
    return {row["genre_id"]: row["title"] for row in ordered}


def _in_fields(tracks: pa.Table, genre_names: Mapping[str, str]) -> pa.Table:
    """Return the tracks with units and names as fields have them."""
    seconds = pc.cast(tracks["duration_ms"], pa.float64())
    dates = pc.replace_substring_regex(tracks["release_date"], r"[ T]00:00:00(\.0+)?$", "")
    changed = {
        "duration_ms": pc.multiply(seconds, 1000.0),
        "release_date": dates,
        "genres": _named_genres(tracks["genres"], genre_names),
    }
    for name, column in changed.items():
        tracks = tracks.set_column(tracks.column_names.index(name), name, column)
    return _numbers(tracks, _WHOLE_NUMBERS)


def _named_genres(cells: pa.ChunkedArray, names: Mapping[str, str]) -> pa.Array:
    """Return lists of names for cells such as "[21, 10]"; equal cells are read once."""
    encoded = cells.combine_chunks().dictionary_encode()
    order = {number: place for place, number in enumerate(names)}
    lists = []
    for cell in encoded.dictionary.to_pylist():
        numbers = {str(number) for number in ast.literal_eval(cell)} & order.keys()
        lists.append([names[number] for number in sorted(numbers, key=order.__getitem__)])
    return pa.array(lists, pa.list_(pa.string())).take(encoded.indices)


def _numbers(table: pa.Table, names: list[str] | tuple[str, ...]) -> pa.Table:
    for name in names:
        table = table.set_column(table.column_names.index(name), name, table[name].cast(pa.float64()))
    return table
