"""The report's last sections on what a company would need: its own data, what the numbers rest on, and what the words mean."""

from typing import cast

from sim.inputs.workbook.words import OF_COMPANY, STAGES, UNITS, Lang, named
from sim.report.estimates import FEW, warning
from sim.report.parts import Bullets, Head, Section, Terms, Text
from sim.report.snippets import terms, two
from sim.studies.capacity.replaced import figure_name
from sim.studies.capacity.report.page import CapacityPage
from sim.studies.capacity.trials import FIRST_YEARS
from sim.studies.capacity.words import capacity_notes, few_replications
from sim.studies.sensitivity.words import kept_collect


def own_data(page: CapacityPage) -> Section | None:
    """Return what the company's own data took the place of."""
    if page.found.replaced.empty:
        return None
    say, sheet = page.language.say, page.numbers.sheet("replaced")
    heads = [
        Head(say("Municipality"), False),
        Head(say("Figure"), False),
        Head(say("estimate, {year}", year=page.found.facts["start_year"])),
        Head(say("own")),
    ]
    heads.append(Head(say("unit"), False))
    rows: list[list[str]] = []
    for row in range(len(sheet)):
        figure = sheet.value(row, "figure")
        if figure in STAGES and sheet.value(row, "municipality"):
            continue  # in the CSV; here all together
        step = 0.1 if figure in OF_COMPANY else 1
        estimate, low, high, own = (sheet.cell(row, column, step) for column in ("estimate", "low", "high", "own"))
        place = sheet.value(row, "municipality") or say("all together")
        unit = named(UNITS[figure], cast(Lang, page.lang))
        rows.append([place, figure_name(figure, page.language), two(estimate, page.numbers.range(low, high)), own, unit])
    note = say(
        "Small: the lowest and the highest of the plausible values that the estimate stands for. What is not in this table is still an "
        "estimate. Projects under way by municipality are in the CSV. Of staff, money and land bought a year the estimate is that for {year}; "
        "elsewhere on this page what is called today is the mean of {year}-{last}.",
        year=page.found.facts["start_year"],
        last=page.found.facts["start_year"] + FIRST_YEARS - 1,
    )
    title = say("Your own figures in place of estimates")
    return Section("own-data", say("Your own data"), [page.table("replaced-table", title, heads, rows, note, ["replaced"])])


def limits(page: CapacityPage) -> Section:
    """Return what the numbers rest on, what the model does not know, and what makes the same numbers again."""
    say, facts = page.language.say, page.found.facts
    rests = [
        say("These are estimates by a simulation model, no prediction and no official verdict."),
        warning(page.language),
        say("The rules are those of a draft decree: not definitive, and silent in places."),
        say("Scenario: {title}.", title=facts["title_nl"] if page.lang == "nl" else facts["title"]),
        page.estimated(),
        *capacity_notes(page.found, page.language),
        say("Municipalities: {names}.", names=", ".join(facts["municipalities"])),
    ]
    if int(facts["replications"]) < FEW:
        rests.append(few_replications(page.language))
    unknown = [
        say("The means are there at once and stay the same: finding and training people takes no time in the model."),
        say("Only this company gets other means; all others stay as they are."),
        say("More means change nothing about land that nobody sells, neighbours who appeal, or councils that do not decide."),
        say(
            "Nobody knows how strongly municipalities respond to tests. The model assumes any strength from 0 to 1 to be as likely."
        ),
        say("Talks under way, plots and people that are not in the data do not exist for the model."),
        *kept_collect(page.language),
    ]
    made = say(
        "Made with bso-sim {version}, seed {seed}, draws: {sampling}, model {source}.",
        version=facts["version"],
        seed=facts["seed"],
        sampling=facts["sampling"],
        source=str(facts["source"])[:12],
    )
    lead = Text(say("What the model does not know:"), "lead")
    return Section("limits", say("Limits and origin"), [Bullets(rests), lead, Bullets(unknown), Text(made, "note")])


def glossary(page: CapacityPage) -> Section:
    """Return what the words mean: those of any report, and those of means and queues."""
    say = page.language.say
    own: dict[str, str] = {
        say("means"): say("What a company works with: project managers, dwellings financed a year, places of land bought a year."),
        say("cheapest combination"): say(
            "Of all combinations of means that were tried, hold no less than there is and are enough, the one that costs least a year."
        ),
        say("the most of everything"): say(
            "More of each of the means than any company has; what fails even then, means cannot mend."
        ),
        say("place"): say("Land for one dwelling."),
        say("queue"): say("What a project waits for: a free project manager, a permit, a committee, money, a contractor."),
    }
    return Section("glossary", say("Words"), [Terms({**own, **terms(page.language)})])
