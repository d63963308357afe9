"""The law as data: its files, the model that reads them, other calendars of tests, readings."""
