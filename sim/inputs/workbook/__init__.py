"""A housing company's own tables: read, checked, and made part of a scenario."""
