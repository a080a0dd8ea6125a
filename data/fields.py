"""The data dictionary: one `Field` for every column that Songscape understands.

Axis titles, sliders, filters, the API schema and the validation of incoming values are all derived from it.
Meanings and ranges of the audio features follow Spotify's Web API reference (audio features object).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

NOTES = ("C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B")
"""Pitch classes in Spotify's numbering, 0 = C."""

OWN_FEATURE, OWN_CONTEXT, OWN_TEXT = "x_", "c_", "m_"
"""How the names of columns begin that only one table has: model features, other numbers, text."""

_SPOTIFY = "Spotify Web API, audio features"
_TRACK = "Spotify Web API, track object"


class Role(StrEnum):
    """What a column is for."""

    IDENTITY = "identity"
    """Names a track; never a feature."""
    AUDIO = "audio"
    """Computed from the recording: a model feature."""
    CONTEXT = "context"
    """Known about the release, not heard in it."""
    TARGET = "target"
    """What models predict."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name, what it means, its unit and the values it may take.

    Parameters
    ----------
    name
        Column name in a catalogue, in Spotify's terms.
    label
        How a person reads it.
    role
        What the column is for.
    meaning
        One sentence for the help on demand.
    unit
        Unit of the stored values; empty for plain scales and text.
    low, high
        Closed range of possible values; a value outside is set missing and counted.
    low_word, high_word
        Adjectives for a group of tracks that lies low or high on this field.
    step
        Resolution of a slider.
    choices
        Labels of an integer code, ``choices[code - low]``; empty for continuous fields.
    source
        Where the definition stands.
    """

    name: str
    label: str
    role: Role
    meaning: str
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    low_word: str = ""
    high_word: str = ""
    step: float = 0.01
    choices: tuple[str, ...] = ()
    source: str = _SPOTIFY

    @property
    def is_categorical(self) -> bool:
        """Whether the values are codes without a meaningful mean."""
        return bool(self.choices)

    @classmethod
    def named(cls, name: str) -> Field:
        """Return a field for a column of a catalogue's own, of which only the name is known.

        >>> Field.named("x_mfcc_1_mean").label
        'Mfcc 1 mean'
        """
        bare = name[2:] if name.startswith((OWN_FEATURE, OWN_CONTEXT, OWN_TEXT)) else name
        label = bare.replace("_", " ").capitalize()
        role = Role.AUDIO if name.startswith(OWN_FEATURE) else Role.CONTEXT
        return cls(name, label, role, "A column of this table.", source="the table itself")

    @property
    def title(self) -> str:
        """Label with the unit or the scale, as an axis shows it.

        >>> FIELDS["tempo"].title, FIELDS["energy"].title, FIELDS["release_year"].title
        ('Tempo (BPM)', 'Energy (0 to 1)', 'Release year')
        """
        if self.name == "duration_ms":
            return f"{self.label} (m:ss)"
        if self.unit:
            return f"{self.label} ({self.unit})"
        if self.is_categorical or self.role is Role.CONTEXT or is_own_number(self.name) or not math.isfinite(self.high):
            return self.label
        return f"{self.label} ({self.low:g} to {self.high:g})"

    def text(self, value: float | None) -> str:
        """Return one value as a person reads it, with its unit.

        >>> FIELDS["duration_ms"].text(215_400), FIELDS["tempo"].text(122.04), FIELDS["key"].text(1)
        ('3:35', '122 BPM', 'C♯/D♭')
        >>> FIELDS["loudness"].text(-6.34), FIELDS["loudness"].text(None)
        ('−6.3 dB', 'not known')
        """
        if value is None or math.isnan(value):
            return "not known"
        if self.is_categorical:
            code = round(value - self.low)
            return self.choices[code] if 0 <= code < len(self.choices) else f"{value:g}"
        text = _WRITERS.get(self.name, _rounded if is_own_number(self.name) else _plain)(value)
        return f"−{text[1:]}" if text.startswith("-") else text

    def adjective(self, direction: float) -> str:
        """Return the word for tracks that lie high (``direction`` over 0) or low on this field.

        >>> FIELDS["energy"].adjective(-1), Field.named("x_roll_off").adjective(1)
        ('calm', 'high roll off')
        """
        word = "" if is_own_number(self.name) else self.high_word if direction > 0 else self.low_word
        return word or f"{'high' if direction > 0 else 'low'} {in_a_sentence(self.label)}"

    def allows(self, value: float) -> bool:
        """Return whether ``value`` lies within the field's range; the numbers of one table may be any."""
        return math.isfinite(value) if is_own_number(self.name) else self.low <= value <= self.high


def _plain(value: float) -> str:
    return f"{value:.2f}"


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def in_a_sentence(label: str) -> str:
    """Return a label as it stands within a sentence; abbreviations stay.

    >>> in_a_sentence("Energy"), in_a_sentence("MFCC 2 mean"), in_a_sentence("Chroma STFT mean")
    ('energy', 'MFCC 2 mean', 'chroma STFT mean')
    """
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def minutes_and_seconds(duration_ms: float) -> str:
    """Return a duration in milliseconds as m:ss.

    >>> minutes_and_seconds(61_000)
    '1:01'
    """
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02d}"


