"""The sections of a forecast's report, and the five sentences of its note."""

from sim.report import estimates
from sim.report.cells import written
from sim.report.parts import Bullets, Head, Section, Terms, Text
from sim.report.snippets import terms
from sim.runs.outcomes import categories as of_all_tests
from sim.runs.results import VERDICTS
from sim.studies.forecast import words
from sim.studies.forecast.pictures import draw_categories, draw_contributions, draw_realised
from sim.studies.forecast.report.page import ForecastPage
from sim.studies.forecast.totals import WAITING


def answer(page: ForecastPage) -> Section:
    """Return the answer in five sentences."""
    first, *others = told(page)
    return Section("answer", page.say("The answer"), [Text(first, "answer"), Bullets(others)])


def told(page: ForecastPage) -> list[str]:
    """Return what who decides has to know, in five sentences: dwellings, the past beside them, tests, contributions, what is waited for."""
    say, last = page.say, len(page.sheets["years"]) - 1
    year = page.facts["end_year"]
    realised = dict(page.in_words("years", last, "realised"))
    if page.results.manifest["replications"] >= estimates.BANDED:
        realised["band"] = say("in 8 of 10 simulations {band}", band=realised["band"])
    of_it = page.language.percent(page.sheets["years"].value(last, "realised_mean") / page.facts["objective"])
    expected = say(
        "By the end of {year}, {mean} of the {objective} dwellings are expected to be realised, {share} of what is asked ({band}).",
        year=year,
        objective=page.fact("objective"),
        share=of_it,
        **realised,
    )
    past = say(
        "If growth went on as in past periods it would be {least} to {most} of it; the objective is reached in {reached} of {all} simulations.",
        least=page.share("past_least"),
        most=page.share("past_most"),
        reached=page.fact("reached"),
        all=page.fact("replications"),
    )
    return [expected, past, _tested(page), _paid(page, last), _waits(page)]


def _tested(page: ForecastPage) -> str:
    """Say how many municipalities fall into 2B: at each test, at least once, and in all."""
    say, tests = page.say, page.sheets["tests"]
    if not len(tests):
        return say("This scenario has no progress tests.")
    in_2B = [float(tests.value(row, "category_2B_mean")) for row in range(len(tests))]
    least, most = (page.known("tests", in_2B.index(end), "category_2B")[0] for end in (min(in_2B), max(in_2B)))
    return say(
        "Of {judged} municipalities with an objective {least} to {most} fall into category 2B at each of the {tests} progress tests; "
        "{ever} do at least once, and there are {verdicts} such verdicts in all.",
        judged=page.fact("judged"),
        least=least,
        most=most,
        tests=str(len(tests)),
        ever=page.fact("municipalities_ever_2B"),
        verdicts=page.fact("verdicts_2B"),
    )


def _paid(page: ForecastPage, last: int) -> str:
    """Say what municipalities pay, and how that hangs on their response to tests."""
    say = page.say
    paid = say(
        "By the end of {year}, contributions are expected to come to {mean} million euro ({band})",
        year=page.facts["end_year"],
        **page.in_words("years", last, "paid"),
    )
    if by_response := words.by_response(page.results):
        weak, strong = (page.language.number(value) for value in by_response)
        paid += say("; {weak} million if they respond weakly to tests, {strong} million if strongly", weak=weak, strong=strong)
    return paid + "."


def _waits(page: ForecastPage) -> str:
    """Say what most of the dwellings that are needed at the end wait for."""
    say, language = page.say, page.language
    value = page.sheets["facts"].frame.set_index("fact")["value"]
    first, second = sorted(WAITING, key=lambda name: -float(value[name]))[:2]
    return say(
        "Of the dwellings that are still needed then, {most} wait for {first} and {next} for {second}.",
        most=page.fact(first),
        first=language.name("waits_for", first),
        next=page.fact(second),
        second=language.name("waits_for", second),
    )


