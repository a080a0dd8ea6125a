"""The map's legend: its entries are buttons that select."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component


def legend(key: str, categories: Sequence[str] | None, palette: Sequence[str] | None) -> list[Component]:
    """Return one button per category, or nothing where the colour is a number.

    Parameters
    ----------
    key
        Filter that a click changes: ``genre`` or ``cluster``.
    categories
        Names in the order of their codes.
    palette
        Colour by code.
    """
    if categories is None or palette is None:
        return []
    return [
        html.Button(
            [html.Span(className="swatch", style={"background": colour}), html.Span(name, className="label")],
            id={"type": "legend", "key": key, "value": str(code) if key == "cluster" else name},
            className="legend-entry",
            title=f"Select {name}, or take it out again",
        )
        for code, (name, colour) in enumerate(zip(categories, palette, strict=True))
    ]
