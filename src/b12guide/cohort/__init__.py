"""Many patients at once: frames in, advice or findings out, by the same program."""
