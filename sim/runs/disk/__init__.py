"""Results on disk: how they are written, whose a folder is, and what is checked when they are read."""
