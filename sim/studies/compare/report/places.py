"""The report's sections on time and place: growth, categories from test to test, maps, and the municipalities by name."""

import math

import pandas as pd
from matplotlib.figure import Figure

from sim.report.estimates import FEW
from sim.report.maps import hexmap
from sim.report.parts import Head, More, Part, Picture, Section, Text
from sim.studies.compare.pictures import draw_flows
from sim.studies.compare.report.options import ComparisonPage
from sim.studies.compare.study import AS_IS
from sim.studies.forecast.pictures import draw_realised, mark_tests


def growth(page: ComparisonPage) -> Section:
    """Return the fan of the first option against the growth path, with the tests marked."""
    plain = page.plain

    def draw() -> Figure:
        figure = draw_realised(page.results, plain.language)
        mark_tests(figure.axes[0], plain.tests(plain.base), plain.language)
        return figure

    picture = page.drawn("fan", draw, ["fan"])
    facts = page.html.sheets["facts"]
    least, most = (facts.percent(facts.row(fact=f"past_growth_{end}"), "value") for end in ("least", "most"))
    reached = page.text("growth", "reached", reached=page.fact("reached"))
    past = page.text("growth", "past", least=least, most=most)
    return page.section("growth", picture, Text(reached + " " + past))


def categories(page: ComparisonPage) -> Section:
    """Return the flows between categories: of the first option, and of the others for who asks."""
    plain = page.plain

    def flows(option: str) -> Picture:
        return page.drawn(
            f"flows-{plain.names[option].letter}",
            lambda: draw_flows(plain, option),
            ["flows", "tests"],
            "flows",
            option=option,
            condition=AS_IS,
        )

    first, others = flows(plain.base), [flows(option) for option in plain.others]
    return page.section("categories", first, More(page.say("The same for the other options"), others))


def maps(page: ComparisonPage) -> Section:
    """Return maps: 2B at the test with most of it, what is realised, and how the chance of 2B differs between options."""
    say, plain = page.say, page.plain
    shares = of_option(page, plain.base, "share").clip(0, 1)
    parts: list[Part] = [Text(page.text("note", "maps"), "note"), *_chance_map(page), _map(page, "share", shares, plain.base)]
    differences = {option: of_option(page, option, "ever_2B_difference") for option in plain.others}
    differing = [option for option, values in differences.items() if (values != 0).any()]
    differing.sort(key=lambda option: -float(differences[option].abs().mean()))
    judged = {option: differences[option].where(of_option(page, option, "share").notna()) for option in differing}
    pictures = [_map(page, "difference", judged[o], o) for o in differing]
    parts += pictures[:1] or [Text(say("Between the options there is no difference in the chance of 2B, in any municipality."))]
    if pictures[1:]:
        parts.append(More(say("Maps of the other options"), pictures[1:]))
    return page.section("maps", *parts)


def of_option(page: ComparisonPage, option: str, column: str) -> "pd.Series[float]":
    """Return a column of an option's municipalities, by NIS code."""
    frame = page.comparison.tables["municipalities"]
    return frame[frame["option"] == option].set_index("nis")[column].astype(float)


def _map(page: ComparisonPage, key: str, values: "pd.Series[float]", option: str, **named: str | int) -> Picture:
    """Return a map of an option's municipalities as a picture: `key` is that of its title, its subtitle and how it is to be read."""
    plain, called = page.plain, page.plain.names[option].called
    title, subtitle = (plain.text(kind, key, **{"option": called, **named}) for kind in ("title", "subtitle"))
    draw = hexmap.difference_map if key == "difference" else hexmap.share_map
    name, csv = (
        {"chance": "2B", "share": "share"}.get(key, plain.names[option].letter),
        "chances" if key == "chance" else "municipalities",
    )
    numbers = key == "share" or page.facts["replications"] >= FEW  # a chance of few simulations is a colour, no percentage
    figure = draw(values, plain.language, title, subtitle, plain.source(), missing=plain.say("no objective"), numbers=numbers)
    return page.drawn(f"map-{name}", lambda: figure, [csv], key, option=option, test=named.get("year"))


def _chance_map(page: ComparisonPage) -> list[Picture]:
    """Return the map of the chance of 2B at the first option's test with most of it, if it has tests; NaN without an objective."""
    frame = page.comparison.tables["chances"]
    frame = frame[frame["option"] == page.plain.base]
    if not len(frame):
        return []
    test = int(str(frame.groupby("test")["2B"].sum().idxmax()))
    rows = frame[frame["test"] == test].set_index("nis")
    chances = rows["2B"].where(rows[["1", "2A", "2B"]].sum(axis=1) > 0)
    return [_map(page, "chance", chances, page.plain.base, year=test)]


def municipalities(page: ComparisonPage) -> Section:
    """Return the municipalities by name, in alphabetical order: objective, what is realised, and how often in 2B with each option."""
    say, words, sheet = page.say, page.html, page.html.sheets["municipalities"]
    breakable = [str(name).replace("voortgangstoets", "voortgangs\u00adtoets") for name in words.names.values()]
    of_options = (Head(page.text("column", "ever_2B_of", option=name)) for name in breakable)
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
    heads = [*page.heads(["municipality", "company"], "objective", "share"), *of_options]
    times, find = page.fact("times_in_100", scale=words.out_of / 100), say("Find a municipality or company")
    known = {"times": times, "figures": page.html.figures()}
    return page.section("municipalities", page.listed("municipalities", heads, rows, ["municipalities"], find, **known))
