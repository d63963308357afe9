"""A record, and how good it was, on the terminal."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from sim.report.screen import Screen, grid
from sim.studies.records.study import Registered, Scored


def show_record(registered: Registered, files: Iterable[Path] = (), lang: str = "nl", console: Console | None = None) -> None:
    """Print where a record is."""
    Screen(lang, console).whole(str(registered.record))


def show(scored: Scored, files: Iterable[Path] = (), lang: str = "nl", console: Console | None = None) -> None:
    """Print how good a record was: scores beside naive forecasters, Flanders, and whether chances held what they said."""
    screen = Screen(lang, console)
    say, number, percent = screen.say, screen.number, screen.percent
    scores, flanders, reliability = (scored.tables[name].to_dict("records") for name in scored.SUMMED)
    forecast, *naive = (row["rps"] for row in scores)
    beaten = sum(forecast < rps for rps in naive)
    count, of_all = str(beaten), str(len(naive))
    sentence = say("The forecast on record did not beat any naive forecaster.")
    if beaten:
        sentence = say("The forecast on record did better than {count} of {all} naive forecasters.", count=count, all=of_all)
    screen.line("\n" + sentence, "bold")
    title = say("Ranked probability score, {count} municipalities", count=str(scored.facts["municipalities"]))
    table = grid("", say("score (0 is perfect)"), say("forecast better by"), title=title, justify="center")
    for row in scores:
        skill = "" if row["forecaster"] == "forecast" else percent(row["skill"])
        table.add_row(screen.language.name("forecaster", row["forecaster"]), number(row["rps"], 0.001), skill)
    screen.put(table)
    heads = say("category"), say("fact"), say("forecast, mean"), say("80% band"), say("inside")
    table = grid(*heads, title=say("Municipalities in Flanders"), justify="center")
    for row in flanders:
        band, inside = screen.language.band(row["low_0.8"], row["high_0.8"]), say("yes") if row["covered_0.8"] else say("no")
        table.add_row(str(row["category"]), number(row["fact"]), number(row["mean"], 0.1), band, inside)
    screen.put(table)
    title = say("Chances of category 2, and how often it came true")
    table = grid(say("municipalities"), say("chance said"), say("came true"), title=title, justify="center")
    table.columns[0].justify = "right"
    for row in reliability:
        table.add_row(number(row["municipalities"]), percent(row["said"]), percent(row["happened"]))
    screen.put(table)
    screen.whole(str(scored.record))
