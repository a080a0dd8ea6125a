"""Genre tags: read from any cell, grouped into families, made into one label per track."""
