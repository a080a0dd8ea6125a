"""What every question is answered with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from data.fields import in_a_sentence as in_a_sentence


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """A table, the sentence computed from it and what to keep in mind.

    Parameters
    ----------
    table
        The numbers.
    headline
        One sentence that says what they show.
    bundle_id
        The bundle they were computed from.
    caveats
        Sentences that limit what may be concluded.
    facts
        Further small values by name.
    """

    table: pd.DataFrame
    headline: str
    bundle_id: str
    caveats: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw; the headline then says why."""
        return self.table.empty


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign, a true minus where it is negative.

    >>> signed(0.25, 2), signed(-3.5), signed(-0.001, 2)
    ('+0.25', '−3.5', '+0.00')
    """
    return f"{value:+z.{digits}f}".replace("-", "−")
