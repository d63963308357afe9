"""Tables as people have them: whatever a spreadsheet saves, read in one way, with every mistake in it at once."""
