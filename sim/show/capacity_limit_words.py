"""The sentences on what capacity cannot give, and by when projects must be on MJP."""

import math

from sim.show.capacity_numbers import Numbers
from sim.show.capacity_words import lever_name
from sim.show.language import Language
from sim.study.capacity_answer import Found
from sim.study.capacity_limits import ALL


def limits(found: Found, language: Language) -> list[str]:
    """Return what capacity cannot give, by when projects must be on MJP, and where more capacity gave less chance."""
    return [*bottleneck_lines(found, language), *deadline_lines(found, language), *fall_lines(found, language)]


def bottleneck_lines(found: Found, language: Language) -> list[str]:
    """Return which test is the hardest and which bottlenecks remain with the most of everything; nothing where capacity is enough."""
    if found.reached:
        return []
    say, numbers, lines = language.say, Numbers(found, language), []
    tests, remains = numbers.sheet("tests"), numbers.sheet("remains")
    weakest = min(range(len(tests)), key=lambda row: float(tests.value(row, "chance_at_most")))
    lines.append(
        say(
            "With the most of everything, the test of {year} is the hardest: {chance} pass it.",
            year=tests.value(weakest, "test"),
            chance=tests.percent(weakest, "chance_at_most"),
        )
    )
    names = relief_names(language)
    for row in range(len(remains)):
        low, high = (remains.cell(row, column, 1, 100) for column in ("low95", "high95"))
        values = {
            "relief": names[remains.value(row, "relief")],
            "chance": remains.percent(row, "chance"),
            "band": numbers.range(low, high),
        }
        if low.value > 0:
            lines.append(say("Bottleneck that remains: {relief} would make it {chance} (gain {band} points).", **values))
        else:
            lines.append(say("No certain gain from {relief}: {chance} (gain {band} points).", **values))
    everything = found.remains.set_index("relief")["chance"].get(ALL, math.nan)
    if everything < found.question.probability:
        lines.append(say("Then time is the bottleneck: even all of these together do not reach the wish."))
    return lines


def relief_names(language: Language) -> dict[str, str]:
    """Return what each relief is called that is given when there is the most of everything."""
    say = language.say
    return {
        "land": say("land for everybody, without limit"),
        "appeals": say("permits without appeals"),
        "effort": say("municipalities at full effort"),
        "capacity": say("project managers without limit"),
        "finance": say("money without limit"),
        ALL: say("all of these together"),
    }


def fall_lines(found: Found, language: Language) -> list[str]:
    """Return where more capacity gave less chance."""
    sheet = Numbers(found, language).sheet("falls")
    return [
        language.say(
            "Not monotone: with {more} instead of {less} {lever} the chance is {by} points lower (twice the standard error: {error}).",
            more=sheet.cell(row, "to"),
            less=sheet.cell(row, "from"),
            lever=lever_name(sheet.value(row, "lever"), language),
            by=sheet.cell(row, "by", 0.1, 100),
            error=sheet.cell(row, "error", 0.1, 200),
        )
        for row in range(len(sheet))
    ]


def deadline_lines(found: Found, language: Language) -> list[str]:
    """Return by when a project must be on MJP; of the tests, the first for which there is still time."""
    say, lines, numbers = language.say, [], Numbers(found, language)
    sheet, start = numbers.sheet("deadlines"), found.facts["start_year"]
    for stage in ("realised", "KTP"):
        rows = (row for row in range(len(sheet)) if sheet.value(row, "stage") == stage)
        row = next((row for row in rows if sheet.value(row, "on_mjp") >= start + 1), None)
        if row is None:
            continue
        values: dict[str, str | int] = {
            "year": last_december(sheet.value(row, "on_mjp")),
            "by": int(sheet.value(row, "by")),
            "share": numbers.share("wish"),
            "months": sheet.cell(row, "months"),
        }
        if stage == "realised":
            lines.append(
                say(
                    "A project must be on MJP by the end of {year} to be delivered by the end of {by} with {share} certainty, if it is not "
                    "cancelled ({months} months).",
                    **values,
                )
            )
        else:
            lines.append(
                say(
                    "A project must be on MJP by the end of {year} to be at least on KTP when the test of {test} measures, at the end of {by}, "
                    "with {share} certainty ({months} months).",
                    test=int(sheet.value(row, "test")),
                    **values,
                )
            )
    return lines


def last_december(moment: float) -> int:
    """Return the year of the last December that is early enough for a moment, given as a year with its months as a fraction."""
    return int(moment) - 1
