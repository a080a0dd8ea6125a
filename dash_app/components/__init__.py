"""Layout pieces, built from the data dictionary; a page puts them together."""
