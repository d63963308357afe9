"""Flanders on the starting day: municipalities, companies, estimates, and what is laid over them."""
