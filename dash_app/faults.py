"""What is said of an error: a refusal's own sentence; of a fault only where the log tells more."""

from __future__ import annotations

import logging
import secrets

from data.errors import SongscapeError

_log = logging.getLogger("songscape")


def sentence_of(error: Exception) -> str:
    """Return the sentence for the reader; a fault is logged under the reference that its sentence names."""
    if isinstance(error, SongscapeError):
        return str(error)
    reference = secrets.token_hex(4)
    _log.error("a question failed, reference %s", reference, exc_info=error)
    return f"This could not be answered because of a fault on our side (reference {reference})."
