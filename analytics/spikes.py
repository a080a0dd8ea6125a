"""Whether one value stands for something else than its neighbours: zeros that mean "no data"."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_REACH = 10
_LEAST_SHARE = 0.02
_TIMES = 2.0

RULE = (
    f"Zeros count as a mass of their own where they are at least {_LEAST_SHARE:.0%} of the values, and more than "
    f"{_TIMES:.0f} times what their neighbours let expect: the fullest unit bin from 1 to {_REACH}, or the first two "
    "bins continued geometrically, whichever is more."
)


class Spike(NamedTuple):
    """How many values are exactly zero.

    Parameters
    ----------
    share
        Share of the values that are zero.
    expected_share
        Share that the values just above zero let expect.
    is_mass
        Whether the zeros are a mass of their own, by `RULE`.
    """

    share: float
    expected_share: float
    is_mass: bool


def zero_spike(values: np.ndarray) -> Spike:
    """Return whether the zeros among non-negative values are a mass of their own, by `RULE`.

    Parameters
    ----------
    values
        In steps of about 1, such as popularity from 0 to 100, shape (n_tracks,), NaN where missing.

    Examples
    --------
    >>> zero_spike(np.repeat([0, 1, 2, 3], [90, 20, 20, 20])).is_mass
    True
    >>> zero_spike(np.repeat([0, 1, 2, 3], [40, 20, 10, 5])).is_mass
    False
    """
    values = values[np.isfinite(values)]
    if not len(values):
        return Spike(0.0, 0.0, False)
    bins = np.bincount(np.ceil(values[(values > 0) & (values <= _REACH)]).astype(np.int64), minlength=_REACH + 1)[1:]
    continued = bins[0] ** 2 / bins[1] if bins[1] else bins[0]
    expected = float(max(bins.max(), continued)) / len(values)
    share = float((values == 0).mean())
    return Spike(share, expected, share >= _LEAST_SHARE and share > _TIMES * expected)
