"""`python -m sim.inputs.estimate` writes estimates.csv and hexagons.csv anew; with `--check` it compares, and fails if a byte differs."""

import argparse
from collections.abc import Callable

import pandas as pd

from . import build, residuals
from .facts import DATA
from .hexagons import build_hexagons, report
from .residuals import checks


def main(only_check: bool = False, word: Callable[[str], str] = str) -> int:
    """Rebuild or compare the tables, print residuals, checks and what the map keeps; return the exit status.

    `word`: heads and short words as the reader has them; what a figure or a check is stays as the data say it.
    """
    estimates, hexagons = build(), build_hexagons()
    verdicts = {name: settled(name, table, only_check) for name, table in (("estimates", estimates), ("hexagons", hexagons))}
    table = residuals(estimates).assign(use=lambda rows: rows["use"].map(word)).rename(columns=word)
    print(table.to_string(index=False, float_format=lambda v: f"{v:.10g}", max_colwidth=60))
    for name, passed in checks(estimates):
        print(word("pass") if passed else word("miss"), name)
    print(*report(hexagons), sep="\n")
    for name, same in verdicts.items():
        print(f"{name}.csv:", word("the same bytes" if same else "different" if only_check else "written anew, it differed"))
    return 1 if only_check and not all(verdicts.values()) else 0


def settled(name: str, table: pd.DataFrame, only_check: bool) -> bool:
    """Return whether the package holds this very table, byte for byte; write it unless only checking."""
    text = table.to_csv(index=False, lineterminator="\n").encode()
    path = DATA / f"{name}.csv"
    same = path.exists() and path.read_bytes() == text
    if not only_check:
        path.write_bytes(text)
    return same


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sim.inputs.estimate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the tables in the package, write nothing")
    raise SystemExit(main(parser.parse_args().check))
