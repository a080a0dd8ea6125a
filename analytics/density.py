"""How many tracks lie where on the map, for catalogues too large to draw every point."""

from __future__ import annotations

import numpy as np


def density_raster(xy: np.ndarray, *, extent: int, n_cells: int = 512) -> np.ndarray:
    """Return how many tracks lie in each cell of a square grid over the map.

    Parameters
    ----------
    xy
        Positions from 0 to ``extent``, shape (n_tracks, 2).
    extent
        Side of the map.
    n_cells
        Cells along each side.

    Returns
    -------
    np.ndarray
        uint32 of shape (n_cells, n_cells), rows by y from below, columns by x; the sum is the number of tracks.

    Examples
    --------
    >>> density_raster(np.array([[0, 0], [9, 0], [10, 10]]), extent=10, n_cells=2)
    array([[1, 1],
           [0, 1]], dtype=uint32)
    """
    edges = np.linspace(0, extent, n_cells + 1)
    return np.histogram2d(xy[:, 1], xy[:, 0], bins=(edges, edges))[0].astype(np.uint32)
