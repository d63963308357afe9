"""The tables of docs/rhythms.md and of the README's section on other rhythms, from docs/rhythms.csv. Markdown, in English."""

from functools import cache
from itertools import combinations
from typing import Any

import pandas as pd

from docs.tables.numbered import in_words, plus
from docs.tables.rhythm_runs import BLAME, DRAFT, KEPT, OUTCOMES, Condition, conditions, scenarios
from sim.report.language import ENGLISH
from sim.report.markdown import table

HEADS = {"dwellings": "dwellings of 2042", "in_2B": "municipalities in 2B per test", "million_euro": "contributions, million euro"}
STEPS = {"dwellings": 1.0, "in_2B": 0.1, "million_euro": 0.1}
# A difference that surely is smaller (about a thousandth of the dwellings) counts as none.
SMALL = {"dwellings": 20.0, "in_2B": 0.5, "million_euro": 1.0}
# Of the README: the draft's tests moved, judged otherwise, without a sanction; where a rhythm moves, with as many years charged as lie between.
OPTIONS = ("yearly_charged_once", "six_yearly_charged_between", "first_test_2030", "lead_time", "effort", "support")
Row = pd.Series  # of the CSV: a rhythm under a condition


@cache
def kept() -> dict[Condition, pd.DataFrame]:
    """Return what docs/rhythms.csv holds by condition, a row per rhythm."""
    table = pd.read_csv(KEPT, dtype={"response": str, "paper": str})
    of = [
        Condition(str(response), str(paper), str(reading)) for response, paper, reading in table[list(Condition._fields)].to_numpy()
    ]
    return {condition: table[[c == condition for c in of]].set_index("rhythm") for condition in dict.fromkeys(of)}


def rhythms() -> list[str]:
    """Return the names of the rhythms, those with most dwellings under the forecast's own condition first."""
    return list(kept()[conditions()[0]].sort_values(["place", "in_2B"], kind="stable").index)


def found(condition: Condition, name: str) -> "Row[Any]":
    """Return the row of a rhythm under a condition."""
    return kept()[condition].T[name]


def difference(row: "Row[Any]", outcome: str) -> str:
    """Return a difference from the draft with its 95% interval; a plain 0 where no replication differs."""
    mean, low, high = (plus(row[name], STEPS[outcome]) for name in (outcome, f"{outcome}_low95", f"{outcome}_high95"))
    return f"{mean} ({low} to {high})" if row[f"{outcome}_low95"] or row[f"{outcome}_high95"] else "0"


def sign(row: "Row[Any]", outcome: str) -> str:
    """Return the sign of a difference: 0 where its interval lies within what is small, + or - where it leaves out zero, else ?."""
    low, high, small = row[f"{outcome}_low95"], row[f"{outcome}_high95"], SMALL[outcome]
    return "0" if -small < low <= high < small else "+" if low > 0 else "-" if high < 0 else "?"


def signs(name: str, outcome: str) -> str:
    """Return the signs of a rhythm's difference in the crossed conditions, in their order."""
    return "".join(sign(found(condition, name), outcome) for condition in conditions()[1])


def responding() -> list[Condition]:
    """Return the crossed conditions in which municipalities respond: elsewhere a place by dwellings is a matter of a few dwellings."""
    return [condition for condition in conditions()[1] if float(condition.response)]


def places(name: str) -> tuple[int, int]:
    """Return the best and the worst place by dwellings of a rhythm, or the draft, where municipalities respond."""
    column, row = ("draft_place", rhythms()[0]) if name == DRAFT else ("place", name)
    of_each = [int(found(condition, row)[column]) for condition in responding()]
    return min(of_each), max(of_each)


def band(ends: tuple[int, int]) -> str:
    """Return places as they are written."""
    return str(ends[0]) if ends[0] == ends[1] else ENGLISH.band(*ends)


def verdict(name: str, outcome: str = "dwellings") -> str:
    """Say what survives of the sign of a rhythm's difference in the crossed conditions."""
    of_each = signs(name, outcome)
    more, fewer, every = of_each.count("+"), of_each.count("-"), in_words(len(of_each))
    if more and fewer:
        return f"**turns**: more in {in_words(more)}, fewer in {in_words(fewer)}"
    if not more and not fewer:
        return "none in any" if set(of_each) == {"0"} else "none that is clear"
    word = "more" if more else "fewer"
    return (
        f"{word} in all {every}"
        if len(of_each) in (more, fewer)
        else f"{word} in {in_words(more + fewer)} of {every}, never the other way"
    )


def draft(outcome: str) -> str:
    """Return the head of an outcome with what the draft has under the forecast's own condition."""
    return f"{HEADS[outcome]} (draft: {of_draft(outcome, conditions()[0])})"


def of_draft(outcome: str, condition: Condition) -> str:
    """Return what the draft has under a condition."""
    return ENGLISH.number(found(condition, rhythms()[0])[f"{outcome}_draft"], 10 if outcome == "dwellings" else 1)


