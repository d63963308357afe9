"""The answer of a comparison or a sweep on the terminal: a sentence, the options, the same under other conditions, and where everything lies."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from sim.inputs.region.official import COLUMNS
from sim.inputs.workbook.words import named
from sim.report import estimates
from sim.report.cells import SIGNED, step_of, written
from sim.report.language import labels
from sim.report.screen import Screen, Terminal, grid
from sim.runs.choosing import DECISIVE
from sim.runs.outcomes import of_all
from sim.studies.compare.choosing import behind, decisive, in_ten
from sim.studies.compare.study import AS_IS, CONDITIONS, Comparison
from sim.studies.compare.sweep import Swept
from sim.studies.compare.words import (
    DWELLINGS,
    EURO,
    FINEST,
    IN_2B,
    OTHERWISE,
    SCALE,
    SHOWN,
    Change,
    Words,
    names,
    steps_of,
    tradeoff_answer,
)


def show(comparison: Comparison, files: Iterable[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print the answer on standard output (or on `console`), in Dutch or English. `files`: the pictures, and the report if there is one."""
    screen = Screen(lang, console)
    words = Words(comparison, screen.language)
    screen.line(f"\n{words.shift_words()}.\n", "bold")
    screen.put(_options(words))
    _laid(words, screen)
    screen.put(_choosing(words))
    for sentence in decisive(words):
        screen.line(sentence + ".")
    screen.line()
    screen.put(_conditions(words))
    screen.notes(_notes(words))
    screen.files(files, comparison.folder)


def _options(words: Words) -> Table:
    """Return the options: each mean, and below it the difference from the first."""
    say = words.say
    title = say(
        "Mean; below it the difference from {base}, ± half of its 95% interval (for all options together)", base=words.letter
    )
    table = grid(say("Option"), *words.heads().values(), title=title)
    for option, name in words.names.items():
        results, is_base = words.comparison.runs[option][AS_IS], option == words.base
        cells = []
        for outcome in SHOWN:
            mean = estimates.estimate(of_all(results)[outcome] * SCALE[outcome], results).in_words(words.language)[0]
            below = () if is_base else ("\n", (difference(words, words.change(option, outcome)), "dim"))
            cells.append(Text.assemble(mean, *below))
        table.add_row(Text(str(name), style="bold" if is_base else ""), *cells)
    return table


def _laid(words: Words, screen: Screen) -> None:
    """Print what official figures take the place of, what they add up to, and whose outcome they move most; nothing where there are none."""
    say, number, tables = words.say, words.language.number, words.comparison.tables
    for option in tables["laid"]["option"].unique() if "laid" in tables else ():
        letter, rows = words.names[option].letter, tables["laid"].query("option == @option")
        screen.line(words.laid_words(option) + "\n")
        sums = grid(
            say("Figures"), say("Municipalities"), say("In {option}", option=letter), say("In {option}", option=words.letter)
        )
        for column, of in rows.groupby("column", sort=False):
            ends = say(
                "{number} ({low} to {high})",
                number=number(of["before"].sum()),
                low=number(of["low"].sum()),
                high=number(of["high"].sum()),
            )
            sums.add_row(
                named(COLUMNS[str(column)], words.language.code),
                number(len(of)),
                number(of["after"].sum()),
                ends,
            )
        screen.put(sums)
        changed = tables["most_changed"].query("option == @option")
        heads = say("Municipality"), say("Objective, with SIB"), say("Dwellings realised"), say("Chance of 2B, at one test or more")
        most = grid(*heads, title=say("Changed most by {option} (*: figures of its own; means over the futures)", option=letter))
        for row in changed.to_dict("records"):
            objective = say("{before} → {after}", before=number(row["objective_before"]), after=number(row["objective"]))
            chance = words.changed_chance(row["ever_2B"], row["ever_2B_difference"])
            dwellings = written(words.language, row["realised_difference"], 1, 1, SIGNED)
            most.add_row(f"{row['municipality']}{' *' if row['own'] else ''}", objective, dwellings, chance)
        screen.put(most)


def difference(words: Words, change: Change) -> str:
    """Return a difference with half of its 95% interval; in words when there is none at all."""
    if change.direction == "same":
        return words.say("no difference")
    return f"{change.difference} ± {written(words.language, max(change.half, change.step), change.step)}"


def _choosing(words: Words) -> Table:
    """Return in how many of ten futures each option is better than the first, and how far it falls behind the best."""
    title = words.say("Of ten futures; behind the best option: on average, and (in one of ten) at least")
    table = grid(words.say("Option"), *(words.text("choosing", name) for name in ("more", "less", "short", "dearer")), title=title)
    for option, name in words.names.items():
        cells = ["" if option == words.base else times(words, option, outcome) for outcome in DECISIVE]
        for mean, often in (behind(words, option, outcome) for outcome in DECISIVE):
            cells.append(mean if often is None else f"{mean} ({often})")
        table.add_row(Text(name.letter, style="bold" if option == words.base else ""), *cells)
    return table


