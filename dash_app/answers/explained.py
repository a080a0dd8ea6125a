"""What contributions to a prediction are, told from the model that is served."""

from __future__ import annotations

from typing import Any


def explained(predictor: Any) -> str:
    """Return what a predictor's contributions are, part by part of the model; empty where there is no predictor."""
    if predictor is None:
        return ""
    from models.predictors.explained import explained_sentence  # loads LightGBM, which a server that starts need not

    return explained_sentence(predictor.scorer)
