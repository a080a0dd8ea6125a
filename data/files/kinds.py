"""What a file is, by its first bytes: the extension is only a name."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path

from data.errors import SourceError

HEAD_BYTES = 4096
"""How much of the beginning of a file `kind_of` looks at."""


class Kind(Enum):
    """What a file is read as."""

    PARQUET = "Parquet"
    ARROW_FILE = "Arrow file"
    ARROW_STREAM = "Arrow stream"
    ZIP = "ZIP archive"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "Zstandard"
    TEXT = "text"


PACKED = (Kind.GZIP, Kind.BZIP2, Kind.XZ, Kind.ZSTD)
"""One file, compressed."""

READ: tuple[tuple[bytes, Kind], ...] = (
    (b"PAR1", Kind.PARQUET),
    (b"ARROW1", Kind.ARROW_FILE),
    (b"\xff\xff\xff\xff", Kind.ARROW_STREAM),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
    (b"\x1f\x8b", Kind.GZIP),
    (b"BZh", Kind.BZIP2),
    (b"\xfd7zXZ\x00", Kind.XZ),
    (b"\x28\xb5\x2f\xfd", Kind.ZSTD),
)
"""Beginnings of what is read."""

EXPORT = "Export the table as CSV, XLSX, JSON or Parquet and give that file"
FROM_R = 'In R, save it with write.csv(table, "tracks.csv", row.names = FALSE)'
FROM_PYTHON = 'In Python, load it and save it with table.to_parquet("tracks.parquet")'
FROM_EXCEL = "Open it in a spreadsheet program and save it as XLSX without a password, or as CSV"
LISTS_NEEDED = "Audio files are not analysed here: give a table of tracks, such as CSV"

REFUSED: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"%PDF-", "a PDF document", EXPORT),
    (0, b"\x89PNG", "a PNG image", EXPORT),
    (0, b"\xff\xd8\xff", "a JPEG image", EXPORT),
    (0, b"GIF8", "a GIF image", EXPORT),
    (0, b"II*\x00", "a TIFF image", EXPORT),
    (0, b"MM\x00*", "a TIFF image", EXPORT),
    (8, b"WEBP", "a WebP image", EXPORT),
    (8, b"WAVE", "a WAV recording", LISTS_NEEDED),
    (0, b"ID3", "an MP3 recording", LISTS_NEEDED),
    (0, b"\xff\xfb", "an MP3 recording", LISTS_NEEDED),
    (0, b"fLaC", "a FLAC recording", LISTS_NEEDED),
    (0, b"OggS", "an Ogg recording", LISTS_NEEDED),
    (4, b"ftyp", "an MPEG-4 recording", LISTS_NEEDED),
    (0, b"\x7fELF", "a program", EXPORT),
    (0, b"MZ", "a Windows program", EXPORT),
    (0, b"\xcf\xfa\xed\xfe", "a macOS program", EXPORT),
    (0, b"SQLite format 3\x00", "an SQLite database", EXPORT),
    (0, b"RDX2\n", "an R workspace (.RData)", FROM_R),
    (0, b"RDX3\n", "an R workspace (.RData)", FROM_R),
    (0, b"RDA2\n", "an R workspace (.RData)", FROM_R),
    (0, b"RDA3\n", "an R workspace (.RData)", FROM_R),
    (0, b"X\n\x00\x00\x00", "an R object (.rds)", FROM_R),
    (0, b"\x89HDF", "an HDF5 file", FROM_PYTHON),
    (0, b"\x93NUMPY", "a NumPy array", FROM_PYTHON),
    (0, b"FEA1", "a Feather file of the first version", FROM_PYTHON),
    (0, b"ORC", "an ORC file", FROM_PYTHON),
    (0, b"Obj\x01", "an Avro file", FROM_PYTHON),
    (0, b"PARE", "an encrypted Parquet file", "Save it without encryption"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it and give the table inside"),
    (0, b"Rar!\x1a\x07", "a RAR archive", "Unpack it and give the table inside"),
    (257, b"ustar", "a tar archive", "Unpack it and give the table inside"),
    (0, b"{\\rtf", "a rich text document", EXPORT),
    (0, b"%!PS-", "a PostScript document", EXPORT),
    (0, b"$FL2@(#)", "an SPSS file", EXPORT),
    (0, b"<stata_dta>", "a Stata file", EXPORT),
    (0, b"version https://git-lfs", "a Git LFS pointer, not the file it stands for", "Fetch it with git lfs pull"),
)
"""Place, bytes there, what has them, and what to do with it."""

_PICKLE = re.compile(rb"\x80[\x02-\x05](\x95|[}\](cX\x8c])")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_BYTES = 32 << 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WEB_PAGE = re.compile(rb"(?i)<(!doctype html|html|head|body)\b")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROL = 0.05


def kind_of(path: Path, name: str) -> Kind:
    """Return what a file is; ``name`` is what it is called in sentences.

    Raises
    ------
    SourceError
        It is something that holds no table, or none that is read here.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        more = file.read(_OLE_BYTES) if head.startswith(_OLE) else b""
    for start, kind in READ:
        if head.startswith(start):
            return kind
    if found := _looks_like(head, head + more):
        what, remedy = found
        raise SourceError(f"{name} looks like {what}", remedy=remedy)
    return Kind.TEXT


def _looks_like(head: bytes, whole: bytes) -> tuple[str, str] | None:
    for place, mark, what, remedy in REFUSED:
        if head.startswith(mark, place) and not (_is_word(mark) and b"\0" not in head):
            return what, remedy
    if head.startswith(_OLE):
        return ("a workbook with a password" if _ENCRYPTED in whole else "an old Office document"), FROM_EXCEL
    if _PICKLE.match(head):
        return "a Python pickle, which can run programs and is never opened", FROM_PYTHON
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _marked_up(head), "Give the table itself: the download may have brought a page about it"
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and len(_CONTROL.findall(head)) > _MOST_CONTROL * len(head):
        return "a binary file", EXPORT
    return None


def _is_word(mark: bytes) -> bool:
    """Whether a text table may begin so: with a column PARENT, ORCHESTRA or ID3."""
    return len(mark) <= 4 and mark.isalnum()


def _marked_up(head: bytes) -> str:
    return "a web page" if _WEB_PAGE.search(head) else "an XML document"
