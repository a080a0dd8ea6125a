"""Popularity: what does the sound say about it?"""

from __future__ import annotations

from dash import html

from dash_app.components.cards import cards_link, chart_card, choice, page_title, panel
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.pages.popularity_wiring import ALE, ALL, ALONE, GENRE, PDP, TEN, TOGETHER, YEAR, wire

QUESTION = "What does the sound say about popularity?"
_UNSEEN = "Every track is predicted by a model that was not trained on it nor, where artists are known, on any of them."


def _options(**labels: str) -> list[dict]:
    return [{"label": label, "value": value} for value, label in labels.items()]


def layout() -> html.Div:
    """Return the frame of the screen."""
    cards = [*_judged_cards(), *_music_cards(), *_explained_cards(), *_model_cards()]
    return html.Div([page_title(QUESTION, "", "popularity-lead"), html.Div(cards, className="grid")])


def _judged_cards() -> list[html.Section]:
    return [
        chart_card(
            "popularity-fit",
            "How close are the predictions?",
            how=f"Selected tracks. {_UNSEEN} Darker cells hold more tracks; compared, each side has a grid, coloured "
            "by shares of its tracks. A perfect model would put all on the diagonal. The choice of model holds for "
            "the whole screen.",
            controls=[choice("popularity-kind", "Model", [], None)],
            height=400,
        ),
        chart_card(
            "popularity-residuals",
            "Where is it off, and which way?",
            how="Actual minus predicted popularity of selected tracks: the mean with its 95% interval, which knows "
            "that tracks of one artist, where artists are known, are alike. Above none, tracks are more popular than "
            "predicted. Years with few tracks are grey.",
            controls=[choice("popularity-by", "By", _options(**{GENRE: "By genre", YEAR: "By year"}), GENRE)],
            height=400,
        ),
        panel(
            "popularity-here",
            "How well are the selected tracks predicted?",
            offered=True,
            how=f"{_UNSEEN} R²: the share of the variation among these tracks that is explained. 95% intervals know "
            "that tracks of one artist are alike (infinitesimal jackknife over artists, else over tracks); that of the "
            "difference, that both sides may share artists.",
            size="full",
        ),
    ]


def _music_cards() -> list[html.Section]:
    return [
        chart_card(
            "popularity-genre",
            "Which genres are popular?",
            how="Selected tracks by primary genre: quartiles, and the mean with a 95% interval, which knows "
            "that tracks of one artist, where artists are known, are alike.",
            controls=[choice("popularity-top", "Genres", _options(**{TEN: "Top ten", ALL: "All genres"}), TEN)],
            height=400,
        ),
        chart_card(
            "popularity-loudness",
            "How do loudness and energy go together, by genre?",
            how="Each point is a track, the selection in the colours of its genres. At most 8,000 are drawn, chosen "
            "evenly. The line is a straight fit to the selection with its 95% band.",
            height=400,
        ),
    ]


def _explained_cards() -> list[html.Section]:
    grouped = _options(**{ALONE: "One by one", TOGETHER: "What goes together"})
    curves = _options(**{PDP: "Partial dependence", ALE: "Local effects"})
    return [
        chart_card(
            "popularity-importance",
            "What drives the prediction?",
            how="How much further off predictions of tracks that the model was not trained on are, where artists are "
            "known by other artists, on average, when one feature is shuffled (permutation importance, Breiman 2001). "
            "Features that go together stand in for each other: shuffled together they show what they are worth.",
            controls=[choice("popularity-shuffled", "Shuffled", grouped, ALONE)],
            height=400,
        ),
        chart_card(
            "popularity-curve",
            "How does the prediction follow a feature?",
            how="Partial dependence: the mean prediction if all tracks had this value (Friedman 2001); thin lines are "
            "single tracks (individual conditional expectation). Local effects: only tracks near a value are moved, "
            "which stays true where features go together (Apley and Zhu 2020), with a 95% interval. Grey bars: how "
            "many tracks lie there.",
            controls=[
                choice("popularity-feature", "Feature", [], None),
                choice("popularity-drawn", "Drawn as", curves, PDP),
            ],
            height=400,
        ),
    ]


def _model_cards() -> list[html.Section]:
    return [
        chart_card(
            "popularity-candidates",
            "Which model is best, and what do genre and release add?",
            how="Share of the variation among tracks it was not trained on, where artists are known by other artists, "
            "that a model explains (R²), with a 95% interval from resampling artists, else recordings. Diamonds: "
            "models that also know genre or release. Blue: those that answer.",
            height=520,
        ),
        panel(
            "popularity-plain",
            "How far can one prediction be trusted?",
            how="Of the chosen model. Intervals are conformal: their ends were set on tracks that the model had not "
            "seen, where artists are known by other artists. A mass of zeros is looked for beside its neighbours.",
        ),
        panel(
            "popularity-table",
            "How do the models compare, score by score?",
            how="All judged on the same folds, by artists that they have not seen where artists are known. RMSE and "
            "MSE weigh large errors more. Under each score its 95% interval.",
            size="full",
            controls=[cards_link()],
            offered=True,
        ),
    ]


PAGE = Page("/popularity", "Popularity", QUESTION, layout, wire, helps.POPULARITY)
