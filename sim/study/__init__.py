"""Studies: many runs of the engine, kept on disk, compared and summed up."""
