"""Versions of the libraries whose change can change what a stored estimator answers."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import version

_LIBRARIES = ("numpy", "scikit-learn", "lightgbm", "pyarrow", "joblib")


@cache
def library_versions() -> dict[str, str]:
    """Return version by library, Python's own to the minor version."""
    major, minor, _ = platform.python_version_tuple()
    return {"python": f"{major}.{minor}"} | {name: version(name) for name in _LIBRARIES}
