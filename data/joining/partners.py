"""How two tables are matched: the first of track id, artist, artist and title that finds partners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from data.fields import AUDIO_FEATURES
from data.joining.matching import (
    FUZZY_SCHEMA,
    id_keys,
    normalised,
    places,
    shared_share,
    similar_titles,
    text_of,
    title_keys,
)
from data.joining.repeats import one_per_key

LEAST_SHARE = 0.05
"""Ids count as shared where at least this share of the smaller table's distinct ids stands in both tables."""

_LEAST_AGREEING = 0.5
_ALIKE_TITLE = 90
_LOOKED_AT = 2_000
"""Shared track ids are row numbers, not ids, where fewer than half of up to 2,000 titles agree."""

_NOT_OF_THE_TRACK = (
    *("track_id", "track_name", "album_name", "playlist_name", "subgenre", "popularity", "explicit"),
    *("artists", "artist_names", "artist_ids", "release_date", "release_precision", "release_year"),
)
"""What a row of a table of artists may hold and a track does not take over from it."""


@dataclass(frozen=True, eq=False, slots=True)
class Match:
    """Which rows of two tables belong together, and what one gives to the other.

    Parameters
    ----------
    key
        What they were matched by: "track id", "artist and title", "artist id" or "artist".
    brought
        A row per row of the main table, with the columns of the other.
    matched
        Which rows of the main table found a partner, bool of shape (n_rows,).
    unmatched
        Rows of the other table that no row took, int64 positions in order.
    fuzzy
        Every match of titles that are alike but not equal: title, other_title, artist, score (0 to 100).
    note
        Sentences to add to the figures, each after a space.
    """

    key: str
    brought: pd.DataFrame
    matched: np.ndarray
    unmatched: np.ndarray
    fuzzy: pa.Table
    note: str = ""


def match(main: pd.DataFrame, other: pd.DataFrame) -> Match | None:
    """Return the first match that `data.joining.joins.joined` describes, or None where nothing is shared.

    Parameters
    ----------
    main, other
        Tables with columns named as fields and a default index.
    """
    return _by_track_id(main, other) or _by_artist(main, other) or _by_title(main, other)


def _by_track_id(main: pd.DataFrame, other: pd.DataFrame) -> Match | None:
    if "track_id" not in main or "track_id" not in other:
        return None
    keys, others = id_keys(main["track_id"]), id_keys(other["track_id"])
    if shared_share(keys, others) < LEAST_SHARE or not _titles_agree(main, keys, other, others):
        return None
    return _one_to_one("track id", main, keys, other.drop(columns="track_id"), others)


def _titles_agree(main: pd.DataFrame, keys: pa.Array, other: pd.DataFrame, others: pa.Array) -> bool:
    """Return whether rows of one id have one title, as far as both tables have titles."""
    if "track_name" not in main or "track_name" not in other:
        return True
    rows = places(keys, others)
    found = np.flatnonzero(rows >= 0)
    found = found[np.linspace(0, len(found) - 1, min(_LOOKED_AT, len(found))).astype(np.int64)]
    ours = normalised(text_of(main["track_name"].iloc[found])).to_pylist()
    theirs = normalised(text_of(other["track_name"].iloc[rows[found]])).to_pylist()
    pairs = [pair for pair in zip(ours, theirs, strict=True) if None not in pair]
    if not pairs:
        return True
    scores = process.cpdist(*zip(*pairs, strict=True), scorer=fuzz.token_sort_ratio)
    return bool(np.mean(scores >= _ALIKE_TITLE) >= _LEAST_AGREEING)


def _by_title(main: pd.DataFrame, other: pd.DataFrame) -> Match | None:
    if any("track_name" not in table or not {"artists", "artist_names"} & set(table) for table in (main, other)):
        return None
    keys, others = title_keys(main), title_keys(other)
    alone, unused = places(keys, others) < 0, places(others, keys) < 0
    similar = similar_titles(main[alone], keys.filter(pa.array(alone)), other[unused], others.filter(pa.array(unused)))
    partner = places(keys, pa.array(similar.pairs["key"], pa.large_string()))
    renamed = pa.array(similar.pairs["other_key"], pa.large_string()).take(pa.array(partner, mask=partner < 0))
    note = _fuzzy_note(int((partner >= 0).sum()), similar.uncompared)
    return _one_to_one(
        "artist and title",
        main,
        pc.coalesce(renamed, keys),
        other.drop(columns="track_id", errors="ignore"),
        others,
        fuzzy=similar.listed,
        note=note,
    )


def _fuzzy_note(found: int, uncompared: int) -> str:
    note = f" Similar titles of the same artist found {found:,} of them." if found else ""
    return note + (f" {uncompared:,} pairs of titles were too many to compare." if uncompared else "")


def _one_to_one(
    key: str,
    main: pd.DataFrame,
    keys: pa.Array,
    other: pd.DataFrame,
    others: pa.Array,
    *,
    fuzzy: pa.Table | None = None,
    note: str = "",
) -> Match | None:
    """Return the match of rows by keys that name one track; None where no key is shared."""
    named = pc.unique(others.drop_null())
    groups, rows = places(others, named), places(keys, named)
    if not (rows >= 0).any():
        return None
    brought = one_per_key(other, groups).reindex(rows).set_axis(main.index)
    unmatched = np.flatnonzero(~np.isin(groups, rows[rows >= 0]))
    return Match(key, brought, rows >= 0, unmatched, fuzzy or FUZZY_SCHEMA.empty_table(), note)


