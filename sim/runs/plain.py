"""The plain model (`sim.model`) as an engine of experiments: its histories as the rows that are stored."""

from collections.abc import Callable, Sequence
from operator import itemgetter

import numpy as np

from sim.engine import History
from sim.engine.state import COMPANY_YEAR, FLANDERS, HISTORY, TEST, TEST_TOTAL, TOTAL, YEAR, Rows
from sim.model import Given, replicate
from sim.model import History as Plain
from sim.runs.futures import Futures
from sim.runs.results import VERDICTS

DRAWN = ("managers", "budget", "response")


def replicator(futures: Futures) -> Callable[[int], History]:
    """Return what computes a replication by its number."""
    if futures.sets is not None:
        return lambda number: futures.known_by(stored(replicate(Given(*futures.of(number)), number)))
    given = Given(futures.scenario, futures.region)
    return lambda number: stored(replicate(given, number))


def stored(plain: Plain) -> History:
    """Return a history of the plain model as the compiled engine gives it."""
    years = _rows(plain.years, YEAR).reshape(len(plain.flanders), -1)
    tests = _rows(plain.tests, TEST).reshape(-1, years.shape[1])
    return History(
        replication=plain.replication,
        population=plain.population,
        world=np.array([plain.drawn[name] for name in DRAWN], np.int64),
        years=years,
        tests=tests,
        companies=_rows(plain.companies, COMPANY_YEAR).reshape(len(years), -1),
        totals=_totals(years),
        test_totals=_test_totals(tests),
        flanders=_rows(plain.flanders, FLANDERS),
        paths=np.array(plain.paths, np.int64).reshape(*tests.shape, -1),
        unsorted=_rows(plain.projects, np.dtype([(name, np.int32) for name in HISTORY])),
    )


def _rows(rows: Sequence[dict[str, int]], layout: np.dtype) -> Rows:
    return np.array([*map(itemgetter(*(layout.names or ())), rows)], layout)


def _totals(years: Rows) -> Rows:
    """Return the sums over municipalities. `bso`: of realised within 0 and the objective; `net`: of realised as it is."""
    totals = np.zeros(len(years), TOTAL)
    known = {"bso": np.clip(years["realised"], 0, years["objective"]), "net": years["realised"]}
    for name in TOTAL.names or ():
        totals[name] = (known[name] if name in known else years[name]).sum(axis=1)
    return totals


def _test_totals(tests: Rows) -> Rows:
    totals = np.zeros(len(tests), TEST_TOTAL)
    known = {name: tests["category"] == number for number, name in enumerate(VERDICTS, 1)}
    known["shortfall"] = tests["lacking_regular"] + tests["lacking_sib"]
    for name in TEST_TOTAL.names or ():
        totals[name] = (known[name] if name in known else tests[name]).sum(axis=1)
    return totals
