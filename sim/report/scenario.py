"""A scenario says what it is: every test of its law in a table, and what else differs from the baseline, in the reader's language."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from babel.dates import format_date
from rich.table import Table

from sim.inputs.law.judged import Judged, judged
from sim.inputs.law.model import Law
from sim.inputs.law.rhythm import Stage
from sim.inputs.region.model import Region
from sim.inputs.scenario.frozen import Frozen
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.ranges import uncertain_parameters
from sim.inputs.scenario.toml import LIBRARY
from sim.report.language import Language
from sim.report.screen import Screen

PLACES = ("companies", "provinces")  # that may have a lead time of their own
# of a parameter; the rest tells where it is from
SAID = ("value", "constant", "distribution", "parameters", "points", "parts", "minimum", "maximum")
Write = Callable[[Fraction, Language], str]  # how a share is written
DECIMALS = 2  # at most, of a percentage
OWN_LINE = ("levers.contribution_by_company",)  # what has a sentence of its own


def show(scenario: Scenario, region: Region, screen: Screen) -> None:
    """Print what a scenario is: its title, every test of its law, and in a sentence each what else it says."""
    screen.line(screen.language.title(scenario), "bold")
    table = Table(*heads(screen.language), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows(scenario.law, screen.language):
        table.add_row(*row)
    screen.put(table)
    for fact in facts(scenario, region, screen.language):
        screen.line(fact)


def heads(language: Language) -> tuple[str, ...]:
    """Return the heads of the table of tests."""
    say = language.say
    return say("Test"), say("Measured"), say("Of the growth path"), say("Of SIB"), say("Rate"), say("Years")


def rows(law: Law, language: Language) -> Iterator[tuple[str, ...]]:
    """Yield a row for every measurement of a law, the last one too where no test follows it: the cells of `heads`, lines within them."""
    names, way = [legislature.name for legislature in law.growth_path], _way(law)
    for test in judged(law):
        yield (
            str(format_date(test.judged, "MMM yyyy", locale=language.locale)) if test.judged else language.say("no test"),
            language.say("end of {year}", year=test.measured.year),
            _path(test, names, language, way),
            "\n".join(_line(asked.stage, [way(asked.share, language)], language) for asked in test.sib),
            share(test.rate, language) if test.charged else "–",
            _years(test.charged),
        )


def share(of: Fraction, language: Language) -> str:
    """Return a share as a percentage where that is one of at most two decimals, else as it is: nothing is rounded.

    >>> share(Fraction(1, 4), Language("en")), share(Fraction(1, 8), Language("nl")), share(Fraction(1, 3), Language("en"))
    ('25%', '12,5%', '1/3')
    """
    parts, exact = of * 100, _decimals(of)
    return str(of) if exact is None else f"{language.number(float(parts), 10**-exact)}%"


def _decimals(of: Fraction) -> int | None:
    """Return the decimals that a share needs as a percentage; None for more than DECIMALS."""
    return next((places for places in range(DECIMALS + 1) if (of * 100 * 10**places).denominator == 1), None)


def _way(law: Law) -> Write:
    """Return how the table writes what tests ask: as percentages where all can be, else all parts as fractions."""
    asked = [part for test in judged(law) for of in test.regular for part in of.shares]
    asked += [of.share for test in judged(law) for of in test.sib]
    return (
        share
        if all(_decimals(part) is not None for part in asked)
        else lambda of, language: str(of) if of < 1 else share(of, language)
    )


def _years(years: range) -> str:
    return "–" if not years else str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _line(stage: Stage, parts: Iterable[str], language: Language) -> str:
    named = language.name("stage_asked", stage)
    return f"{named}: {' + '.join(parts) or '0%'}"


def _path(test: Judged, names: list[str], language: Language, way: Write) -> str:
    """Return what a test asks of the growth path, a line for each stage."""
    lines = []
    for asked in test.regular:
        alike = set(asked.shares) == {asked.shares[0]} and len(names) > 1
        whole = [language.say("{share} of all", share=way(asked.shares[0], language))]
        parts = [f"{way(part, language)} {name}" for name, part in zip(names, asked.shares, strict=True) if part]
        lines.append(_line(asked.stage, whole if alike and asked.shares[0] else parts, language))
    either = language.say("or")
    return f"\n{either} ".join(lines) if test.any_of else "\n".join(lines)


def facts(scenario: Scenario, region: Region, language: Language) -> Iterator[str]:
    """Yield in a sentence each what a test costs and who pays, who is exempt, and what else is otherwise than in the library's baseline."""
    say, number, values = language.say, language.number, scenario.law.values
    parts = ", ".join(f"{part.name} {part.years}" for part in scenario.law.growth_path)
    yield say("Asked is a part of each legislature's objective ({parts}) at that stage or beyond.", parts=parts)
    euro, higher = (number(float(12 * value.value)) for value in (values.premium, values.premium_higher))
    yield say(
        "A contribution of 100% is {euro} euro per missing dwelling and year ({higher} where rents are higher), of 2025.",
        euro=euro,
        higher=higher,
    )
    charged = Counter(year for test in judged(scenario.law) for year in test.charged)
    if twice := [str(year) for year, times in charged.items() if times > 1]:
        yield say(
            "Years overlap: more than one test charges {years}; every, in the tests of the scenario, sets the years between two.",
            years=", ".join(sorted(twice)),
        )
    if paid := scenario.levers.contribution_by_company.value:
        yield say("The company pays {share} of every contribution.", share=language.percent(paid))
    if region.exempt is not None and scenario.exempt is not None:
        count, below = number(int(region.exempt[0].sum())), scenario.exempt.inhabitants_below
        what = say("of fewer than {below} inhabitants", below=number(below)) if below else say("that are listed")
        then = say("the others get what they lose") if scenario.exempt.redistributed else say("what they lose lapses")
        yield say("No objective for {count} municipalities {what}; {then}.", count=count, what=what, then=then)
    for name, members in scenario.merge.items():
        yield say("One company, {name}, instead of {members}.", name=name, members=", ".join(members))
    if scenario.official is not None:
        laid = {i for figures in region.laid.values() for i in figures}
        yield language.say_count(
            "Official figures of {count} municipality: {file}.",
            "Official figures of {count} municipalities: {file}.",
            number(len(laid)),
            file=scenario.official.file,
        )
    if scenario.swaps is not None:
        yield say("Swaps of objectives: {file}.", file=scenario.swaps.file)
    for key, now, before in differences(scenario):
        if key not in OWN_LINE:
            yield say(
                "{what}: {now} (baseline: {before})",
                what=_called(key, language),
                now=_shown(now, language),
                before=_shown(before, language),
            )


