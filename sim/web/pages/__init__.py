"""The pages, each a function from what it is of to a view in the reader's language."""
