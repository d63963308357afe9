"""The report's sections on time and place: growth, categories from test to test, maps, and the municipalities by name."""

import math

import pandas as pd
from matplotlib.figure import Figure

from sim.report.maps import hexmap
from sim.report.parts import More, Part, Picture, Section, Text
from sim.studies.compare.pictures import draw_flows, tests_of
from sim.studies.compare.report.options import ComparisonPage, heads
from sim.studies.forecast.pictures import draw_realised, mark_tests


def growth(page: ComparisonPage) -> Section:
    """Return the fan of the first option against the growth path, with the tests marked."""
    say, plain = page.say, page.plain

    def draw() -> Figure:
        figure = draw_realised(page.results, plain.language)
        mark_tests(figure.axes[0], tests_of(plain, plain.base), plain.language)
        return figure

    reading = say(
        "How to read: the thick line is what is expected of {base}. In 8 of 10 simulations the number lies within the light band, in "
        "half of them within the dark one. The upright dashed lines are the tests; the other dashed line is what the growth path asks.",
        base=plain.letter,
    )
    picture = page.drawn("fan", draw, reading, ["fan"])
    past = say(
        "If social rental housing kept growing as in past periods, {least} to {most} of the objective would be there by the end.",
        least=page.html.percent("facts", {"fact": "past_growth_least"}, "value"),
        most=page.html.percent("facts", {"fact": "past_growth_most"}, "value"),
    )
    reached = say(
        "The whole objective is reached in {reached} of the {all} simulations.",
        reached=page.fact("reached"),
        all=page.fact("replications"),
    )
    return Section("growth", say("Dwellings, year by year"), [picture, Text(reached + " " + past)])


def categories(page: ComparisonPage) -> Section:
    """Return the flows between categories: of the first option, and of the others for who asks."""
    say, plain = page.say, page.plain
    reading = say(
        "How to read: a bar is a test, and a ribbon is as wide as the municipalities that go from one category to the other. 2B is "
        "below, where a contribution is due."
    )

    def flows(option: str) -> Picture:
        return page.drawn(f"flows-{plain.names[option].letter}", lambda: draw_flows(plain, option), reading, ["flows", "tests"])

    first, others = flows(plain.base), [flows(option) for option in plain.others]
    return Section("categories", say("Categories, from test to test"), [first, More(say("The same for the other options"), others)])


def maps(page: ComparisonPage) -> Section:
    """Return maps: 2B at the test with most of it, what is realised, and how the chance of 2B differs between options."""
    say, plain = page.say, page.plain
    note = say(
        "Each hexagon is a municipality, as near to its neighbours as can be. Tick the box to read the names; the table below "
        "has them all."
    )
    parts: list[Part] = [Text(note, "note"), *_chance_map(page), _share_map(page)]
    differences = {option: of_option(page, option, "ever_2B_difference") for option in plain.others}
    differing = [option for option, values in differences.items() if (values != 0).any()]
    differing.sort(key=lambda option: -float(differences[option].abs().mean()))
    pictures = [_difference_map(page, option, differences[option]) for option in differing]
    parts += pictures[:1] or [Text(say("Between the options there is no difference in the chance of 2B, in any municipality."))]
    if pictures[1:]:
        parts.append(More(say("Maps of the other options"), pictures[1:]))
    return Section("maps", say("On the map"), parts)


def of_option(page: ComparisonPage, option: str, column: str) -> "pd.Series[float]":
    """Return a column of an option's municipalities, by NIS code."""
    frame = page.comparison.tables["municipalities"]
    return frame[frame["option"] == option].set_index("nis")[column].astype(float)


def _chance_map(page: ComparisonPage) -> list[Picture]:
    """Return the map of the chance of 2B at the first option's test with most of it, if it has tests; NaN without an objective."""
    plain, frame = page.plain, page.comparison.tables["chances"]
    frame = frame[frame["option"] == plain.base]
    if not len(frame):
        return []
    test = int(str(frame.groupby("test")["2B"].sum().idxmax()))
    rows = frame[frame["test"] == test].set_index("nis")
    chances = rows["2B"].where(rows[["1", "2A", "2B"]].sum(axis=1) > 0)
    option = plain.names[plain.base].called
    title = plain.say("Chance of category 2B at the test of {year}, with {option}", year=test, option=option)
    subtitle = plain.say("Share of the simulations in which the municipality falls into 2B at the test with most 2B; estimates")
    reading = page.say(
        "How to read: 20% means in 20 of the 100 simulations. A darker hexagon is a larger chance; it is no verdict."
    )
    missing = plain.say("no objective")
    figure = hexmap.share_map(chances, plain.language, title, subtitle, plain.source(), missing=missing, numbers=True)
    return [page.picture("map-2B", figure, reading, ["chances"])]


