"""`python -m sim.inputs.estimate` writes estimates.csv anew; with `--check` it only compares, and fails if a byte differs."""

import argparse

from . import build, residuals
from .facts import DATA
from .residuals import checks


def main(only_check: bool = False) -> int:
    """Rebuild or compare the table, print residuals and checks; return the exit status."""
    estimates = build()
    text = estimates.to_csv(index=False, lineterminator="\n").encode()
    path = DATA / "estimates.csv"
    same = path.exists() and path.read_bytes() == text
    if not only_check:
        path.write_bytes(text)
    print(residuals(estimates).to_string(index=False, float_format=lambda v: f"{v:.10g}", max_colwidth=60))
    for name, passed in checks(estimates):
        print("pass" if passed else "MISS", name)
    print("estimates.csv:", "the same bytes" if same else "different" if only_check else "written anew, it differed")
    return 1 if only_check and not same else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sim.inputs.estimate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the table in the package, write nothing")
    raise SystemExit(main(parser.parse_args().check))