def blamed() -> str:
    """Return what is missing under the draft, beside what a rhythm and a relief move, and who is to blame for its 2B verdicts."""
    of = pd.read_csv(BLAME).set_index(["what", "of"])["value"]
    land, effort, people = (plus(of["adds", name], 100) for name in ("land", "effort", "capacity"))
    inside, outside, both, none = (ENGLISH.percent(of["share", side]) for side in ("inside", "outside", "both", "none"))
    most = max(abs(float(found(conditions()[0], name)["dwellings"])) for name in rhythms())
    missing = of["missing", "all"]
    relieved = f"land {land} if there were enough, effort {effort} if all did all they can, people at the companies {people}"
    prevented = f"Of the 2B verdicts of the draft {inside} would have been prevented only by more effort of the municipality"
    others = f"{outside} only by what it has not in its hands (land, people of the company, appeals, money)"
    return (
        f"- No rhythm comes near the {ENGLISH.number(missing, 100)} dwellings that are missing: each moves "
        f"{ENGLISH.percent(most / missing)} of them or less; {relieved}.\n"
        f"- **Who is to blame?** {prevented}, {others}, {both} by either, {none} by no single relief."
    )


def options() -> str:
    """Return what the README says of some rhythms against the draft: the table, what survives, and who is to blame."""
    own, crossed = conditions()
    rows = []
    for name in OPTIONS:
        row, every = found(own, name), [float(found(condition, name)["dwellings"]) for condition in crossed]
        ends = f"{plus(min(every), 1)} to {plus(max(every), 1)}: {verdict(name)}"
        rows.append((scenarios()[name].title, *(difference(row, outcome) for outcome in OUTCOMES), ends, band(places(name))))
    among = f"place by dwellings among {len(rhythms()) + 1}, if all respond"
    heads = ("option", *map(draft, OUTCOMES), f"dwellings, under {in_words(len(crossed))} conditions", among)
    return f"{table(heads, rows)}\n\n{blamed()}"


def in_order(condition: Condition) -> float:
    """Return the share of the pairs, of all that differ in dwellings and the draft among them, that have the order of the forecast's own."""
    own, here = (
        {DRAFT: 0.0} | {name: float(found(c, name)["dwellings"]) for name in rhythms()} for c in (conditions()[0], condition)
    )
    kept_order = [(own[a] - own[b]) * (here[a] - here[b]) for a, b in combinations(own, 2) if own[a] != own[b]]
    return sum(pair > 0 for pair in kept_order) / len(kept_order)


def said(condition: Condition) -> str:
    """Say a condition."""
    paper = f"paper {ENGLISH.percent(float(condition.paper))}" if condition.paper != "0" else "no paper"
    return f"response {condition.response}, {paper}, `{condition.yearly_measurement}`"


def every_rhythm() -> str:
    """Return the tables of docs/rhythms.md: the forecast's own condition, what survives, and each outcome under all others."""
    own, crossed = conditions()
    first = found(own, rhythms()[0])
    counts = pd.concat(rows["replications"] for rows in kept().values())
    many = str(counts.min()) if counts.min() == counts.max() else ENGLISH.band(counts.min(), counts.max())
    run = f"{many} replications of each, seed {int(first['seed'])}."
    rows = [
        (
            f"`{name}`",
            scenarios()[name].title,
            *(difference(found(own, name), o) for o in OUTCOMES),
            str(int(found(own, name)["place"])),
        )
        for name in rhythms()
    ]
    parts = [
        "## As the forecast stands",
        f"{run} The draft is at place {int(first['draft_place'])} by dwellings.",
        table(("rhythm", "what it is", *map(draft, OUTCOMES), "place"), rows),
    ]
    heads = ("rhythm", "place by dwellings, as the forecast stands", "if all respond", *(HEADS[outcome] for outcome in OUTCOMES))
    moved = [
        (f"`{name}`", str(int(found(own, name)["place"])), band(places(name)), *(verdict(name, outcome) for outcome in OUTCOMES))
        for name in rhythms()
    ]
    moved.append(("the draft", str(int(first["draft_place"])), band(places(DRAFT)), *(["–"] * len(OUTCOMES))))
    dwellings, in_2B, euro = (f"{small:g}" for small in SMALL.values())
    none = f"None: surely less than {dwellings} dwellings, {in_2B} municipalities in 2B per test, {euro} million euro."
    parts += ["## What survives", none, table(heads, moved)]
    pairs = ((said(condition), ENGLISH.percent(in_order(condition))) for condition in responding())
    parts += [
        "The share of all pairs that have the order by dwellings that they have as the forecast stands (at response 0 no order means anything):",
        table(("condition", "pairs in that order"), pairs),
    ]
    for outcome in OUTCOMES:
        cells = [(f"`{name}`", *(difference(found(condition, name), outcome) for condition in crossed)) for name in rhythms()]
        parts += [
            f"## Differences in {HEADS[outcome]}",
            table(
                ("rhythm", *map(said, crossed)),
                [("the draft has", *(of_draft(outcome, condition) for condition in crossed)), *cells],
            ),
        ]
    return "\n\n".join(parts)
