"""The words of `bso why`: stages, shares, sources, waits and changes, in the reader's language."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from sim.report.cells import step_of
from sim.report.language import Language, labels
from sim.report.scenario import share
from sim.tracing.trace import Trace


def verdict(language: Language, trace: Trace) -> str:
    """Return the verdict of one replication in a sentence."""
    category, plan = trace["category"], trace["plan"]
    if category == "2B":
        category += " no plan" if plan is None else " plan too weak" if plan["filed"] else " not filed"
    lack = language.number(trace["lacking"]["regular"] + trace["lacking"]["sib"])
    euro = language.number((trace["contribution"] or {"cents": 0})["cents"] / 100)
    return language.name("verdict", category, lack=lack, euro=euro)


def requirement(language: Language, trace: Trace, row: Trace) -> str:
    """Return a requirement of a trace (or of a summary) in words: which part of which path, at least at which stage."""
    needed = needed_word(language, row["stage"])
    if row["path"] == "sib":
        return language.say("SIB: {share}, {stage}", share=share_words(language, [row["share"]], ["SIB"]), stage=needed)
    names = list(trace.get("path", {})) or [f"G{i}" for i in range(1, len(row["shares"]) + 1)]
    return language.say("Regular: {share}, {stage}", share=share_words(language, row["shares"], names), stage=needed)


def step_of_dwellings(mean: float) -> float:
    """Return to what a mean of a municipality's dwellings is worth writing: tens where it is large."""
    return 10 if mean >= 100 else 1


def lack_words(language: Language, summary: Trace) -> str:
    """Say what lacks on average, and what is paid for which years: in the simulations that fall into 2B, and over all of them."""
    say, number, fallen = language.say, language.number, summary["categories"]["2B"]
    lack = say("On average {lack} dwellings lack.", lack=number(summary["lacking"], step_of_dwellings(summary["lacking"])))
    if not fallen:
        return lack + " " + say("It pays nothing, as it falls into 2B in no simulation.")
    over_all = summary["contribution_cents"] / 100
    in_2b = over_all * summary["judged"] / fallen
    years = list(dict.fromkeys((summary["years"][0], summary["years"][-1])))
    return (
        lack
        + " "
        + say(
            "If it falls into 2B it pays {euro} euro on average, in {years} together; over all simulations the mean is {mean} euro.",
            euro=number(in_2b, step_of(in_2b / 20)),
            years="-".join(map(str, years)),
            mean=number(over_all, step_of(over_all / 20)),
        )
    )


def instrument_words(language: Language, instruments: list[Trace], kind: str) -> str:
    """Return what the instruments of a kind are, as the law file calls them."""
    what = "what_nl" if language.code == "nl" else "what"
    return "; ".join(instrument[what] for instrument in instruments if instrument["kind"] == kind)


def needed_word(language: Language, stage: str) -> str:
    """Return a stage as a requirement asks it."""
    return language.say("realised") if stage == "realised" else language.say("at least on {stage}", stage=stage)


def share_words(language: Language, shares: list[str], names: list[str]) -> str:
    """Return shares of named dwellings: "G1 + 50% of G2"."""
    parts = []
    for text, name in zip(shares, names, strict=True):
        of = Fraction(text)
        if of == 1:
            parts.append(name)
        elif of > 0:
            parts.append(language.say("{share} of {what}", share=share(of, language), what=name))
    return " + ".join(parts) or language.number(0)


def source_words(language: Language, source: str) -> str:
    """Return the source of a law value; the documents' names, and what is often said of them, in the reader's language."""
    for english in labels()["source"]:
        source = source.replace(english, language.name("source", english))
    return source


def wait_words(language: Language, step: Trace, month: Callable[[str], str]) -> str:
    """Return one step of a project's history: from when to when, how long, for what."""
    say = language.say
    what = language.name("wait", step["for"])
    if step["to"] is None:
        return say("from {since}: {what}", since=month(step["from"]), what=what)
    count = step["months"]
    length = say("1 month") if count == 1 else say("{count} months", count=language.number(count))
    return say(
        "{since} to {until}: {what} ({length})", since=month(step["from"]), until=month(step["to"]), what=what, length=length
    )


def more_words(language: Language, change: Trace, day: str) -> str:
    """Return a least change as a sentence: how many dwellings more, at which stage, by when. `more`: by stage, in the order of the stages."""
    say, number = language.say, language.number
    more = {stage: dwellings for stage, dwellings in change["more"].items() if dwellings > 0}
    stages = list(more)
    all_of_them = max(more.values())
    highest = max(stage for stage, dwellings in enumerate(more.values()) if dwellings == all_of_them)
    text = say("{dwellings} dwellings more {stage}", dwellings=number(all_of_them), stage=needed_word(language, stages[highest]))
    for place, (stage, dwellings) in enumerate(more.items()):
        if place > highest:
            text += say(", of which {dwellings} {stage}", dwellings=number(dwellings), stage=needed_word(language, stage))
        elif place < highest:
            text += say(", of which {dwellings} not yet on {stage}", dwellings=number(dwellings), stage=stage)
    return say("{change}, by {day}.", change=text, day=day)


def idle_words(language: Language, months: Mapping[str, int]) -> str:
    """Say what happened to new projects in the months before a measurement."""
    numbers = {name: language.number(value) for name, value in months.items()} | {"all": language.number(sum(months.values()))}
    clauses = {name: language.name("months", name, **numbers) for name in labels()["months"]}
    return " ".join(clause for name, clause in clauses.items() if months[name] or name == "started")[:-1] + "."
