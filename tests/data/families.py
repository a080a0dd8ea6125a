"""Tables of every named family and tables of no family, as their publishers write them, with what they mean.

Values are made from a seed; every table has a few odd cells. `EXPECTED` says what each column is to be taken for, as
``field`` or ``field in unit``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from data.files import RawTable
from data.files.raw import MALFORMED

GENRES = np.array(["rock", "dance pop", "hip hop", "jazz"])
NAMES = np.array(["Ada", "Björk", "Tyler, The Creator", "Earth, Wind & Fire", "N.W.A", "Sigur Rós", "Ye", "Abba"])
MFCCS = [f"mfcc{i}_{stat}" for i in range(1, 21) for stat in ("mean", "var")]
SPECTRAL = [
    f"{name}_{stat}"
    for name in (
        *("chroma_stft", "rms", "spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate"),
        *("harmony", "perceptr"),
    )
    for stat in ("mean", "var")
]
FEATURES = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness", "valence")


def raw(table: pd.DataFrame | pa.Table) -> RawTable:
    """Return a table as the readers of files hand it on."""
    found = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    return RawTable("table.csv", "", found, np.arange(found.num_rows), MALFORMED.empty_table(), ())


@dataclass(frozen=True)
class Made:
    """Columns of plausible values to make tables of, each of shape (n,)."""

    n: int
    rng: np.random.Generator

    def scale(self, *, percent: bool = False) -> np.ndarray:
        values = self.rng.beta(2, 2, self.n)
        return (100 * values).round() if percent else values.round(4)

    def scales(self, names=FEATURES, *, percent: bool = False) -> dict[str, np.ndarray]:
        return {name: self.scale(percent=percent) for name in names}

    def ids(self) -> list[str]:
        letters = np.array(list("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        return ["".join(letters[self.rng.integers(0, 62, 22)]) for _ in range(self.n)]

    def titles(self) -> list[str]:
        return [f"Song No. {i}" for i in range(self.n - 3)] + ["NaN", "22", "مرحبا"]

    def artists(self) -> np.ndarray:
        return NAMES[np.arange(self.n) % len(NAMES)]

    def genres(self) -> np.ndarray:
        return GENRES[self.rng.integers(0, len(GENRES), self.n)]

    def tempo(self) -> np.ndarray:
        return self.rng.uniform(70, 180, self.n).round(3)

    def loudness(self) -> np.ndarray:
        return -self.rng.uniform(3, 25, self.n).round(3)

    def duration_ms(self) -> np.ndarray:
        return self.rng.integers(120_000, 320_000, self.n)

    def popularity(self) -> np.ndarray:
        return self.rng.integers(0, 95, self.n)

    def whole(self, low: int, high: int) -> np.ndarray:
        return self.rng.integers(low, high, self.n)

    def days(self) -> np.ndarray:
        return (np.datetime64("1965-01-01") + self.rng.integers(0, 20_000, self.n)).astype(str)

    def spotify(self) -> dict[str, object]:
        """Audio features under Spotify's names."""
        return {
            **self.scales(),
            "key": self.whole(0, 12),
            "loudness": self.loudness(),
            "mode": self.whole(0, 2),
            "tempo": self.tempo(),
            "time_signature": self.whole(3, 6),
        }


_SPOTIFY = {name: name for name in (*FEATURES, "key", "loudness", "mode", "tempo", "time_signature")}


def kaggle_tracks(made: Made) -> pd.DataFrame:
    """Kaggle's and Hugging Face's ``dataset.csv``."""
    table = pd.DataFrame(
        {
            "Unnamed: 0": np.arange(made.n),
            "track_id": made.ids(),
            "artists": ["Dan + Shay;Justin Bieber", *made.artists()[1:]],
            "album_name": "Album " + pd.Series(made.whole(0, 20)).astype(str),
            "track_name": made.titles(),
            "popularity": made.popularity(),
            "duration_ms": made.duration_ms(),
            "explicit": made.whole(0, 2).astype(bool),
            **made.spotify(),
            "track_genre": made.genres(),
        }
    )
    table.loc[3, "tempo"] = 0.0
    return table


