"""The numbers of answers on capacity, each with its place in a CSV beside it: what the sentences, the screen and the report share."""

from collections.abc import Mapping

import pandas as pd

from sim.report.cells import Cell, Sheet
from sim.report.language import Language
from sim.studies.capacity.all_companies import Everyone
from sim.studies.capacity.study import Found

MILLION, LITTLE = 1e6, 5e5  # euro
SMALL = 0.05  # of a mean, below which no decimal is written
NAMES = {"replaced": "replaced", "all": "capacity_all"}  # how the CSV of a table is called; the others are capacity_<table>


class Tables:
    """Tables as a reader's language writes them. Sheets are made when they are asked for: some are long, and most sentences need one."""

    def __init__(self, language: Language, written: Mapping[str, pd.DataFrame], added: Mapping[str, pd.DataFrame]) -> None:
        self.language, self.added, self.tables = language, added, {**written, **added}
        self.files = {name: NAMES.get(name, f"capacity_{name}") for name in self.tables}
        self._sheets: dict[str, Sheet] = {}

    def sheet(self, name: str) -> Sheet:
        """Return a table, read cell by cell. Raises KeyError for a table that there is not."""
        if name not in self._sheets:
            self._sheets[name] = Sheet(self.files[name], self.tables[name], self.language)
        return self._sheets[name]

    def range(self, low: str, high: str) -> str:
        """Say from where to where."""
        return self.language.say("{low} to {high}", low=low, high=high)


class Numbers(Tables):
    """The answer for one company."""

    def __init__(self, found: Found, language: Language) -> None:
        super().__init__(language, written(found), added(found))

    def fact(self, name: str, column: str = "value", step: float = 1, scale: float = 1) -> Cell:
        """Return a number of the answer itself."""
        sheet = self.sheet("answer")
        return sheet.cell(sheet.row(fact=name), column, step, scale)

    def share(self, name: str, column: str = "value") -> Cell:
        """Return a chance of the answer itself."""
        sheet = self.sheet("answer")
        return sheet.percent(sheet.row(fact=name), column)

    def mean(self, lever: str, column: str, step: float = 1) -> Cell:
        """Return a number of one of the company's means."""
        sheet = self.sheet("means")
        return sheet.cell(sheet.row(lever=lever), column, step)

    def today(self, lever: str, column: str = "today") -> Cell:
        """Return what there is of one of the means; without a decimal where it is whole."""
        whole = self.mean(lever, column)
        return whole if abs(whole.value - round(whole.value)) < SMALL else self.mean(lever, column, 0.1)

    def euro(self, name: str, column: str = "value") -> Cell:
        """Return a cost of the answer itself in million euro; in more digits where it is little."""
        step = 0.1 if self.fact(name).value >= LITTLE else 0.01
        return self.fact(name, column, step, 1 / MILLION)


class NumbersOfAll(Tables):
    """The answers for all companies."""

    def __init__(self, found: Everyone, language: Language) -> None:
        short = float((~found.ranking["reached"]).sum())
        facts = {"companies": float(len(found.ranking)), "short": short, "wish": found.question.probability}
        facts |= {f"cost_{name}": float(cost) for name, cost in found.facts["costs"].items()}
        facts["replications"] = float(found.facts["replications"])
        frame = pd.DataFrame({"fact": list(facts), "value": list(facts.values())})
        more = {f"more_{name}": found.totals[name] - found.totals["today"] for name in ("need", "low95", "high95")}
        super().__init__(language, {"all": found.ranking}, {"all_totals": found.totals.assign(**more), "all_facts": frame})

    def fact(self, name: str) -> Cell:
        """Return a number of the answers themselves."""
        sheet = self.sheet("all_facts")
        return sheet.cell(sheet.row(fact=name), "value")

    def total(self, mean: str, column: str, step: float = 1, scale: float = 1) -> Cell:
        """Return a number of all companies together, of one of the means or of the cost."""
        sheet = self.sheet("all_totals")
        return sheet.cell(sheet.row(mean=mean), column, step, scale)


def written(found: Found) -> dict[str, pd.DataFrame]:
    """Return the tables that the answer itself writes, by name, in the order of their rows there."""
    return {**found.tables, "replaced": found.replaced}


def added(found: Found) -> dict[str, pd.DataFrame]:
    """Return the tables that only the report writes."""
    return {"answer": _answer(found), "means": _means(found), "tests": _tests(found), "falls": found.falls}


def _answer(found: Found) -> pd.DataFrame:
    """Return a row per number of the answer: chances from 0 to 1, euro a year; with their 95% intervals where they have one."""
    low, high = found.extra_interval
    rows: dict[str, tuple[float, ...]] = {
        "wish": (found.question.probability,),
        "chance_as_is": found.as_is,
        "chance_at_most": found.most,
        "chance_possible": (found.possible,),
        "aim": (found.cheapest.aim,),
        "chance_cheapest": (found.cheapest.chance,),
        "chance_fresh": found.fresh,
        "cost_today": (found.cost_today,),
        "cost_extra": (found.extra, low, high),
        "cost_plan": (found.cost_today + found.extra, found.cost_today + low, found.cost_today + high),
        "municipalities": (len(found.facts["municipalities"]),),
        "objective": (found.facts["objective"],),
        "replications": (found.facts["replications"],),
    }
    return pd.DataFrame(
        [(name, *values, *[None] * (3 - len(values))) for name, values in rows.items()],
        columns=["fact", "value", "low95", "high95"],
    ).astype({"value": float, "low95": float, "high95": float})


def _means(found: Found) -> pd.DataFrame:
    """Return a row per lever: euro a year for one, today, the least alone, the most that is tried, and the cheapest combination.

    `plan`: of the cheapest combination where that is more than there is, else what there is.
    """
    rows = []
    for name in found.question.levers:
        least, (low, high) = found.least[name], found.cheapest.interval(name)
        alone = {"least": least.least, "least_low95": least.low, "least_high95": least.high, "most": least.most}
        together = {"cheapest": getattr(found.cheapest.capacity, name), "cheapest_low95": low, "cheapest_high95": high}
        together |= {"plan": found.more.get(name, getattr(found.today, name))}
        rows.append({"lever": name, "price": found.facts["costs"][name], "today": getattr(found.today, name), **alone, **together})
    frame = pd.DataFrame(rows)
    return frame.astype(dict.fromkeys(frame.columns[1:], float))


def _tests(found: Found) -> pd.DataFrame:
    """Return a row per test: the chance to pass it by itself, as things are and with the most of everything."""
    rows = [(int(year), chance, found.by_test["most"][year]) for year, chance in found.by_test["as_is"].items()]
    return pd.DataFrame(rows, columns=["test", "chance_as_is", "chance_at_most"])
