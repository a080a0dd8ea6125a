"""Smooth densities of groups, fast: counted on a fine grid, then blurred."""

from __future__ import annotations

import numpy as np
import scipy  # loads its parts when they are first asked for, which a server that starts does not wait for

from analytics.profiles import histogram

_CELLS = 512
_NARROWEST = 1.5
"""Cells; narrower kernels would show the grid."""


def kernel_densities(
    values: np.ndarray, groups: np.ndarray, n_groups: int, *, low: float, high: float, n_places: int = 65
) -> tuple[np.ndarray, np.ndarray]:
    """Return places and the density of each group there.

    Parameters
    ----------
    values
        Shape (n_tracks,), NaN where missing; those beyond the ends do not count.
    groups
        Group number of each track, negative for none, shape (n_tracks,).
    n_groups
        Number of groups.
    low, high
        Ends of the places.
    n_places
        How many places.

    Returns
    -------
    tuple[np.ndarray, np.ndarray]
        Places of shape (n_places,) and densities of shape (n_groups, n_places) per unit of the values, 0 for groups
        without values.

    Notes
    -----
    Gaussian kernel with the bandwidth of Silverman, "Density estimation for statistics and data analysis" (1986),
    equation 3.31, mirrored at the ends.

    Examples
    --------
    >>> places, found = kernel_densities(np.array([1.0, 1.0, 3.0]), np.zeros(3, int), 1, low=0.0, high=4.0)
    >>> bool(abs(np.trapezoid(found[0], places) - 1) < 0.01)
    True
    """
    inside = (values >= low) & (values <= high) & (groups >= 0)
    values, groups = values[inside].astype(np.float64), groups[inside]
    counts = histogram(values, np.linspace(low, high, _CELLS + 1), groups, n_groups).astype(np.float64)
    cell = (high - low) / _CELLS
    for group in np.flatnonzero(counts.sum(axis=1)):
        width = max(bandwidth(values[groups == group]) / cell, _NARROWEST)
        counts[group] = scipy.ndimage.gaussian_filter1d(counts[group], width, mode="reflect")
    places, middles = np.linspace(low, high, n_places), low + (np.arange(_CELLS) + 0.5) * cell
    density = counts / (np.maximum(counts.sum(axis=1, keepdims=True), 1) * cell)
    return places, np.array([np.interp(places, middles, row) for row in density]).reshape(n_groups, n_places)


def bandwidth(values: np.ndarray) -> float:
    """Return Silverman's bandwidth, 0 where nothing varies.

    >>> bandwidth(np.array([1.0, 1.0]))
    0.0
    """
    low, high = np.quantile(values, [0.25, 0.75])
    spreads = [spread for spread in (float(values.std()), float(high - low) / 1.349) if spread > 0]
    return 0.9 * min(spreads, default=0.0) * len(values) ** -0.2
