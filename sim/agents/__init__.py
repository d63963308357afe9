"""What actors decide, as pure functions over rows: companies, municipalities, neighbours, regulator. They keep no state and draw nothing."""
