"""The answer of one forecast in words, said once for the pictures' titles and for the screen."""

from sim.report.estimates import FEW, at_tests, contributions, estimate, in_last_year
from sim.report.language import Language
from sim.runs.results import VERDICTS, Results


def realised_answer(results: Results, language: Language) -> str:
    """Say how many dwellings of the objective are there at the end."""
    mean, low_to_high = in_last_year(results, "bso").in_words(language)
    return language.say(
        "By the end of {year}, {mean} of the {objective} dwellings are expected to be realised (80% band: {band})",
        year=results.manifest["end_year"],
        mean=mean,
        objective=language.number(results.manifest["objective"]),
        band=low_to_high,
    )


def category_answer(results: Results, language: Language) -> str:
    """Say which test finds most municipalities in category 2B, and how many."""
    tests = at_tests(results)
    if not tests:
        return language.say("This scenario has no progress tests")
    year, worst = max(tests.items(), key=lambda item: item[1]["category_2B"].mean)
    mean, low_to_high = worst["category_2B"].in_words(language)
    return language.say(
        "At the test of {year}, {mean} of the {all} municipalities are expected to fall into category 2B (80% band: {band})",
        mean=mean,
        all=language.number(sum(worst[name].mean for name in VERDICTS)),
        year=year,
        band=low_to_high,
    )


def contribution_answer(results: Results, language: Language) -> str:
    """Say what the municipalities pay in all."""
    total = estimate(contributions(results).iloc[:, -1], results, finest=0.1)
    mean, low_to_high = total.in_words(language)
    return language.say(
        "By the end of {year}, contributions are expected to come to {mean} million euro (80% band: {band})",
        year=results.manifest["end_year"],
        mean=mean,
        band=low_to_high,
    )


def by_response(results: Results) -> tuple[float, float] | None:
    """Return the mean contributions (million euro) in the tenth of futures where municipalities respond least to tests, and most.

    Nobody knows how strongly they do, so every answer on contributions is given at both ends. None when there are too few replications, no
    contributions, or one response only.
    """
    response = results.table("replications").set_index("replication")["response"]
    paid = results.contributions() / 100e6
    if len(response) < FEW or not paid.any() or response.min() == response.max():
        return None
    low, high = response.quantile([0.1, 0.9])
    return float(paid[response <= low].mean()), float(paid[response >= high].mean())
