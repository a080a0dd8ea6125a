"""Every colour and font of the figures, and the layout that they share.

Data colours lie in the band of luminance that keeps 3:1 (WCAG 2.2, 1.4.11) on the light surface and
on the dark one. Everything else is drawn here in its light colour, which is what an exported image
shows, and recoloured in the page by ``assets/figures.css``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

FONT = "'Inter Variable', Inter, system-ui, sans-serif"
FONT_SIZE = 12

INK = "#1b1f24"
"""Text of exported images; in the page ``--ink``."""
INK_2 = "#5b6570"
"""Secondary text and neutral lines of exported images; in the page ``--ink-2``."""
LINE = "#e3e6ea"
"""Gridlines of exported images; in the page ``--line``."""
SURFACE = "#ffffff"
"""Background of exported images; in the page the surface below shows through."""
CLEAR = "rgba(0,0,0,0)"

GENRE_PALETTE = (
    "#bd8721",  # orange
    "#049de1",  # sky blue
    "#09814a",  # bluish green
    "#dc41bf",  # reddish purple
    "#e90a50",  # vermilion, towards crimson
    "#8942c7",  # Tol's indigo and purple
    "#5290ff",  # blue
    "#006e8e",  # Tol's teal
    "#716707",  # Tol's olive
    "#c2857a",  # Tol's rose
)
"""The hues of Okabe and Ito (2008), then Tol (2021), moved into the common band of luminance and
apart from each other as deuteranopes and protanopes see them (tests/figures/test_theme.py)."""
MORE_HUES = ("#4848fc", "#486cfc")
"""Two more, as far from these ten and from grey as there are in the three kinds of colour vision."""

OTHER = "#7f8790"
"""All genres that have no colour of their own."""
SELECTED = "#1f7ae0"
"""The accent: what is selected, served or pointed at."""
AGAINST = "#9a7568"
"""What the selection is compared with; its lines are dashed as well."""
GHOST = "#8d959f"
"""Unselected points and lines; context, so below the contrast of data."""
GHOST_FILL = "rgba(128,138,150,0.30)"
"""Unselected areas and bars."""

SEQUENTIAL = "Viridis"
DIVERGING = (
    (0.0, "#b85c00"),
    (0.25, "#dd9a4f"),
    (0.5, "#a3a8ae"),
    (0.75, "#5f9fdd"),
    (1.0, "#0f62b5"),
)
"""Orange to blue over a grey that both surfaces set off."""
ON_LIGHT, ON_DARK = "#000000", "#ffffff"
"""Text on a coloured cell: one of the two keeps 4.5:1 on any colour, which no softer pair does."""
NEGATIVE, POSITIVE = "#cc6a0b", "#1f7ae0"
"""The two arms of a diverging bar."""

CONFIG: Mapping[str, Any] = {
    "displaylogo": False,
    "showSendToCloud": False,
    "responsive": True,
    "displayModeBar": False,
    "showTips": False,
    "scrollZoom": False,
    "modeBarButtonsToRemove": ["zoomIn2d", "zoomOut2d", "autoScale2d", "lasso2d", "select2d"],
    "toImageButtonOptions": {"format": "png", "scale": 2, "filename": "songscape"},
}
"""For `dash.dcc.Graph`; nothing in it talks to another host. A card's menu saves images."""

MAP_CONFIG: Mapping[str, Any] = {
    **CONFIG,
    "displayModeBar": "hover",
    "scrollZoom": True,
    "modeBarButtonsToRemove": ["zoomIn2d", "zoomOut2d", "autoScale2d"],
}
"""`CONFIG` with lasso, box and wheel, for the map."""

_AXIS = {
    "automargin": True,
    "color": INK_2,
    "fixedrange": True,
    "gridcolor": LINE,
    "linecolor": LINE,
    "nticks": 6,
    "ticks": "",
    "ticklabelstandoff": 4,
    "title": {"standoff": 10, "font": {"size": FONT_SIZE}},
    "zeroline": False,
}
_TEMPLATE = go.layout.Template(
    layout={
        "dragmode": False,
        "font": {"family": FONT, "size": FONT_SIZE, "color": INK},
        "hoverlabel": {
            "align": "left",
            "bgcolor": SURFACE,
            "bordercolor": LINE,
            "font": {"family": FONT, "size": FONT_SIZE, "color": INK},
            "namelength": -1,
        },
        "legend": {
            "bgcolor": CLEAR,
            "itemclick": False,
            "itemdoubleclick": False,
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
        },
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
        "modebar": {"bgcolor": CLEAR, "color": INK_2, "activecolor": SELECTED},
        "paper_bgcolor": SURFACE,
        "plot_bgcolor": CLEAR,
        "showlegend": False,
        "uirevision": "kept",
        "xaxis": {**_AXIS, "autotickangles": [0, -90]},
        "yaxis": _AXIS,
    }
)


def layout(**parts: Any) -> dict[str, Any]:
    """Return the shared layout with ``parts`` laid over it, as keywords of `plotly`'s Layout."""
    return {"template": _TEMPLATE, "autosize": True, **parts}


def genre_colours(names_by_size: Sequence[str]) -> dict[str, str]:
    """Return a fixed colour per genre: the ten largest have their own, the rest share `OTHER`.

    Parameters
    ----------
    names_by_size
        Genre names, the largest first.

    Examples
    --------
    >>> genre_colours(["rock", "metal"])
    {'rock': '#bd8721', 'metal': '#049de1'}
    """
    own = dict(zip(names_by_size, GENRE_PALETTE, strict=False))
    return {name: own.get(name, OTHER) for name in names_by_size}


def colour_bar(text: str, *, side: str) -> dict[str, Any]:
    """Return a thin colour bar with its title."""
    title = {"text": text, "side": side, "font": {"size": FONT_SIZE}}
    return {"title": title, "thickness": 8, "outlinewidth": 0}


def translucent(colour: str, opacity: float) -> str:
    """Return a ``#rrggbb`` colour with an opacity.

    >>> translucent("#ff0080", 0.2)
    'rgba(255,0,128,0.2)'
    """
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"
