"""Where small multiples stand in a figure."""

from __future__ import annotations

from dataclasses import dataclass

_GAP_ACROSS, _GAP_UP = 0.1, 0.4


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the small multiples: where it stands, counted row by row from the top left."""

    place: int
    columns: int
    rows: int
    title: str

    @property
    def number(self) -> str:
        """What plotly appends to ``x`` and ``y``."""
        return "" if self.place == 0 else str(self.place + 1)

    @property
    def across(self) -> list[float]:
        """Left and right end, as shares of the width."""
        return _stretch(self.place % self.columns, self.columns, gap=_GAP_ACROSS)

    @property
    def up(self) -> list[float]:
        """Lower and upper end, as shares of the height."""
        row = self.rows - 1 - self.place // self.columns
        return _stretch(row, self.rows, gap=_GAP_UP / self.rows)


def _stretch(index: int, n: int, *, gap: float) -> list[float]:
    width = (1 - gap * (n - 1)) / n
    start = index * (width + gap)
    return [start, min(1.0, start + width)]
