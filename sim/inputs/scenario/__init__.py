"""Scenarios: levers, uncertainties, law changes, ranges of uncertain parameters, sweeps."""
