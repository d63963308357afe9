"""The report's sections on levers that were crossed: the ranking, and what single levers give and take."""

from dataclasses import replace

from sim.report import canvas
from sim.report.cells import Sheet, step_of
from sim.report.parts import Section, Text
from sim.report.snippets import two
from sim.studies.compare.pictures import draw_sweep
from sim.studies.compare.report.options import ComparisonPage
from sim.studies.compare.sweep import Swept
from sim.studies.compare.words import DWELLINGS, EURO, FINEST, IN_2B, OTHERWISE, SCALE, steps_of, tradeoff_answer


class SweptPage(ComparisonPage):
    """The page of a sweep: that of its comparison, with the sweep's own tables."""

    def __init__(self, swept: Swept, lang: str) -> None:
        super().__init__(swept.compared, lang)
        self.swept = swept
        self.files = {**self.files, **{name: swept.file_of(name) for name in swept.tables}}
        self.frames = {**self.frames, **swept.tables}
        self.ranked, self.traded = (Sheet(name, swept.tables[name], self.language) for name in ("ranking", "trade_offs"))


def ranking(page: SweptPage) -> Section:
    """Return the answer, the picture and the ranking."""
    words, ranked = page.html, page.ranked
    with canvas.style():
        picture = page.picture(
            "tradeoffs", draw_sweep(page.swept, page.plain.language), page.text("how_to_read", "tradeoffs"), ["ranking"]
        )
    picture = replace(picture, title=page.text("title", "tradeoffs"))  # the answer stands above it
    rows, steps = [], steps_of(page.swept)
    for row in range(len(ranked)):
        option = str(ranked.value(row, "option"))
        means = (ranked.cell(row, name, step, SCALE.get(name, 1.0)) for name, step in steps.items())
        places = (ranked.cell(row, f"place_at_{condition}") for condition in OTHERWISE)
        rows.append([str(words.names[option]), ranked.cell(row, "place"), *means, *places])
    column = page.language.name
    heads = [*page.heads(["option"], "place"), *page.heads([], *(f"swept_{name}" for name in steps))]
    heads += page.heads([], *(f"place_{condition}" for condition in OTHERWISE))
    table = page.listed("ranking", heads, rows, ["ranking"])
    answer = tradeoff_answer(page.swept, page.plain.language) + "."
    return Section("ranking", column("section", "ranking"), [Text(answer, "answer"), picture, table])


def trade_offs(page: SweptPage) -> Section:
    """Return what single levers give and take."""
    traded, rows = page.traded, []
    for row in range(len(traded)):
        cells = []
        for name in (DWELLINGS, EURO, IN_2B):
            low, high = (float(traded.value(row, f"{name}_{end}")) * SCALE[name] for end in ("low95", "high95"))
            step = step_of((high - low) / 4, FINEST[name])
            mean, lower, upper = (
                traded.cell(row, column, step, SCALE[name], "signed") for column in (name, f"{name}_low95", f"{name}_high95")
            )
            cells.append(two(mean, page.say("{low} to {high}", low=lower, high=upper)))
        rows.append([str(page.html.names[str(traded.value(row, "option"))]), *cells])
    heads = page.heads(["option"], *(f"swept_{name}" for name in (DWELLINGS, EURO, IN_2B)))
    return Section(
        "trade_offs", page.language.name("section", "trade_offs"), [page.listed("trade_offs", heads, rows, ["trade_offs"])]
    )
