"""The tests: a mirror of the packages, and what holds between them."""
