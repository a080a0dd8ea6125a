"""The smallest plausible change of a track that makes a model say something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.fields import Field, in_a_sentence

Asked = Callable[[np.ndarray], np.ndarray]
"""From tracks (n_tracks, n_features) to booleans (n_tracks,)."""

Margin = Callable[[np.ndarray], np.ndarray]
"""From tracks (n_tracks, n_features) to numbers (n_tracks,), over 0 where the target is reached."""

_ROUTES = 5
"""Real tracks from which a way back is tried."""

_CHUNK = 64
_MOST_ASKED = 512
_TRIED = 3
"""Steps back that are tried where the first is not plausible."""

_KEPT = 2
"""Routes whose changes are made as small as possible."""

_PARTS = 16
"""Parts into which a change is cut to find the least that will do; done twice."""

_PER_FEATURE = 0.5
"""What one more changed feature costs, in standard deviations: few changes are easier to grasp than many."""

_MOVED = 1e-9


@dataclass(frozen=True, eq=False, slots=True)
class World:
    """Real tracks, and how far apart two values of a feature are.

    Parameters
    ----------
    tracks
        Shape (n_tracks, n_features), NaN where missing.
    scales
        Standard deviation of each feature, shape (n_features,); of codes, any difference counts 1.
    codes
        Which features are codes, booleans (n_features,): they are taken over whole.
    steps
        Smallest difference that a person can set, shape (n_features,), 0 for none.
    """

    tracks: np.ndarray
    scales: np.ndarray
    codes: np.ndarray
    steps: np.ndarray

    @classmethod
    def of(cls, tracks: np.ndarray, fields: Sequence[Field]) -> World:
        """Return the world of some tracks with the fields of their columns."""
        spread = np.nanstd(tracks.astype(np.float64), axis=0)
        return cls(
            tracks,
            np.where(spread > 0, spread, 1.0),
            np.array([field.is_categorical for field in fields]),
            np.array([0.0 if field.is_categorical else field.step for field in fields]),
        )

    def gaps(self, tracks: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Return how far each feature lies from the start, in standard deviations, (n_tracks, n_features)."""
        gaps = np.abs(tracks - start) / self.scales
        gaps = np.where(self.codes, (gaps > _MOVED).astype(np.float64), gaps)
        return np.nan_to_num(gaps)


@dataclass(frozen=True, eq=False, slots=True)
class Counterfactual:
    """A change that reaches the target.

    Parameters
    ----------
    point
        The changed track, shape (n_features,).
    changed
        Positions of the features that differ, the largest change first.
    before, after
        Their values, shape (n_changed,).
    cost
        Sum of the changes in standard deviations, and 0.5 for each changed feature.
    neighbours
        Rows of the real tracks nearest to the point of which the model says the same.
    """

    point: np.ndarray
    changed: np.ndarray
    before: np.ndarray
    after: np.ndarray
    cost: float
    neighbours: np.ndarray


def smallest_change(
    start: np.ndarray,
    world: World,
    *,
    margin: Margin,
    plausible: Asked,
    towards: np.ndarray,
    n_neighbours: int = 3,
) -> Counterfactual | None:
    """Return the smallest plausible change of a track that reaches a target, or None where no real track is near it.

    The search begins at real tracks that reach the target, so that what it finds lies among tracks that exist
    (Poyiadzi et al., "FACE", AIES 2020), and walks back: feature by feature, the one that endangers the target least
    first, to few changes; then each change is made as small as the target allows. Deterministic.

    Parameters
    ----------
    start
        The track, shape (n_features,).
    world
        Real tracks.
    margin
        By how much a track reaches the target: over 0 where it does. `genre_margin` and `level_margin` make one.
    plausible
        Whether a track is like known ones (`models.predictors.novelty`).
    towards
        Rows of the real tracks to begin from, such as those of the wanted genre.
    n_neighbours
        Real tracks to name.

    Notes
    -----
    Cost as in Wachter, Mittelstadt and Russell (2017): changes in units of each feature's spread, summed.
    """
    if margin(start[None])[0] > 0:
        return _described(start, start, world, np.empty(0, dtype=np.int64))
    rows = _real_targets(start, world, towards, margin)
    if not len(rows):
        return None
    ends = np.where(np.isnan(world.tracks[rows]), start, world.tracks[rows]).astype(np.float64)
    ends = ends[margin(ends) > 0]
    routes = _walked_back(ends, start, world, margin, plausible)
    routes = _shrunk(routes, start, world, margin, plausible)
    routes = _walked_back(routes, start, world, margin, plausible)
    if not len(routes):
        return None
    best = routes[_costs(routes, start, world).argmin()]
    near = rows[np.argsort(world.gaps(world.tracks[rows], best).sum(axis=1), kind="stable")][:n_neighbours]
    return _described(best, start, world, near)


def genre_margin(predict_proba: Callable[[np.ndarray], np.ndarray], genre: int) -> Margin:
    """Return by how much a genre, by its number, is more probable than every other."""

    def margin(X: np.ndarray) -> np.ndarray:
        proba = predict_proba(X)
        return proba[:, genre] - np.delete(proba, genre, axis=1).max(axis=1)

    return margin


def level_margin(predict: Callable[[np.ndarray], np.ndarray], level: float) -> Margin:
    """Return by how much a prediction, such as popularity, exceeds a level."""
    return lambda X: predict(X) - level


def _real_targets(start: np.ndarray, world: World, towards: np.ndarray, margin: Margin) -> np.ndarray:
    """Return the nearest real tracks that reach the target, nearest first."""
    distances = world.gaps(world.tracks[towards], start).sum(axis=1)
    order = towards[np.argsort(distances, kind="stable")][:_MOST_ASKED]
    found: list[int] = []
    for begin in range(0, len(order), _CHUNK):
        part = order[begin : begin + _CHUNK]
        found += part[margin(world.tracks[part]) > 0].tolist()
        if len(found) >= _ROUTES:
            break
    return np.array(found[:_ROUTES], dtype=np.int64)


