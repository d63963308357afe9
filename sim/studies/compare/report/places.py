"""The report's sections on time and place: growth, categories from test to test, maps, and the municipalities by name."""

import math

import pandas as pd

from sim.report import canvas
from sim.report.maps import hexmap
from sim.report.palette import DIM, QUIET
from sim.report.parts import Head, More, Part, Picture, Section, Text
from sim.studies.compare.flows import draw_flows, tests_of
from sim.studies.compare.report.options import fact
from sim.studies.compare.report.tables import ComparisonPage
from sim.studies.compare.study import AS_IS
from sim.studies.forecast import pictures as plots


def growth(page: ComparisonPage) -> Section:
    """Return the fan of the first option against the growth path, with the tests marked."""
    say, told = page.language.say, page.told
    with canvas.style():
        figure = plots.draw_realised(page.comparison.runs[told.base][AS_IS], told.language)
        tests = tests_of(told, told.base)
        for year in tests:
            axes, june = figure.axes[0], year - 0.5  # when the verdict falls; a year itself is its 31 December
            axes.axvline(june, color=DIM, linewidth=0.8, linestyle=plots.DASHED, zorder=0.9)
            text = str(year) if len(tests) > plots.MANY_TESTS else told.language.say("test {year}", year=year)
            axes.annotate(text, (june, 1), (0, 4), ("data", "axes fraction"), "offset points", color=QUIET, ha="center", fontsize=9)
        picture = page.picture(
            "fan",
            figure,
            say(
                "How to read: the thick line is what is expected of {base}. In 8 of 10 simulations the number lies within the light band, in "
                "half of them within the dark one. The upright dashed lines are the tests; the other dashed line is what the growth path asks.",
                base=told.names[told.base].letter,
            ),
            ["fan"],
        )
    sheet = page.html.sheets["facts"]
    past = say(
        "If social rental housing kept growing as in past periods, {least} to {most} of the objective would be there by the end.",
        least=sheet.percent(sheet.row(fact="past_growth_least"), "value"),
        most=sheet.percent(sheet.row(fact="past_growth_most"), "value"),
    )
    reached = say(
        "The whole objective is reached in {reached} of the {all} simulations.",
        reached=fact(page, "reached"),
        all=fact(page, "replications"),
    )
    return Section("growth", say("Dwellings, year by year"), [picture, Text(reached + " " + past)])


def categories(page: ComparisonPage) -> Section:
    """Return the flows between categories: of the first option, and of the others for who asks."""
    say = page.language.say

    def flows(option: str) -> Picture:
        with canvas.style():
            figure = draw_flows(page.told, option)
        reading = say(
            "How to read: a bar is a test, and a ribbon is as wide as the municipalities that go from one category to the other. 2B is "
            "below, where a contribution is due."
        )
        return page.picture(f"flows-{page.told.names[option].letter}", figure, reading, ["flows", "tests"])

    first, others = flows(page.told.base), [flows(option) for option in page.told.others]
    return Section("categories", say("Categories, from test to test"), [first, More(say("The same for the other options"), others)])


def maps(page: ComparisonPage) -> Section:
    """Return maps: 2B at the test with most of it, what is realised, and how the chance of 2B differs between options."""
    say, told = page.language.say, page.told
    missing, year = told.language.say("no objective"), page.comparison.facts["end_year"]
    note = say(
        "Each hexagon is a municipality, as near to its neighbours as can be. Tick the box to read the names; the table below "
        "has them all."
    )
    parts: list[Part] = [Text(note, "note")]
    chance = _worst(page)
    if chance is not None:
        test, values = chance
        figure = hexmap.share_map(
            values,
            told.language,
            told.language.say(
                "Chance of category 2B at the test of {year}, with {option}", year=test, option=told.called(told.base)
            ),
            told.language.say(
                "Share of the simulations in which the municipality falls into 2B at the test with most 2B; estimates"
            ),
            told.source(),
            missing=missing,
            numbers=True,
        )
        reading = say("How to read: 20% means in 20 of the 100 simulations. A darker hexagon is a larger chance; it is no verdict.")
        parts.append(page.picture("map-2B", figure, reading, ["chances"]))
    figure = hexmap.share_map(
        of_option(page, told.base, "share").clip(0, 1),
        told.language,
        told.language.say(
            "Share of its objective that a municipality is expected to have realised by the end of {year}, with {option}",
            year=year,
            option=told.called(told.base),
        ),
        told.language.say("Mean over the simulations of what is realised, as a share of the objective; estimates"),
        told.source(),
        missing=missing,
        numbers=True,
    )
    reading = say("How to read: a darker hexagon is nearer to its objective. Hatched: a municipality without an objective.")
    parts.append(page.picture("map-share", figure, reading, ["municipalities"]))
    found = {option: of_option(page, option, "ever_2B_difference") for option in told.others}
    differences = {option: values for option, values in found.items() if (values != 0).any()}
    ordered = sorted(differences, key=lambda option: -float(differences[option].abs().mean()))
    pictures = [_difference_map(page, option, differences[option]) for option in ordered]
    parts += pictures[:1]
    if pictures[1:]:
        parts.append(More(say("Maps of the other options"), pictures[1:]))
    if not pictures:
        parts.append(Text(say("Between the options there is no difference in the chance of 2B, in any municipality.")))
    return Section("maps", say("On the map"), parts)


