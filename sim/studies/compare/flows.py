"""How municipalities go from category to category between the tests of an option: ribbons as wide as the municipalities are many."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from sim.report import canvas
from sim.report.canvas import Label
from sim.report.palette import CATEGORY, INK
from sim.studies.compare.words import Told

ORDER = ("2B", "2A", "1", "none")  # from below
MANY = 8  # tests, beyond which bars take a larger part of the way from test to test and words are short
FEWEST = 4.5  # share (%) of all municipalities below which a part of a bar has no room for its number


def draw_flows(told: Told, option: str = "") -> Figure:
    """Draw the categories of an option (the first one by default) at every test and how municipalities move between them."""
    say, option = told.language.say, option or told.base
    tests = tests_of(told, option)
    figure, axes = canvas.sheet(
        flow_words(told, option),
        say(
            "{option}: municipalities by category at each test, and where they go by the next (mean)",
            option=str(told.names[option]),
        ),
        told.source(),
    )
    axes.set_axis_off()
    axes.set_position((0.04, 0.135, 0.735, 0.66))
    if not tests:
        return figure
    many = len(tests) > MANY
    bar = 0.46 if many else 0.22
    sheet = told.sheets["tests"]
    flows = _flows(told, option)
    bottoms = {year: _bottoms(sizes) for year, sizes in _sizes(told, option, tests, flows).items()}
    total = max(ends["top"] for ends in bottoms.values())
    for k, year in enumerate(tests):
        if k + 1 < len(tests):
            _ribbons(axes, k, flows[year], bottoms[year], bottoms[tests[k + 1]], bar)
        for name in ORDER:
            color, ink, *_ = CATEGORY[name]
            low, size = bottoms[year][name], bottoms[year][f"{name} size"]
            axes.bar(k, size, bar, low, color=color, edgecolor="white", linewidth=0.8, zorder=3)
            if name != "none" and size > FEWEST * total / 100 * (0.6 if name == "2B" else 1):
                cell = sheet.cell(
                    sheet.row(option=option, response="as_is", test=year, category=f"category_{name}"), "municipalities"
                )
                font = 9.5 if not many else 7.5
                axes.annotate(
                    cell, (k, low + size / 2), color=ink, ha="center", va="center", fontsize=font, fontweight="bold", zorder=4
                ).set_gid(cell.key)
        text = say("test {year}", year=year) if not many else str(year)
        axes.annotate(text, (k, 0), (0, -6), "data", "offset points", ha="center", va="top", fontsize=9, color=INK)
    axes.set_xlim(-0.5 * bar - 0.02, len(tests) - 1 + 0.5 * bar + 0.02)
    axes.set_ylim(0, total)
    last, meaning = bottoms[tests[-1]], category_words(told)
    labels = [Label(last[n] + last[f"{n} size"] / 2, meaning[n], CATEGORY[n].beside) for n in ORDER if last[f"{n} size"] > 0]
    canvas.label_ends(axes, len(tests) - 1 + 0.5 * bar, labels)
    return figure


def category_words(told: Told) -> dict[str, str]:
    """Return what each category means, short enough to stand beside a picture."""
    say = told.language.say
    return {
        "2B": say("2B: behind, no plan or too\nlittle effort: contribution"),
        "2A": say("2A: behind, but\nenough effort"),
        "1": say("1: on the growth path"),
        "none": say("no objective, not judged"),
    }


def flow_words(told: Told, option: str) -> str:
    """Say how many of those in 2B at the worst test that has a next one are in 2B there again."""
    say, sheet = told.language.say, told.sheets["flows"]
    frame = sheet.frame[(sheet.frame["option"] == option) & (sheet.frame["from"] == "2B")]
    tests = tests_of(told, option)
    if not tests:
        return say("This scenario has no progress tests")
    if len(tests) == 1:
        own = told.sheets["tests"]
        row = own.row(option=option, response="as_is", test=tests[0], category="category_2B")
        return say(
            "At the test of {year}, {count} municipalities fall into 2B", year=tests[0], count=own.cell(row, "municipalities")
        )
    if not frame["municipalities"].sum():
        return say("No municipality falls into category 2B")
    by_test = frame.groupby("test")["municipalities"].sum()
    year = int(str(by_test.idxmax()))
    again = int(frame.index[(frame["test"] == year) & (frame["to"] == "2B")][0])
    return say(
        "Of the {count} municipalities in 2B at the test of {year}, {again} are expected to be in 2B again at that of {next}",
        count=told.language.number(float(by_test.max())),
        year=year,
        again=sheet.cell(again, "municipalities"),
        next=int(sheet.value(again, "next")),
    )


def tests_of(told: Told, option: str) -> list[int]:
    """Return the years of an option's tests, in order."""
    frame = told.sheets["tests"].frame
    return sorted({int(year) for year in frame.loc[frame["option"] == option, "test"]}) if "test" in frame else []


