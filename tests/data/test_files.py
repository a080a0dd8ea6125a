from __future__ import annotations

import bz2
import csv
import datetime as dt
import gzip
import hashlib
import io
import json
import lzma
import os
import pickle
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import SourceError, SourceNotFound
from data.files import RawTable, read_raw
from data.files.headers import MOST_COLUMNS

PLAIN = "title,artist,tempo\nÀ la pêche,Été,120.5\nЗвезда,Кино,98\n"
ROWS = [{"title": "À la pêche", "artist": "Été", "tempo": 120.5}, {"title": "Звезда", "artist": "Кино", "tempo": 98.0}]
COLUMNS = {name: [row[name] for row in ROWS] for name in ROWS[0]}
TABLE = pa.table(COLUMNS)


def read(folder: Path, content: bytes, *, name: str = "songs.csv", **options) -> RawTable:
    path = folder / name
    path.write_bytes(content)
    return read_raw(path, **options)


def lines(*texts: str) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def zstd(content: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(content)
    return out.getvalue().to_pybytes()


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def locked_zip() -> bytes:
    content = bytearray(zipped(("songs.csv", PLAIN.encode())))
    content[content.index(b"PK\x03\x04") + 6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def parquet(table: pa.Table = TABLE) -> bytes:
    out = io.BytesIO()
    pa.parquet.write_table(table, out)
    return out.getvalue()


def arrow(table: pa.Table = TABLE, *, stream: bool = False) -> bytes:
    out = io.BytesIO()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def sqlite(folder: Path) -> bytes:
    database = sqlite3.connect(folder / "x.db")
    database.execute("create table songs (title text)")
    database.commit()
    database.close()
    return (folder / "x.db").read_bytes()


OFFICE = "http://schemas.openxmlformats.org"


def workbook(*sheets: list[list[object]], far: str = "") -> bytes:
    """The smallest XLSX with these cells: text, numbers, truth values, dates, formulas; None is no cell."""
    names = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="r{i}"/>' for i, _ in enumerate(sheets, 1))
    relations = "".join(
        f'<Relationship Id="r{i}" Type="{OFFICE}/officeDocument/2006/relationships/worksheet" '
        f'Target="worksheets/sheet{i}.xml"/>'
        for i, _ in enumerate(sheets, 1)
    )
    styles = f'<Relationship Id="s" Type="{OFFICE}/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
    main, package = f"{OFFICE}/spreadsheetml/2006/main", f"{OFFICE}/package/2006"
    return zipped(
        ("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>'.encode()),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="w" Target="xl/workbook.xml" '
            f'Type="{OFFICE}/officeDocument/2006/relationships/officeDocument"/></Relationships>'.encode(),
        ),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{OFFICE}/officeDocument/2006/relationships">'
            f"<sheets>{names}</sheets></workbook>".encode(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships">{relations}{styles}</Relationships>'.encode(),
        ),
        (
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
            "</styleSheet>".encode(),
        ),
        *((f"xl/worksheets/sheet{i}.xml", sheet_xml(rows, main, far)) for i, rows in enumerate(sheets, 1)),
    )


def sheet_xml(rows: list[list[object]], main: str, far: str) -> bytes:
    body = "".join(
        f'<row r="{y}">{"".join(cell_xml(value, f"{chr(64 + x)}{y}") for x, value in enumerate(row, 1))}</row>'
        for y, row in enumerate(rows, 1)
    )
    body += f"<row>{cell_xml(1, far)}</row>" if far else ""
    return f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'.encode()


def cell_xml(value: object, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, dt.date):
        return f'<c r="{place}" s="1"><v>{(value - dt.date(1899, 12, 30)).days}</v></c>'
    if isinstance(value, str) and value.startswith("="):
        return f'<c r="{place}"><f>{escape(value[1:])}</f><v>42</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


class Odd(NamedTuple):
    """A file that is odd and can be read: its bytes, some columns in full, and a part of a note."""

    content: bytes
    columns: dict[str, list[object]]
    note: str = ""
    malformed: tuple[int, ...] = ()


ODD: dict[str, Odd] = {
    "plain": Odd(PLAIN.encode(), COLUMNS),
    "byte-order mark": Odd(PLAIN.encode("utf-8-sig"), COLUMNS),
    "UTF-16": Odd(PLAIN.encode("utf-16"), COLUMNS, "Read as UTF-16."),
    "UTF-16, high byte first": Odd(b"\xfe\xff" + PLAIN.encode("utf-16-be"), COLUMNS, "Read as UTF-16."),
    "UTF-16 without its mark": Odd("a,b\nx,é\n".encode("utf-16-le"), {"a": ["x"], "b": ["é"]}, "Read as UTF-16."),
    "UTF-32": Odd(PLAIN.encode("utf-32"), COLUMNS, "Read as UTF-32."),
    "Windows-1252": Odd(
        "title,artist\nDéjà vu – live,Beyoncé\nJóga,Björk\n".encode("cp1252"),
        {"title": ["Déjà vu – live", "Jóga"], "artist": ["Beyoncé", "Björk"]},
        "Read as Windows-1252.",
    ),
    "Cyrillic": Odd(
        ("title,artist\n" + "Группа крови,Кино\nХочешь,Земфира\nОсень,ДДТ\n").encode("cp1251"),
        {"artist": ["Кино", "Земфира", "ДДТ"]},
        "Read as Windows-1251.",
    ),
    "Japanese": Odd(
        "title,artist\n初恋,宇多田ヒカル\n丸の内サディスティック,椎名林檎\n夜に駆ける,ヨアソビ\n".encode("shift_jis"),
        {"artist": ["宇多田ヒカル", "椎名林檎", "ヨアソビ"]},
        "Read as Shift JIS.",
    ),
    "one broken letter": Odd(
        b"a,b\n" + "é,à\n".encode() * 20 + b"\xff,x\n",
        {"a": ["é"] * 20 + ["�"]},
        "1 character that could not be read became �.",
    ),
    "tabs": Odd(lines("a\tb\tc", "1,5\tx\t2"), {"a": [1.5], "c": [2]}, "Fields are separated by tabs."),
    "semicolons": Odd(lines("a;b", "x;1", "y, z;2"), {"a": ["x", "y, z"]}, "separated by semicolons"),
    "bars": Odd(lines("a|b", "x|1", "y|2"), {"b": [1, 2]}, "separated by bars"),
    "Excel's hint": Odd(lines("sep=;", "a;b", "x;1"), {"a": ["x"], "b": [1]}, "separated by semicolons"),
    "a name like the mark of a kind": Odd(lines("PARENT,ORC", "x,1"), {"PARENT": ["x"]}),
    "old Mac line ends": Odd(b"a,b\rx,1\ry,2\r", {"a": ["x", "y"], "b": [1, 2]}),
    "Windows line ends": Odd(b"a,b\r\nx,1\r\n\r\ny,2", {"a": ["x", "y"], "b": [1, 2]}),
    "quoted line breaks": Odd(b'a,b\n"x\n\ny",1\n"z, ""q""",2\n', {"a": ["x\n\ny", 'z, "q"'], "b": [1, 2]}),
    "quoted carriage returns": Odd(b'a,b\n"x\r",1\n"\r\ny",2\n', {"a": ["x\r", "\r\ny"], "b": [1, 2]}),
    "quoted line break in the header": Odd(b'"a\nmore",b\nx,1\n,2\n', {"a more": ["x", None], "b": [1, 2]}),
    "backslash quotes": Odd(rb"a,b" + b"\n" + rb'"x \"y\", z",1' + b"\nu,2\n", {"a": ['x "y", z', "u"]}),
    "unclosed quote": Odd(
        b'a,b\nx,1\n"y,2\n' + b"z,3\n" * 200 + b'"u\nv",4\n',
        {"a": ["x", '"y', *["z"] * 200, "u\nv"], "b": [1, 2, *[3] * 200, 4]},
        "1 line with a quotation mark that does not close read as written.",
    ),
    "inches": Odd(b'a,b\n12" mix,1\n7" mix,2\n10" mix,3\n', {"a": ['12" mix', '7" mix', '10" mix']}),
    "blank lines": Odd(b"\n\na,b\n\nx,1\n   \ny,2\n\n\n", {"a": ["x", "y"], "b": [1, 2]}),
    "title lines": Odd(
        lines("My songs", "# exported on Monday, at noon", "a,b,c", "x,1,2", "y,3,4"),
        {"a": ["x", "y"], "c": [2, 4]},
        "2 lines above the header left out.",
    ),
    "ragged rows": Odd(
        lines("a,b,c", "x,1,2", "y,1", "z,1,2,3", "w,5,6", "v"),
        {"a": ["x", "w"], "c": [2, 6]},
        malformed=(1, 2, 4),
    ),
    "ragged rows between blank lines": Odd(b'a,b\n\n"x\n",1\n  \ny\n\nz,2\n', {"b": [1, 2]}, malformed=(1,)),
    "spare separator at each end": Odd(
        lines("a,b", "x,1,", "y,2,"), {"a": ["x", "y"], "b": [1, 2]}, "a separator more"
    ),
    "spare separator in the header": Odd(lines("a,b,", "x,1", "y,2"), {"a": ["x", "y"], "b": [1, 2]}),
    "row names as R writes them": Odd(
        lines("title,tempo", "1,x,120", "2,y,90"),
        {"column 1": [1, 2], "title": ["x", "y"]},
        "their first one has no name",
    ),
    "duplicate names": Odd(
        lines("a,b,a,a.2", "x,1,2,3"), {"a": ["x"], "a.3": [2], "a.2": [3]}, 'A second "a" is called "a.3".'
    ),
    "nameless columns": Odd(
        lines(",a, ,b", "0,x,1,2"), {"column 1": [0], "column 3": [1]}, '2 columns without a name are called "column 1"'
    ),
    "spaces in names": Odd(lines(" a , b c\u00a0", "x,1"), {"a": ["x"], "b c": [1]}),
    "leading zeros": Odd(lines("id,n,f", "007,10,0.5", "010,0,-0"), {"id": ["007", "010"], "n": [10, 0]}),
    "long integers": Odd(
        lines("id,x", "12345678901234567890,1e300", "5,2"), {"id": ["12345678901234567890", "5"], "x": [1e300, 2.0]}
    ),
    "times of day": Odd(lines("length,x", "03:13,1", "12:40,2"), {"length": ["03:13", "12:40"]}),
    "dates": Odd(
        lines("day,month", "1999-11-05,1999-11", "2000-01-01,2000"),
        {"day": [dt.date(1999, 11, 5), dt.date(2000, 1, 1)], "month": ["1999-11", "2000"]},
    ),
    "words that look missing": Odd(
        lines("title,x", "NA,1", "null,", 'nan,""', "None,NaN", ",2"),
        {"title": ["NA", "null", "nan", "None", None], "x": [1.0, None, None, np.nan, 2.0]},
    ),
    "NaN and inf": Odd(lines("a,b", "NaN,x", "-inf,y", "1,z"), {"a": [np.nan, -np.inf, 1.0]}),
    "truth values": Odd(lines("a,b", "true,x", "False,y"), {"a": [True, False]}),
    "an empty column": Odd(lines("a,b,c", "x,,1", "y,,2"), {"b": [None, None]}),
    "empty rows of separators": Odd(lines("a,b", "x,1", ","), {"a": ["x", None], "b": [1, None]}),
    "decimal commas": Odd(
        lines("a;b;c", "x;0,53;-5,883", "y;1;-12,345"),
        {"b": [0.53, 1.0], "c": [-5.883, -12.345]},
        "Numbers with a decimal comma were read in 2 columns.",
    ),
    "mixed decimal commas": Odd(
        lines("a,b,c", 'x,"0,53",120.5', "y,0.61,90", 'z,"1,5e-2",1'),
        {"b": [0.53, 0.61, 0.015], "c": [120.5, 90.0, 1.0]},
    ),
    "grouped decimal commas": Odd(lines("a;b", "x;1.234,5", "y;12,25"), {"b": [1234.5, 12.25]}),
    "thousands": Odd(lines("a,b", 'x,"1,234"', 'y,"5,678"'), {"b": ["1,234", "5,678"]}),
    "lists of two ids": Odd(lines("a,b", 'x,"12,17"', 'y,"21,45"'), {"b": ["12,17", "21,45"]}),
    "right to left and emoji": Odd(
        lines("title,x", "שלום עולם,1", "🎸🔥,2", "أغنية,3"), {"title": ["שלום עולם", "🎸🔥", "أغنية"]}
    ),
    "formula cells": Odd(lines("title,x", "=1+1,1", "@SUM(A1),2"), {"title": ["=1+1", "@SUM(A1)"]}),
    "separators of lines that Unicode knows": Odd(
        lines("a,b", "x\u2028y,1", "x\x85y,2"), {"a": ["x\u2028y", "x\x85y"]}
    ),
    "long cell": Odd(lines("a,b", f"{'x' * 300_000},1", "y,2"), {"b": [1, 2]}),
    "cell longer than a block": Odd(lines("a,b", f"{'x' * 9_000_000},1", "y", "z,2"), {"b": [1, 2]}, malformed=(1,)),
    "gzip": Odd(gzip.compress(PLAIN.encode()), COLUMNS),
    "two gzip members": Odd(gzip.compress(b"a,b\n") + gzip.compress(b"x,1\n"), {"a": ["x"]}),
    "bzip2": Odd(bz2.compress(PLAIN.encode()), COLUMNS),
    "xz": Odd(lzma.compress(PLAIN.encode()), COLUMNS),
    "Zstandard": Odd(zstd(PLAIN.encode("utf-16")), COLUMNS, "Read as UTF-16."),
    "zip": Odd(zipped(("in/songs.csv", PLAIN.encode())), COLUMNS),
    "zip beside a licence": Odd(
        zipped(("README.md", b"Hello"), ("__MACOSX/._songs.csv", b"x"), ("songs.tsv", b"a\tb\nx\t1\n")), {"a": ["x"]}
    ),
    "zipped workbook": Odd(zipped(("songs.xlsx", workbook([["a", "b"], ["x", 1]]))), {"a": ["x"]}),
    "Parquet": Odd(parquet(), COLUMNS),
    "gzipped Parquet": Odd(gzip.compress(parquet()), COLUMNS),
    "Arrow file": Odd(arrow(), COLUMNS),
    "Arrow stream": Odd(arrow(stream=True), COLUMNS),
    "nested columns": Odd(
        parquet(
            pa.table(
                {
                    "genres": pa.array([["a", "b"], None], pa.large_list(pa.large_string())),
                    "album": [{"name": "X", "year": 1999}, None],
                    "artists": [[{"id": "1", "name": "A"}, {"id": "2", "name": "B"}], []],
                    "kind": pa.array(["live", "studio"]).dictionary_encode(),
                }
            )
        ),
        {
            "genres": [["a", "b"], None],
            "album.name": ["X", None],
            "album.year": [1999, None],
            "artists.id": [["1", "2"], []],
            "artists.name": [["A", "B"], []],
            "kind": ["live", "studio"],
        },
    ),
    "Arrow's other types": Odd(
        arrow(
            pa.table(
                {
                    "small": pa.array([1, None], pa.int16()),
                    "huge": pa.array([2**64 - 1, 1], pa.uint64()),
                    "half": pa.array([0.5, None], pa.float32()),
                    "time": pa.array([193, 60], pa.time32("s")),
                    "span": pa.array([193, 60], pa.duration("s")),
                    "bytes": pa.array([b"a", "é".encode()], pa.binary()),
                    "none": pa.nulls(2),
                    "picture": pa.array([b"\xff\x00", b""], pa.binary()),
                }
            )
        ),
        {
            "small": [1, None],
            "huge": [str(2**64 - 1), "1"],
            "half": [0.5, None],
            "time": ["00:03:13", "00:01:00"],
            "span": ["0:03:13", "0:01:00"],
            "bytes": ["a", "é"],
            "none": [None, None],
        },
        'Column "picture" holds bytes that are no text and was left out.',
    ),
    "JSON records": Odd(json.dumps(ROWS).encode(), COLUMNS),
    "JSON records with other fields": Odd(
        b'[{"a": 1}, {"b": "x", "a": 2.5}, {"a": null}]', {"a": [1.0, 2.5, None], "b": [None, "x", None]}
    ),
    "JSON records of mixed kinds": Odd(
        b'[{"a": 1, "b": "x"}, {"a": "007", "b": "\\ud800"}, {"a": true, "b": [1]}]',
        {"a": ["1", "007", "true"], "b": ["x", "?", "[1]"]},
    ),
    "JSON with long integers": Odd(
        b'[{"a": 12345678901234567890, "b": 1}, {"a": 5, "b": 2}]', {"a": ["12345678901234567890", "5"]}
    ),
    "JSON records and something else": Odd(b'[{"a": 1, "b": 2}, 7, {"a": 3, "b": 4}]', {"a": [1, 3]}, malformed=(1,)),
    "JSON lines": Odd("\n\n".join(json.dumps(row) for row in ROWS).encode(), COLUMNS, "one record per line"),
    "JSON lines cut short": Odd(b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n{"a": 5, "b', {"a": [1, 3]}, malformed=(2,)),
    "JSON lines with long integers": Odd(
        b'{"a": 12345678901234567890, "b": 1}\n{"a": 5, "b": 2}\n', {"a": ["12345678901234567890", "5"]}
    ),
    "JSON by column and row": Odd(
        json.dumps({name: dict(enumerate(cells)) for name, cells in COLUMNS.items()}).encode(), COLUMNS, "by column"
    ),
    "JSON by column": Odd(json.dumps(COLUMNS).encode("utf-16"), COLUMNS, "by column"),
    "JSON by row": Odd(
        json.dumps({f"t{i}": {"a": i, "b": "x"} for i in range(5)}).encode(),
        {"key": ["t0", "t1", "t2", "t3", "t4"], "a": [0, 1, 2, 3, 4]},
    ),
    "JSON split": Odd(
        b'{"columns": ["a", "b"], "index": [0, 1, 2], "data": [[1, "x"], [2], [3, "y"]]}',
        {"a": [1, 3], "b": ["x", "y"]},
        malformed=(1,),
    ),
    "JSON in a wrapper": Odd(
        b'{"total": 1, "tracks": {"items": [{"name": "x", "album": {"name": "y"}, "artists": [{"name": "z"}]}]}}',
        {"name": ["x"], "album.name": ["y"], "artists.name": [["z"]]},
        'The records were found under "tracks.items".',
    ),
    "workbook": Odd(
        workbook(
            [
                ["title", "year", "tempo", "day", "live", "sum", "mixed", None],
                ["x & y", 1999, 120.5, dt.date(1999, 11, 5), True, "=1+1", 5, None],
                [None, None, None, None, None, None, None, None],
                ["007", 2000, 90, None, False, "=2+2", "n/a", None],
            ]
        ),
        {
            "title": ["x & y", "007"],
            "year": [1999, 2000],
            "tempo": [120.5, 90.0],
            "day": [dt.date(1999, 11, 5), None],
            "live": [True, False],
            "sum": [42, 42],
            "mixed": ["5", "n/a"],
        },
    ),
    "workbook with titles": Odd(
        workbook([["About"]], [["My songs"], [], ["a", "b", "c"], ["x", "0,5", 2], ["y", "1", 3]]),
        {"a": ["x", "y"], "b": [0.5, 1.0], "c": [2, 3]},
        'The table is on the sheet "S2".',
    ),
}


class Refused(NamedTuple):
    """A file that is refused: its bytes, or what makes them, and a part of the sentence."""

    content: bytes | Callable[[Path], bytes]
    sentence: str


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)

REFUSED: dict[str, Refused] = {
    "empty": Refused(b"", "is empty. Give a table"),
    "only spaces": Refused(b" \n\t\n", "is empty"),
    "header only": Refused(lines("a,b,c"), "has a header but no rows"),
    "header only without line end": Refused(b"a,b,c", "has a header but no rows"),
    "one column": Refused(lines("title", "x", "y"), "has only one column: no comma, semicolon, tab or bar"),
    "one column of Parquet": Refused(parquet(TABLE.select(["title"])), "has only one column"),
    "Parquet without rows": Refused(parquet(TABLE[:0]), "has no rows"),
    "no header, numbers": Refused(lines("1,2,3", "4,5,6"), "has no header"),
    "no header, values": Refused(lines("Song,Artist,0.735,120.5", "Other,Name,0.5,90"), "has no header"),
    "10,000 columns": Refused(
        lines(",".join(f"c{i}" for i in range(10_000)), ",".join("1" * 10_000)), "has 10,000 columns; at most 2,000"
    ),
    "10,000 columns of JSON": Refused(json.dumps([{f"c{i}": i for i in range(10_000)}]).encode(), "has 10,000 columns"),
    "10,000 columns inside one": Refused(
        parquet(pa.table({"a": [1], "b": [{f"c{i}": i for i in range(MOST_COLUMNS)}]})), "has 2,001 columns"
    ),
    "no row fits": Refused(lines("a,b,c,d", "x,y", "u", "v"), "fits its header of 4 fields"),
    "NUL byte": Refused(lines("a,b", "x,\x00y"), "its byte 7 is a NUL"),
    "PDF": Refused(b"%PDF-1.7\n%\xe2\xe3", "looks like a PDF document. Export the table"),
    "PNG": Refused(b"\x89PNG\r\n\x1a\n\x00", "looks like a PNG image"),
    "MP3": Refused(b"ID3\x04\x00\x00", "looks like an MP3 recording. Audio files are not analysed"),
    "web page": Refused(b"\n<!DOCTYPE html><html><table>", "looks like a web page"),
    "XML": Refused(b'\xef\xbb\xbf<?xml version="1.0"?><songs/>', "looks like an XML document"),
    "program": Refused(b"\x7fELF\x02\x01\x01", "looks like a program"),
    "SQLite": Refused(sqlite, "looks like an SQLite database"),
    "pickle": Refused(pickle.dumps(COLUMNS), "looks like a Python pickle, which can run programs"),
    "R workspace": Refused(gzip.compress(b"RDX3\nX\n\x00\x00"), "looks like an R workspace (.RData). In R, save it"),
    "HDF5": Refused(b"\x89HDF\r\n\x1a\n", "looks like an HDF5 file"),
    "tar": Refused(gzip.compress(bytes(257) + b"ustar\x0000" + bytes(300)), "looks like a tar archive"),
    "random bytes": Refused(np.random.default_rng(3).bytes(5000), "looks like a binary file"),
    "Git LFS pointer": Refused(b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "a Git LFS pointer"),
    "old workbook": Refused(OLE, "looks like an old Office document"),
    "locked workbook": Refused(OLE + "EncryptedPackage".encode("utf-16-le"), "looks like a workbook with a password"),
    "Word document": Refused(zipped(("word/document.xml", b"<w/>")), "looks like a Word document"),
    "damaged workbook": Refused(zipped(("xl/workbook.xml", b"<w")), "is a damaged workbook"),
    "workbook with a cell in the far corner": Refused(
        workbook([["a", "b"], ["x", 1]], far="XFD1048576"),
        "spans 1,048,577 rows and 16,384 columns. Delete what stands",
    ),
    "workbook without a header": Refused(workbook([["x", 0.5, 120.25], ["y", 0.25, 98]]), "has no header"),
    "workbook without a table": Refused(workbook([["Hello"]], []), "has no sheet with a table"),
    "locked zip": Refused(locked_zip(), "songs.csv/songs.csv is locked with a password"),
    "several tables in a zip": Refused(
        zipped(("a.csv", b"x"), ("in/b.csv", b"x"), ("README.txt", b"x")),
        "holds several files: a.csv, b.csv. Unpack it",
    ),
    "empty zip": Refused(zipped(), "holds no files"),
    "nested zip": Refused(zipped(("b.zip", zipped(("a.csv", PLAIN.encode())))), "is an archive within an archive"),
    "zipped gzip": Refused(zipped(("a.csv.gz", gzip.compress(PLAIN.encode()))), "is an archive within an archive"),
    "zip in a gzip": Refused(gzip.compress(zipped(("a.csv", PLAIN.encode()))), "is an archive within an archive"),
    "zip cut short": Refused(zipped(("a.csv", PLAIN.encode()))[:-30], "is damaged or cut short"),
    "gzip cut short": Refused(gzip.compress(PLAIN.encode())[:-12], "is damaged or cut short"),
    "bzip2 cut short": Refused(bz2.compress(PLAIN.encode())[:-12], "is damaged or cut short"),
    "xz cut short": Refused(lzma.compress(PLAIN.encode())[:-12], "is damaged or cut short"),
    "Zstandard cut short": Refused(zstd(PLAIN.encode())[:-12], "is damaged or cut short"),
    "Parquet cut short": Refused(parquet()[:-12], "begins like Parquet but is damaged or cut short"),
    "Arrow cut short": Refused(arrow()[:-12], "begins like Arrow but is damaged or cut short"),
    "bomb": Refused(gzip.compress(bytes(60_000_000), 9), "grows to more than 200 times its size"),
    "broken JSON": Refused(b'[{"a": 1, "b"', "is broken JSON: Expecting"),
    "deep JSON": Refused(b"[" * 200_000, "is JSON nested too deeply"),
    "JSON of numbers": Refused(b"[1, 2, 3]", "is JSON without records. Give a list of records"),
    "JSON of settings": Refused(b'{"a": 1, "b": {"c": 2}}', "is JSON without records"),
    "empty JSON": Refused(b"[]", "has no rows"),
    "JSON of uneven columns": Refused(b'{"a": [1, 2], "b": [3]}', "its columns hold between 1 and 2 cells"),
    "JSON of several lists": Refused(b'{"a": [{"x": 1}], "b": [{"y": 1}]}', "holds several lists of records: a, b"),
    "prose": Refused(
        lines("1. It was dark, they say", *["word, " * n + "end 1." for n in range(3, 30)]),
        "does not look like a table",
    ),
}


class TestOddFiles:
    @pytest.mark.parametrize("case", ODD)
    def test_they_are_read_and_the_notes_say_how(self, case, tmp_path):
        odd = ODD[case]
        raw = read(tmp_path, odd.content)
        found = {name: raw.table[name].to_pylist() for name in odd.columns}
        np.testing.assert_equal(found, odd.columns)
        assert odd.note in " ".join(raw.notes)
        assert tuple(raw.malformed["row"].to_pylist()) == odd.malformed

    @pytest.mark.parametrize("case", ODD)
    def test_each_has_one_shape(self, case, tmp_path):
        raw = read(tmp_path, ODD[case].content)
        assert raw.sha256 == hashlib.sha256(ODD[case].content).hexdigest()
        assert len(set(raw.table.column_names)) == raw.table.num_columns
        assert all(name and name == name.strip() for name in raw.table.column_names)
        assert all(is_plain(each.type) for each in raw.table.schema)
        assert raw.rows.dtype == np.int64
        assert_every_row_once(raw)


def is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind):
        return is_plain(kind.value_type)
    return kind in (pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32()) or pa.types.is_timestamp(kind)


def assert_every_row_once(raw: RawTable) -> None:
    assert len(raw.rows) == raw.table.num_rows
    every = sorted([*raw.rows.tolist(), *raw.malformed["row"].to_pylist()])
    assert every == list(range(len(every)))


class TestRefusals:
    @pytest.mark.parametrize("case", REFUSED)
    def test_each_is_one_helpful_sentence(self, case, tmp_path):
        content = REFUSED[case].content
        with pytest.raises(SourceError) as refusal:
            read(tmp_path, content if isinstance(content, bytes) else content(tmp_path))
        sentence = str(refusal.value)
        assert REFUSED[case].sentence in sentence
        assert "songs.csv" in sentence
        assert str(tmp_path) not in sentence
        assert "\n" not in sentence
        assert refusal.value.remedy

    def test_a_missing_file_and_a_folder(self, tmp_path):
        with pytest.raises(SourceNotFound, match=r"There is no file named x\.csv"):
            read_raw(tmp_path / "x.csv")
        with pytest.raises(SourceError, match="is a folder"):
            read_raw(tmp_path)

    @pytest.mark.parametrize(
        "content",
        [PLAIN.encode(), gzip.compress(PLAIN.encode()), zipped(("a.csv", PLAIN.encode())), parquet(), arrow()],
    )
    def test_more_than_is_read(self, content, tmp_path):
        with pytest.raises(SourceError, match=r"holds more than 0\.05 KB of data"):
            read(tmp_path, content, most_bytes=50)

    @pytest.mark.parametrize("case", ["Parquet", "Arrow file", "zip", "gzip", "xz", "Zstandard", "workbook", "UTF-16"])
    def test_a_file_cut_anywhere_is_read_or_refused(self, case, tmp_path):
        content = ODD[case].content
        for n_bytes in range(0, len(content), max(1, len(content) // 25)):
            self.read_or_refused(tmp_path, content[:n_bytes])

    @given(st.sampled_from(["plain", "Parquet", "Arrow stream", "zip", "workbook", "JSON records"]), st.data())
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_a_file_with_any_damage_is_read_or_refused(self, tmp_path, case, data):
        content = bytearray(ODD[case].content)
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + 4] = data.draw(st.binary(min_size=0, max_size=8))
        self.read_or_refused(tmp_path, bytes(content))

    @given(st.binary(max_size=200) | st.text(alphabet='a1,;\t"\\\n\r é=[]{}:', max_size=60).map(str.encode))
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_any_bytes_are_read_or_refused(self, tmp_path, content):
        self.read_or_refused(tmp_path, content)

    def read_or_refused(self, folder, content):
        try:
            assert_every_row_once(read(folder, content))
        except SourceError as refusal:
            assert str(folder) not in str(refusal)


class TestArchives:
    def test_the_source_names_the_member(self, tmp_path):
        assert read(tmp_path, zipped(("in/a.csv", PLAIN.encode())), name="songs.zip").source == "songs.zip/in/a.csv"

    def test_one_of_several_can_be_named(self, tmp_path):
        content = zipped(("a.csv", b"a,b\nx,1\n"), ("b.csv", b"c,d\ny,2\n"))
        assert read(tmp_path, content, member="b.csv").table.column_names == ["c", "d"]
        with pytest.raises(SourceError, match=r"holds no file named c\.csv"):
            read(tmp_path, content, member="c.csv")


class TestMalformedRows:
    def test_each_says_why_and_what_it_held(self, tmp_path):
        raw = read(tmp_path, b'a,b\nx,1\n"y\nz",2,3\nw\n')
        assert raw.rows.tolist() == [0]
        assert raw.malformed.to_pylist() == [
            {"row": 1, "reason": "3 fields, the header has 2", "record": '{"a": "y\\nz", "b": "2", "column 3": "3"}'},
            {"row": 2, "reason": "1 field, the header has 2", "record": '{"a": "w"}'},
        ]

    def test_rows_far_into_a_file_keep_their_numbers(self, tmp_path):
        content = ["title,n", *(f"song {i},{i}" for i in range(300_000))]
        content[250_001] = "odd"
        raw = read(tmp_path, lines(*content))
        assert raw.malformed["row"].to_pylist() == [250_000]
        np.testing.assert_array_equal(raw.rows, raw.table["n"].to_numpy())


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\ufeff", exclude_categories=["Cs", "Cc"]), max_size=8)
WESTERN = st.text(alphabet="aé,;\t|\"\n '\\", max_size=8).map(lambda cell: cell.replace("é", "né"))
PACKERS = {"none": bytes, "gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd}


@st.composite
def written_tables(draw):
    """Rows of cells and where rows that do not fit stand between them; with their text, packed."""
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    text = (WESTERN if encoding == "cp1252" else TEXTS).map(lambda cell: f"t{cell}")
    row = st.tuples(text, text, st.integers(-999, 2**60), st.floats(-100, 100).map(lambda x: x + 0.0))
    rows = draw(st.lists(row, min_size=4, max_size=8))
    odd = draw(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([1, 2, 5])), max_size=2))
    written = [list(each) for each in rows]
    for place, width in odd:
        written.insert(place, ["odd"] * width)
    out = io.StringIO(newline="")
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(out, delimiter=draw(st.sampled_from(",;\t|")), quoting=quoting, lineterminator=ends)
    writer.writerows([["title", "name,s", "plays", "tempo"], *written])
    packed = PACKERS[draw(st.sampled_from(sorted(PACKERS)))](out.getvalue().encode(encoding))
    return rows, [i for i, each in enumerate(written) if each[0] == "odd"], packed


@given(written_tables())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_written_table_comes_back_with_every_row_once(tmp_path, written):
    rows, odd, content = written
    raw = read(tmp_path, content)
    assert [tuple(row.values()) for row in raw.table.to_pylist()] == rows
    assert raw.malformed["row"].to_pylist() == odd
    assert_every_row_once(raw)


SHARED = Path(os.environ.get("SONGSCAPE_CACHE", "absent"))
PUBLISHED = {
    "spotify_songs.csv": (32_833, 23),
    "data_w_genres.csv": (22_727, 16),
    "features_30_sec.csv": (1_000, 60),
    "fma-rock-vs-hiphop.csv": (17_734, 21),
    "echonest-metrics.json": (13_129, 9),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_table_is_read_whole(name):
    if not (SHARED / name).is_file():
        pytest.skip(f"{name} is not in the folder that SONGSCAPE_CACHE names")
    raw = read_raw(SHARED / name)
    assert raw.table.shape == PUBLISHED[name]
    assert raw.malformed.num_rows == 0
