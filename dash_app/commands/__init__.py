"""What the commands do; they print with rich and refuse with one sentence."""
