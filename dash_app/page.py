"""What a screen is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dash.development.base_component import Component

from dash_app.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Page:
    """One screen with its own address.

    Parameters
    ----------
    path
        Its address.
    title
        Its name in the menu.
    question
        What it answers.
    layout
        Returns what is shown before any answer has come.
    wire
        Registers the callbacks that fill it.
    """

    path: str
    title: str
    question: str
    layout: Callable[[], Component]
    wire: Callable[[Wiring], None]
