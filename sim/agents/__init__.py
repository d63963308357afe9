"""What actors decide, as pure functions over rows: companies, municipalities, regulator. They keep no state and draw nothing."""