def spotify_features(made: Made) -> pd.DataFrame:
    """Kaggle's ``SpotifyFeatures.csv``: keys and modes in words, signatures as fractions."""
    table = kaggle_tracks(made)[["track_id", "track_name", "popularity", "duration_ms", *FEATURES, "loudness", "tempo"]]
    return table.assign(
        genre=made.genres(),
        artist_name=made.artists(),
        key=np.array(["C#", "F", "G♯/A♭", "A"])[made.whole(0, 4)],
        mode=np.array(["Major", "Minor"])[made.whole(0, 2)],
        time_signature=np.array(["4/4", "3/4"])[made.whole(0, 2)],
    )


def tidytuesday(made: Made) -> pd.DataFrame:
    """TidyTuesday's ``spotify_songs.csv``."""
    table = pd.DataFrame(
        {
            "track_id": made.ids(),
            "track_name": made.titles(),
            "track_artist": made.artists(),
            "track_popularity": made.popularity(),
            "track_album_id": made.ids(),
            "track_album_name": made.titles(),
            "track_album_release_date": made.days(),
            "playlist_name": np.array(["Pop Remix", "Rap"])[made.whole(0, 2)],
            "playlist_id": np.array(made.ids()[:2])[made.whole(0, 2)],
            "playlist_genre": made.genres(),
            "playlist_subgenre": np.char.add("new ", made.genres()),
            **{name: values for name, values in made.spotify().items() if name != "time_signature"},
            "duration_ms": made.duration_ms(),
        }
    )
    table.loc[:1, "track_album_release_date"] = ["1987", "2004-11"]
    table.loc[2, ["track_name", "track_artist"]] = "NA"
    return table


def watsonbox(made: Made) -> pd.DataFrame:
    """A playlist of Exportify, watsonbox's version."""
    artists = ["Ada, Björk", *(name.replace(",", "\\,") for name in made.artists()[1:])]
    uris = ["spotify:artist:a, spotify:artist:b", *(f"spotify:artist:{i % 8}" for i in range(1, made.n))]
    titled = {name.replace("_", " ").title(): values for name, values in made.spotify().items()}
    return pd.DataFrame(
        {
            "Track URI": [f"spotify:track:{each}" for each in made.ids()],
            "Track Name": made.titles(),
            "Artist URI(s)": uris,
            "Artist Name(s)": artists,
            "Album URI": [f"spotify:album:{each}" for each in made.ids()],
            "Album Name": made.titles(),
            "Album Artist URI(s)": uris,
            "Album Artist Name(s)": artists,
            "Album Release Date": made.days(),
            "Album Image URL": "https://i.scdn.co/image/" + pd.Series(made.ids()),
            "Disc Number": made.whole(1, 3),
            "Track Number": made.whole(1, 15),
            "Track Duration (ms)": made.duration_ms(),
            "Track Preview URL": [None] * made.n,
            "Explicit": made.whole(0, 2).astype(bool),
            "Popularity": made.popularity(),
            "ISRC": [f"USRC1{i:07d}" for i in range(made.n)],
            "Added By": "spotify:user:someone",
            "Added At": "2021-03-04T05:06:07Z",
            "Artist Genres": ["dance pop, pop", "", *made.genres()[2:]],
            **titled,
        }
    )


def pavelkomarov(made: Made) -> pd.DataFrame:
    """A playlist of Exportify, pavelkomarov's version."""
    titled = {name.replace("_", " ").title(): values for name, values in made.spotify().items()}
    return pd.DataFrame(
        {
            "Track URI": [f"spotify:track:{each}" for each in made.ids()],
            "Track Name": made.titles(),
            "Album Name": made.titles(),
            "Artist Name(s)": ["Ada;Björk", *made.artists()[1:]],
            "Release Date": [*made.days()[:-2], "1999", "2001-05"],
            "Duration (ms)": made.duration_ms(),
            "Popularity": made.popularity(),
            "Explicit": made.whole(0, 2).astype(bool),
            "Added By": "someone",
            "Added At": "2021-03-04T05:06:07Z",
            "Genres": ["dance pop,pop", None, *made.genres()[2:]],
            "Record Label": [f"Label {i % 9}" for i in range(made.n)],
            **titled,
        }
    )


