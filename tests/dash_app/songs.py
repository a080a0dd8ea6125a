"""Small tables of songs as people have them, to upload and to build in a few seconds."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd


def songs(n: int = 120, *, seed: int = 0) -> pd.DataFrame:
    """Return a playlist table: percentages, minutes and seconds, years, three genres that differ in energy.

    One row has neither title nor artist and one stands twice.
    """
    rng = np.random.default_rng(seed)
    genre = np.array(["rock", "pop", "jazz"])[np.arange(n) % 3]
    energy = pd.Series(genre).map({"rock": 80, "pop": 50, "jazz": 20}) + rng.normal(0, 8, n)
    table = pd.DataFrame(
        {
            "Title": [f"Song {i}" for i in range(n)],
            "Artist": [f"Band {i // 3}" for i in range(n)],
            "Top Genre": genre,
            "BPM": rng.normal(120, 20, n).round(),
            "Energy": energy.clip(0, 100).round(),
            "Dance": rng.integers(10, 95, n),
            "Loudness": rng.normal(-8, 2, n).round(1),
            "Length": [f"{s // 60}:{s % 60:02d}" for s in rng.integers(120, 300, n)],
            "Pop": rng.integers(0, 100, n),
            "Sparkle": rng.random(n).round(3),
        }
    )
    table.loc[3, ["Title", "Artist"]] = None
    return pd.concat([table, table.iloc[[10]]], ignore_index=True)


def songs_csv(n: int = 120, *, seed: int = 0) -> bytes:
    """Return `songs` as the bytes of a CSV file."""
    out = io.BytesIO()
    songs(n, seed=seed).to_csv(out, index=False)
    return out.getvalue()