def _by_artist(main: pd.DataFrame, other: pd.DataFrame) -> Match | None:
    return _by_artist_id(main, other) or _by_artist_name(main, other)


def _by_artist_id(main: pd.DataFrame, other: pd.DataFrame) -> Match | None:
    """Return the match by ids of artists, which may stand in the other table as its ids of rows."""
    named = "artist_ids" if "artist_ids" in other and "track_name" not in other else "track_id"
    if "artist_ids" not in main or named not in other:
        return None
    others = id_keys(other[named].str[0].astype("string") if named == "artist_ids" else other[named])
    credits = _credits(main["artist_ids"])
    keys = id_keys(credits)
    if shared_share(keys, others) < LEAST_SHARE:
        return None
    return _one_to_many("artist id", main, credits.index.to_numpy(), keys, other, others)


def _by_artist_name(main: pd.DataFrame, other: pd.DataFrame) -> Match | None:
    if "track_name" in other or any(not {"artists", "artist_names"} & set(table) for table in (main, other)):
        return None
    others = normalised(_whole_artists(other))
    credits = _credits(main["artist_names"]) if "artist_names" in main else pd.Series(dtype="string")
    rows, keys = credits.index.to_numpy(np.int64), normalised(text_of(credits))
    alone = np.flatnonzero(~np.isin(np.arange(len(main)), rows[places(keys, others) >= 0]))
    tried = ~np.isin(rows, alone)
    whole = normalised(_whole_artists(main)).take(pa.array(alone))
    rows, keys = np.concatenate([rows[tried], alone]), pa.concat_arrays([keys.filter(pa.array(tried)), whole])
    return _one_to_many("artist", main, rows, keys, other, others)


def _credits(lists: pd.Series) -> pd.Series:
    """Return the entries of lists below each other, indexed by row."""
    return lists.explode().dropna().astype("string")


def _whole_artists(table: pd.DataFrame) -> pa.Array:
    """Return the artists of each row as one text: a table of artists has one, whose name may hold a comma."""
    joined_names = table["artist_names"].str.join(", ") if "artist_names" in table else table["artists"]
    single = text_of(joined_names.astype("string"))
    return pc.coalesce(text_of(table["artists"]), single) if "artists" in table else single


def _one_to_many(
    key: str, main: pd.DataFrame, rows: np.ndarray, keys: pa.Array, other: pd.DataFrame, others: pa.Array
) -> Match | None:
    """Return the match of rows by any of their artists; None where no artist is shared.

    Parameters
    ----------
    rows, keys
        Row of the main table and artist, one per credit, the main artist of a row before its others.
    """
    named = pc.unique(others.drop_null())
    groups, found = places(others, named), places(keys, named)
    if not (found >= 0).any():
        return None
    artists = one_per_key(_of_artists(other), groups)
    lead = np.full(len(main), -1)
    first = np.unique(rows, return_index=True)[1]
    lead[rows[first]] = found[first]
    numbers = [name for name in artists if pd.api.types.is_numeric_dtype(artists[name].dtype)]
    own_features = any(main[name].notna().any() for name in main if name in AUDIO_FEATURES or name.startswith("x_"))
    texts = artists.drop(columns=[*(numbers if own_features else []), *(["genres"] if "genres" in artists else [])])
    brought = texts.reindex(lead).set_axis(main.index)
    if "genres" in artists:
        brought["genres"] = _united_tags(artists["genres"], rows[found >= 0], found[found >= 0], len(main))
    note = "" if own_features or not set(AUDIO_FEATURES) & set(numbers) else " Audio features are those of the artist."
    matched = np.isin(np.arange(len(main)), rows[found >= 0])
    unmatched = np.flatnonzero(~np.isin(groups, found[found >= 0]))
    return Match(key, brought, matched, unmatched, FUZZY_SCHEMA.empty_table(), note)


def _of_artists(other: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a table of artists that say something of their tracks; a single genre becomes a tag."""
    kept = other.drop(columns=[name for name in _NOT_OF_THE_TRACK if name in other])
    if "genre" in kept and "genres" not in kept:
        kept["genres"] = kept["genre"].map(lambda tag: [tag], na_action="ignore").astype(object)
    return kept


def _united_tags(tags: pd.Series, rows: np.ndarray, artists: np.ndarray, n_rows: int) -> pd.Series:
    """Return the tags of all artists of each row, each once, in the order of artists and of their tags.

    Artists of the same combination are united once.
    """
    united = np.full(n_rows, None, object)
    alone = np.bincount(rows, minlength=n_rows)[rows] == 1
    united[rows[alone]] = tags.reindex(artists[alone]).to_numpy(object)
    pairs = pd.DataFrame({"row": rows[~alone], "artist": artists[~alone]})
    combinations = pairs.groupby("row")["artist"].agg(tuple)
    codes, distinct = pd.factorize(combinations)
    listed = {artist: found for artist, found in tags.items() if isinstance(found, list | tuple | np.ndarray)}
    sets = [list(dict.fromkeys(tag for artist in each for tag in listed.get(artist, []))) for each in distinct]
    united[combinations.index.to_numpy(np.int64)] = pd.Series(sets, dtype=object).reindex(codes).to_numpy(object)
    return pd.Series(united, dtype=object)
