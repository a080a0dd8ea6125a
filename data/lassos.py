"""Shapes drawn on the map, and how an address writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.polygon import points_in_polygon
from data.ranges import unreadable

MAX_LASSOS, MAX_LASSO_POINTS = 12, 200
LASSO_LAYOUTS = {"": "", "pca": " by PCA", "tsne": " by t-SNE"}
"""Layouts of the map that a lasso may be drawn on, in words; UMAP's own has no name."""


@dataclass(frozen=True, slots=True)
class Lasso:
    """A closed shape on one layout of the map.

    Parameters
    ----------
    corners
        Corners of the polygon in map coordinates, at least three.
    layout
        The layout it was drawn on, of `LASSO_LAYOUTS`.
    """

    corners: tuple[tuple[int, int], ...]
    layout: str = ""

    @property
    def columns(self) -> tuple[str, str]:
        """Names of the columns of x and y that it is drawn over."""
        stem = self.layout or "map"
        return f"{stem}_x", f"{stem}_y"

    def query(self) -> str:
        """Return the form ``x.y.x.y.x.y``, after the name of its layout.

        >>> Lasso(((0, 0), (9, 0), (9, 9)), "pca").query()
        'pca.0.0.9.0.9.9'
        """
        return ".".join([*filter(None, [self.layout]), *(f"{x}.{y}" for x, y in self.corners)])

    def inside(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return which tracks lie in it, as booleans of shape (n_tracks,); none that its layout leaves out."""
        x, y = (columns[name] for name in self.columns)
        return (x >= 0) & points_in_polygon(x, y, np.array(self.corners))


def lassos_in(text: str) -> tuple[Lasso, ...]:
    """Return the lassos of an address, parted by commas; each only once.

    Raises
    ------
    SelectionError
        They do not parse, or are more than `MAX_LASSOS`.
    """
    found = tuple(dict.fromkeys(_lasso(part) for part in text.split(",") if part))
    if len(found) > MAX_LASSOS:
        raise unreadable("lasso", text[:40], f"at most {MAX_LASSOS} shapes")
    return found


def lasso_words(lassos: Sequence[Lasso]) -> str:
    """Return what the lassos let pass, in words, layout by layout.

    >>> lasso_words([Lasso(((0, 0), (9, 0), (9, 9)))])
    'inside the shape drawn on the map'
    """
    numbers = {layout: sum(one.layout == layout for one in lassos) for layout in LASSO_LAYOUTS}
    said = (
        f"inside {'the shape' if n == 1 else f'any of {n} shapes'} drawn on the map{LASSO_LAYOUTS[layout]}"
        for layout, n in numbers.items()
        if n
    )
    return " or ".join(said)


def _lasso(text: str) -> Lasso:
    first, _, rest = text.partition(".")
    layout = first if first and first in LASSO_LAYOUTS else ""
    try:
        numbers = [int(n) for n in (rest if layout else text).split(".")]
    except ValueError:
        numbers = []
    if len(numbers) % 2 or not 6 <= len(numbers) <= 2 * MAX_LASSO_POINTS:
        raise unreadable("lasso", text[:40], f"3 to {MAX_LASSO_POINTS} corners, as x.y.x.y.x.y")
    return Lasso(tuple(zip(numbers[::2], numbers[1::2], strict=True)), layout)