def of_option(page: ComparisonPage, option: str, column: str) -> "pd.Series[float]":
    """Return a column of an option's municipalities, by NIS code."""
    frame = page.comparison.tables["municipalities"]
    return frame[frame["option"] == option].set_index("nis")[column].astype(float)


def _worst(page: ComparisonPage) -> tuple[int, "pd.Series[float]"] | None:
    """Return the test of the first option at which most municipalities fall into 2B, and each one's chance; NaN without an objective."""
    frame = page.comparison.tables["chances"]
    frame = frame[frame["option"] == page.told.base]
    if not len(frame):
        return None
    test = int(str(frame.groupby("test")["2B"].sum().idxmax()))
    rows = frame[frame["test"] == test].set_index("nis")
    return test, rows["2B"].where(rows[["1", "2A", "2B"]].sum(axis=1) > 0)


def _difference_map(page: ComparisonPage, option: str, values: "pd.Series[float]") -> Picture:
    """Return the map of how the chance of 2B at one test at least differs from that with the first option."""
    say, names = page.told.language.say, page.told.names
    figure = hexmap.difference_map(
        values.where(of_option(page, option, "share").notna()),
        page.told.language,
        say(
            "Chance of 2B at one test at least: {option} against {base}",
            option=page.told.called(option),
            base=names[page.told.base].letter,
        ),
        say("Difference in percentage points between two options with the same luck; estimates"),
        page.told.source(),
        missing=say("no objective"),
        numbers=True,
    )
    reading = page.language.say(
        "How to read: +10 means in 10 of the 100 simulations more than with {base}. Blue is more often 2B, orange less often, "
        "white about the same.",
        base=names[page.told.base].letter,
    )
    return page.picture(f"map-{names[option].letter}", figure, reading, ["municipalities"])


def municipalities(page: ComparisonPage) -> Section:
    """Return the municipalities by name, in alphabetical order: objective, what is realised, and how often in 2B with each option."""
    say, told, sheet = page.language.say, page.html, page.html.sheets["municipalities"]
    year = page.comparison.facts["end_year"]
    heads = [
        Head(say("Municipality"), False),
        Head(say("Housing company"), False),
        Head(say("Objective {year}, estimate", year=year)),
    ]
    heads.append(Head(say("Realised by then, expected")))
    breakable = {option: str(name).replace("voortgangstoets", "voortgangs\u00adtoets") for option, name in told.names.items()}
    heads += [Head(say("{option}, of {all}", option=name, all=told.out_of)) for name in breakable.values()]
    base = sheet.frame[sheet.frame["option"] == told.base]
    rows: list[list[str]] = []
    for number in base.sort_values("municipality", key=lambda names: names.str.casefold()).index:
        nis, some = sheet.value(number, "nis"), not math.isnan(float(sheet.value(number, "share")))
        objective = float(sheet.value(number, "objective"))
        row: list[str] = [str(sheet.value(number, "municipality")), str(sheet.value(number, "company"))]
        row.append(sheet.cell(number, "objective", 10 if objective >= 100 else 1) if some else say("none"))
        row.append(sheet.percent(number, "share") if some else "–")
        for option in told.names:
            share = sheet.cell(sheet.row(option=option, nis=nis), "ever_2B", 1, told.out_of)
            row.append(share if some else "–")
        rows.append(row)
    note = say(
        "How to read: in so many of the {all} simulations the municipality falls into category 2B at one test at least. With {replications} "
        "simulations such a number can be {times} higher or lower by chance. The figures of municipalities are estimated, not official; "
        "this is no verdict on a municipality.",
        all=told.out_of,
        replications=fact(page, "replications"),
        times=fact(page, "times_in_100", scale=told.out_of / 100),
    )
    table = page.table(
        "municipalities-table",
        say("In how many of {all} simulations a municipality falls into 2B at one test at least, by option", all=told.out_of),
        heads,
        rows,
        note,
        ["municipalities"],
        long=True,
        find=say("Find a municipality or company"),
    )
    return Section("municipalities", say("Municipalities by name"), [table])
