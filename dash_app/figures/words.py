"""Texts in figures: cut to their room, harmless to plotly's pseudo-HTML, in people's units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import wrap

from data.fields import Field, is_own_number

LONGEST = 22
"""Characters of a name on an axis; the hover label has all of them."""


def plain(text: object) -> str:
    """Return a text that plotly shows as it is written.

    >>> plain("R&B <live>")
    'R&amp;B &lt;live&gt;'
    """
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def short(text: object, *, longest: int = LONGEST) -> str:
    """Return a text cut to ``longest`` characters, escaped as by `plain`.

    >>> short("progressive post-something metal", longest=12)
    'progressive…'
    """
    whole = str(text)
    cut = whole if len(whole) <= longest else whole[: longest - 1].rstrip() + "…"
    return plain(cut)


def cut_list(names: str, *, longest: int = 90) -> str:
    """Return names parted by commas, the last ones left out where there are many.

    >>> cut_list("energy, loudness, tempo", longest=18)
    'energy, loudness, …'
    """
    return names if len(names) <= longest else f"{names[:longest].rpartition(', ')[0]}, …"


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return the axis text of every name that cannot stand there as it is."""
    return {name: text for name in names if (text := short(name)) != name}


def in_lines(names: Iterable[str], *, letters: int = 20) -> dict[str, str]:
    """Return the axis text of every name that cannot stand there as it is, in two lines of so many letters.

    >>> in_lines(["calm, quiet, acoustic", "loud"])
    {'calm, quiet, acoustic': 'calm, quiet,<br>acoustic'}
    """
    found = {}
    for name in names:
        lines = wrap(name, letters, max_lines=2, placeholder="…", break_long_words=True)
        if lines != [name]:
            found[name] = "<br>".join(plain(line) for line in lines)
        elif plain(name) != name:
            found[name] = plain(name)
    return found


def hover(title: object, facts: Mapping[str, object]) -> str:
    """Return a hover text: a name, then one fact per line.

    >>> hover("rock", {"tracks": "1,204"})
    '<b>rock</b><br>tracks 1,204'
    """
    lines = [f"{label} {plain(fact)}" for label, fact in facts.items()]
    return "<br>".join([f"<b>{plain(title)}</b>", *lines])


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal.

    >>> percent(0.0471), percent(float("nan"))
    ('4.7%', 'not known')
    """
    return f"{share:.1%}" if share == share else "not known"


def decimal(value: float, *, digits: int = 2) -> str:
    """Return a number with fixed decimals and a true minus sign, which what rounds to nothing does not have.

    >>> decimal(-0.125), decimal(-0.001)
    ('−0.12', '0.00')
    """
    return f"{value:z,.{digits}f}".replace("-", "−") if value == value else "not known"


def count(value: float) -> str:
    """Return a whole number with thousands separators.

    >>> count(1204)
    '1,204'
    """
    return f"{value:,.0f}" if value == value else "not known"


def number_format(field: Field) -> str:
    """Return the field's number format in d3's language, behind its separator in a template.

    >>> from data.fields import FIELDS
    >>> number_format(FIELDS["tempo"]), number_format(FIELDS["duration_ms"])
    (':.0f', '|%-H:%M:%S')
    """
    if field.name == "duration_ms":
        return "|%-H:%M:%S"
    if is_own_number(field.name):
        return ":,.4~g"
    whole = field.is_categorical or field.step >= 1
    return ":.0f" if whole else ":.1f" if field.unit else ":.2f"
