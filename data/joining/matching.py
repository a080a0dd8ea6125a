"""Which rows of two tables are the same track or artist: by id, by exact name, by similar title."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from data.text import searchable

SIMILAR = 92.0
"""Least similarity of two titles of one artist, 0 to 100: RapidFuzz's ratio of their words in alphabetical order."""

MOST_COMPARISONS = 5_000_000
"""Titles are compared in small groups first; groups that would go beyond this many pairs are left uncompared."""

_AT_ONCE = 500_000
"""Pairs of titles that are compared in one piece, which bounds the memory."""

VERSION_WORDS = frozenset(
    (
        *("live", "unplugged", "session", "sessions", "acoustic", "piano", "orchestral", "symphonic", "instrumental"),
        *("karaoke", "cover", "tribute", "lullaby", "acapella", "cappella", "mono", "stereo", "demo", "take", "side"),
        *("remix", "mix", "edit", "radio", "extended", "club", "dub", "version", "alternate", "alternative"),
        *("remaster", "remastered", "rerecorded", "sped", "slowed", "nightcore", "clean", "explicit"),
        *("reprise", "intro", "outro", "interlude", "prelude", "finale", "major", "minor", "sharp", "flat"),
        *("not", "no", "never", "dont", "cant", "wont", "aint", "without"),
    )
)
"""Words that make another recording or another meaning of a title; similar titles hold the same ones."""

_NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        ["one", "ii two", "iii three", "iv four", "five", "vi six", "vii seven", "viii eight", "ix nine", "ten"], 1
    )
    for word in words.split()
}

_LINK = r"^(?:spotify:(?:track|artist):|https?://open\.spotify\.com/(?:intl-[a-z]+/)?(?:track|artist)/)|\?.*$"
_WHOLE = r"^(\d+)\.0+$"
_FEATURED = r"(?i)\s*[\(\[]\s*(?:feat|ft|featuring|with)\b[^\)\]]*[\)\]]|\s+(?:feat|ft)\.\s.*$"
_SEPARATOR = "\x1f"

FUZZY_SCHEMA = pa.schema(
    [("title", pa.string()), ("other_title", pa.string()), ("artist", pa.string()), ("score", pa.float64())]
)


@dataclass(frozen=True, eq=False, slots=True)
class Similar:
    """Titles of one artist that are alike but not equal.

    Parameters
    ----------
    pairs
        A row per match: ``key`` and ``other_key`` as `title_keys` gives them.
    listed
        The same matches for people: title, other_title, artist, score (0 to 100).
    uncompared
        Pairs of titles that were not compared because of `MOST_COMPARISONS`.
    """

    pairs: pd.DataFrame
    listed: pa.Table
    uncompared: int


