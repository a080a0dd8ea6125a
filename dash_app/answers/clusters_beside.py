"""What stands beside the clusters: islands of density, and how true the map is to the sound."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dash_app.answers.answer import Answer
from dash_app.answers.clusters import labels_of
from dash_app.answers.groups import counted
from dash_app.answers.selecting import NO_TRACKS, cut_names, selected
from dash_app.answers.sides import Side, other_side, own_side
from data.selection import Selection
from models.bundle import Bundle

_NO_ISLAND = "in no island"


def islands(bundle: Bundle, selection: Selection, k: int) -> Answer:
    """Count tracks by island of density: ``genre`` (its name), ``n``, ``n_all``; last those in none (``pooled``).

    Compared, ``n_other`` counts those on the other side.
    """
    if skipped := bundle.skipped("clusters"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    facts = bundle.facts("clusters")
    said = str(facts.get("density_sentence", ""))
    if not facts.get("island_names") or not bundle.holds("density_labels.npy"):
        return Answer(pd.DataFrame(), said or "This build did not look for islands.", bundle.id)
    names, labels, mask = list(facts["island_names"]), bundle.array("density_labels"), selected(bundle, selection)
    if not mask.any():
        return Answer(pd.DataFrame(), NO_TRACKS, bundle.id)
    places = np.where(labels < 0, len(names), labels)
    n, n_all = (counted(some, len(names) + 1) for some in (places[mask], places))
    table = pd.DataFrame({"genre": [*names, _NO_ISLAND], "n": n, "n_all": n_all})
    table["pooled"] = table["genre"] == _NO_ISLAND
    here = () if mask.all() else (f"Of the selected tracks {n[-1] / n.sum():.0%} are in none.",)
    if (against := other_side(selection)) is not None:
        table["n_other"] = counted(places[against.mask(bundle)], len(names) + 1)
        here = (_in_none(bundle, table, own_side(selection), against),)
    return Answer(table, said, bundle.id, (*here, *_islands_in_clusters(bundle, labels, names, k)))


def _in_none(bundle: Bundle, table: pd.DataFrame, own: Side, against: Side) -> str:
    """Say how much of both sides lies in no island."""
    said = f"Of {own.words(bundle)} {table['n'].iloc[-1] / table['n'].sum():.0%} are in none"
    n = table["n_other"].sum()
    if not n:
        return f"{said}; there are no tracks to compare with: {against.words(bundle)}."
    return f"{said}, of {against.words(bundle)} {table['n_other'].iloc[-1] / n:.0%}."


def faithfulness(bundle: Bundle) -> Answer:
    """Return how true each map is to the sound: the table of `models.recipes.map_quality.quality_table`."""
    if skipped := bundle.skipped("map"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    table, facts = bundle.table("map_quality").to_pandas(), bundle.facts("map")
    return Answer(table, _map_sentence(table), bundle.id, (str(facts["pca_sentence"]),))


def _islands_in_clusters(bundle: Bundle, labels: np.ndarray, names: list[str], k: int) -> tuple[str, ...]:
    """Say in which cluster most of each island lies, for the two largest."""
    clusters, called = labels_of(bundle, k), cut_names(bundle, k)
    found = []
    for island, name in enumerate(names[:2]):
        n = counted(clusters[labels == island], k)
        if n.any():
            found.append(f"{n.max() / n.sum():.0%} of “{name}” lie in the cluster “{called[n.argmax()]}”")
    return (f"{'; '.join(found)}.",) if found else ()


def _map_sentence(table: pd.DataFrame) -> str:
    """Say which map keeps neighbourhoods best where all were judged on the same tracks."""
    same = table[table["among"] == table["among"].min()]
    flat = same[same["dimensions"] == 2].set_index("method")
    top = flat["trustworthiness"].idxmax()
    others = [f"{name} {row['trustworthiness']:.2f}" for name, row in flat.drop(index=top).iterrows()]
    whole = table[(table["method"] == "UMAP") & (table["dimensions"] == 2)].sort_values("among").iloc[-1]
    return (
        f"Among the same {int(same['among'].iloc[0]):,} tracks {top} invents fewest neighbours in two dimensions "
        f"(trustworthiness {flat.loc[top, 'trustworthiness']:.2f}; {', '.join(others)}). The Map is UMAP: "
        f"{whole['trustworthiness']:.2f} among {int(whole['among']):,}, with continuity {whole['continuity']:.2f}."
    )
