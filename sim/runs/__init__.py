"""Many replications on disk: experiments, workers, chunks, results, and what is computed from them."""