def kaggle_lists(made: Made) -> pd.DataFrame:
    """``tracks.csv`` of Kaggle's Spotify Dataset 1921-2020."""
    artists = [f"[{name!r}]" for name in made.artists().tolist()]
    table = pd.DataFrame(
        {
            "id": made.ids(),
            "name": made.titles(),
            "popularity": made.popularity(),
            "duration_ms": made.duration_ms(),
            "explicit": made.whole(0, 2),
            "artists": ["['Ada', \"N'Dour\"]", *artists[1:]],
            "id_artists": ["['a1', 'b2']", *(f"['{each}']" for each in made.ids()[1:])],
            "release_date": [*made.days()[:-1], "1922"],
            **made.spotify(),
        }
    )
    table.loc[0, "loudness"] = 3.9
    return table


def kaggle_artists(made: Made) -> pd.DataFrame:
    """``artists.csv`` of Kaggle's Spotify Dataset 1921-2020."""
    return pd.DataFrame(
        {
            "id": made.ids(),
            "followers": made.whole(0, 100_000).astype(float),
            "genres": ["[]", "['dance pop', 'pop']", *(f"['{g}']" for g in made.genres()[2:])],
            "name": [f"Artist {i}" for i in range(made.n)],
            "popularity": made.popularity(),
        }
    )


def kaggle_means(made: Made) -> pd.DataFrame:
    """``data_w_genres.csv`` of Kaggle's Spotify Dataset 1921-2020."""
    features = {name: values for name, values in made.spotify().items() if name != "time_signature"}
    return pd.DataFrame(
        {
            "artists": ['"Weird Al" Yankovic', *(f"Artist {i}, Jr." for i in range(1, made.n))],
            **features,
            "duration_ms": made.duration_ms() + 0.5,
            "popularity": made.popularity() + 0.25,
            "count": made.whole(1, 40),
            "genres": ["[]", "['dance pop', \"children's music\"]", *(f"['{g}']" for g in made.genres()[2:])],
        }
    )


def playlist_machinery(made: Made) -> pd.DataFrame:
    """Kaggle's Top 2000s, made with Organize Your Music."""
    percent = made.scales(("energy", "danceability", "liveness", "valence", "acousticness"), percent=True)
    table = pd.DataFrame(
        {
            "Index": np.arange(1, made.n + 1),
            "Title": made.titles(),
            "Artist": made.artists(),
            "Top Genre": made.genres(),
            "Year": made.whole(1956, 2019),
            "Beats Per Minute (BPM)": made.whole(70, 180),
            "Energy": percent["energy"],
            "Danceability": percent["danceability"],
            "Loudness (dB)": -made.whole(3, 20),
            "Liveness": percent["liveness"],
            "Valence": percent["valence"],
            "Length (Duration)": made.whole(120, 400).astype(str),
            "Acousticness": percent["acousticness"],
            "Speechiness": made.whole(2, 30),
            "Popularity": made.popularity(),
        }
    )
    table.loc[5, "Length (Duration)"] = "1,412"
    return table


def playlist_machinery_short(made: Made) -> pd.DataFrame:
    """Kaggle's Top Spotify songs 2010-2019, with the family's short names."""
    names = ["title", "artist", "top genre", "year", "bpm", "nrgy", "dnce", "dB", "live", "val", "dur"]
    names += ["acous", "spch", "pop"]
    return playlist_machinery(made).drop(columns="Index").set_axis(names, axis="columns")


