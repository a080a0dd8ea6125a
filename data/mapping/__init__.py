"""What the columns of a source are taken for: proposed, corrected by a person, carried out."""

from __future__ import annotations

from data.mapping.columns import Column
from data.mapping.mapping import Mapping, propose
from data.mapping.translating import Translated

__all__ = ["Column", "Mapping", "Translated", "propose"]
