"""Make or check the tables of pages: `python -m docs.tables --write` or `--check`, of all pages or of those named; a subject prints one."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from docs.tables import pages
from sim.inputs.errors import BAD_INPUT, InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked and return the exit code: 0, or 2 for a page whose tables are not what the code gives or that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m docs.tables", description=__doc__)
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--write", action="store_true", help="make the tables anew")
    how.add_argument("--check", action="store_true", help="only say which are not what the code gives")
    how.add_argument("--print", choices=pages.SUBJECTS, metavar="SUBJECT", help="print one table")
    parser.add_argument("page", nargs="*", type=Path, default=pages.PAGES, help="default: all")
    asked = parser.parse_args(arguments)
    if asked.print:
        print(pages.SUBJECTS[asked.print]())
        return 0
    code = 0
    for page in asked.page:
        try:
            if asked.write:
                print(f"{page}: {'made anew' if pages.write(page) else 'as it was'}")
            elif not pages.check(page):
                print(f"{page}: a table is not what the code gives; make docs makes it anew", file=sys.stderr)
                code = BAD_INPUT
        except InputError as error:
            print(error, file=sys.stderr)
            code = BAD_INPUT
    return code


if __name__ == "__main__":
    sys.exit(main())