def fma_tracks(made: Made) -> pd.DataFrame:
    """``fma-rock-vs-hiphop.csv``."""
    table = pd.DataFrame(
        {
            "track_id": made.whole(0, 1000).cumsum() + 2,
            "bit_rate": made.rng.choice([256_000, 320_000, -1], made.n),
            "comments": made.whole(0, 4),
            "composer": [None] * (made.n - 1) + ["Bach"],
            "date_created": [f"{m}/{d}/2008 1:48" for m, d in zip(made.whole(1, 13), made.whole(1, 29), strict=True)],
            "duration": made.whole(60, 500),
            "favorites": made.whole(0, 9),
            "genre_top": np.array(["Hip-Hop", "Rock"])[made.whole(0, 2)],
            "genres": [f"[{i}]" for i in made.whole(1, 1000)],
            "genres_all": [f"[{i}, 21]" for i in made.whole(1, 1000)],
            "interest": made.whole(20, 9000),
            "listens": made.whole(10, 400_000),
            "number": made.whole(0, 12),
            "tags": ["[]"] * (made.n - 1) + ["['lo-fi']"],
            "title": made.titles(),
        }
    )
    table.loc[0, "date_created"] = "11/26/2008 1:48"
    return table


def echonest(made: Made) -> pd.DataFrame:
    """``echonest-metrics.json``."""
    return pd.DataFrame({"track_id": made.whole(1, 99).cumsum(), **made.scales(), "tempo": made.tempo()})


def gtzan(made: Made, *, clips: bool = False) -> pd.DataFrame:
    """The 30 s table of GTZAN, or the one of 3 s clips."""
    files = [
        f"{GENRES[i // (3 if clips else 1) % 4]}.{i // (3 if clips else 1):05d}{f'.{i % 3}' if clips else ''}.wav"
        for i in range(made.n)
    ]
    numbers = {name: made.rng.normal(0, 50, made.n) for name in (*SPECTRAL, "tempo", *MFCCS)}
    return pd.DataFrame({"filename": files, "length": 661_794, **numbers, "label": made.genres()}).assign(
        tempo=made.tempo(), zero_crossing_rate_mean=made.scale()
    )


def gtzan_clips(made: Made) -> pd.DataFrame:
    """The table of 3 s clips of GTZAN."""
    return gtzan(made, clips=True)


FAMILY_TABLES: Mapping[str, tuple[str, Callable[[Made], pd.DataFrame]]] = {
    "kaggle_tracks": ("spotify-tracks", kaggle_tracks),
    "spotify_features": ("spotify-tracks", spotify_features),
    "tidytuesday": ("tidytuesday", tidytuesday),
    "watsonbox": ("exportify-watsonbox", watsonbox),
    "pavelkomarov": ("exportify-pavelkomarov", pavelkomarov),
    "kaggle_lists": ("kaggle-1921-2020", kaggle_lists),
    "kaggle_artists": ("kaggle-artists", kaggle_artists),
    "kaggle_means": ("kaggle-artist-features", kaggle_means),
    "playlist_machinery": ("playlist-machinery", playlist_machinery),
    "playlist_machinery_short": ("playlist-machinery", playlist_machinery_short),
    "fma_tracks": ("fma", fma_tracks),
    "echonest": ("echonest", echonest),
    "gtzan": ("librosa", gtzan),
    "gtzan_clips": ("librosa", gtzan_clips),
}

_TITLED = {name.replace("_", " ").title(): name for name in _SPOTIFY}
_GTZAN = {name: f"x_{name}" for name in (*SPECTRAL, *MFCCS)} | {"tempo": "tempo", "filename": "track_id"}
_PERCENT = ("energy", "danceability", "liveness", "valence", "acousticness", "speechiness")

