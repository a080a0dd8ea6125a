"""Pure mathematics: arrays and tables in, tables out; no files, clock, globals or plotting."""
