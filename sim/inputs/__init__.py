"""What goes into a run, checked once: scenario, law, region, months, and the tables of facts and estimates with their sources."""
