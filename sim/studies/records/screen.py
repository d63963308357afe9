"""A record, how good it was, and which of all was the best, on the terminal."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.report.estimates import BANDED, share_of
from sim.report.screen import Screen, Terminal, grid
from sim.studies.records.ranking import Ranking
from sim.studies.records.study import Registered, Scored


def show_record(registered: Registered, files: Iterable[Path] = (), lang: str = "nl", console: Terminal | None = None) -> None:
    """Print where a record is."""
    Screen(lang, console).whole(str(registered.record))


def show(scored: Scored, files: Iterable[Path] = (), lang: str = "nl", console: Terminal | None = None) -> None:
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
    few = (scored.facts["replications"] or BANDED) < BANDED
    heads = say("category"), say("fact"), say("forecast, mean"), say("80% band"), say("inside")
    table = grid(*heads, title=say("Municipalities in Flanders"), justify="center")
    for row in flanders:
        band, inside = "", ""
        if few:
            band = say("too few replications")
        elif not pd.isna(row["low_0.8"]):
            band, inside = screen.language.band(row["low_0.8"], row["high_0.8"]), say("yes") if row["covered_0.8"] else say("no")
        table.add_row(str(row["category"]), number(row["fact"]), number(row["mean"]), band, inside)
    screen.put(table)
    title = say("Chances of category 2, and how often it came true")
    table = grid(say("municipalities"), say("chance said"), say("came true"), title=title, justify="center")
    table.columns[0].justify = "right"
    for row in reliability:
        came_true = share_of(row["happened"], int(row["municipalities"]), screen.language)
        table.add_row(number(row["municipalities"]), percent(row["said"]), came_true)
    screen.put(table)
    if scored.facts["not_said"]:
        count = str(scored.facts["not_said"])
        screen.line(say("Municipalities with a verdict of which the record says nothing, left out: {count}", count=count))
    screen.whole(str(scored.record))


def show_ranking(ranking: Ranking, files: Iterable[Path] = (), lang: str = "nl", console: Terminal | None = None) -> None:
    """Print the records from the best to the worst, which are better beyond noise, what each said of Flanders, what was left out."""
    screen, facts, tables = Screen(lang, console), ranking.facts, ranking.tables
    say, number = screen.say, screen.number
    scores, pairs = tables["scores"].to_dict("records"), tables["pairs"]
    rank, sure = {row["record"]: row["rank"] for row in scores}, pairs[pairs["beyond_noise"]]
    best = scores[0]
    screen.line(
        "\n" + say("The best forecast on record of the test of {year}: {record}", year=facts["test"], record=_who(best, screen)),
        "bold",
    )
    like_it = len(scores) - 1 - int((sure["better"] == best["record"]).sum())
    screen.line(
        say("Others that cannot be told from it by this one test: {count} of {all}", count=str(like_it), all=str(len(scores) - 1))
    )
    title = say("Ranked probability score (0 is perfect), {count} municipalities", count=str(facts["municipalities"]))
    heads = say("forecast"), say("score"), say("worse by"), say("surely better than")
    table = grid("", *heads, title=title, justify="center")
    table.columns[1].justify = "left"
    for row in scores:
        beaten = ", ".join(map(str, sorted({rank[name] for name in sure[sure["better"] == row["record"]]["worse"]})))
        behind = ""
        if row is not best:
            behind = f"{number(row['worse_by'], 0.001)} ({screen.language.band(row['low'], row['high'], 0.001)})"
        table.add_row(f"{row['rank']}.", _who(row, screen), number(row["rps"], 0.001), behind, beaten)
    screen.put(table)
    _flanders(ranking, screen)
    left_out = facts["verdicts"] - facts["municipalities"]
    if left_out:
        screen.line(
            say("Municipalities with a verdict that are left out, as not every record speaks of them: {count}", count=str(left_out))
        )
    for row in tables["left_out"].to_dict("records"):
        if row["test"] != facts["test"]:
            screen.line(say("Not ranked: {record} is about the test of {year}.", record=row["record"], year=row["test"]))
            continue
        counts = {"count": str(int(row["municipalities"])), "all": str(facts["verdicts"])}
        screen.line(say("Not ranked: {record} speaks of {count} of {all} municipalities.", record=row["record"], **counts))
    screen.notes(
        (
            say(
                "Chances were counted over replications; 0 of n is not certain, so half a replication more is counted in each category."
            ),
            say(
                "Intervals: 95% for all pairs together, companies as the sample. What befalls all municipalities alike is in none of them."
            ),
        )
    )


def _flanders(ranking: Ranking, screen: Screen) -> None:
    """Print how many municipalities each record expected in each category, and how many there were."""
    flanders = ranking.tables["flanders"]
    said = flanders.pivot(index="record", columns="category", values="mean")
    table = grid("", *said.columns, title=screen.say("Municipalities in Flanders"), justify="center")
    for row in ranking.tables["scores"].to_dict("records"):
        table.add_row(f"{row['rank']}. {_who(row, screen)}", *(screen.number(mean) for mean in said.loc[row["record"]]))
    table.add_row(screen.say("fact"), *(screen.number(fact) for fact in flanders.groupby("category")["fact"].first()), style="bold")
    screen.put(table)


def _who(row: Mapping[Any, Any], screen: Screen) -> str:
    """Return who forecast, and by which of the records."""
    name = screen.language.name("forecaster", row["naive"]) if isinstance(row["naive"], str) else row["scenario"]
    return f"{name} ({row['registered']}, {row['record'].rpartition('-')[2]})"
