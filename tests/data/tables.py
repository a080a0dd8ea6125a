"""Small tables of tracks, as their publishers write them."""

from __future__ import annotations

import numpy as np
import pandas as pd

AUDIO = {
    "danceability": (0, 1),
    "energy": (0, 1),
    "loudness": (-40, 0),
    "speechiness": (0, 1),
    "acousticness": (0, 1),
    "instrumentalness": (0, 1),
    "liveness": (0, 1),
    "valence": (0, 1),
    "tempo": (60, 200),
    "duration_ms": (60_000, 400_000),
}


def kaggle_table(n: int = 60, seed: int = 0) -> pd.DataFrame:
    """Return ``n`` different tracks under the names of the Kaggle and Hugging Face tables."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({name: rng.uniform(*ends, n).round(6) for name, ends in AUDIO.items()})
    return table.assign(
        track_id=[f"id{i:03d}" for i in range(n)],
        track_name=[f"Title {i}" for i in range(n)],
        artists=[f"Artist {i % 7};Guest {i % 3}" for i in range(n)],
        album_name="Album",
        popularity=rng.integers(0, 100, n),
        explicit=rng.integers(0, 2, n).astype(bool),
        key=rng.integers(0, 12, n),
        mode=rng.integers(0, 2, n),
        time_signature=4,
        track_genre=np.array(["rock", "metal", "pop"])[rng.integers(0, 3, n)],
    )


def tidytuesday_table(n: int = 60, seed: int = 0) -> pd.DataFrame:
    """Return ``n`` different tracks under TidyTuesday's names, dates known to the day, month or year."""
    dates = np.array(["2019-06-14", "2004-11", "1987"])
    return (
        kaggle_table(n, seed)
        .drop(columns=["explicit", "time_signature"])
        .rename(
            columns={
                "artists": "track_artist",
                "popularity": "track_popularity",
                "track_genre": "playlist_genre",
                "album_name": "track_album_name",
            }
        )
        .assign(track_album_release_date=dates[np.arange(n) % 3], playlist_subgenre="sub", playlist_name="list")
    )
