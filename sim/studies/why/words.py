"""The words of `bso why`: stages, shares, sources, waits and changes, in the reader's language."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from sim.report.language import Language
from sim.tracing.trace import Trace


def verdict(language: Language, trace: Trace) -> str:
    """Return the verdict of one replication in a sentence."""
    say, category, plan = language.say, trace["category"], trace["plan"]
    lack = language.number(trace["lacking"]["regular"] + trace["lacking"]["sib"])
    if category == "none":
        return say("No objective: the test does not judge this municipality.")
    if category == "1":
        return say("Category 1: the municipality follows its growth path.")
    if category == "2A":
        return say("Category 2A: {lack} dwellings lack on the growth path, but the plan of approach suffices.", lack=lack)
    values = {"lack": lack, "euro": language.number(trace["contribution"]["cents"] / 100)}
    if plan is None:
        return say("Category 2B: {lack} dwellings lack, and no plan is possible any more. Contribution: {euro} euro.", **values)
    if not plan["filed"]:
        return say("Category 2B: {lack} dwellings lack, and no plan of approach was filed. Contribution: {euro} euro.", **values)
    return say(
        "Category 2B: {lack} dwellings lack, and the plan of approach does not suffice. Contribution: {euro} euro.", **values
    )


def requirement(language: Language, trace: Trace, row: Trace) -> str:
    """Return a requirement of a trace (or of a summary) in words: which part of which path, at least at which stage."""
    needed = needed_word(language, row["stage"])
    if row["path"] == "sib":
        return language.say("SIB: {share}, {stage}", share=share_words(language, [row["share"]], ["SIB"]), stage=needed)
    names = list(trace.get("path", {})) or [f"G{i}" for i in range(1, len(row["shares"]) + 1)]
    return language.say("Regular: {share}, {stage}", share=share_words(language, row["shares"], names), stage=needed)


def criteria(language: Language) -> dict[str, str]:
    """Return the criteria of a plan of approach by name; those of an option are indented."""
    say = language.say
    return {
        "suffices": say("Plan suffices"),
        "filed": say("Plan filed"),
        "land_list": say("(a) Land list"),
        "agreement": "  " + say("agreement in force"),
        "instruments": say("(b) Instruments"),
        "mandatory": "  " + say("mandatory, in use"),
        "voluntary": "  " + say("voluntary, in use"),
        "rent_in": "  " + say("rented in by the company"),
    }


def instrument_words(language: Language, instruments: list[Trace], kind: str) -> str:
    """Return what the instruments of a kind are, as the law file calls them."""
    what = "what_nl" if language.code == "nl" else "what"
    return "; ".join(instrument[what] for instrument in instruments if instrument["kind"] == kind)


def needed_word(language: Language, stage: str) -> str:
    """Return a stage as a requirement asks it."""
    return language.say("realised") if stage == "realised" else language.say("at least on {stage}", stage=stage)


def share_word(language: Language, share: Fraction) -> str:
    """Return a share as a percentage when that is a whole one, else as a fraction."""
    return language.percent(float(share)) if (100 * share).denominator == 1 else str(share)


def share_words(language: Language, shares: list[str], names: list[str]) -> str:
    """Return shares of named dwellings: "G1 + 50% of G2"."""
    parts = []
    for text, name in zip(shares, names, strict=True):
        share = Fraction(text)
        if share == 1:
            parts.append(name)
        elif share > 0:
            parts.append(language.say("{share} of {what}", share=share_word(language, share), what=name))
    return " + ".join(parts) or language.number(0)


def source_words(language: Language, source: str) -> str:
    """Return the source of a law value; the documents' names, and what is often said of them, in the reader's language."""
    say = language.say
    for english, own in (
        ("page on the BSO 2026-2042", say("page on the BSO 2026-2042")),
        ("page on the BSO", say("page on the BSO")),
        ("VVSG position, section", say("VVSG position, section")),
        ("in the VVSG position", say("in the VVSG position")),
        ("draft decree art.", say("draft decree art.")),
        ("draft decision art.", say("draft decision art.")),
        ("second paragraph", say("second paragraph")),
        ("paragraph", say("paragraph")),
        ("lists examples, no number", say("lists examples, no number")),
        ("the rhythm repeats itself", say("the rhythm repeats itself")),
        ("half of SIB realised at the end of 2036", say("half of SIB realised at the end of 2036")),
        ("all realised or at least on KTP", say("all realised or at least on KTP")),
        ("the rhythm's other reading", say("the rhythm's other reading")),
        ("G1 + G2 on KTP, half of G3 on MJP", say("G1 + G2 on KTP, half of G3 on MJP")),
        ("final measurement, no test follows", say("final measurement, no test follows")),
        (
            "the area: rent premium page of Wonen in Vlaanderen, 2022",
            say("the area: rent premium page of Wonen in Vlaanderen, 2022"),
        ),
        ("annex 35 not published", say("annex 35 not published")),
        ("in proportion to the years", say("in proportion to the years")),
        ("(VGT ", say("(test ")),
    ):
        source = source.replace(english, own)
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
    say, values = language.say, {name: language.number(value) for name, value in months.items()}
    before = language.number(sum(months.values()))
    clauses = {
        "started": say(
            "In the {all} months before the measurement a project started in {started};", all=before, started=values["started"]
        ),
        "no_land": say("in {no_land} there was no land, and it was searched for;", no_land=values["no_land"]),
        "no_opportunity": say(
            "in {no_opportunity} there was land, but no opportunity for a project;", no_opportunity=values["no_opportunity"]
        ),
        "no_slot": say("in {no_slot} there was land, but no preparation capacity free at the company;", no_slot=values["no_slot"]),
        "no_need": say("in {no_need} enough was under way;", no_need=values["no_need"]),
    }
    return " ".join(clause for name, clause in clauses.items() if months[name] or name == "started")[:-1] + "."
