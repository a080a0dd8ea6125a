"""What was learned: recipes, the cards that judge them and the bundle they are kept in.

Imports ``data`` and ``analytics`` only.
"""
