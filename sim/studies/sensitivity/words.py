"""What matters, in words: parameters and their values, the data to collect first, the futures in which the objective fails, what to know."""

import math
from collections.abc import Iterator
from functools import partial

from sim.inputs.scenario.ranges import UncertainParameter
from sim.report.estimates import figures_of
from sim.report.language import Language
from sim.studies.sensitivity.discovery import Condition
from sim.studies.sensitivity.study import AT_BOUNDS, MATTERS, Sensitivity, kept_sensitivity

MILLION = 1_000_000
SCALES = {"contribution_total": MILLION}  # what outcomes are written in, if not in their own unit
STEPS = {"realised_at_end": 10.0}  # to which they are written, if not to whole ones


def worth(value: float, uncertain: UncertainParameter, language: Language) -> str:
    """Return a value of a parameter as it is written: shares in percent, times in years, no more digits than its range supports."""
    number = _digits(value, uncertain, language)
    if uncertain.unit != "years":
        return number
    return language.say("1 year") if number == "1" else language.say("{number} years", number=number)


def label(result: Sensitivity, name: str, language: Language) -> str:
    """Return what a parameter is called, marked when it is only assumed."""
    return language.title(result.known[name]) + ("*" if result.status(name) == "assumed" else "")


def range_words(uncertain: UncertainParameter, language: Language) -> str:
    """Return the range of a parameter in words."""
    low, high = _digits(uncertain.low, uncertain, language), worth(uncertain.high, uncertain, language)
    return language.say("{low} to {high}", low=low, high=high)


def _digits(value: float, uncertain: UncertainParameter, language: Language) -> str:
    percent = uncertain.unit.startswith(("share", "probability"))
    scale = 100 if percent else 1
    shown, rough = scale * value, scale * (uncertain.high - uncertain.low) / 40
    finest = 10.0 ** math.floor(math.log10(rough))
    shown = round(shown / finest) * finest
    step = next((s for s in (1.0, 0.1, 0.01, 0.001) if s >= finest and abs(round(shown / s) * s - shown) < finest / 10), finest)
    return language.number(shown, step) + ("%" if percent else "")


def outcome_title(result: Sensitivity, outcome: str, language: Language) -> str:
    """Return what an outcome is called, with its unit."""
    return language.name_or(outcome, "answer_of", outcome, year=result.facts["end_year"])


def amount(value: float, outcome: str, language: Language) -> str:
    """Return an outcome as it is written."""
    return language.number(value / SCALES.get(outcome, 1), STEPS.get(outcome, 1.0))


