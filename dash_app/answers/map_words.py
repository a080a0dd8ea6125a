"""What is said of a layout of the map: how many tracks it places, how far it can be believed, what to mind."""

from __future__ import annotations

import pandas as pd

from dash_app.answers.map_layouts import NAMES, PCA, STEMS, TSNE, UMAP, UMAP_3D, placed_rows
from dash_app.answers.scores import served_cards
from models.bundle import Bundle

_MIND = {
    UMAP: "Distances between far groups mean little.",
    PCA: "What lies together here may differ in what is not drawn.",
    TSNE: "Distances between groups, and how large a group is drawn, mean little.",
    UMAP_3D: "Drag or use the arrow keys to turn, the wheel to zoom. There is no lasso in three dimensions.",
}

_MEANT = "how far neighbours on the map are neighbours in sound"


def layout_sentence(bundle: Bundle, layout: str, *, n_outside: int = 0) -> str:
    """Return what a layout shows, how faithful it is beside the others, and what to mind when reading it."""
    said = [_what(bundle, layout), _faith(bundle, layout), _MIND[layout]]
    if n_outside:
        said.append(f"{n_outside:,} lie{'s' * (n_outside == 1)} further out: zoom out to see more.")
    return " ".join(part for part in said if part)


def _what(bundle: Bundle, layout: str) -> str:
    n, n_placed = len(bundle), len(placed_rows(bundle, layout))
    if n_placed < n:
        return f"{n_placed:,} of {n:,} tracks, a sample, laid out by {NAMES[layout]}; the others are not drawn."
    if layout == PCA and (explained := bundle.facts("map").get("pca_explained")):
        return (
            f"{n:,} tracks by their first two principal components, which hold {sum(explained[:2]):.0%} of the spread."
        )
    return f"{n:,} tracks, near each other where they sound alike."


def _faith(bundle: Bundle, layout: str) -> str:
    """Return trustworthiness and continuity, beside those of the layouts judged on the same tracks."""
    judged = _judged(bundle, layout)
    if judged.empty:
        return _trust_alone(bundle) if layout == UMAP else ""
    own = judged.loc[STEMS[layout]]
    others = [
        f"{NAMES[name]} {judged.at[stem, 'trustworthiness']:.2f} and {judged.at[stem, 'continuity']:.2f}"
        for name, stem in STEMS.items()
        if name != layout and stem in judged.index
    ]
    beside = ", ".join([*others, "chance about 0.5"])
    return (
        f"Trustworthiness {own['trustworthiness']:.2f}, continuity {own['continuity']:.2f} ({beside}): {_MEANT}, and "
        "the other way round."
    )


def _judged(bundle: Bundle, layout: str) -> pd.DataFrame:
    """Return the quality by array, of all layouts judged among the tracks that this one was; empty where none was."""
    if not bundle.holds("map_quality.arrow"):
        return pd.DataFrame()
    table = bundle.table("map_quality").to_pandas()
    own = table.loc[table["map"] == STEMS[layout], "among"]
    return table[table["among"] == own.max()].set_index("map") if len(own) else pd.DataFrame()


def _trust_alone(bundle: Bundle) -> str:
    card = served_cards(bundle, "map").get("trustworthiness")
    if card is None:
        return ""
    return f"Trustworthiness {card.value:.2f} of 1, {card.baseline_value:.2f} for {card.baseline}: {_MEANT}."
