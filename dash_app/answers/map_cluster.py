"""One cluster: how large it is, what sets it apart, which tracks are typical of it and which are odd."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dash_app.answers.answer import signed
from dash_app.answers.selecting import cluster_names
from dash_app.answers.tracks import track_table
from models.bundle import Bundle

_CLEAR, _MOST_EFFECTS = 0.2, 4


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is told of one cluster.

    Parameters
    ----------
    name
        What it is called.
    sentence
        Its size and what sets it apart.
    typical, odd
        Track tables, the most typical and the oddest first; empty where the build left none.
    """

    name: str
    sentence: str
    typical: pd.DataFrame
    odd: pd.DataFrame

    @property
    def playlist(self) -> pd.DataFrame:
        """The typical tracks, as a table to save."""
        wanted = [name for name in ("track_id", "track_name", "artists") if name in self.typical]
        return self.typical[wanted]


def describe(bundle: Bundle, cluster: int) -> Cluster | None:
    """Return what is told of a cluster, None where the catalogue has no such one."""
    names = cluster_names(bundle)
    if cluster not in names:
        return None
    n = int((bundle.columns["cluster"] == cluster).sum())
    size = f"{n:,} tracks, {n / len(bundle):.0%} of the catalogue."
    examples = {kind: _examples(bundle, cluster, kind) for kind in ("typical", "odd")}
    return Cluster(names[cluster], f"{size} {_apart(bundle, cluster)}".strip(), examples["typical"], examples["odd"])


def _apart(bundle: Bundle, cluster: int) -> str:
    if not bundle.holds("cluster_profiles.arrow"):
        return ""
    every = bundle.table("cluster_profiles").to_pandas()
    own = every[(every["k"] == len(cluster_names(bundle))) & (every["cluster"] == cluster)]
    clear = own[own["effect"].abs() >= _CLEAR].sort_values("effect", key=abs, ascending=False).head(_MOST_EFFECTS)
    if clear.empty:
        return "Nothing sets it clearly apart."
    known = bundle.dictionary
    words = [f"{known[row.field].adjective(row.effect)} ({signed(row.effect)} sd)" for row in clear.itertuples()]
    return f"Against all other tracks: {', '.join(words)}."


def _examples(bundle: Bundle, cluster: int, kind: str) -> pd.DataFrame:
    if not bundle.holds("cluster_examples.arrow"):
        return pd.DataFrame()
    found = bundle.table("cluster_examples").to_pandas()
    found = found[(found["cluster"] == cluster) & (found["kind"] == kind)].sort_values("rank")
    return track_table(bundle, found["row"].to_numpy())
