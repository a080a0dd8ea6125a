"""Several tables as one: stacked where their columns are the same, joined where they differ."""