def _share_map(page: ComparisonPage) -> Picture:
    """Return the map of what is realised with the first option, as a share of the objective."""
    plain = page.plain
    title = plain.say(
        "Share of its objective that a municipality is expected to have realised by the end of {year}, with {option}",
        year=page.facts["end_year"],
        option=plain.names[plain.base].called,
    )
    subtitle = plain.say("Mean over the simulations of what is realised, as a share of the objective; estimates")
    reading = page.say("How to read: a darker hexagon is nearer to its objective. Hatched: a municipality without an objective.")
    shares, missing = of_option(page, plain.base, "share").clip(0, 1), plain.say("no objective")
    figure = hexmap.share_map(shares, plain.language, title, subtitle, plain.source(), missing=missing, numbers=True)
    return page.picture("map-share", figure, reading, ["municipalities"])


def _difference_map(page: ComparisonPage, option: str, values: "pd.Series[float]") -> Picture:
    """Return the map of how the chance of 2B at one test at least differs from that with the first option."""
    plain, name = page.plain, page.plain.names[option]
    title = plain.say("Chance of 2B at one test at least: {option} against {base}", option=name.called, base=plain.letter)
    subtitle = plain.say("Difference in percentage points between two options with the same luck; estimates")
    reading = page.say(
        "How to read: +10 means in 10 of the 100 simulations more than with {base}. Blue is more often 2B, orange less often, "
        "white about the same.",
        base=plain.letter,
    )
    values, missing = values.where(of_option(page, option, "share").notna()), plain.say("no objective")
    figure = hexmap.difference_map(values, plain.language, title, subtitle, plain.source(), missing=missing, numbers=True)
    return page.picture(f"map-{name.letter}", figure, reading, ["municipalities"])


def municipalities(page: ComparisonPage) -> Section:
    """Return the municipalities by name, in alphabetical order: objective, what is realised, and how often in 2B with each option."""
    say, words, sheet = page.say, page.html, page.html.sheets["municipalities"]
    breakable = [str(name).replace("voortgangstoets", "voortgangs\u00adtoets") for name in words.names.values()]
    head = heads(
        [say("Municipality"), say("Housing company")],
        say("Objective {year}, estimate", year=page.facts["end_year"]),
        say("Realised by then, expected"),
        *(say("{option}, of {all}", option=name, all=words.out_of) for name in breakable),
    )
    rows: list[list[str]] = []
    base = sheet.frame[sheet.frame["option"] == words.base]
    for number in base.sort_values("municipality", key=lambda names: names.str.casefold()).index:
        nis, municipality, company, objective, share = (
            sheet.value(number, column) for column in ("nis", "municipality", "company", "objective", "share")
        )
        cells: list[str] = [say("none"), "–", *("–" for _ in words.names)]
        if not math.isnan(share):
            step = 10 if objective >= 100 else 1
            cells = [sheet.cell(number, "objective", step), sheet.percent(number, "share")]
            cells += [
                words.cell("municipalities", {"option": option, "nis": nis}, "ever_2B", 1, words.out_of) for option in words.names
            ]
        rows.append([str(municipality), str(company), *cells])
    note = say(
        "How to read: in so many of the {all} simulations the municipality falls into category 2B at one test at least. With {replications} "
        "simulations such a number can be {times} higher or lower by chance. The figures of municipalities are estimated, not official; "
        "this is no verdict on a municipality.",
        all=words.out_of,
        replications=page.fact("replications"),
        times=page.fact("times_in_100", scale=words.out_of / 100),
    )
    title = say("In how many of {all} simulations a municipality falls into 2B at one test at least, by option", all=words.out_of)
    find = say("Find a municipality or company")
    table = page.table("municipalities-table", title, head, rows, note, ["municipalities"], long=True, find=find)
    return Section("municipalities", say("Municipalities by name"), [table])
