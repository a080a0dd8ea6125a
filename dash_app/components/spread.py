"""A small histogram."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html

_GAP = 0.04
_LEAST = 0.04


def drawn_spread(heights: Sequence[float]) -> html.Div:
    """Return bars of heights from 0 to 1 as one component: of single bars, the renderer would ask each."""
    return html.Div(className="spread", style={"clipPath": spread_outline(heights)}, **{"aria-hidden": "true"})


def spread_outline(heights: Sequence[float]) -> str:
    """Return the outline of bars of heights from 0 to 1, as CSS clips a box to it."""
    n = len(heights)
    corners = (
        f"{100 * (i + side) / n:.2f}% {100 * (1 - level):.1f}%"
        for i, height in enumerate(heights)
        for side, level in ((_GAP, 0), (_GAP, max(height, _LEAST)), (1 - _GAP, max(height, _LEAST)), (1 - _GAP, 0))
    )
    return f"polygon({', '.join(corners)})"
