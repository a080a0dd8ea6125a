"""Groups of sound: how their number was chosen, what sets each apart, which genres are in them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from dash_app.answers.answer import Answer, in_a_sentence, signed
from dash_app.answers.groups import Groups, counted, genre_groups
from dash_app.answers.map_colours import map_values
from dash_app.answers.selecting import NO_TRACKS, cut_names, in_words, selected
from dash_app.answers.sides import both_sides
from data.selection import Selection
from models.bundle import Bundle

CRITERIA = ("silhouette", "davies_bouldin", "calinski_harabasz", "stability")
CLEAR = 0.2
"""Standard deviations from which a difference is named: a small one (Cohen 1988)."""

FEWEST = 20
"""Clusters with fewer selected tracks are not named in a sentence about genres."""

MOST_WORDS = 4


def lead(bundle: Bundle) -> str:
    """Return how much structure there is, in a sentence or two."""
    return bundle.skipped("clusters") or str(bundle.facts("clusters")["structure_sentence"])


def cuts(bundle: Bundle) -> list[int]:
    """Return the numbers of clusters that the tracks were cut into; empty where they were not."""
    return list(bundle.facts("clusters").get("ks", ()))


def cut_shown(bundle: Bundle, asked: int | str | None) -> int:
    """Return the number of clusters asked for, the chosen one where that is none of `cuts`; 0 where there are none."""
    known = {str(k): k for k in cuts(bundle)}
    return known.get(str(asked), int(bundle.facts("clusters").get("k", 0)))


def is_chosen(bundle: Bundle, k: int) -> bool:
    """Return whether this cut is the one that can be selected by."""
    return k == bundle.facts("clusters").get("k")


def labels_of(bundle: Bundle, k: int) -> np.ndarray:
    """Return the cluster of every track in one cut, shape (n_tracks,)."""
    return map_values(bundle, f"clusters-{k}")


def choice(bundle: Bundle, k: int) -> Answer:
    """Return every cut with its criteria, ``mean_rank`` and ``chosen``, and with genres the agreement with them."""
    if skipped := bundle.skipped("clusters"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    facts, table = bundle.facts("clusters"), bundle.table("cluster_choice").to_pandas()
    return Answer(
        table, str(facts["choice_sentence"]), bundle.id, (str(facts["stability_sentence"]), *_beside(table, k))
    )


def apart(bundle: Bundle, k: int) -> Answer:
    """Return by how far each cluster of a cut differs from all other tracks.

    Columns ``cluster``, ``name``, ``n``, ``field``, ``label``, and ``effect`` with its 95% interval ``low`` to
    ``high``, in standard deviations.
    """
    if skipped := bundle.skipped("clusters"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    labels = {name: known.label for name, known in bundle.dictionary.items()}
    table = _profiles(bundle, k)
    table = table.assign(label=[labels[name] for name in table["field"]])
    known = table.dropna(subset=["effect"])
    if known.empty:
        return Answer(table, "Nothing sets these clusters apart.", bundle.id, _where_else(bundle, k))
    top = known.loc[known["effect"].abs().idxmax()]
    side = "higher" if top["effect"] > 0 else "lower"
    headline = (
        f"Farthest from all other tracks: {in_a_sentence(top['label'])} in “{top['name']}”, {abs(top['effect']):.2f} "
        f"standard deviations {side} ({signed(top['low'], 2)} to {signed(top['high'], 2)})."
    )
    return Answer(table, headline, bundle.id, _where_else(bundle, k))


def sizes(bundle: Bundle, selection: Selection, k: int) -> Answer:
    """Count tracks by cluster: ``cluster``, ``genre`` (its name, as charts of groups call it), ``n``, ``n_all``.

    Compared, ``n_other`` counts those on the other side.
    """
    if skipped := bundle.skipped("clusters"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    answer = both_sides(bundle, selection, lambda side: _sizes(bundle, side.mask(bundle), k))
    if answer.is_empty or (other := answer.facts.get("other")) is None:
        return answer
    return replace(answer, table=answer.table.assign(n_other=other["n"]))


def _sizes(bundle: Bundle, mask: np.ndarray, k: int) -> Answer:
    labels = labels_of(bundle, k)
    n, n_all = counted(labels[mask], k), counted(labels, k)
    table = pd.DataFrame({"cluster": range(k), "genre": cut_names(bundle, k), "n": n, "n_all": n_all})
    if not mask.any():
        return Answer(pd.DataFrame(), NO_TRACKS, bundle.id)
    return Answer(table, _size_sentence(table, whole=bool(mask.all())), bundle.id)


def genres_within(bundle: Bundle, selection: Selection, k: int) -> Answer:
    """Return the share of each genre in the selected tracks of each cluster.

    Columns ``cluster``, ``name``, ``genre``, ``n``, ``share`` (of the cluster) and ``share_all`` (of all selected);
    fact ``order``: the genres. Compared, fact ``other`` is the same of the other side.
    """
    if skipped := bundle.skipped("clusters"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    if not bundle.genre_names:
        return Answer(pd.DataFrame(), "This catalogue has no genre labels to hold the clusters against.", bundle.id)
    groups = genre_groups(bundle, selected(bundle, selection))
    return both_sides(bundle, selection, lambda side: _genres_within(bundle, side.mask(bundle), k, groups))


def _genres_within(bundle: Bundle, mask: np.ndarray, k: int, groups: Groups) -> Answer:
    names, codes = groups
    there = mask & (codes >= 0)
    n = np.zeros((k, len(names)), dtype=np.int64)
    np.add.at(n, (labels_of(bundle, k)[there], codes[there]), 1)
    if not n.any():
        return Answer(pd.DataFrame(), "No selected track has a genre." if mask.any() else NO_TRACKS, bundle.id)
    cluster, genre = (part.ravel() for part in np.indices(n.shape))
    within = n / np.maximum(n.sum(axis=1, keepdims=True), 1)
    table = pd.DataFrame(
        {
            "cluster": cluster,
            "name": np.array(cut_names(bundle, k), dtype=object)[cluster],
            "genre": np.array(names, dtype=object)[genre],
            "n": n.ravel(),
            "share": np.where(n.sum(axis=1)[cluster] > 0, within.ravel(), np.nan),
            "share_all": (n.sum(axis=0) / n.sum())[genre],
        }
    )
    caveats = _agreement(bundle, k)
    return Answer(table, _genre_sentence(table), bundle.id, caveats, facts={"order": tuple(names)})


def described(bundle: Bundle, selection: Selection, k: int) -> Answer:
    """Return a row per cluster.

    Columns ``cluster``, ``name``, ``n``, ``n_all``, ``share`` of all tracks, ``words`` that say what sets it apart, and
    ``typical``: up to three tracks near its centre, empty but for the cut that was chosen.
    """
    if skipped := bundle.skipped("clusters"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    labels = labels_of(bundle, k)
    n, n_all = counted(labels[selected(bundle, selection)], k), counted(labels, k)
    profiles, typical = _profiles(bundle, k), _typical(bundle) if is_chosen(bundle, k) else {}
    table = pd.DataFrame({"cluster": range(k), "name": cut_names(bundle, k), "n": n, "n_all": n_all})
    table = table.assign(
        share=n_all / max(len(labels), 1),
        words=[_words(bundle, profiles[profiles["cluster"] == c]) for c in range(k)],
        typical=[typical.get(c, "") for c in range(k)],
    )
    return Answer(table, f"{in_words(bundle, selection)}, cut into {k}.", bundle.id, _where_else(bundle, k))


@lru_cache(maxsize=64)
def _profiles(bundle: Bundle, k: int) -> pd.DataFrame:
    every = bundle.table("cluster_profiles").to_pandas()
    return every[every["k"] == k].drop(columns="k").reset_index(drop=True)


def _beside(table: pd.DataFrame, k: int) -> tuple[str, ...]:
    """Say how the cut that is shown stands beside the chosen one."""
    shown, best = table[table["k"] == k], table[table["chosen"]]
    if shown.empty or bool(shown["chosen"].iloc[0]):
        return ()
    one, other = shown.iloc[0], best.iloc[0]
    return (
        f"Shown here are {k}: mean rank {one['mean_rank']:.1f} instead of {other['mean_rank']:.1f}, stability "
        f"{one['stability']:.2f} instead of {other['stability']:.2f}.",
    )


def _where_else(bundle: Bundle, k: int) -> tuple[str, ...]:
    if is_chosen(bundle, k):
        return ()
    chosen = bundle.facts("clusters")["k"]
    return (f"Tracks are selected by the cut into {chosen}; to see these {k} on the Map, colour it by “{k} clusters”.",)


def _size_sentence(table: pd.DataFrame, *, whole: bool) -> str:
    share = table["n"] / table["n"].sum()
    top = share.idxmax()
    if whole:
        low = share.idxmin()
        return (
            f"The largest, “{table['genre'][top]}”, holds {table['n'][top]:,} tracks ({share[top]:.0%}), the smallest, "
            f"“{table['genre'][low]}”, {table['n'][low]:,} ({share[low]:.0%})."
        )
    usual = table["n_all"] / table["n_all"].sum()
    return (
        f"{share[top]:.0%} of {table['n'].sum():,} tracks are “{table['genre'][top]}”, against {usual[top]:.0%} of all."
    )


def _genre_sentence(table: pd.DataFrame) -> str:
    sizes = table.groupby("cluster")["n"].transform("sum")
    judged = table[(sizes >= FEWEST) & (table["n"] > 0)]
    if judged.empty:
        return f"No cluster has {FEWEST} selected tracks with a genre: too few to compare."
    if table.loc[table["n"] > 0, "genre"].nunique() == 1:
        return f"All of these tracks are {judged['genre'].iloc[0]}."
    if judged["genre"].nunique() == 1:
        return f"All tracks are {judged['genre'].iloc[0]} in the clusters that hold {FEWEST} or more."
    if judged["cluster"].nunique() == 1:
        top = judged.loc[judged["n"].idxmax()]
        return f"“{top['name']}” alone is selected; its largest genre is {top['genre']}, {top['share']:.0%}."
    top = judged.loc[(judged["share"] - judged["share_all"]).idxmax()]
    if top["share"] <= top["share_all"]:
        return "The genres are mixed alike in every cluster."
    return (
        f"The clearest lean: “{top['name']}” is {top['share']:.0%} {top['genre']}, which is {top['share_all']:.0%} of "
        "all these tracks."
    )


def _agreement(bundle: Bundle, k: int) -> tuple[str, ...]:
    """Say how far a cut of the whole catalogue agrees with the genres."""
    table = bundle.table("cluster_choice").to_pandas()
    if "ari_with_genre" not in table:
        return ()
    row = table[table["k"] == k].iloc[0]
    ari, nmi = row["ari_with_genre"], row["nmi_with_genre"]
    best = table.loc[table["ari_with_genre"].idxmax()]
    return (
        f"Over the whole catalogue clusters and genres agree to {ari:.2f} (adjusted Rand index, 0 is chance and 1 "
        f"identity; {nmi:.2f} by normalised mutual information); the most that any number of clusters reaches is "
        f"{best['ari_with_genre']:.2f}, with {best['k']:.0f}.",
    )


def _words(bundle: Bundle, profile: pd.DataFrame) -> str:
    clear = profile[profile["effect"].abs() >= CLEAR].sort_values("effect", key=abs, ascending=False).head(MOST_WORDS)
    known = bundle.dictionary
    words = [f"{known[row.field].adjective(row.effect)} ({signed(row.effect)} sd)" for row in clear.itertuples()]
    return ", ".join(words) or "nothing clearly"


@lru_cache(maxsize=8)
def _typical(bundle: Bundle) -> dict[int, str]:
    if not bundle.holds("cluster_examples.arrow"):
        return {}
    found = bundle.table("cluster_examples").to_pandas()
    found = found[(found["kind"] == "typical") & (found["rank"] <= 3)].sort_values(["cluster", "rank"])
    records = bundle.tracks.take(found["row"].to_numpy()).to_pylist()
    found = found.assign(title=[one.get("track_name") or "Untitled" for one in records])
    return {int(cluster): ", ".join(dict.fromkeys(part["title"])) for cluster, part in found.groupby("cluster")}
