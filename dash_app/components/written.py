"""How the browser writes values of a field: `written` in assets/rail.js goes by what stands here."""

from __future__ import annotations

from data.fields import Field, is_own_number


def writing(field: Field) -> dict[str, str]:
    """Return how values of a field are written: names of codes, a clock, or decimals and a unit.

    >>> from data.fields import FIELDS
    >>> writing(FIELDS["loudness"]), writing(FIELDS["mode"]), writing(FIELDS["duration_ms"])
    ({'digits': '1', 'unit': ' dB'}, {'words': 'minor|major', 'first': '0'}, {'clock': ''})
    """
    if field.is_categorical:
        return {"words": "|".join(field.choices), "first": f"{field.low:.0f}"}
    if field.name == "duration_ms":
        return {"clock": ""}
    if is_own_number(field.name):
        return {}  # as many digits as the number asks for
    number, _, unit = field.text(1.0).partition(" ")
    return {"digits": str(len(number.partition(".")[2])), "unit": f" {unit}" if unit else ""}
