"""Tables of no family, with odd names and units, and what their columns are to be taken for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from tests.data.families import Made


def _clock(ms: np.ndarray) -> list[str]:
    return [f"{each // 60_000}:{each // 1000 % 60:02d}" for each in ms.tolist()]


def percent_signs(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Scales with percent signs, lengths as m:ss, missing words."""
    table = pd.DataFrame(
        {
            "Song": made.titles(),
            "Performer": made.artists(),
            "Dance": [f"{each:.0f}%" for each in made.scale(percent=True)],
            "Energetic": [f"{each:.0f}%" for each in made.scale(percent=True)],
            "Duration": _clock(made.duration_ms()),
            "BPM": made.whole(70, 180),
        }
    )
    table.loc[1, ["Dance", "Duration"]] = ["N/A", "?"]
    wanted = {"Song": "track_name", "Performer": "artists", "Dance": "danceability in percent", "BPM": "tempo"}
    return table, wanted | {"Energetic": "energy in percent", "Duration": "duration_ms in m:ss"}


def misspelt(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Names with letters wrong, missing and swapped."""
    features = made.scales(("Dancability", "Accousticness", "Instrumentallness", "Valance"))
    table = pd.DataFrame({"Artsit": made.artists(), "Tilte": made.titles(), **features, "Loudnes": made.loudness()})
    wanted = {"Artsit": "artists", "Tilte": "track_name", "Dancability": "danceability", "Loudnes": "loudness"}
    return table, wanted | {
        "Accousticness": "acousticness",
        "Instrumentallness": "instrumentalness",
        "Valance": "valence",
    }


def minutes(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Lengths in minutes, plays counted, decades."""
    table = pd.DataFrame(
        {
            "track title": made.titles(),
            "singer": made.artists(),
            "length_min": (made.duration_ms() / 60_000).round(2),
            "plays": made.whole(0, 90_000_000),
            "decade": np.array(["90s", "1980s", "70s"])[made.whole(0, 3)],
            "energy": made.scale(),
            "happiness": made.scale(),
        }
    )
    wanted = {"track title": "track_name", "singer": "artists", "length_min": "duration_ms in min", "energy": "energy"}
    return table, wanted | {"plays": "popularity in count", "decade": "release_date", "happiness": "valence"}


def links(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """A link to the track under a name that says nothing, keys in words, ISO 8601 lengths."""
    keys = np.array(["C# minor", "Bb major", "F major", "A minor"])[made.whole(0, 4)]
    table = pd.DataFrame(
        {
            "where": [f"https://open.spotify.com/track/{each}?si=1" for each in made.ids()],
            "Song Name": made.titles(),
            "Artist(s)": made.artists(),
            "Musical Key": keys,
            "Run Time": [f"PT{ms // 60_000}M{ms // 1000 % 60}S" for ms in made.duration_ms().tolist()],
            "Tempo (BPM)": made.tempo(),
            "added at": made.days(),
        }
    )
    wanted = {"where": "track_id", "Song Name": "track_name", "Artist(s)": "artists", "Musical Key": "key"}
    return table, wanted | {
        "Run Time": "duration_ms in ISO 8601",
        "Tempo (BPM)": "tempo",
        "added at": "m_added_at",
    }


def own_features(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Features of one's own beside counts, row numbers, flags and a constant."""
    rng = made.rng
    table = pd.DataFrame(
        {
            "nr": np.arange(made.n)[::-1],
            "name": made.titles(),
            "artist": made.artists(),
            "tag": [f"{a}|{b}" for a, b in zip(made.genres(), made.genres(), strict=True)],
            "brightness": rng.normal(0, 1, made.n),
            "attack time": rng.gamma(2, 0.1, made.n),
            "spectral-flux": rng.gamma(2, 3, made.n),
            "votes": made.whole(0, 500),
            "serial": 1000 + rng.permutation(made.n),
            "is_single": made.whole(0, 2),
            "version": 3,
            "remarks": np.char.add("remark ", made.whole(0, 9).astype(str)),
            "nothing": [None] * made.n,
        }
    )
    wanted = {"nr": "c_nr", "name": "track_name", "artist": "artists", "tag": "genres", "brightness": "x_brightness"}
    return table, wanted | {
        "attack time": "x_attack_time",
        "spectral-flux": "x_spectral_flux",
        "votes": "c_votes",
        "serial": "c_serial",
        "is_single": "c_is_single",
        "version": "",
        "remarks": "m_remarks",
        "nothing": "",
    }


def belied(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Names whose values say otherwise: moods in words, standardised scales, keys that are codes of the table."""
    table = pd.DataFrame(
        {
            "Song / Title": made.titles(),
            "artist": made.artists(),
            "energy": np.array(["calm", "wild", "so so"])[made.whole(0, 3)],
            "valence": made.rng.normal(0, 1, made.n).round(3),
            "key": [f"K-{i:05d}" for i in range(made.n)],
            "acoustic": made.whole(0, 2),
            "release": made.titles(),
            "liveness": made.scale(),
            "speechiness": made.scale() / 4,
        }
    )
    wanted = {
        "Song / Title": "track_name",
        "artist": "artists",
        "energy": "m_energy",
        "valence": "x_valence",
        "key": "m_key",
    }
    return table, wanted | {
        "acoustic": "c_acoustic",
        "release": "album_name",
        "liveness": "liveness",
        "speechiness": "speechiness",
    }


def twice(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Several columns for one field."""
    table = pd.DataFrame(
        {
            "track": made.titles(),
            "artist": made.artists(),
            "bpm": made.tempo(),
            "tempo": made.tempo(),
            "release_date": made.days(),
            "year": made.whole(1960, 2020),
            "genre": made.genres(),
            "style": np.char.add("neo ", made.genres()),
            "energy": made.scale(),
            "energy %": made.scale(percent=True),
        }
    )
    wanted = {"track": "track_name", "artist": "artists", "bpm": "c_bpm", "tempo": "tempo", "genre": "genre"}
    return table, wanted | {
        "release_date": "release_date",
        "year": "c_year",
        "style": "subgenre",
        "energy": "energy",
        "energy %": "c_energy_percent",
    }


def nested(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Dotted and camel-case names of flattened JSON, lists in cells, a score of 0 to 1."""
    table = pd.DataFrame(
        {
            "track.id": made.ids(),
            "trackName": made.titles(),
            "track.artists": [[name, "Guest"] for name in made.artists()],
            "audio_features.danceability": made.scale(),
            "audio_features.energy": made.scale(),
            "audioFeatures.timeSignature": made.whole(3, 6),
            "durationMs": made.duration_ms(),
            "track.popularity": made.scale(),
            "genres": [[genre] for genre in made.genres()],
        }
    )
    wanted = {"track.id": "track_id", "trackName": "track_name", "track.artists": "artists", "genres": "genres"}
    return table, wanted | {
        "audio_features.danceability": "danceability",
        "audio_features.energy": "energy",
        "audioFeatures.timeSignature": "time_signature",
        "durationMs": "duration_ms",
        "track.popularity": "popularity in ratio",
    }


def german(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Names in German, decimal commas, dates with dots."""
    days = pd.to_datetime(pd.Series(made.days()))
    table = pd.DataFrame(
        {
            "Titel": made.titles(),
            "Interpret": made.artists(),
            "Erscheinungsdatum": days.dt.strftime("%d.%m.%Y"),
            "Dauer": made.whole(100, 400),
            "Lautstärke": [f"{each:.2f}".replace(".", ",") for each in made.loudness()],
            "Tonart": np.array(["C-Dur", "a-Moll", "Fis-Dur"])[made.whole(0, 3)],
            "Energie": [f"{each:.3f}".replace(".", ",") for each in made.scale()],
        }
    )
    wanted = {"Titel": "track_name", "Interpret": "artists", "Erscheinungsdatum": "release_date in day/month"}
    return table, wanted | {
        "Dauer": "duration_ms in s",
        "Lautstärke": "loudness",
        "Tonart": "key",
        "Energie": "energy",
    }


def odd_loudness(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Loudness without its sign, Camelot keys, spreadsheet days, minutes and milliseconds in one column."""
    ms = made.duration_ms().astype(float)
    ms[::3] = (ms[::3] / 60_000).round(3)
    table = pd.DataFrame(
        {
            "Track Name": made.titles(),
            "Artist Name": made.artists(),
            "loudness": -made.loudness(),
            "Camelot": np.array(["8A", "8B", "11B", "4A"])[made.whole(0, 4)],
            "Release Date": made.whole(20_000, 43_000),
            "duration_in min/ms": ms,
            "danceability (0-100)": made.scale(percent=True) + 0.5,
            "instrumentalness": [0] * (made.n - 2) + [2, 87],
        }
    )
    wanted = {"Track Name": "track_name", "Artist Name": "artists", "loudness": "loudness in positive dB"}
    return table, wanted | {
        "Camelot": "key",
        "Release Date": "release_date in spreadsheet days",
        "duration_in min/ms": "duration_ms in min or ms",
        "danceability (0-100)": "danceability in percent",
        "instrumentalness": "instrumentalness in percent",
    }


def amplitudes(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Loudness as amplitude, answers in words, modes in words, ratings of 0 to 10, years with a point."""
    table = pd.DataFrame(
        {
            "title": made.titles(),
            "band": made.artists(),
            "volume": made.scale() / 2 + 0.01,
            "Explicit?": np.array(["Yes", "No"])[made.whole(0, 2)],
            "Major/Minor": np.array(["major", "minor"])[made.whole(0, 2)],
            "energy": made.whole(0, 11),
            "Year released": made.whole(1950, 2020).astype(float),
            "genre": [f"{a}, {b}" for a, b in zip(made.genres(), made.genres(), strict=True)],
        }
    )
    table.loc[0, "Year released"] = np.nan
    wanted = {"title": "track_name", "band": "artists", "volume": "loudness in amplitude", "Explicit?": "explicit"}
    return table, wanted | {
        "Major/Minor": "mode",
        "energy": "energy in tenths",
        "Year released": "release_date",
        "genre": "genres",
    }


def chart(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Weekly charts: the date is the chart's, streams are counts."""
    table = pd.DataFrame(
        {
            "rank": made.whole(1, 200),
            "date": made.days(),
            "track_name": made.titles(),
            "artist": made.artists(),
            "streams": made.whole(100_000, 9_000_000),
            "peak-rank": made.whole(1, 200),
            "weeks-on-board": made.whole(1, 50),
            "danceability": made.scale(),
            "tempo": made.tempo(),
        }
    )
    wanted = {"rank": "c_rank", "date": "m_date", "track_name": "track_name", "artist": "artists", "tempo": "tempo"}
    return table, wanted | {
        "streams": "popularity in count",
        "peak-rank": "c_peak_rank",
        "weeks-on-board": "c_weeks_on_board",
        "danceability": "danceability",
    }


def numbers_as_text(made: Made) -> tuple[pd.DataFrame, dict[str, str]]:
    """Every cell as text, words for nothing among numbers, units in the cells."""
    table = pd.DataFrame(
        {
            "isrc": [f"USRC1{i:07d}" for i in range(made.n)],
            "song_title": made.titles(),
            "artist_name": made.artists(),
            "Tempo": [f"{each:.1f} bpm" for each in made.tempo()],
            "Loudness": [f"{each:.1f} dB" for each in made.loudness()],
            "Danceability": [f"{each:.3f}" for each in made.scale()],
            "Popularity": [str(each) for each in made.popularity()],
            "Released": [f"{d} Nov {y}" for d, y in zip(made.whole(1, 29), made.whole(1960, 2020), strict=True)],
        }
    )
    table.loc[4, ["Tempo", "Danceability", "Popularity"]] = ["None", "null", "-"]
    wanted = {"isrc": "track_id", "song_title": "track_name", "artist_name": "artists", "Tempo": "tempo"}
    return table, wanted | {
        "Loudness": "loudness",
        "Danceability": "danceability",
        "Popularity": "popularity",
        "Released": "release_date",
    }


GENERAL_TABLES: Mapping[str, Callable[[Made], tuple[pd.DataFrame, dict[str, str]]]] = {
    make.__name__: make
    for make in (
        *(percent_signs, misspelt, minutes, links, own_features, belied, twice, nested, german, odd_loudness),
        *(amplitudes, chart, numbers_as_text),
    )
}
