"""Tables of the pages of docs/."""