def growth(page: ForecastPage) -> Section:
    """Return the dwellings from year to year, against what is asked."""
    sheet = page.sheets["years"]
    rows = []
    for row in range(len(sheet)):
        asked = sheet.value(row, "growth_path")
        path = sheet.cell(row, "growth_path") if asked == asked else "–"
        rows.append(
            [str(sheet.value(row, "year")), path, *(page.banded("years", row, name) for name in ("realised", "net", "paid"))]
        )
    heads = [page.head("year", False), page.head("asked"), page.head("realised"), page.head("net"), page.head("paid")]
    return Section(
        "growth", page.say("Growth"), [page.drawn("realised", draw_realised), page.listed("years", heads, rows, "years")]
    )


def tests(page: ForecastPage) -> Section:
    """Return the tests: municipalities by category, what lacks, contributions."""
    sheet, names = page.sheets["tests"], (*VERDICTS, "shortfall", "contribution")
    if not len(sheet):
        return Section("tests", page.say("Progress tests"), [Text(page.say("This scenario has no progress tests."))])
    rows = [[str(sheet.value(row, "test")), *(page.banded("tests", row, name) for name in names)] for row in range(len(sheet))]
    heads = [page.head("test", False), *(page.head(name) for name in names)]
    return Section(
        "tests",
        page.say("Progress tests"),
        [page.drawn("categories", draw_categories, "tests"), page.listed("tests", heads, rows, "tests")],
    )


def contributions(page: ForecastPage) -> Section:
    """Return what is paid from year to year."""
    return Section("contributions", page.say("Contributions"), [page.drawn("contributions", draw_contributions)])


def municipalities(page: ForecastPage) -> Section:
    """Return the municipalities by name: objective, share realised at the end, chance of 2B at each test and at one at least."""
    sheet = page.sheets["municipalities"]
    judged = (of_all_tests(page.results, len(sheet)) > 0).sum(axis=0)  # simulations in which each has an objective at each test
    chances = {f"2B_{test}": judged[k] for k, test in enumerate(page.results.tests())}
    chances["ever_2B"] = [page.results.manifest["replications"]] * len(sheet)
    rows: list[list[str]] = []
    for row in sheet.frame.sort_values("municipality", key=lambda names: names.str.casefold()).index:
        cells: list[str] = ["–"] * (len(chances) + 2)
        if sheet.value(row, "share") == sheet.value(row, "share"):
            step = 10 if sheet.value(row, "objective") >= 100 else 1
            cells = [sheet.cell(row, "objective", step), sheet.percent(row, "share")]
            cells += [sheet.share_of(row, name, int(of[row])) for name, of in chances.items()]
        rows.append([str(sheet.value(row, "municipality")), str(sheet.value(row, "company")), *cells])
    heads: list[Head] = [page.head("municipality", False), page.head("company", False), page.head("objective"), page.head("share")]
    heads += [page.head("2B", test=test) for test in page.results.tests()]
    heads.append(page.head("ever_2B"))
    find = page.say("Find a municipality or company")
    return Section(
        "municipalities", page.say("Municipalities"), [page.listed("municipalities", heads, rows, "municipalities", find)]
    )


def limits(page: ForecastPage) -> Section:
    """Return what the numbers rest on."""
    say, facts = page.say, page.facts
    items = [*page.origin(), say("The rules are those of a draft decree: not definitive, and silent in places.")]
    if facts["replications"] < estimates.FEW:
        items.append(say("With fewer than 100 simulations bands and intervals are only indicative."))
    if facts["failed"]:
        items.append(say("Replications that failed and are not counted: {failed}.", failed=written(page.plain, facts["failed"])))
    return Section("limits", say("What the numbers rest on"), [Bullets(items)])


def glossary(page: ForecastPage) -> Section:
    """Return what the words mean."""
    return Section("glossary", page.say("Words"), [Terms(terms(page.language))])
