"""What a screen is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dash.development.base_component import Component

from dash_app.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Help:
    """What the help panel says about a screen.

    Parameters
    ----------
    shown
        What is on it.
    computed
        How it was computed.
    read
        How to read and use it.
    sources
        Where the methods and the data are described.
    """

    shown: str
    computed: str
    read: str
    sources: tuple[str, ...]


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
    help
        What the help panel says about it; None where the screen says it all.
    """

    path: str
    title: str
    question: str
    layout: Callable[[], Component]
    wire: Callable[[Wiring], None]
    help: Help | None = None
