"""Any file that holds a table, told by its content: text, workbook, JSON, Parquet, Arrow, packed or not.

The way of a file: `unpacking` -> `kinds` -> `encodings` and `dialects` for text -> one reader per kind -> `columns`.
"""

from __future__ import annotations

from data.files.raw import RawTable
from data.files.reading import read_raw

__all__ = ["RawTable", "read_raw"]
