"""Cells that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)*|[.,]\d+)([eE][+-]?\d+)?%?")


def harmless(cell: Any) -> Any:
    """Return a cell as no spreadsheet takes it for a formula; numbers stay what they are (OWASP, "CSV injection").

    >>> [harmless(cell) for cell in ("=1+1", "-8.5", "+44 20", "@home", "Song", None)]
    ["'=1+1", '-8.5', "'+44 20", "'@home", 'Song', '']
    """
    if cell is None:
        return ""
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False, default=str)
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def as_csv(table: pd.DataFrame) -> str:
    r"""Return CSV with a header line, every text in it harmless.

    >>> as_csv(pd.DataFrame({"title": ["=1+1", "-7.5", "Plain"]}))
    "title\n'=1+1\n-7.5\nPlain\n"
    """
    neutral = table.rename(columns=lambda name: harmless(str(name)))
    for name in neutral.columns[neutral.dtypes.map(lambda kind: not pd.api.types.is_numeric_dtype(kind))]:
        neutral[name] = neutral[name].map(harmless, na_action="ignore")
    return neutral.to_csv(index=False, lineterminator="\n")