EXPECTED: Mapping[str, Mapping[str, str]] = {
    "kaggle_tracks": _SPOTIFY
    | {
        name: name
        for name in ("track_id", "artists", "album_name", "track_name", "popularity", "duration_ms", "explicit")
    }
    | {"Unnamed: 0": "c_unnamed_0", "track_genre": "genre"},
    "spotify_features": _SPOTIFY
    | {name: name for name in ("track_id", "track_name", "popularity", "duration_ms", "genre")}
    | {"artist_name": "artists"},
    "tidytuesday": {name: name for name in _SPOTIFY if name != "time_signature"}
    | {name: name for name in ("track_id", "track_name", "playlist_name", "duration_ms")}
    | {"track_artist": "artists", "track_popularity": "popularity", "track_album_name": "album_name"}
    | {"track_album_release_date": "release_date", "playlist_genre": "genre", "playlist_subgenre": "subgenre"}
    | {"track_album_id": "m_track_album_id", "playlist_id": "m_playlist_id"},
    "watsonbox": _TITLED
    | {"Track URI": "track_id", "Track Name": "track_name", "Artist URI(s)": "artist_ids", "Artist Name(s)": "artists"}
    | {"Album URI": "m_album_uri", "Album Name": "album_name", "Album Artist URI(s)": "m_album_artist_uris"}
    | {"Album Artist Name(s)": "m_album_artist_names", "Album Release Date": "release_date", "Album Image URL": ""}
    | {"Disc Number": "c_disc_number", "Track Number": "c_track_number", "Track Duration (ms)": "duration_ms"}
    | {"Track Preview URL": "", "Explicit": "explicit", "Popularity": "popularity", "ISRC": "m_isrc"}
    | {"Added By": "", "Added At": "", "Artist Genres": "genres"},
    "pavelkomarov": _TITLED
    | {"Track URI": "track_id", "Track Name": "track_name", "Album Name": "album_name", "Artist Name(s)": "artists"}
    | {"Release Date": "release_date", "Duration (ms)": "duration_ms", "Popularity": "popularity"}
    | {"Explicit": "explicit", "Added By": "", "Added At": "", "Genres": "genres", "Record Label": "m_record_label"},
    "kaggle_lists": _SPOTIFY
    | {name: name for name in ("popularity", "duration_ms", "explicit", "artists", "release_date")}
    | {"id": "track_id", "name": "track_name", "id_artists": "artist_ids"},
    "kaggle_artists": {"id": "artist_ids", "followers": "c_followers", "genres": "genres", "name": "artists"}
    | {"popularity": "c_artist_popularity"},
    "kaggle_means": {name: name for name in _SPOTIFY if name != "time_signature"}
    | {name: name for name in ("artists", "duration_ms", "popularity", "genres")}
    | {"count": "c_count"},
    "playlist_machinery": {name.title(): f"{name} in percent" for name in _PERCENT}
    | {"Index": "c_index", "Title": "track_name", "Artist": "artists", "Top Genre": "genre", "Year": "release_date"}
    | {"Beats Per Minute (BPM)": "tempo", "Loudness (dB)": "loudness", "Length (Duration)": "duration_ms in s"}
    | {"Popularity": "popularity"},
    "playlist_machinery_short": {"title": "track_name", "artist": "artists", "top genre": "genre"}
    | {"year": "release_date", "bpm": "tempo", "nrgy": "energy in percent", "dnce": "danceability in percent"}
    | {"dB": "loudness", "live": "liveness in percent", "val": "valence in percent", "dur": "duration_ms in s"}
    | {"acous": "acousticness in percent", "spch": "speechiness in percent", "pop": "popularity"},
    "fma_tracks": {name: f"c_{name}" for name in ("bit_rate", "comments", "favorites", "interest", "number")}
    | {"track_id": "track_id", "composer": "", "date_created": "release_date in month/day", "title": "track_name"}
    | {"duration": "duration_ms in s", "genre_top": "genre", "genres": "", "genres_all": "", "tags": "m_tags"}
    | {"listens": "popularity in count"},
    "echonest": {name: name for name in ("track_id", *FEATURES, "tempo")},
    "gtzan": _GTZAN | {"length": "", "label": "genre"},
    "gtzan_clips": _GTZAN | {"length": "", "label": "genre"},
}