def text_of(column: pd.Series) -> pa.Array:
    """Return a column as Arrow text, null where there is none; whole numbers are written without a point."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        column = column.astype("Float64").astype("string").str.replace(_WHOLE, r"\1", regex=True)
    texts = pa.array(column, from_pandas=True)
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    return texts.cast(pa.large_string())


def normalised(texts: pa.Array) -> pa.Array:
    """Return texts as a search compares them (`data.text.searchable`), null where nothing is left.

    A text of nothing but punctuation stays as it is, in lower case, so that "?" and "!!!" stay apart.

    >>> normalised(pa.array(["Beyoncé", "  AC/DC ", "!!!", " ", None])).to_pylist()
    ['beyonce', 'ac dc', '!!!', None, None]
    """
    encoded = texts.cast(pa.large_string()).dictionary_encode()
    words = encoded.dictionary
    plain = pc.ascii_lower(words)
    for sought, put in (("$", "s"), ("'", "")):
        plain = pc.replace_substring(plain, sought, put)
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"[^\w]+", " "))
    beyond = pc.invert(pc.string_is_ascii(words))
    searched = [searchable(word) for word in words.filter(beyond).to_pylist()]
    plain = pc.replace_with_mask(plain, beyond, pa.array(searched, pa.large_string()))
    bare = pc.if_else(pc.equal(plain, ""), pc.utf8_trim_whitespace(pc.utf8_lower(words)), plain)
    return pc.if_else(pc.equal(bare, ""), None, bare).take(encoded.indices)


def id_keys(column: pd.Series) -> pa.Array:
    """Return ids of tracks or artists in one form: without ``spotify:track:`` or a link around them.

    >>> id_keys(pd.Series(["spotify:track:4uLU", "https://open.spotify.com/track/4uLU?si=1", "2.0", None])).to_pylist()
    ['4uLU', '4uLU', '2', None]
    """
    bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(text_of(column)), _LINK, "")
    bare = pc.replace_substring_regex(bare, _WHOLE, r"\1")
    return pc.if_else(pc.equal(bare, ""), None, bare)


def main_artists(table: pd.DataFrame) -> pa.Array:
    """Return the first credited artist of each row as text, null where there is none."""
    whole = text_of(table["artists"]) if "artists" in table else pa.nulls(len(table), pa.large_string())
    if "artist_names" not in table:
        return whole
    first = pa.array(table["artist_names"].str[0].astype("string"), from_pandas=True)
    first = first.combine_chunks() if isinstance(first, pa.ChunkedArray) else first
    return pc.coalesce(first.cast(pa.large_string()), whole)


def title_keys(table: pd.DataFrame) -> pa.Array:
    """Return normalised main artist and title of each row as one key, null where either is missing."""
    artists, titles = normalised(main_artists(table)), normalised(text_of(table["track_name"]))
    return pc.binary_join_element_wise(artists, titles, pa.scalar(_SEPARATOR, pa.large_string()))


def places(keys: pa.Array, among: pa.Array) -> np.ndarray:
    """Return where each key stands first in ``among``, int64 of shape (len(keys),); -1 where nowhere or null."""
    found = pc.index_in(keys, value_set=among, skip_nulls=True)
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)


def shared_share(keys: pa.Array, others: pa.Array) -> float:
    """Return how many distinct keys two tables share, as a share of the smaller number of distinct keys."""
    ours, theirs = pc.unique(keys.drop_null()), pc.unique(others.drop_null())
    smaller = min(len(ours), len(theirs))
    return pc.sum(pc.is_in(ours, value_set=theirs)).as_py() / smaller if smaller else 0.0


def similar_titles(
    table: pd.DataFrame, keys: pa.Array, other: pd.DataFrame, others: pa.Array, *, most: int = MOST_COMPARISONS
) -> Similar:
    """Return the titles of one table that are nearly those of the same artist in another.

    Titles are compared where the normalised main artist is the same, where the numbers in the title ("Part 2", "II",
    "1999") are the same and where the same `VERSION_WORDS` stand in it ("live", "remix"). A featured artist in brackets
    does not count. Similar are titles from `SIMILAR` on; a title takes its best partner only, and gives itself once.

    Parameters
    ----------
    table, other
        Rows that found no exact partner, with ``track_name`` and ``artists`` or ``artist_names``.
    keys, others
        Their `title_keys`.
    most
        Pairs that are compared at most.
    """
    ours, theirs = _titles(keys, table, among=others), _titles(others, other, among=keys)
    pairs, uncompared = _candidates(ours, theirs, most)
    left, right = (side["words"].to_numpy(object) for side in (ours, theirs))
    scores = [
        process.cpdist(left[part[:, 0]], right[part[:, 1]], scorer=fuzz.ratio, score_cutoff=SIMILAR)
        for part in np.array_split(pairs, max(1, -(-len(pairs) // _AT_ONCE)))
    ]
    found = pd.DataFrame(pairs, columns=["left", "right"]).assign(score=np.round(np.concatenate(scores), 1))
    found = _best(found[found["score"] >= SIMILAR], ours["key"].to_numpy(object), theirs["key"].to_numpy(object))
    mine, yours = ours.iloc[found["left"]], theirs.iloc[found["right"]]
    listed = [mine["raw"], yours["raw"], mine["artist_raw"], found["score"]]
    return Similar(
        pd.DataFrame({"key": mine["key"].to_numpy(object), "other_key": yours["key"].to_numpy(object)}),
        pa.table(
            [pa.array(column.tolist(), kind) for column, kind in zip(listed, FUZZY_SCHEMA.types, strict=True)],
            FUZZY_SCHEMA,
        ),
        uncompared,
    )


def _titles(keys: pa.Array, table: pd.DataFrame, *, among: pa.Array) -> pd.DataFrame:
    """Return one row per key whose artist is in the other table too, in the order of the keys."""
    rows = pd.DataFrame(
        {
            "key": keys.to_numpy(zero_copy_only=False),
            "raw": text_of(table["track_name"]).to_numpy(zero_copy_only=False),
            "artist_raw": main_artists(table).to_numpy(zero_copy_only=False),
        },
        dtype=object,
    )
    rows["artist"] = _artist_of(keys)
    known = pd.unique(_artist_of(among.drop_null()))
    rows = rows[rows["key"].notna() & rows["artist"].isin(known)]
    rows = rows.sort_values(["key", "raw", "artist_raw"]).drop_duplicates("key", ignore_index=True)
    bare = normalised(pc.replace_substring_regex(pa.array(rows["raw"], pa.large_string()), _FEATURED, ""))
    split = [sorted(_NUMBERS.get(word, word) for word in text.split()) for text in pc.fill_null(bare, "").to_pylist()]
    return rows.assign(words=[" ".join(words) for words in split], apart=[_apart(words) for words in split])


def _artist_of(keys: pa.Array) -> np.ndarray:
    artists = pc.replace_substring_regex(keys, f"(?s){_SEPARATOR}.*", "")
    return artists.to_numpy(zero_copy_only=False)


def _apart(words: list[str]) -> str:
    """Return what must agree between two similar titles: their numbers and `VERSION_WORDS`."""
    marks = [word for word in words if word in VERSION_WORDS]
    numbers = ["".join(filter(str.isdigit, word)) for word in words]
    return " ".join(sorted([*marks, *filter(None, numbers)]))


def _candidates(ours: pd.DataFrame, theirs: pd.DataFrame, most: int) -> tuple[np.ndarray, int]:
    """Return pairs of row positions to compare, int64 of shape (n, 2), and the number of pairs left out."""
    block = ["artist", "apart"]
    sizes = pd.concat([side.groupby(block).size() for side in (ours, theirs)], axis=1, join="inner", keys=["n", "m"])
    pairs = (sizes["n"] * sizes["m"]).sort_values(kind="stable")
    kept = pairs[pairs.cumsum() <= most].index.to_frame(index=False)
    mine = ours[block].assign(left=np.arange(len(ours))).merge(kept, on=block)
    both = mine.merge(theirs[block].assign(right=np.arange(len(theirs))), on=block)
    return both[["left", "right"]].to_numpy(np.int64).reshape(-1, 2), int(pairs[pairs.cumsum() > most].sum())


def _best(found: pd.DataFrame, keys: np.ndarray, others: np.ndarray) -> pd.DataFrame:
    """Keep for each row on either side its best partner; of equals the first by name."""
    named = found.assign(key=keys[found["left"]], other=others[found["right"]])
    named = named.sort_values(["score", "key", "other"], ascending=[False, True, True])
    return named.drop_duplicates("right").drop_duplicates("left").sort_values(["key"])