def joined(parts: list[str], language: Language) -> str:
    """Return parts as in a sentence: a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return language.say("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def named(result: Sensitivity, names: list[str], language: Language) -> str:
    """Return what parameters are called, as in a sentence; nothing where there are none."""
    return joined([language.title(result.known[name]) for name in names], language)


def collect_sentence(result: Sensitivity, language: Language) -> str:
    """Say which parameters matter and are only assumed: the data to collect first; and which matter and rest on few figures."""
    say, first = language.say, language.say("Of what matters here, nothing is only assumed.")
    if listed := named(result, result.collect_first(), language):
        first = say("Data to collect first, as they matter and are only assumed: {listed}.", listed=listed)
    if not (others := named(result, result.matter_and_known(), language)):
        return first
    return say("{first} What also matters, and rests on few figures: {others}.", first=first, others=others)


def kept_collect(language: Language) -> list[str]:
    """Say, for any report, what the kept study of the baseline names as the data to collect first; nothing where no study is kept."""
    kept = kept_sensitivity()
    if kept is None:
        return []
    return [language.say("Of the baseline: {sentence}", sentence=collect_sentence(kept, language))]


def title_sentence(result: Sensitivity, outcome: str, language: Language) -> str:
    """Say what moves an outcome most, from one end of its range to the other, all else as in the scenario."""
    rows = result.of("ends", outcome)
    name = max(rows, key=lambda name: abs(rows[name]["swing"]))
    row, uncertain = rows[name], result.known[name]
    return language.say(
        "{outcome}: {parameter} weighs most ({at_low} at {low}, {at_high} at {high})",
        outcome=outcome_title(result, outcome, language),
        parameter=language.title(uncertain),
        at_low=amount(row["at_low"], outcome, language),
        at_high=amount(row["at_high"], outcome, language),
        low=worth(uncertain.low, uncertain, language),
        high=worth(uncertain.high, uncertain, language),
    )


def condition_words(condition: Condition, uncertain: UncertainParameter, language: Language) -> str:
    """Return a condition of a rule in words."""
    say, name = language.say, language.title(uncertain)
    above, below = (worth(bound, uncertain, language) if math.isfinite(bound) else "" for bound in condition[1:])
    if above and below:
        return say("{what} between {low} and {high}", what=name, low=above, high=below)
    return say("{what} below {value}", what=name, value=below) if below else say("{what} above {value}", what=name, value=above)


def rule_sentences(result: Sensitivity, language: Language) -> list[str]:
    """Say in which futures the objective fails, how surely, how much of all failing the rule holds, and on how many futures it rests."""
    facts, rule, text = result.facts, result.rule, partial(language.name, "failing")
    if not facts["futures"]:
        return []
    number, percent = language.number, language.percent
    futures = text(
        "futures",
        limit=number(facts["fails"] * facts["objective"]),
        objective=number(facts["objective"]),
        share=percent(facts["fails"]),
        year=facts["end_year"],
        rate=percent(facts["rate"]),
        total=number(facts["futures"]),
        count=len(result.in_sobol),
        listed=named(result, result.in_sobol, language),
    )
    if rule is None:
        return [futures, text("no_rule")]
    conditions = joined([condition_words(c, result.known[c.parameter], language) for c in rule.conditions], language)
    tenths = round(10 * rule.density)
    often = text("of_100", count=min(99, math.floor(100 * rule.density)))
    if 0 < tenths < 10:
        often = text("of_10", count=tenths)
    holds = text("rule", often=often, conditions=conditions, coverage=percent(rule.coverage))
    counted = text(
        "counted",
        futures=number(rule.futures),
        total=number(rule.total),
        density=percent(rule.density),
        low=percent(rule.low95),
        high=percent(rule.high95),
    )
    return [futures, holds, counted]


def notes(result: Sensitivity, language: Language) -> Iterator[str]:
    """Yield what a reader has to know of the numbers."""
    say, facts, number, text = language.say, result.facts, language.number, partial(language.name, "sensitivity_note")
    yield text("cells", share=language.percent(MATTERS))
    if result.in_sobol:
        sobol = result.tables["sobol"]
        widest = language.percent(float((sobol["ST_high95"] - sobol["ST_low95"]).max()) / 2)
        yield text("sobol", points=number(facts["points"]["sobol"]), count=len(result.in_sobol), widest=widest)
    elif "morris" in result.tables:
        yield text("morris", trajectories=number(facts["trajectories"]), points=number(facts["points"]["morris"]))
    most = max(max(of_outcomes.values()) for of_outcomes in facts["noise"].values())
    luck, count = f"{number(100 * most, 0.1 if most < 0.02 else 1)}%", facts["replications"]
    yield text("luck", count=number(count), ends=number(AT_BOUNDS * count), noise=luck)
    if facts["failed"]:
        yield say("Replications that failed and are not counted: {failed}.", failed=facts["failed"])


def source(result: Sensitivity, language: Language) -> str:
    """Say what the numbers are and how to get them again."""
    facts, points = result.facts, language.number(sum(result.facts["points"].values()))
    of = {"title": facts["title_nl" if language.code == "nl" else "title"], "points": points, "replications": facts["replications"]}
    of["figures"] = figures_of(facts, language)
    said = language.name("origin", "sensitivity", version=facts["version"], seed=facts["seed"], **of)
    return f"{said} {language.name('origin', 'stands')}"
