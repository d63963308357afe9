"""The page: the forecast, what it says of a place, and levers to push at. It calls the studies and owns no number."""
