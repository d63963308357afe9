"""Choices side by side: how each differs from the draft, how surely, and in how many of ten simulations it is better."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.report import estimates
from sim.report.cells import SIGNED, step_of, written
from sim.report.language import Language
from sim.report.parts import Bullets, Head, Table, Text
from sim.report.snippets import strong, two
from sim.runs.differences import differences_of
from sim.runs.outcomes import LESS, MORE, OUTCOMES
from sim.runs.tally import Tally
from sim.web import charts
from sim.web.figures import Block, Chapter, Figure, View
from sim.web.kept import draft
from sim.web.options import LETTERS, Option, Options
from sim.web.pages.outlook import origin
from sim.web.pages.whatif import SCALES, TABLED, TOLD, finest_of, moved_words, moves_of, sentences

PATH = "/wat-als/naast"


def called(option: Option, language: Language) -> str:
    """Return what a choice is called: by its name, or by what it changes."""
    moves = moves_of(option.question, language)
    return option.name or moves[:1].upper() + moves[1:]


def differing(answers: Sequence[Tally], base: Tally) -> pd.DataFrame:
    """Return how each answer differs from the draft, by its letter and outcome; the intervals hold for all of them at once."""
    outcomes = {letter: answer.outcomes for letter, answer in zip(LETTERS, answers, strict=False)}
    return differences_of(base.outcomes, outcomes, base.manifest).set_index(["option", "outcome"])


def compared(held: Options, answers: Sequence[Tally], language: Language) -> View:
    """Return choices side by side, from the tally of each, in as many replications as all have."""
    name, count = language.name, min(len(answer.digests) for answer in answers)
    base, answers = draft(count), [answer.first(count) for answer in answers]
    names = [called(option, language) for option in held.options]
    table = differing(answers, base)
    said = [
        strong(f"{letter}. {one}.") + " " + sentences(pd.DataFrame(table.loc[letter]), language)[0]
        for letter, one in zip(LETTERS, names, strict=False)
    ]
    figures: list[Block] = [_figure(outcome, table, names, base, language) for outcome in TOLD]
    digests = [
        name("web", "digest_of", letter=letter, file=option.question.file, digest=answer.manifest["digest"])
        for letter, option, answer in zip(LETTERS, held.options, answers, strict=False)
    ]
    chapters = [
        Chapter("verschil", name("web", "difference"), [_table(table, names, base, language), *figures]),
        Chapter("keuzes", name("web", "choices"), [Bullets(_choices(held, language))]),
        Chapter(
            "grond", name("web", "rests_on"), [Bullets([*origin(base, language), *digests]), Text(name("web", "pairs"), "note")]
        ),
    ]
    return View(PATH, name("web", "options_title"), said, chapters)


def _choices(held: Options, language: Language) -> list[str]:
    """Say what each choice changes."""
    return [
        strong(f"{letter}. {option.name}{':' if option.name else ''}") + " " + "; ".join(moved_words(option.question, language))
        for letter, option in zip(LETTERS, held.options, strict=False)
    ]


def _figure(outcome: str, table: pd.DataFrame, names: Sequence[str], base: Tally, language: Language) -> Figure:
    name, scale = language.name, SCALES.get(outcome, 1.0)
    rows, numbers = [], list[list[float | str | None]]()
    for letter, one in zip(LETTERS, names, strict=False):
        row: Any = table.loc[(letter, outcome)]
        low, mean, high = (float(row[c]) * scale for c in ("low95", "difference", "high95"))
        step = step_of(float(row["error"]) * scale, finest_of(outcome))
        rows.append((f"{letter}. {one}", low, mean, high, written(language, mean, step, 1, SIGNED)))
        numbers.append([f"{letter}. {one}", *(round(value, 1) for value in (mean, low, high)), round(10 * float(row["better"]), 1)])
    widest = max(range(len(rows)), key=lambda k: abs(rows[k][2]))
    what = name("web", f"label_{outcome}")
    return Figure(
        f"verschil-{OUTCOMES_IN_ADDRESS[outcome]}",
        name("web", "options_figure", what=what, option=rows[widest][0], difference=rows[widest][4]),
        name("web", "options_reading"),
        estimates.source_of(base.manifest, language),
        lambda width: charts.whiskers(rows, width, together=True),
        [name("web", head) for head in ("choice", "difference_head", "interval_low", "interval_high", "better_head")],
        numbers,
    )


OUTCOMES_IN_ADDRESS = {"realised_at_end": "woningen", "verdicts_2B": "oordelen", "contribution_total": "bijdragen"}


def _table(table: pd.DataFrame, names: Sequence[str], base: Tally, language: Language) -> Table:
    name, rows = language.name, list[list[str]]()
    for outcome in TABLED:
        scale, cells = SCALES.get(outcome, 1.0), list[str]()
        for letter, _ in zip(LETTERS, names, strict=False):
            row: Any = table.loc[(letter, outcome)]
            error = float(row["error"]) * scale
            step = step_of(error, finest_of(outcome)) if error else finest_of(outcome)
            low, mean, high = (written(language, float(row[c]) * scale, step, 1, SIGNED) for c in ("low95", "difference", "high95"))
            cell = two(mean, language.say("{low} to {high}", low=low, high=high))
            if OUTCOMES[outcome].better in (MORE, LESS):
                cell = two(cell, name("web", "better_short", count=language.number(10 * float(row["better"]), 0.1)))
            cells.append(cell)
        own = estimates.estimate(base.outcomes[outcome] * scale, base, finest_of(outcome)).step
        draft = written(language, float(table.loc[(LETTERS[0], outcome), "base"]) * scale, own)  # type: ignore[arg-type]
        rows.append([name("web", f"label_{outcome}"), draft, *cells])
    further = [name("web", head) for head in ("from", "to", "better_head")]
    heads = [Head(name("web", "outcome"), False), Head(name("web", "draft"))]
    heads += [Head(f"{letter}. {one}", True, further) for letter, one in zip(LETTERS, names, strict=False)]
    return Table(
        "keuzes", name("web", "options_table"), heads, rows, name("web", "options_note", count=language.number(len(base.digests)))
    )
