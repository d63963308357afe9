"""The report's sections on choosing: without knowing how the world is, and what would change the conclusion."""

import itertools

from sim.report.parts import Bullets, Head, Part, Section, Text
from sim.report.snippets import joined, two
from sim.runs.choosing import DECISIVE, EVERYTHING
from sim.studies.compare.choosing import TOLD, behind, best_words, in_ten, turning_words, worth_cells, worth_words
from sim.studies.compare.report.options import ComparisonPage, named
from sim.studies.compare.words import SHOWN


def choosing(page: ComparisonPage) -> Section:
    """Return how the options stand over all that is carried: how often better, how far behind the best, what turns that around, and what is
    worth knowing first."""
    say, words = page.say, page.html
    sentence = "{sentence}."
    return page.section(
        "choosing",
        Text(page.language.name("origin", "drawn" if page.facts["sampling"] == "drawn" else "central"), "note"),
        Bullets([say(sentence, sentence=best_words(words, outcome)) for outcome in DECISIVE]),
        _table(page),
        Text(say("What turns a difference around:"), "lead"),
        Bullets([say(sentence, sentence=turns) for turns in turning_words(words)]),
        Text(say("What is worth knowing before choosing:"), "lead"),
        Bullets([say(sentence, sentence=worth_words(words, outcome)) for outcome in DECISIVE]),
        _information(page),
    )


def _table(page: ComparisonPage) -> Part:
    """Return in how many of ten futures each option is better than the first, and how far it falls behind the best one."""
    say, words = page.say, page.html
    rows: list[list[str]] = []
    for option, name in words.names.items():
        cells = []
        for outcome in SHOWN:
            mean, often = behind(words, option, outcome)
            better = "–"
            if option != words.base:
                number, low, high, same = in_ten(words, option, outcome)
                ends = say("{low} to {high}", low=low, high=high)
                better = two(number, joined((ends, say("as good: {number}", number=same)), ", ") if same.value else ends)
            cells += [better, two(mean, say("{number} or more", number=often)) if often is not None and often.value else mean]
        rows.append([str(name), *cells])
    of_better, of_behind = ([page.text("further", key) for key in keys] for keys in (("from", "to", "as_good"), ("in_ten",)))
    heads = page.heads(["option"])
    for better, short in (("more_in", "short"), ("fewer_2B_in", "more_2B"), ("less_euro_in", "more_euro")):
        heads += [Head(page.text("column", better), further=of_better), Head(page.text("column", short), further=of_behind)]
    return page.listed("choosing", heads, rows, ["differences", "regret"])


def _information(page: ComparisonPage) -> Part:
    """Return what it is worth to know: all of it, and the parameters that are worth most for either outcome."""
    words, table = page.html, page.comparison.tables["information"]
    one_by_one = table[(table["parameter"] != EVERYTHING) & (table["worth"] > 0)]
    most = dict.fromkeys(one_by_one.groupby("outcome", sort=False).head(TOLD)["parameter"])
    rows = []
    for parameter in (EVERYTHING, *most):
        title = page.text("column", "everything") if parameter == EVERYTHING else page.language.title(words.known[parameter])
        cells = (worth_cells(words, outcome, parameter) for outcome in DECISIVE)
        rows.append([title, *(two(size, page.say("{low} to {high}", low=low, high=high)) for size, low, high in cells)])
    return page.listed("information", page.heads(["fact"], "dwellings", "euro"), rows, ["information", "turning"])


def changes(page: ComparisonPage) -> Section:
    """Return what would change the conclusion: what nobody knows, and chance."""
    say, words = page.say, page.html
    turning: dict[str, list[str]] = {}
    for option, outcome, kind in words.turning():
        there, as_is = words.change_words(option, outcome, kind), words.change_words(option, outcome)
        clause = say("{when} {there} instead of {here}", when=page.text("when", kind), there=there, here=as_is)
        turning.setdefault(option, []).append(clause)
    otherwise = say(
        "Neither the response of municipalities nor plans on paper change a direction: more stays more, and fewer stays fewer."
    )
    if turning:
        otherwise = say(
            "What nobody knows. With another response than the mean of all, or with plans on paper, these conclusions change:"
        )
    parts: list[Part] = [Text(otherwise, "lead")]
    parts += [Bullets([named(page, option, joined(clauses)) for option, clauses in turning.items()])] if turning else []
    parts += [Text(words.order_words() + ".")]
    unclear: dict[str, list[str]] = {}
    for option, outcome in itertools.product(words.others, SHOWN):
        if words.change(option, outcome).direction == "unclear":
            unclear.setdefault(option, []).append(words.change_words(option, outcome))
    if unclear:
        chance = say("Chance. More simulations could still decide these; today their interval includes zero:")
        parts += [Text(chance, "lead"), Bullets([named(page, option, joined(clauses)) for option, clauses in unclear.items()])]
    return page.section("conclusion", *parts)