def times(words: Words, option: str, outcome: str) -> str:
    """Return in how many of ten futures an option is better, between which ends, and in how many it is as good if in any."""
    better, low, high, same = in_ten(words, option, outcome)
    text = words.say("{number} ({low} to {high})", number=better, low=low, high=high)
    return text + "\n" + words.say("as good: {number}", number=same) if same.value else text


def _conditions(words: Words) -> Table:
    """Return the differences under every condition, and what an extra dwelling takes in contributions."""
    say = words.say
    title = say("Difference, under what nobody knows")
    table = grid(say("Option"), *words.heads().values(), say("Contributions per\nextra dwelling"), title=title)
    for option in words.others:
        for kind in CONDITIONS:
            label = Text(
                f"{words.names[option].letter}, {words.text('condition_short', kind)}", style="bold" if kind == AS_IS else ""
            )
            cells = (difference(words, words.change(option, outcome, kind)) for outcome in SHOWN)
            table.add_row(label, *cells, words.cost_words(option, kind))
    return table


def _notes(words: Words) -> Iterator[str]:
    """Yield what a reader has to know of the numbers."""
    say, facts = words.say, words.facts
    yield say(
        "Response 0: no municipality does more because of a test; 1: all do so fully. Nobody knows it; in between more is possible."
    )
    yield words.text("paper", "what")
    for option in words.others:
        said = words.verdict_words(option), words.shared_words(option)
        yield from (f"{words.names[option]}: {clause}." for clause in said if clause)
    yield words.order_words() + "."
    yield words.source()
    if facts["replications"] < estimates.FEW:
        yield say("With fewer than 100 simulations bands and intervals are only indicative.")
    if facts["failed"]:
        yield say("Replications that failed and are not counted: {failed}.", failed=facts["failed"])


def show_sweep(swept: Swept, files: Iterable[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print the ranking, what single levers give and take, and where everything is."""
    screen = Screen(lang, console)
    say, number = screen.say, screen.number
    screen.console.print(tradeoff_answer(swept, screen.language) + ".", style="bold")
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column(say("option"), overflow="fold")
    for head in labels()["sweep_column"]:
        table.add_column(screen.language.name("sweep_column", head), justify="right", no_wrap=True)
    called = names(swept.compared, screen.language)
    steps = steps_of(swept)
    for place, row in enumerate(swept.tables["ranking"].to_dict("records"), 1):
        option = f"{called[row['option']].short}{' *' if row['frontier'] else ''}"
        places = ", ".join(str(row[f"place_at_{condition}"]) for condition in OTHERWISE)
        means = [number(row[name] * SCALE.get(name, 1.0), step) for name, step in steps.items()]
        table.add_row(f"{place}{' ~' if row['may_be_best'] else ''}", option, *means, _ranked(row, swept.rank, screen), places)
    screen.console.print(table)
    screen.console.print(say("~: cannot be told from the best in what is ranked by (95%, for all options together)."))
    screen.console.print(say("*: no other option is at least as good in dwellings, euro and 2B outside own control."))
    screen.console.print(
        say(
            "Last column: the place in the ranking when no municipality responds to tests, when all do fully, and with plans on paper."
        )
    )
    for row in swept.tables["trade_offs"].to_dict("records"):
        if row["trade_off"]:
            errors = {name: SCALE[name] * (row[f"{name}_high95"] - row[f"{name}_low95"]) / 4 for name in (DWELLINGS, EURO, IN_2B)}
            more = {n: written(screen.language, row[n], step_of(error, FINEST[n]), SCALE[n], SIGNED) for n, error in errors.items()}
            changes = say(
                "dwellings {dwellings}, contributions {euro} million euro, in 2B per test {in_2B}",
                **{"dwellings": more[DWELLINGS], "euro": more[EURO], "in_2B": more[IN_2B]},
            )
            screen.console.print(say("Gives and takes: {option}: {changes}", option=called[row["option"]].short, changes=changes))
    screen.notes([estimates.warning(screen.language)])
    if swept.facts["replications"] < estimates.FEW:
        screen.notes([say("With fewer than 100 simulations bands and intervals are only indicative.")])
    screen.files(files, swept.folder)


def _ranked(row: Mapping[Any, Any], rank: str, screen: Screen) -> str:
    """Return the difference from the base in the outcome that ranks, with half of its 95% interval."""
    scale, step = (1e-6, 0.1) if rank.startswith("contribution") else (1.0, 1.0 if rank.endswith("2042") else 0.1)
    mean, half = float(row["difference"]) * scale, (float(row["high95"]) - float(row["low95"])) / 2 * scale
    if not half:
        return "–"
    step = step_of(half / 2, step)  # no digit that other draws would change
    return f"{written(screen.language, mean, step, sign=SIGNED)} ± {screen.number(half, step)}"
