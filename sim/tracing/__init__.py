"""One verdict explained: traced, replayed, and what would have changed it."""
