"""Links between screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component


def screen_link(
    content: str | Sequence[Component | str], path: str, *, class_name: str = "quiet", **options: Any
) -> html.A:
    """Return a link to a screen that takes the view along; `assets/linked.js` follows it without loading a page."""
    return html.A(content, href=path, className=class_name, **{"data-screen": ""}, **options)
