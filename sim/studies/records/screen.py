"""A scored record on the screen."""

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.report.language import Language
from sim.studies.records.study import Scored


def print_score(found: Scored, record: Path, lang: str, console: Console | None = None) -> None:
    """Print how good a record was: scores beside naive forecasters, Flanders, and whether chances held what they said."""
    language, console = Language(lang), console or Console(highlight=False)
    say = language.say
    best = found.scores.set_index("forecaster")["rps"]
    beaten = [str(name) for name in best.index[1:] if best["forecast"] < best[name]]
    sentence = (
        say(
            "The forecast on record did better than {count} of {all} naive forecasters.",
            count=str(len(beaten)),
            all=str(len(best) - 1),
        )
        if beaten
        else say("The forecast on record did not beat any naive forecaster.")
    )
    console.print(Text("\n" + sentence, style="bold"))
    names = {
        "forecast": say("the forecast on record"),
        "same for all": say("its mean for every municipality"),
        "as in 2018": say("as in the test of 2018"),
        "even chance": say("an even chance of every category"),
    }
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        title=say("Ranked probability score, {count} municipalities", count=str(found.municipalities)),
    )
    table.add_column("")
    for name in (say("score (0 is perfect)"), say("forecast better by")):
        table.add_column(name, justify="right")
    for row in found.scores.to_dict("records"):
        skill = "" if row["forecaster"] == "forecast" else language.percent(row["skill"])
        table.add_row(names[row["forecaster"]], language.number(row["rps"], 0.001), skill)
    console.print(table)
    flanders = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=say("Municipalities in Flanders"))
    flanders.add_column(say("category"))
    for name in (say("fact"), say("forecast, mean"), say("80% band"), say("inside")):
        flanders.add_column(name, justify="right")
    for row in found.flanders.to_dict("records"):
        band = language.band(row["low_0.8"], row["high_0.8"])
        inside = say("yes") if row["covered_0.8"] else say("no")
        flanders.add_row(str(row["category"]), language.number(row["fact"]), language.number(row["mean"], 0.1), band, inside)
    console.print(flanders)
    held = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=say("Chances of category 2, and how often it came true"))
    for name in (say("municipalities"), say("chance said"), say("came true")):
        held.add_column(name, justify="right")
    for row in found.reliability.to_dict("records"):
        held.add_row(language.number(row["municipalities"]), language.percent(row["said"]), language.percent(row["happened"]))
    console.print(held)
    console.print(Text(str(record)), soft_wrap=True)
