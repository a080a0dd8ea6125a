"""Genres: can the genres be told by ear?"""

from __future__ import annotations

from dash import html

from dash_app.components.cards import cards_link, chart_card, choice, page_title, panel
from dash_app.components.links import screen_link
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.pages.genres_wiring import ALE, ALONE, PDP, PR, ROC, TOGETHER, wire

QUESTION = "Can the genres be told by their sound?"
_UNSEEN = "Every track is judged by a model that was not trained on it nor, where artists are known, on any of them."


def _options(**labels: str) -> list[dict]:
    return [{"label": label, "value": value} for value, label in labels.items()]


def layout() -> html.Div:
    """Return the frame of the screen."""
    cards = [*_told_cards(), *_trust_cards(), *_pair_cards(), *_why_cards(), *_more_cards(), *_model_cards()]
    more = html.Div(screen_link("More than one genre: which tags fit a track?", "/tags"), className="beside-title")
    return html.Div([page_title(QUESTION, "", "genres-lead"), more, html.Div(cards, className="grid")])


def _told_cards() -> list[html.Section]:
    return [
        chart_card(
            "genres-confusion",
            "Which genres are taken for which?",
            how=f"{_UNSEEN} Rows are the labels of the table, columns what the model says; each row adds up to 100%. "
            "Only selected tracks count; compared, each side has a matrix. A click on a cell selects its tracks.",
            size="most",
            height=440,
        ),
        chart_card(
            "genres-scores",
            "Which genres are recognised best?",
            how=f"{_UNSEEN} Precision: of the tracks called so, how many are. Recall: of the tracks that are, how many "
            "are called so. F1: their harmonic mean. Only selected tracks count; compared, the other side's marks are "
            "brown with a dot.",
            size="third",
            height=440,
        ),
        panel(
            "genres-here",
            "How well are the selected tracks told?",
            offered=True,
            how=f"{_UNSEEN} Balanced accuracy: the mean recall of the genres that occur. 95% intervals know that "
            "tracks of one artist are alike (infinitesimal jackknife over artists, else over tracks); that of the "
            "difference, that both sides may share artists.",
            size="full",
        ),
        panel(
            "genres-mistakes",
            "Where is it most confidently wrong?",
            offered=True,
            how=f"{_UNSEEN} The selected tracks whose label the model thinks least of while it is surest of another. A "
            "click on a title chooses the track.",
            size="full",
        ),
    ]


def _trust_cards() -> list[html.Section]:
    return [
        chart_card(
            "genres-reliability",
            "Can its probabilities be believed?",
            how=f"{_UNSEEN} Tracks in groups of equal size by the highest probability given; on the diagonal, what is "
            "said with 70% is right in 70% of cases. Only selected tracks count.",
            height=400,
        ),
        chart_card(
            "genres-curves",
            "How well is one genre told at every threshold?",
            how=f"{_UNSEEN} A track counts as of the genre where its probability is over a threshold, which runs from "
            "1 to 0 along the line. Dotted: knowing nothing.",
            controls=[
                choice("genres-one", "Genre", [], None),
                choice(
                    "genres-curve", "Curve", _options(**{ROC: "Found and mistaken", PR: "Precision and recall"}), ROC
                ),
            ],
            height=400,
        ),
    ]


def _pair_cards() -> list[html.Section]:
    return [
        chart_card(
            "genres-pairs",
            "Which two genres are hardest to tell apart?",
            how="For every two of the 20 largest genres a specialist that knows only them, judged on folds by "
            "artist where artists are known: "
            "the mean of its two recalls (balanced accuracy). A click on a cell shows that pair beside.",
            height=440,
        ),
        panel(
            "genres-pair",
            "What sets the two apart?",
            how="The pair that was clicked, or the hardest one. Difference of the means of a feature in standard "
            "deviations (Cohen's d) with a 95% interval, largest first.",
        ),
    ]


