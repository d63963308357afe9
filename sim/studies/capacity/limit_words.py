"""The sentences on what capacity cannot give, and by when projects must be on MJP."""

import math

from sim.report.language import Language
from sim.studies.capacity.limits import ALL
from sim.studies.capacity.numbers import Numbers
from sim.studies.capacity.study import Found
from sim.studies.capacity.words import lever_name


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
    for row in range(len(remains)):
        low, high = (remains.cell(row, column, 0.1, 100) for column in ("low95", "high95"))
        bottleneck, relieved = relief_words(remains.value(row, "relief"), language)
        values = {"relieved": relieved, "chance": remains.percent(row, "chance"), "band": numbers.range(low, high)}
        if low.value > 0 and bottleneck:
            lines.append(
                say(
                    "Bottleneck: {bottleneck}; {relieved} the chance would be {chance} (gain {band} points).",
                    bottleneck=bottleneck,
                    **values,
                )
            )
        elif low.value > 0:
            lines.append(say("Altogether: {relieved} the chance would be {chance} (gain {band} points).", **values))
        else:
            lines.append(say("No certain gain: {relieved} the chance would be {chance} (gain {band} points).", **values))
    row = remains.row(relief=ALL)
    if remains.value(row, "chance_high95") < found.question.probability:
        lines.append(say("So time is the bottleneck: even with all of that the wish is not reached."))
    elif remains.value(row, "chance") < found.question.probability:
        lines.append(say("So time is probably the bottleneck: with all of that the wish is not reached in these simulations."))
    return lines


def relief_words(relief: str, language: Language) -> tuple[str, str]:
    """Return what a bottleneck is called that is taken away when there is the most of everything, and how it is without."""
    say = language.say
    return {
        "land": (say("land"), say("with land enough for everybody")),
        "appeals": (say("appeals against permits"), say("without appeals")),
        "effort": (say("the effort of municipalities"), say("with all municipalities at full effort")),
        "capacity": (say("project managers"), say("with project managers without limit")),
        "finance": (say("money"), say("with money without limit")),
        ALL: ("", say("with all of that together")),
    }[relief]


def fall_lines(found: Found, language: Language) -> list[str]:
    """Return where more capacity gave less chance, also beside the cheapest combination."""
    say, sheet, lines = language.say, Numbers(found, language).sheet("falls"), []
    for row in range(len(sheet)):
        alone = sheet.value(row, "others") == "as they are"
        lines.append(
            say(
                "Not monotone: with {more} instead of {less} {lever}, {others}, the chance is {by} points lower (twice the standard error: "
                "{error}).",
                more=sheet.cell(row, "to"),
                less=sheet.cell(row, "from"),
                lever=lever_name(sheet.value(row, "lever"), language),
                others=say("the others as they are") if alone else say("the others as in the cheapest combination"),
                by=sheet.cell(row, "by", 0.1, 100),
                error=sheet.cell(row, "error", 0.1, 200),
            )
        )
    return lines


def deadline_lines(found: Found, language: Language) -> list[str]:
    """Return by when a project must be on MJP with the means of the plan; of the tests, the first for which there is still time."""
    say, lines, numbers = language.say, [], Numbers(found, language)
    sheet = numbers.sheet("deadlines")
    for stage in ("realised", "KTP"):
        rows = [row for row in range(len(sheet)) if (sheet.value(row, "stage"), sheet.value(row, "means")) == (stage, "plan")]
        row = next((row for row in rows if in_time(found, sheet.value(row, "on_mjp"))), None)
        if row is None:
            if any(math.isfinite(sheet.value(row, "on_mjp")) for row in rows):
                lines.append(_too_late(stage, numbers))
            continue
        values: dict[str, str | int] = {
            "month": sheet.month(row, "on_mjp"),
            "by": int(sheet.value(row, "by")),
            "share": numbers.share("wish"),
            "months": sheet.cell(row, "months"),
        }
        if stage == "realised":
            lines.append(
                say(
                    "A project must be on MJP by {month} at the latest to be delivered by the end of {by} with {share} certainty, if it is "
                    "not cancelled ({months} months).",
                    **values,
                )
            )
        else:
            lines.append(
                say(
                    "A project must be on MJP by {month} at the latest to be at least on KTP when the test of {test} measures, at the end of "
                    "{by}, with {share} certainty ({months} months).",
                    test=int(sheet.value(row, "test")),
                    **values,
                )
            )
    return lines


def _too_late(stage: str, numbers: Numbers) -> str:
    """Say that for none of the tests, or for the end, a project can still be on MJP in time."""
    if stage == "realised":
        return numbers.language.say(
            "A project that is not on MJP by now is not delivered by the end with {share} certainty.", share=numbers.share("wish")
        )
    return numbers.language.say(
        "A project that is not on MJP by now is not on KTP in time for the test with {share} certainty.",
        share=numbers.share("wish"),
    )


def in_time(found: Found, on_mjp: float) -> bool:
    """Return whether a month, given as a year with its months as a fraction, is known and still to come at the start."""
    return math.isfinite(on_mjp) and round(12 * (on_mjp - found.facts["start_year"])) > 0
