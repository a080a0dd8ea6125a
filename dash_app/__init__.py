"""People and programs asking: the pages, the API and the command line over the same answers."""