def _why_cards() -> list[html.Section]:
    grouped = _options(**{ALONE: "One by one", TOGETHER: "What goes together"})
    return [
        chart_card(
            "genres-importance",
            "What does it listen to?",
            how="How far accuracy drops when one feature is shuffled among tracks that the model had not seen "
            "(permutation importance, Breiman 2001). Features that go together stand in for each other: shuffled "
            "together they show what they are worth.",
            controls=[choice("genres-shuffled", "Shuffled", grouped, ALONE)],
            height=400,
        ),
        chart_card(
            "genres-shap",
            "What speaks for one genre?",
            how="Mean contribution of each feature to the genre's score over tracks of that genre, as models give it "
            "that had not seen them, against the mean over genres; the hover has the mean size over all tracks, "
            "either way. Contributions are the terms of a regression, TreeSHAP of boosted trees, integrated gradients "
            "of neural networks from the average track; of several models in one, their mixture by weight, which "
            "adds up to the score but is no Shapley value.",
            controls=[choice("genres-explained", "Genre", [], None)],
            height=400,
        ),
        chart_card(
            "genres-groups",
            "What do groups of features add?",
            how="A model is taught anew without each group of features, on the same folds. A bar goes from the "
            "accuracy with all features to that without the group, a dot, with the 95% interval of the difference; "
            "grey where it may be chance. Groups may share features. The hover names what is left out.",
            controls=[choice("genres-known", "Model hears", [], None)],
            size="full",
            height=340,
        ),
        _effect_card(),
    ]


def _effect_card() -> html.Section:
    curves = _options(**{PDP: "Partial dependence", ALE: "Local effects"})
    return chart_card(
        "genres-effect",
        "How does a genre's probability follow a feature?",
        how="Partial dependence: the mean probability if all tracks had this value (Friedman 2001); thin lines are "
        "single tracks (individual conditional expectation). Local effects: only tracks near a value are "
        "moved, which stays true where features go together (Apley and Zhu 2020). Grey bars: how many tracks lie "
        "there.",
        controls=[
            choice("genres-effect-genre", "Genre", [], None),
            choice("genres-feature", "Feature", [], None),
            choice("genres-drawn", "Drawn as", curves, PDP),
        ],
        size="full",
        height=360,
    )


def _more_cards() -> list[html.Section]:
    return [
        chart_card(
            "genres-learning",
            "Would more tracks help?",
            how="The served model taught on a tenth, a quarter, half and all of the artists, or tracks where none are "
            "known, judged on the same unseen ones; the band is the 95% interval.",
            height=340,
        ),
        chart_card(
            "genres-kept",
            "How many features does it take?",
            how="Accuracy on tracks not seen with only the features that told most in training, fewer and fewer, of a "
            "smaller model than the one that answers: the sentence says which. The band is the 95% interval. The "
            "hover names what was kept.",
            height=340,
        ),
    ]


def _model_cards() -> list[html.Section]:
    return [
        chart_card(
            "genres-candidates",
            "Which model is best, and what does knowing more add?",
            how="Folds by artist where artists are known, else by recording; the sentence says so. Accuracy with a "
            "95% interval from resampling artists or recordings; the dotted line is always guessing the largest "
            "genre. Diamonds: models that also know year, explicit lyrics or popularity. Each row "
            "is a candidate's own score on tracks it had not seen; those that answer (blue) were picked among them by "
            "log loss. The score reported for the choice is cross-fitted instead: each fold is judged by what the "
            "other folds chose. That is no double cross-validation: what they chose by had learned from that fold too.",
            height=520,
        ),
        panel(
            "genres-plain",
            "What can be trusted of one prediction?",
            how="Sets of plausible genres are conformal: their threshold was set on other folds than it is judged "
            "on. What is said of fewer tracks and features comes from models taught anew.",
        ),
        panel(
            "genres-table",
            "How do the models compare, score by score?",
            offered=True,
            how="All calibrated and judged on the same folds, by artists that they have not seen where artists are "
            "known; under each score its 95% interval. Top 2: the genre is among the two likeliest. Off: by how much "
            "what is said and what is true differ on average (calibration error). Times are of the machine that built "
            "the catalogue.",
            size="full",
            controls=[cards_link()],
        ),
    ]


PAGE = Page("/genres", "Genres", QUESTION, layout, wire, helps.GENRES)
