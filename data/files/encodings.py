"""Text files of any encoding, made UTF-8."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import charset_normalizer

from data.errors import SourceError

_CHUNK = 4 << 20
_SAMPLE_BYTES = 64 << 10
_LINE_BEYOND_ASCII = re.compile(rb"[^\n]*[\x80-\xff][^\n]*\n?")

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks of what is not UTF-8; that of UTF-32 begins with that of UTF-16."""

TITLES = {
    **{f"cp125{i}": f"Windows-125{i}" for i in range(9)},
    **{"koi8_r": "KOI8-R", "shift_jis": "Shift JIS", "gb18030": "GB 18030", "big5": "Big5"},
    **{"euc_kr": "EUC-KR", "euc_jp": "EUC-JP", "utf-16": "UTF-16", "utf-32": "UTF-32"},
    **{"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-8": "UTF-8"},
}
"""What encodings are called. Those without a mark are the ones that are guessed at: programs still write them."""

GUESSED = [name for name in TITLES if not name.startswith("utf")]
LATIN = ["cp1252", "cp1250", "cp1254", "cp1257"]
"""Those of languages in Latin letters, most of which are ASCII."""

_SMALLEST_VALID_SHARE = 0.9
_SMALLEST_LONE_SHARE = 0.7
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")


def as_utf8(path: Path, target: Path, *, name: str) -> tuple[Path, list[str]]:
    """Return a file of the same text in UTF-8, and notes: the file itself, or ``target``, written anew.

    Raises
    ------
    SourceError
        It holds NUL bytes, and so is no text.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    encoding = next((encoding for bom, encoding in BOMS if head.startswith(bom)), None) or _without_mark(head)
    if encoding is None:
        if _is_utf8(path, name):
            return path, []
        encoding = _guessed(_sample(path))
    replaced = _transcode(path, target, encoding)
    letters = "1 character" if replaced == 1 else f"{replaced:,} characters"
    lost = [f"{letters} that could not be read became �."] if replaced else []
    if encoding == "utf-8":
        return target, lost
    return target, [f"Read as {TITLES[encoding]}.", *lost]


def _is_utf8(path: Path, name: str) -> bool:
    decoder, place, valid = codecs.getincrementaldecoder("utf-8")(), 0, True
    for chunk in _chunks(path):
        if (nul := chunk.find(b"\0")) >= 0:
            raise SourceError(
                f"{name} is damaged or no text: its byte {place + nul + 1:,} is a NUL",
                remedy="Download or export the table again, as CSV or Parquet",
            )
        place += len(chunk)
        valid = valid and _decodes(decoder, chunk)
    return valid and _decodes(decoder, b"", final=True)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    if chunk and chunk.isascii() and not decoder.getstate()[0]:
        return True
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of mostly Western text is zero."""
    half = len(head) // 2
    if half < 4:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.3 * half and odd < 0.05 * half else None


def _sample(path: Path) -> bytes:
    """Lines that are not plain ASCII: they alone tell encodings apart."""
    found, size = [], 0
    for chunk in _chunks(path):
        for line in _LINE_BEYOND_ASCII.finditer(chunk):
            found.append(line[0][:_SAMPLE_BYTES])
            size += len(found[-1])
            if size > _SAMPLE_BYTES:
                return b"".join(found)
    return b"".join(found)


def _guessed(sample: bytes) -> str:
    text = sample.decode("utf-8", "replace")
    beyond, broken = sum(letter > "\x7f" for letter in text), text.count("�")
    if beyond - broken > _SMALLEST_VALID_SHARE * beyond:
        return "utf-8"  # with a few broken letters
    runs = _BEYOND_ASCII.findall(sample)
    # In Latin letters an accent stands alone between ASCII letters; elsewhere whole words are beyond ASCII.
    lone = sum(len(run) == 1 for run in runs) >= _SMALLEST_LONE_SHARE * len(runs)
    matches = charset_normalizer.from_bytes(sample, cp_isolation=LATIN if lone else GUESSED)
    best = matches.best()
    if best is None:
        return "cp1252"
    # Several encodings may read the same text as well as each other; Western tables are by far the most frequent.
    western = [match for match in matches if "cp1252" in match.could_be_from_charset]
    return "cp1252" if western and western[0].chaos <= best.chaos else best.encoding


def _transcode(path: Path, target: Path, encoding: str) -> int:
    """Write a file as UTF-8; return how many letters could not be read."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    replaced = 0
    with target.open("w", encoding="utf-8", newline="", errors="replace") as out:
        for chunk in chain(_chunks(path), [b""]):
            text = decoder.decode(chunk, final=not chunk)
            replaced += text.count("�")
            out.write(text)
    return replaced


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
