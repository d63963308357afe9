"""Maps of Flanders: a hexagon per municipality."""