def _flows(told: Told, option: str) -> dict[int, dict[tuple[str, str], float]]:
    """Return the municipalities that go from one category to another, by the test they come from."""
    frame = told.sheets["flows"].frame
    found: dict[int, dict[tuple[str, str], float]] = {}
    for row in frame[frame["option"] == option].to_dict("records"):
        found.setdefault(int(row["test"]), {})[str(row["from"]), str(row["to"])] = float(row["municipalities"])
    return found


def _sizes(
    told: Told, option: str, tests: list[int], flows: Mapping[int, Mapping[tuple[str, str], float]]
) -> dict[int, dict[str, float]]:
    """Return the municipalities by category at each test; those without an objective are known from the flows only."""
    frame = told.sheets["tests"].frame
    rows = frame[(frame["option"] == option) & (frame["response"] == "as_is")]
    sizes = {year: dict.fromkeys(ORDER, 0.0) for year in tests}
    for row in rows.to_dict("records"):
        sizes[int(row["test"])][str(row["category"]).removeprefix("category_")] = float(row["municipalities"])
    for k, year in enumerate(tests):
        if len(tests) > 1:
            own, side = (flows[year], 0) if year in flows else (flows[tests[k - 1]], 1)
            sizes[year]["none"] = sum(size for pair, size in own.items() if pair[side] == "none")
    return sizes


def _bottoms(sizes: Mapping[str, float]) -> dict[str, float]:
    """Return where each category's part of a bar begins, its size, and the top of all."""
    found, low = {}, 0.0
    for name in ORDER:
        found[name], found[f"{name} size"] = low, sizes[name]
        low += sizes[name]
    return found | {"top": low}


def _ribbons(
    axes: Axes, k: int, flows: Mapping[tuple[str, str], float], here: Mapping[str, float], there: Mapping[str, float], bar: float
) -> None:
    """Draw what goes from the bar of test k to that of the next, in the colour of where it comes from."""
    left, right = k + bar / 2, k + 1 - bar / 2
    out = {name: here[name] for name in ORDER}
    into = {name: there[name] for name in ORDER}
    arrive = {}
    for end in ORDER:
        for start in ORDER:
            arrive[start, end] = into[end]
            into[end] += flows.get((start, end), 0.0)
    middle = (left + right) / 2
    for start in ORDER:
        for end in ORDER:
            size = flows.get((start, end), 0.0)
            low, high = out[start], arrive[start, end]
            out[start] += size
            if size < 0.05:
                continue
            corners = [(left, low), (middle, low), (middle, high), (right, high), (right, high + size)]
            corners += [(middle, high + size), (middle, low + size), (left, low + size), (left, low)]
            codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
            axes.add_patch(
                PathPatch(Path(np.array(corners), codes), facecolor=CATEGORY[start].fill, alpha=0.55, linewidth=0, zorder=1)
            )
