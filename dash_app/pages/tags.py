"""Tags: which tags fit a track?"""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import Input, Output, html

from dash_app.alone import told
from dash_app.answers import tags as ask
from dash_app.answers import tags_agreement as ask_both
from dash_app.answers.tracks import track_card
from dash_app.components.cards import chart_card, page_title, panel
from dash_app.components.data_table import data_table, with_small
from dash_app.components.links import screen_link
from dash_app.components.tracks import nothing, track_list
from dash_app.components.tracks import track_card as shown_track
from dash_app.figures import tags
from dash_app.figures.cells import put_beside
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.wiring import TRACK, Drawn, Wiring, track_rows
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "Which tags fit a track?"
_PICK = "Search for a track above, or start from one of these, whose tags are known."
_WAITS = "It appears when a track is chosen."
_UNSEEN = "Every track is judged by models that were not trained on it nor, where artists are known, on any of them."


def layout() -> html.Div:
    """Return the frame of the screen."""
    links = html.Div([screen_link("← Genres", "/genres"), screen_link("Model cards", "/models")])
    links.className = "beside-title"
    cards = [*_track_cards(), *_both_cards(), *_score_cards()]
    return html.Div(
        [
            links,
            page_title(QUESTION, "", "tags-lead"),
            html.Div(id="tags-missing", role="status"),
            html.Div(cards, id="tags-grid", className="grid"),
        ]
    )


def _track_cards() -> list[html.Section]:
    return [
        panel(
            "tags-track",
            "The track",
            how=f"{_UNSEEN} The base model is that of the one genre. Tags are held against it by the genre that they "
            "go with, as measured below: of what the likeliest tag of every genre gets, the share that is for one.",
            size="third",
            offered=True,
        ),
        chart_card(
            "tags-genre",
            "Which one genre is it?",
            how=f"{_UNSEEN} Calibrated probabilities, which add up to 100%. Blue is the label of the table.",
            size="third",
            height=400,
        ),
        chart_card(
            "tags-vector",
            "Which tags does it carry?",
            how=f"{_UNSEEN} Tags do not exclude each other and need not add up to 100%. Blue are the tags that it "
            "carries; a tag is named from the tick on, a threshold that was tuned on other tracks.",
            size="third",
            height=400,
        ),
    ]


def _both_cards() -> list[html.Section]:
    return [
        chart_card(
            "tags-agreement",
            "How often do the two models agree?",
            how=f"{_UNSEEN} Selected tracks by the likeliest genre of the one model, and the genre that the likeliest "
            "tag speaks for; each row adds up to 100%; compared, both sides stand beside each other. Only tracks that "
            "carry a tag are judged by both. A tag that many tracks carry is likelier from the start, so the tags lean "
            "to its genre.",
            height=420,
            by_view=True,
        ),
        chart_card(
            "tags-correspondence",
            "Which tags go with which genre?",
            how="Nobody listed this: it is the correlation of the probability of the tag with that of the genre, over "
            f"all tracks that both models judged. {_UNSEEN} A tag speaks for the genre that it goes with most, if the "
            "correlation is at least 0.5, large in the sense of Cohen (1988).",
            height=420,
            by_view=True,
        ),
        panel(
            "tags-differ",
            "Where do they differ most?",
            how=f"{_UNSEEN} Selected tracks on which each model thinks much of its own genre and little of the "
            "other's. A click on a title chooses the track.",
            size="full",
            offered=True,
        ),
    ]


def _score_cards() -> list[html.Section]:
    return [
        chart_card(
            "tags-by-tag",
            "Which tags are told best?",
            how=f"{_UNSEEN} Average precision: the area under precision and recall over all thresholds, with a 95% "
            "interval from resampling artists, else recordings; by chance it is about the share of tracks that carry "
            "the tag. F1 is of the tuned threshold.",
            height=420,
            by_view=True,
        ),
        chart_card(
            "tags-overall",
            "How good is the model of tags?",
            how=f"{_UNSEEN} LRAP: how far the tags that a track carries stand at the top of its ranking. Mean average "
            "precision and macro F1 count every tag alike, micro F1 every tag of every track. The tick knows only how "
            "common each tag is; rings are other models, some of which know more than the sound.",
            height=420,
            by_view=True,
        ),
    ]


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_frame(wiring)
    _wire_track(wiring)
    _wire_both(wiring)
    _offer_panels(wiring)


def _wire_frame(wiring: Wiring) -> None:
    @wiring.asked(Output("tags-lead", "children"), Output("tags-missing", "children"), Output("tags-grid", "className"))
    def told(bundle: Bundle) -> tuple[str, Any, str]:
        if not ask.missing(bundle):
            return ask.lead(bundle), None, "grid"
        sentence, command = ask.remedy(bundle)
        said = [html.P(ask.missing(bundle), className="why"), html.P(sentence), html.Pre(command, tabIndex=0)]
        return "", html.Section(said, className="chart-card no-tags"), "grid is-gone"


