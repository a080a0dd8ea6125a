"""Overview: what is in this catalogue?"""

from __future__ import annotations

from dash import html

from dash_app.components.cards import chart_card, choice, page_title, panel
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.pages.overview_wiring import wire

QUESTION = "What is in this catalogue?"
_METHODS = [{"label": "Spearman", "value": "spearman"}, {"label": "Pearson", "value": "pearson"}]
_VIEWS = [
    {"label": "Boxes", "value": "boxes"},
    {"label": "Violins", "value": "violins"},
    {"label": "Ridges", "value": "ridges"},
]


def layout() -> html.Div:
    """Return the frame of the screen."""
    cards = [*_distribution_cards(), *_relation_cards(), *_track_cards()]
    tiles = html.Div(id="overview-tiles", className="tiles")
    return html.Div([page_title(QUESTION, "", "overview-lead"), tiles, html.Div(cards, className="grid")])


def _distribution_cards() -> list[html.Section]:
    return [
        chart_card(
            "overview-balance",
            "How balanced are the genres?",
            how="Tracks by primary genre: the label most rows of a track carry. Grey is the whole catalogue, colour "
            "the selection. As mixed as so many equally large genres: the exponential of Shannon's entropy (Jost "
            "2006). A click on a bar selects its genre.",
        ),
        chart_card(
            "overview-histogram",
            "How is a feature distributed?",
            how="Share of tracks by value. The line is the selection, the grey area the whole catalogue, so that "
            "groups of different size can be compared. Drag sideways to select a range.",
            controls=[choice("overview-field", "Feature", [], None)],
        ),
        chart_card(
            "overview-box",
            "How do the genres differ in it?",
            how="Selected tracks by primary genre, sorted by median. Boxes: whiskers from the 5th to the 95th "
            "percentile, box from the 25th to the 75th, line at the median. Violins and ridges: smooth density "
            "(Gaussian kernel, Silverman's bandwidth), all of the same area, dot at the median. The 20 largest genres "
            "by name, the others together.",
            controls=[choice("overview-view", "Drawn as", _VIEWS, "boxes")],
            height=380,
        ),
        panel(
            "overview-apart",
            "What sets them apart?",
            how="Difference of the means in standard deviations (Cohen's d) with a 95% interval (Hedges and Olkin "
            "1985), largest first: the selection against what it is compared with, else against all other tracks. "
            "Around 0.2 is small, 0.5 medium, 0.8 large.",
            offered=True,
        ),
    ]


def _relation_cards() -> list[html.Section]:
    return [
        chart_card(
            "overview-correlation",
            "Which features go together?",
            how="Rank correlation (Spearman) or linear correlation (Pearson) over the selected tracks, at most 10,000 "
            "of them, chosen evenly; missing values are left out pair by pair. Features that go together stand "
            "together. A click on a cell draws the two below.",
            controls=[choice("overview-method", "Correlation", _METHODS, "spearman")],
            height=420,
        ),
        chart_card(
            "overview-pairs",
            "How do several features relate?",
            how="The features chosen on this screen and those that go with them most: every two by density (a square "
            "root scale), each by itself on the diagonal, rank correlations above it. A click on a panel draws the two "
            "below.",
            height=420,
        ),
        chart_card(
            "overview-scatter",
            "How do two features relate?",
            how="Each point is a track, the selection in the colours of its genres. At most 8,000 are drawn, chosen "
            "evenly. The line is a straight fit to the selection with its 95% band. Above and beside: each feature by "
            "itself. A click on a point chooses the track.",
            controls=[choice("overview-x", "Across", [], None), choice("overview-y", "Up", [], None)],
            size="full",
            height=520,
        ),
        chart_card(
            "overview-parallel",
            "How do tracks differ in many features at once?",
            how="A line per track, at most 300, chosen evenly; the thick line joins the medians. Each axis runs from "
            "the 1st to the 99th percentile of the catalogue. Drag along an axis to select a range of it, across "
            "several axes to select on all of them.",
            size="full",
            height=380,
        ),
    ]


def _track_cards() -> list[html.Section]:
    return [
        panel(
            "overview-unusual",
            "Which tracks are least like the others?",
            how="Distance from the median of the selected tracks, each side of a feature on its own scale (5th and "
            "95th percentile), with correlations taken into account (Mahalanobis): quiet but energetic is odder than "
            "quiet. The two features that add most are named. Repeats of a recording are listed once.",
            size="full",
            offered=True,
        ),
    ]


PAGE = Page("/", "Overview", QUESTION, layout, wire, helps.OVERVIEW)
