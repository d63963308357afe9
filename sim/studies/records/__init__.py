"""Forecasts on record, and their score once the verdicts are known."""
