"""The tables of the pages: `python -m docs.tables --write` makes them anew (`make docs`), `--check` says which are not what the code gives."""
