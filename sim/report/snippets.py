"""Pieces that every screen and report shares: words that stand out, numbers with their band, the meaning of words."""

from collections.abc import Iterable

from markupsafe import Markup

from sim.report.language import Language

WIDEST = 100  # columns of a screen; longer lines are hard to read


def joined(parts: Iterable[str], between: str = "; ") -> Markup:
    """Return sentences one after the other."""
    return Markup(between).join(parts)


def strong(text: str) -> Markup:
    """Return a text that stands out."""
    return Markup("<strong>{}</strong>").format(text)


def two(large: str, small: str) -> Markup:
    """Return a number with its band below it."""
    return Markup("{}<small>{}</small>").format(large, small)


def terms(language: Language) -> dict[str, str]:
    """Return the words that any report uses, with their meaning."""
    say = language.say
    return {
        say("simulation"): say("One possible future until 2042, in which luck is drawn for every project and every year."),
        say("8 of 10 simulations"): say(
            "The middle range: one in ten simulations gives less, one in ten gives more. Also called the 80% band."
        ),
        say("95% interval"): say("The range in which a mean or a difference lies, as far as chance in the draws is concerned."),
        say("paired comparison"): say(
            "Every option meets the same luck in the same simulation. What then differs comes from the option, not from luck."
        ),
        say("response"): say(
            "How much more a municipality does because of a test or a verdict: 0 is nothing, 1 is all that the model allows."
        ),
        "BSO": say("Binding social objective: 45,000 extra social rental dwellings in Flanders by the end of 2042."),
        say("growth path"): say("What a municipality should have realised or planned at each test."),
        say("progress test"): say("Judges whether a municipality is on its growth path."),
        say("category 1, 2A, 2B"): say(
            "1: on the growth path. 2A: behind, with enough effort. 2B: behind without enough effort; a contribution is due."
        ),
        "MJP": say("Multi-year planning: the project is planned, but not yet ready to be built."),
        "KTP": say("Short-term planning: the project has its papers and can be put out to tender."),
        "SIB": say("Specific catch-up: dwellings of an earlier objective that were not realised and are still asked."),
    }
