"""One module per family of source tables, with one adapter or more.

Order matters: the first adapter that recognises the columns reads the table, so the particular stand before the
general.
"""

from __future__ import annotations

from data.adapters import exportify, fma, kaggle, librosa, playlist_machinery, spotify_tracks, tidytuesday
from data.adapters.adapter import Adapter

FAMILIES: tuple[Adapter, ...] = (
    tidytuesday.ADAPTER,
    exportify.WATSONBOX,
    exportify.PAVELKOMAROV,
    kaggle.TRACKS,
    kaggle.ARTISTS,
    kaggle.MEAN_FEATURES,
    playlist_machinery.ADAPTER,
    fma.TRACKS,
    fma.ECHO_NEST,
    librosa.ADAPTER,
    spotify_tracks.ADAPTER,
)
"""All known families, the particular first."""
