"""Features computed with librosa, a row per sound file, as the GTZAN tables on Kaggle have them."""

from __future__ import annotations

from collections.abc import Sequence

from data.adapters.adapter import Adapter, one_artist
from data.mapping.names import plain_name

_SPECTRAL = (
    "chroma",
    "spectralcentroid",
    "spectralbandwidth",
    "rolloff",
    "zerocrossingrate",
    "rms",
    "spectralcontrast",
)
FEWEST_MFCCS = 5


def recognises(columns: Sequence[str]) -> bool:
    """Return whether there are mel-frequency cepstral coefficients and a spectral feature."""
    plain = [plain_name(column) for column in columns]
    n_mfccs = sum(name.startswith("mfcc") for name in plain)
    return n_mfccs >= FEWEST_MFCCS and any(name.startswith(_SPECTRAL) for name in plain)


ADAPTER = Adapter(
    name="librosa",
    meaning="Features computed with librosa, a row per sound file, such as the GTZAN tables",
    recognises=recognises,
    columns={
        "filename": "track_id",
        "file_name": "track_id",
        "file": "track_id",
        "label": "genre",
        "genre": "genre",
        "class": "genre",
        "tempo": "tempo",
        "length": "c_length",
    },
    artists=one_artist,
    also={"track_name": "track_id"},
)
