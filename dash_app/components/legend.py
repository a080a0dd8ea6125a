"""The map's legend: its entries are buttons that select."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component


def legend(key: str | None, categories: Sequence[str] | None, palette: Sequence[str] | None) -> list[Component]:
    """Return one button per category, or nothing where the colour is a number.

    Parameters
    ----------
    key
        Filter that a click changes: ``genre`` or ``cluster``; None where no filter goes by it.
    categories
        Names in the order of their codes.
    palette
        Colour by code.
    """
    if categories is None or palette is None:
        return []
    if key is None:
        pairs = zip(categories, palette, strict=True)
        return [html.Div(_entry(name, colour), className="legend-entry is-plain", title=name) for name, colour in pairs]
    return [
        html.Button(
            _entry(name, colour),
            id={"type": "legend", "key": key, "value": str(code) if key == "cluster" else name},
            className="legend-entry",
            title=f"Select {name}, or take it out again",
        )
        for code, (name, colour) in enumerate(zip(categories, palette, strict=True))
    ]


def _entry(name: str, colour: str) -> list[Component]:
    return [html.Span(className="swatch", style={"background": colour}), html.Span(name, className="label")]