_WRITERS: Mapping[str, Callable[[float], str]] = {
    "duration_ms": minutes_and_seconds,
    "tempo": lambda value: f"{value:.0f} BPM",
    "loudness": lambda value: f"{value:.1f} dB",
    "popularity": lambda value: f"{value:.0f}",
    "release_year": lambda value: f"{value:.0f}",
}


def _audio(name: str, label: str, meaning: str, **rest: object) -> Field:
    return Field(name, label, Role.AUDIO, meaning, **rest)  # type: ignore[arg-type]


def _unit_interval(name: str, label: str, meaning: str, low_word: str, high_word: str) -> Field:
    return _audio(name, label, meaning, low=0, high=1, low_word=low_word, high_word=high_word)


_ALL = (
    Field("track_id", "Track id", Role.IDENTITY, "Identifies a track.", source=_TRACK),
    Field("track_name", "Title", Role.IDENTITY, "Title of the track.", source=_TRACK),
    Field("artists", "Artists", Role.IDENTITY, "Credited artists, the main one first.", source=_TRACK),
    Field("album_name", "Album", Role.IDENTITY, "Album the track was released on.", source=_TRACK),
    Field(
        "playlist_name",
        "Playlist",
        Role.IDENTITY,
        "Playlist the row was collected from.",
        source="TidyTuesday 2020-01-21, playlist_name",
    ),
    Field("genre", "Genre", Role.TARGET, "Primary genre label of the track.", source="the table's own labels"),
    Field("genres", "Genres", Role.TARGET, "All genre labels of the track.", source="the table's own labels"),
    Field("subgenre", "Subgenre", Role.TARGET, "Finer genre label.", source="the table's own labels"),
    Field(
        "popularity",
        "Popularity",
        Role.TARGET,
        "Spotify's 0 to 100 score, mostly of recent plays at the time of collection.",
        low=0,
        high=100,
        low_word="little played",
        high_word="popular",
        step=1,
        source=_TRACK,
    ),
    Field(
        "release_year",
        "Release year",
        Role.CONTEXT,
        "Year of the album's release.",
        low=1860,
        high=2100,
        low_word="older",
        high_word="recent",
        step=1,
        source="Spotify Web API, album object",
    ),
    Field(
        "explicit",
        "Explicit",
        Role.CONTEXT,
        "Whether the lyrics are marked explicit.",
        low=0,
        high=1,
        choices=("clean", "explicit"),
        step=1,
        source=_TRACK,
    ),
    _unit_interval(
        "danceability",
        "Danceability",
        "How suitable for dancing, from tempo, rhythm stability, beat strength and regularity.",
        "hard to dance to",
        "danceable",
    ),
    _unit_interval("energy", "Energy", "Perceived intensity and activity.", "calm", "energetic"),
    _audio(
        "loudness",
        "Loudness",
        "Average loudness over the whole track, in decibels relative to full scale.",
        unit="dB",
        low=-60,
        high=5,
        low_word="quiet",
        high_word="loud",
        step=0.1,
    ),
    _unit_interval("speechiness", "Speechiness", "Presence of spoken words.", "sung", "spoken"),
    _unit_interval("acousticness", "Acousticness", "Confidence that the track is acoustic.", "electric", "acoustic"),
    _unit_interval(
        "instrumentalness",
        "Instrumentalness",
        "Confidence that the track has no vocals.",
        "vocal",
        "instrumental",
    ),
    _unit_interval("liveness", "Liveness", "Presence of an audience.", "studio", "live"),
    _unit_interval("valence", "Valence", "Musical positiveness.", "dark", "cheerful"),
    _audio(
        "tempo",
        "Tempo",
        "Estimated beats per minute.",
        unit="BPM",
        low=20,
        high=300,
        low_word="slow",
        high_word="fast",
        step=1,
    ),
    _audio(
        "duration_ms",
        "Duration",
        "Length of the track.",
        unit="ms",
        low=1_000,
        high=36_000_000,
        low_word="short",
        high_word="long",
        step=1000,
        source=_TRACK,
    ),
    _audio("key", "Key", "Estimated pitch class of the tonic.", low=0, high=11, choices=NOTES, step=1),
    _audio("mode", "Mode", "Minor or major.", low=0, high=1, choices=("minor", "major"), step=1),
    _audio(
        "time_signature",
        "Beats per bar",
        "Estimated number of beats in a bar.",
        low=0,
        high=7,
        choices=("0", "1", "2", "3", "4", "5", "6", "7"),
        step=1,
    ),
)

FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
"""Every known field by name."""

AUDIO_FEATURES: tuple[str, ...] = tuple(f.name for f in _ALL if f.role is Role.AUDIO)
"""Names of the model features, in their fixed order."""

NUMERIC_FIELDS: tuple[str, ...] = tuple(f.name for f in _ALL if math.isfinite(f.high))
"""Names of all fields stored as numbers."""


def is_own_number(name: str) -> bool:
    """Return whether a column is a number that only one table has: an ``x_`` feature or a ``c_`` context."""
    return name.startswith((OWN_FEATURE, OWN_CONTEXT))


def is_categorical(name: str) -> bool:
    """Return whether the values of a field are codes without a meaningful mean."""
    return name in FIELDS and FIELDS[name].is_categorical


def continuous(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of ``names`` whose values can be averaged."""
    return tuple(name for name in names if not is_categorical(name))