def _wire_track(wiring: Wiring) -> None:
    focus = Input(TRACK, "data")

    @wiring.linked(Output("tags-track", "children"), focus)
    def focused(bundle: Bundle, selection: Selection, track: str | None) -> Any:
        if ask.missing(bundle):
            return None
        rows = track_rows(bundle, track)
        return _track_panel(bundle, rows[0]) if rows else _starting_points(bundle, selection)

    @wiring.chart("tags-genre", focus)
    def base(bundle: Bundle, selection: Selection, track: str | None) -> Drawn:
        rows = track_rows(bundle, track)
        if not rows:
            return Drawn(None, ask.missing(bundle) or _WAITS)
        return Drawn.of(ask.genres_of_track(bundle, rows[0]), tags.vector, own="label")

    @wiring.chart("tags-vector", focus)
    def advanced(bundle: Bundle, selection: Selection, track: str | None) -> Drawn:
        rows = track_rows(bundle, track)
        if not rows:
            return Drawn(None, ask.missing(bundle) or _WAITS)
        return Drawn.of(ask.tags_of_track(bundle, rows[0]), tags.vector, own="carried")


def _offer_panels(wiring: Wiring) -> None:
    def of_track(bundle: Bundle, _: Selection, track: str | None) -> Drawn:
        rows = track_rows(bundle, track)
        return told(ask_both.compared(bundle, rows[0])) if rows else Drawn(None, ask.missing(bundle) or _WAITS)

    wiring.offer("tags-track", TRACK, draw=of_track)
    wiring.offer("tags-differ", draw=lambda bundle, selection: told(ask_both.differing(bundle, selection)))


def _starting_points(bundle: Bundle, selection: Selection) -> list[Any]:
    answer = ask.starting_points(bundle, selection)
    return [nothing(answer.headline if answer.is_empty else _PICK), track_list(answer.table)]


def _track_panel(bundle: Bundle, row: int) -> list[Any]:
    answer = ask_both.compared(bundle, row)
    said = [answer.headline, *answer.caveats, ask.carried_sentence(bundle, row)]
    links = [screen_link("What sounds like it?", "/similar")]
    return [
        html.Div([html.P(sentence) for sentence in said], className="said-of-track"),
        shown_track(track_card(bundle, row), links=links),
    ]


def _wire_both(wiring: Wiring) -> None:
    def agreed(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask_both.agreement_within(bundle, selection)
        order = answer.facts.get("order", ())
        drawn = Drawn.of(answer, tags.crossed, order=order)
        if drawn.figure is not None and (other := answer.facts.get("other")) is not None:
            put_beside(drawn.figure, tags.crossed(other, order=order), sides=answer.facts["sides"])
        return drawn

    def corresponding(bundle: Bundle, _: Selection) -> Drawn:
        answer = ask_both.correspondence(bundle)
        return Drawn.of(answer, tags.correspondence, order=answer.facts.get("order", ()))

    def by_tag(bundle: Bundle, _: Selection) -> Drawn:
        return Drawn.of(ask.by_tag(bundle), tags.by_tag)

    def overall(bundle: Bundle, _: Selection) -> Drawn:
        return Drawn.of(ask.overall(bundle), tags.overall)

    draws = {"tags-agreement": agreed, "tags-correspondence": corresponding}
    for card, draw in {**draws, "tags-by-tag": by_tag, "tags-overall": overall}.items():
        wiring.offer(card, draw=draw)

    @wiring.linked(Output("tags-differ", "children"))
    def differing(bundle: Bundle, selection: Selection) -> Any:
        answer = ask_both.differing(bundle, selection)
        if answer.is_empty:
            return nothing(answer.headline)
        said = html.P(" ".join([answer.headline, *answer.caveats]), className="sentence")
        return [
            said,
            html.Div(
                _differ_table(answer.table, is_named="track_name" in bundle.tracks.column_names), className="scrolls"
            ),
        ]


def _differ_table(table: pd.DataFrame, *, is_named: bool) -> html.Div:
    rows = [
        (
            _title(row.track_name if is_named else row.artists, row.track_id),
            html.Span(row.artists, dir="auto"),
            row.labelled,
            with_small(row.genre_said, f"{row.probability:.0%}"),
            with_small(row.by_tags, f"{row.support:.0%}"),
            row.tags,
        )
        for row in table.itertuples()
    ]
    head = ("Track", "Artists", "Labelled", "One genre", "By tags", "Its tags")
    return data_table(head, rows, caption="Tracks on which both models differ most", words=("Artists", "Its tags"))


def _title(name: str, track: str) -> html.Button:
    return html.Button(name, id={"type": "choose-track", "track": track}, className="quiet title", dir="auto")


PAGE = Page("/tags", "Tags", QUESTION, layout, wire, helps.TAGS)
"""Many labels of one track."""
