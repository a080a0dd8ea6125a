"""How sure a change of course is, in words: what is counted as a change, and what is only a sign of one."""

from __future__ import annotations

from collections.abc import Sequence

COUNTED = 0.5
"""Share of resamples that a change has to be in to be counted as one, and drawn."""

SURE = 0.8
"""Share of resamples from which its year is called fairly sure."""


def how_sure(confidence: float) -> str:
    """Return how sure a change is.

    Parameters
    ----------
    confidence
        Share of resamples that have it within a year.

    Examples
    --------
    >>> how_sure(0.92), how_sure(0.51), how_sure(0.14)
    ('fairly sure', 'not sure', 'a weak sign')
    """
    if confidence < COUNTED:
        return "a weak sign"
    return "fairly sure" if confidence >= SURE else "not sure"


def changes_sentence(fields: Sequence[str], confidences: Sequence[float], n_fields: int) -> str:
    """Return how many features change their course how often, without the weak signs.

    Parameters
    ----------
    fields, confidences
        Of each change found: the name of its field, and the share of resamples that have it.
    n_fields
        Features that were looked at.
    """
    counted = [(name, share) for name, share in zip(fields, confidences, strict=True) if share >= COUNTED]
    if not len(fields):
        return f"Not one of {n_fields} features changes its course: each follows one line through all years."
    weak = _weak_words(len(fields) - len(counted))
    if not counted:
        return f"Not one of {n_fields} features changes its course in at least half of the resamples. {weak}"
    n_sure, n_moved = sum(share >= SURE for _, share in counted), len({name for name, _ in counted})
    said = (
        f"{n_moved} of {n_fields} features {'changes its' if n_moved == 1 else 'change their'} course, "
        f"{len(counted)} {'time' if len(counted) == 1 else 'times'} in all, counting what returns in at least half of "
        f"the resamples; the year is fairly sure (at least {SURE:.0%}) of {n_sure}."
    )
    return " ".join(part for part in (said, weak, "What changed may be what was collected, not music.") if part)


def _weak_words(n: int) -> str:
    if not n:
        return ""
    return f"{n} weaker {'sign is' if n == 1 else 'signs are'} listed apart and not counted."