def _walked_back(routes: np.ndarray, start: np.ndarray, world: World, margin: Margin, plausible: Asked) -> np.ndarray:
    """Return the routes with as many features as possible back at the start."""
    routes = routes.copy()
    open_ = np.ones(len(routes), dtype=bool)
    for _ in range(len(start)):
        pairs = [(r, f) for r in np.flatnonzero(open_) for f in np.flatnonzero(world.gaps(routes[[r]], start)[0] > 0)]
        if not pairs:
            break
        tried = routes[[r for r, _ in pairs]]
        for row, (_, feature) in zip(tried, pairs, strict=True):
            row[feature] = start[feature]
        worth = margin(tried)
        back = _safest(tried, np.array([r for r, _ in pairs]), worth, plausible)
        for r in np.flatnonzero(open_):
            open_[r] = r in back
        for r, step in back.items():
            routes[r] = tried[step]
    return routes


def _safest(tried: np.ndarray, owners: np.ndarray, worth: np.ndarray, plausible: Asked) -> dict[int, int]:
    """Return by route the step back that keeps most of the margin and is plausible; one of the best three, or none."""
    ranked = {
        int(r): [i for i in np.flatnonzero(owners == r)[np.argsort(-worth[owners == r], kind="stable")] if worth[i] > 0]
        for r in np.unique(owners)
    }
    found: dict[int, int] = {}
    for place in range(_TRIED):
        asked = {r: steps[place] for r, steps in ranked.items() if r not in found and len(steps) > place}
        if not asked:
            break
        good = plausible(tried[list(asked.values())])
        found |= {r: int(step) for (r, step), fine in zip(asked.items(), good, strict=True) if fine}
    return found


def _shrunk(routes: np.ndarray, start: np.ndarray, world: World, margin: Margin, plausible: Asked) -> np.ndarray:
    """Return the cheapest plausible routes, each change made as small as the target allows."""
    routes = routes[plausible(routes)] if len(routes) else routes
    routes = routes[np.argsort(_costs(routes, start, world), kind="stable")][:_KEPT]
    for _ in range(2):
        for feature in np.flatnonzero(~world.codes):
            routes[:, feature] = _least(routes, feature, start, world, margin, plausible)
    return routes


def _least(
    routes: np.ndarray, feature: int, start: np.ndarray, world: World, margin: Margin, plausible: Asked
) -> np.ndarray:
    """Return, by route, the value of one feature nearest to the start with which the target holds."""
    values = routes[:, feature].copy()
    moved = np.flatnonzero(np.abs(values - start[feature]) > _MOVED)
    if not len(moved):
        return values
    shares = np.arange(1, _PARTS) / _PARTS
    towards = start[feature] + np.outer(values[moved] - start[feature], shares)
    away = np.broadcast_to(values[moved][:, None], towards.shape)
    towards = _rounded(towards, away, world.steps[feature])
    tried = np.repeat(routes[moved], len(shares), axis=0)
    tried[:, feature] = towards.ravel()
    good = margin(tried) > 0
    good[good] = plausible(tried[good]) if good.any() else good[good]
    good = good.reshape(towards.shape)
    first = good.argmax(axis=1)
    values[moved] = np.where(good.any(axis=1), towards[np.arange(len(moved)), first], values[moved])
    return values


def _rounded(values: np.ndarray, away: np.ndarray, step: float) -> np.ndarray:
    """Return values at whole steps, towards ``away`` where that is a side."""
    if not step:
        return values
    up = away > values
    return np.where(up, np.ceil(values / step - _MOVED), np.floor(values / step + _MOVED)) * step


def _costs(routes: np.ndarray, start: np.ndarray, world: World) -> np.ndarray:
    gaps = world.gaps(routes, start)
    return gaps.sum(axis=1) + _PER_FEATURE * (gaps > _MOVED).sum(axis=1)


def _described(point: np.ndarray, start: np.ndarray, world: World, neighbours: np.ndarray) -> Counterfactual:
    gaps = world.gaps(point[None], start)[0]
    changed = np.flatnonzero(gaps > _MOVED)
    changed = changed[np.argsort(-gaps[changed], kind="stable")]
    cost = float(_costs(point[None], start, world)[0])
    return Counterfactual(point, changed, start[changed], point[changed], cost, neighbours)


def change_sentence(
    found: Counterfactual | None, target: str, names: Sequence[str], dictionary: Mapping[str, Field]
) -> str:
    """Return the change in words.

    Parameters
    ----------
    found
        What `smallest_change` returned.
    target
        What it was to become, as in "this pop".
    names, dictionary
        Names of the features, and their fields.
    """
    if found is None:
        return f"No plausible change was found that makes {target}: no real track near it is."
    if not len(found.changed):
        return f"Nothing needs to change to make {target}."
    fields = [dictionary[names[i]] for i in found.changed]
    said = [
        f"{in_a_sentence(field.label)} from {old} to {new}"
        for field, (old, new) in zip(fields, map(told_apart, fields, found.before, found.after), strict=True)
    ]
    return f"The smallest plausible change found that makes {target}: {', '.join(said)}."


def told_apart(field: Field, before: float, after: float) -> tuple[str, str]:
    """Return two values as a person reads them, with more digits where they would read the same."""
    old, new = field.text(float(before)), field.text(float(after))
    return (old, new) if old != new else (f"{before:.3g}", f"{after:.3g}")
