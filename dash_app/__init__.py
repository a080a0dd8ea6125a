"""People and programs asking: pages, API and command line over one set of answers."""

from __future__ import annotations

import os

# Before numpy is loaded. The matrices here are small: threads of linear algebra only wait for each other, on a busy
# machine for seconds, and several questions are answered side by side anyway.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
