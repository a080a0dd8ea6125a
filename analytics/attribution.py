"""What each feature added to a prediction, exactly and summing to it."""

from __future__ import annotations

import numpy as np


def linear_contributions(columns: np.ndarray, coefficients: np.ndarray, intercepts: np.ndarray) -> np.ndarray:
    """Return what each column adds to each score of a linear model.

    With columns centred on the training mean these are the SHAP values of a linear model with
    independent features (Lundberg and Lee, "A unified approach to interpreting model predictions",
    NeurIPS 2017, corollary 1).

    Parameters
    ----------
    columns
        Centred on the training mean, shape (n_tracks, n_columns).
    coefficients
        Shape (n_scores, n_columns).
    intercepts
        Shape (n_scores,).

    Returns
    -------
    np.ndarray
        Shape (n_tracks, n_scores, n_columns + 1); the last entry is the score of the mean track,
        and the sum over the last axis is the score.
    """
    terms = columns[:, None, :] * coefficients[None, :, :]
    shape = (*terms.shape[:2], 1)
    return np.concatenate([terms, np.broadcast_to(intercepts[None, :, None], shape)], axis=2)


def grouped(contributions: np.ndarray, sources: np.ndarray, n_features: int) -> np.ndarray:
    """Return contributions added up by the feature that each column was made from.

    Parameters
    ----------
    contributions
        Shape (..., n_columns + 1), the base value last.
    sources
        Feature number of each column, shape (n_columns,).
    n_features
        Number of features.

    Returns
    -------
    np.ndarray
        Shape (..., n_features + 1), the base value last.
    """
    to_feature = np.zeros((len(sources) + 1, n_features + 1))
    to_feature[np.arange(len(sources)), sources] = 1
    to_feature[-1, -1] = 1
    return contributions @ to_feature


def largest_gap(contributions: np.ndarray, scores: np.ndarray) -> float:
    """Return the largest distance of a sum of contributions from its score; 0 when all is exact."""
    return float(np.abs(contributions.sum(axis=-1) - scores).max(initial=0.0))
