"""What `tests/bench_ui.py` measures with: generated catalogues, a bare page beside ours, a browser, a crowd."""
