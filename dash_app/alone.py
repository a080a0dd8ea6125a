"""Charts outside of their screens: as a page of their own, as a table, as one file that works without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from dash_app.answers.answer import Answer
from dash_app.page import Page
from dash_app.wiring import POINT, TRACK, Chart, Drawn, Wiring
from data.errors import MissingField, UnknownChart
from data.selection import Selection
from models.bundle import Bundle

ASSETS = Path(__file__).parent.parent / "assets"
PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"
MOST_ROWS = 200
"""Rows of a chart's table that a page shows; the CSV has them all."""

_NOTHING_TO_CHOOSE = "This catalogue has nothing to choose from here."
_STYLES = ("theme.css", "figures.css")
_HTML = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{title} · Songscape</title>
    {head}
  </head>
  <body class="alone">
    <main>{body}</main>
    {foot}
  </body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart with its title, ready to be written down."""

    card: str
    title: str
    drawn: Drawn

    @property
    def table(self) -> pd.DataFrame:
        """The numbers that it draws, empty where there are none."""
        return pd.DataFrame() if self.drawn.table is None else self.drawn.table

    def as_dict(self) -> dict[str, Any]:
        """Return its sentence and the first `MOST_ROWS` rows of its table in JSON form."""
        head = json.loads(self.table.head(MOST_ROWS).to_json(orient="split", index=False, default_handler=str))
        return {"title": self.title, "sentence": self.drawn.sentence, "n_rows": len(self.table), **head}


def titles(pages: Sequence[Page]) -> dict[str, str]:
    """Return the title of every chart by its id, as the screens name them: of cards, and of what says its own."""
    parts = [part for page in pages for part in _parts(page.layout())]
    cards = {card.id.removesuffix("-card"): _heading(card) for card in parts if _is_card(card)}
    return cards | {one["data-chart"]: one["data-title"] for one in map(_said, parts) if "data-title" in one}


def first_values(pages: Sequence[Page]) -> dict[str, Any]:
    """Return what the controls whose choices are always the same start with, by their ids."""
    parts = [part for page in pages for part in _parts(page.layout())]
    values = {getattr(part, "id", None): getattr(part, "value", None) for part in parts}
    return {name: value for name, value in values.items() if isinstance(name, str) and value is not None}


def shown(
    wiring: Wiring, card: str, title: str, query: Mapping[str, str], *, laid: Mapping[str, Any] | None = None
) -> Shown:
    """Return a chart as an address asks for it; what the address does not name is as the screen starts.

    Parameters
    ----------
    wiring
        Knows how charts are drawn.
    card, title
        Id and title of the card.
    query
        The view as in a screen's address, and the choices of the card by the ids of their controls.
    laid
        What `first_values` says of the screens.

    Raises
    ------
    UnknownChart
        There is no such chart.
    SongscapeError
        It cannot be drawn as asked.
    """
    if card not in wiring.charts:
        raise UnknownChart(f"There is no chart named {card!r}", remedy=f"Known: {', '.join(sorted(wiring.charts))}")
    chart = wiring.charts[card]
    try:
        bundle, selection = wiring.library.open(query.get("catalogue")), Selection.from_query(query)
        drawn = chart.draw(bundle, selection, *_values(wiring, chart, bundle, query, laid or {}))
    except MissingField as missing:
        drawn = Drawn(None, str(missing))
    except PreventUpdate:
        drawn = Drawn(None, _NOTHING_TO_CHOOSE)
    return Shown(card, title, drawn)


def told(answer: Answer) -> Drawn:
    """Return what a panel that draws nothing has to show: a sentence and its table."""
    return Drawn(None, " ".join([answer.headline, *answer.caveats]), answer.table)


def page_of(charts: Sequence[Shown], *, title: str, tables: bool = False) -> str:
    """Return a page that loads its scripts and styles from this server; with ``tables``, under charts, too."""
    links = "".join(f'<link rel="stylesheet" href="/assets/{name}">' for name in ("01-inter.css", *_STYLES))
    scripts = f'<script src="{PLOTLY}"></script><script src="/assets/alone.js"></script>'
    head = f'{links}<script src="/assets/early-theme.js"></script>'
    return _HTML.format(title=escape(title), head=head, body=_bodies(charts, tables=tables), foot=scripts)


def file_of(charts: Sequence[Shown], *, title: str, lead: str) -> str:
    """Return a page that needs nothing but itself.

    Parameters
    ----------
    charts
        What it shows.
    title, lead
        Heading, and the sentence under it: the selection in words.
    """
    styles = "".join(f"<style>{(ASSETS / name).read_text(encoding='utf-8')}</style>" for name in _STYLES)
    sources = (ASSETS / "vendor" / "plotly" / "plotly.min.js", ASSETS / "alone.js")
    scripts = "".join(f"<script>{_harmless(path.read_text(encoding='utf-8'))}</script>" for path in sources)
    heading = f"<header><h1>{escape(title)}</h1><p class='lead'>{escape(lead)}</p></header>"
    return _HTML.format(title=escape(title), head=styles, body=heading + _bodies(charts), foot=scripts)


def _values(
    wiring: Wiring, chart: Chart, bundle: Bundle, query: Mapping[str, str], laid: Mapping[str, Any]
) -> Iterator[Any]:
    for name in chart.inputs:
        if name == TRACK:
            yield query.get("track")
        elif name == POINT:
            yield point_of(query.get("point", ""))
        elif chosen := query.get(name) or laid.get(name):
            yield chosen
        else:
            yield wiring.fillers[name].first_value(bundle) if name in wiring.fillers else None


def point_of(text: str) -> dict[str, float]:
    """Return a What-if point from an address, such as ``energy:0.9,tempo:120``; none where it cannot be read."""
    pairs = (pair.partition(":") for pair in text.split(",") if pair)
    try:
        return {name: float(value) for name, _, value in pairs}
    except ValueError:
        return {}


def _bodies(charts: Sequence[Shown], *, tables: bool = False) -> str:
    return "".join(_body(chart, table=tables) for chart in charts)


def _body(chart: Shown, *, table: bool) -> str:
    title, sentence = escape(chart.title), escape(chart.drawn.sentence)
    if chart.drawn.figure is None:
        said = f"<h2>{title}</h2><p class='sentence'>{sentence}</p>"
        return f"<section class='chart-card'>{said}{_written(chart)}</section>"
    figure = chart.drawn.figure
    tall = f" style='height:{figure.layout.height}px'" if figure.layout.height else ""
    return (
        f"<section class='chart-card'><h2>{title}</h2>"
        f"<div class='alone-chart' id='{escape(chart.card)}'{tall} role='figure' aria-label='{sentence}'></div>"
        f"<script type='application/json' data-for='{escape(chart.card)}'>{_harmless(str(figure.to_json()))}</script>"
        f"<p class='sentence'>{sentence}</p>{_written(chart) if table else ''}</section>"
    )


def _written(chart: Shown) -> str:
    """Return the first rows of its table, empty where it has none."""
    found = chart.as_dict()
    if not found["data"]:
        return ""
    left = f", the first {len(found['data']):,} are shown" if found["n_rows"] > len(found["data"]) else ""
    head = "".join(f"<th scope='col'>{escape(str(name))}</th>" for name in found["columns"])
    rows = ("".join(f"<td>{escape(_cell(value))}</td>" for value in row) for row in found["data"])
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f"<div class='chart-table table' tabindex='0' role='region' aria-label='{escape(chart.title)}: its numbers'>"
        f"<table><caption>{found['n_rows']:,} rows{left}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value: Any) -> str:
    """Return a number at six digits, as the menu of a card shows it, and anything else as it is.

    >>> _cell(0.12345678), _cell(1958), _cell(None), _cell("rock")
    ('0.123457', '1958', '', 'rock')
    """
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _harmless(script: str) -> str:
    r"""Return a script that does not end its element early.

    >>> _harmless('"</script>"')
    '"<\\/script>"'
    """
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _parts(layout: Component) -> Iterator[Component]:
    yield layout
    yield from (part for _, part in layout._traverse_with_paths() if isinstance(part, Component))


def _is_card(part: Component) -> bool:
    return isinstance(part, html.Section) and str(getattr(part, "id", "")).endswith("-card")


def _said(part: Component) -> Mapping[str, Any]:
    """Return the properties of a part, also those whose names are no names in Python."""
    return part.to_plotly_json()["props"]


def _heading(card: Component) -> str:
    return next(str(part.children) for part in _parts(card) if isinstance(part, html.H2))
