"""What a bundle answers with: the estimators that are stored in it and loaded by the server.

Everything that is pickled is defined here (or by scikit-learn and LightGBM), apart from the
recipes, so that a serving process loads no trainer. Tables of features ``X`` have one row per track
and the catalogue's feature columns in their order, NaN where missing.
"""
