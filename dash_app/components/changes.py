"""The smallest change of a track, to read and to apply."""

from __future__ import annotations

import json

from dash import html
from dash.development.base_component import Component

from dash_app.answers.answer import Answer
from dash_app.components.tracks import nothing, track_list


def change(answer: Answer) -> list[Component]:
    """Return what has to change, a button that sets the sliders so, and the real tracks that lie there.

    Parameters
    ----------
    answer
        Of `dash_app.answers.whatif_changes.smallest`.
    """
    if answer.is_empty:
        return [nothing(answer.headline)]
    rows = [
        html.Li([html.Span(row.label), html.Span([row.before_text, " → ", html.Strong(row.after_text)])])
        for row in answer.table.itertuples()
    ]
    values = {row.field: row.after for row in answer.table.itertuples()}
    apply = html.Button("Set the sliders so", className="quiet", **{"data-point": json.dumps(values)})
    near = answer.facts["tracks"]
    return [
        html.P(" ".join([answer.headline, *answer.caveats]), className="sentence"),
        html.Ul(rows, className="changes"),
        html.Div(apply, className="actions"),
        *([html.H3("Real tracks near there"), track_list(near)] if len(near) else []),
    ]