def differences(scenario: Scenario) -> Iterator[tuple[str, Any, Any]]:
    """Yield every parameter, value and reading of the law, and means of a company, that is not the library's baseline's: key, value there, in
    the baseline."""
    now, before = _values(scenario), _values(_baseline())
    yield from ((key, value, before.get(key)) for key, value in now.items() if value != before.get(key))


@cache
def _baseline() -> Scenario:
    return load_scenario(LIBRARY / "baseline.toml")


def _values(scenario: Scenario) -> dict[str, Any]:
    """Return what a scenario says of every parameter, value and reading, by key."""
    law = scenario.law
    groups: dict[str, Any] = {"levers": scenario.levers, "uncertainties": scenario.uncertainties, "costs": scenario.costs}
    groups |= {"law.values": law.values, "law.readings": law.readings}
    groups |= {f"companies.{name}": means for name, means in scenario.companies.items()}
    said = {f"{group}.{name}": each for group, held in groups.items() for name, each in held or () if each is not None}
    own = {
        f"{key}.{places}.{name}": where
        for key, each in said.items()
        for places in PLACES
        for name, where in getattr(each, places, {}).items()
    }
    return {key: _said(each) for key, each in {**said, **own}.items()}


def _said(parameter: Frozen) -> Any:
    """Return the value of a parameter, or what its distribution is."""
    given = {key: getattr(parameter, key) for key in SAID if getattr(parameter, key, None) is not None}
    if "distribution" not in given:
        return given.get("value")
    of = [f"{name} {number:g}" for name, number in given["parameters"].items()]
    of += [f"{share:.0%} {value:g}" for share, value in given.get("points", ())]
    of += [f"{part.weight:g} {_said(part)}" for part in given.get("parts", ())]
    of += [f"{key} {given[key]:g}" for key in ("minimum", "maximum") if key in given]
    return given.get("constant", f"{given['distribution']}({', '.join(of)})")


def _called(key: str, language: Language) -> str:
    """Return what a key is called, where it is an uncertain parameter; else the key."""
    titles = {sets: language.title(known) for known in uncertain_parameters().values() for sets in known.sets}
    return next((titles[f"{key}.{end}"] for end in ("value", "constant") if f"{key}.{end}" in titles), key)


def _shown(value: Any, language: Language) -> str:
    """Return a value as a reader writes it."""
    if isinstance(value, bool):
        return language.say("yes") if value else language.say("no")
    if isinstance(value, Fraction):
        return language.number(float(value)) if value.denominator == 1 else str(value)
    if isinstance(value, int | float):
        return f"{value:g}".replace(".", "," if language.code == "nl" else ".")
    return language.say("none") if value is None else str(value)
