"""What a comparison says of choosing without knowing: in how many of ten futures an option is better, which may be the best, what turns a
difference around, and what is worth knowing first."""

from collections.abc import Iterator

from sim.report.cells import SIGNED, Cell, step_of
from sim.report.estimates import BANDED
from sim.report.snippets import joined
from sim.runs.choosing import DECISIVE, EVERYTHING
from sim.studies.compare.study import AS_IS
from sim.studies.compare.words import FINEST, SCALE, Words
from sim.studies.sensitivity.words import worth

TEN = 10
TOLD = 3  # parameters that are named in a sentence


def in_ten(words: Words, option: str, outcome: str) -> tuple[Cell, Cell, Cell, Cell]:
    """Return in how many of ten futures an option is better than the first one, the ends of that number, and in how many it is as good."""
    keys = {"option": option, "condition": AS_IS, "outcome": outcome}
    low, high, same = words.values("differences", keys, "better_low95", "better_high95", "same")
    step = 1.0 if round(TEN * low) < round(TEN * high) else 0.1
    finer = 0.1 if 0 < TEN * same < 0.5 else step
    steps = {"better": step, "better_low95": step, "better_high95": step, "same": finer}
    better, least, most, as_good = (words.cell("differences", keys, column, of, TEN) for column, of in steps.items())
    return better, least, most, as_good


def behind(words: Words, option: str, outcome: str) -> tuple[Cell, Cell | None]:
    """Return how far an option falls behind the best one: on average, and at least in one of ten futures; None where too few are known."""
    keys = {"option": option, "condition": AS_IS, "outcome": outcome}
    (error,) = words.values("regret", keys, "error")
    step = step_of(error * SCALE[outcome], FINEST[outcome])
    mean, often = (words.cell("regret", keys, column, step, SCALE[outcome]) for column in ("mean", "p90"))
    return mean, often if int(words.facts["replications"]) >= BANDED else None


def best_words(words: Words, outcome: str) -> str:
    """Say which options cannot be told from the best on average, and which surely are behind."""
    what, possible = words.text("decisive", outcome), words.may_be_best(outcome)
    if int(words.facts["replications"]) < BANDED and len(possible) < len(words.names):
        return words.text("best", "few", what=what, replications=words.facts["replications"])
    if len(possible) == 1:
        return words.text("best", "one", what=what, option=words.names[possible[0]].called)
    listed = ", ".join(words.names[option].letter for option in possible)
    key = "any" if len(possible) == len(words.names) else "some"
    return words.text("best", key, what=what, listed=listed, count=len(possible))


def turning_words(words: Words) -> Iterator[str]:
    """Yield a sentence for every uncertain parameter that surely turns a difference from the first option around, the largest turns first; else
    say that none does."""
    table = words.comparison.tables["turning"]
    looked_at = table["parameter"].nunique()
    if not looked_at:
        yield words.text("turns", "not_drawn" if words.facts["sampling"] != "drawn" else "few")
        return
    turns = table[table["turns"]].assign(size=lambda rows: (rows["at_high"] - rows["at_low"]).abs())
    if not len(turns):
        yield words.text("turns", "none", count=looked_at)
    for _, rows in turns.groupby(["option", "outcome"], sort=False):
        for row in rows.nlargest(TOLD, "size").to_dict("records"):
            option, outcome, parameter = (str(row[name]) for name in ("option", "outcome", "parameter"))
            keys = {"option": option, "condition": AS_IS, "outcome": outcome}
            (error,) = words.values("differences", keys, "error")
            step, keys = (
                step_of(error * SCALE[outcome], FINEST[outcome]),
                {"option": option, "outcome": outcome, "parameter": parameter},
            )
            at_low, at_high = (words.cell("turning", keys, name, step, SCALE[outcome], SIGNED) for name in ("at_low", "at_high"))
            values = {name: worth(row[name], words.known[parameter], words.language) for name in ("value", "low95", "high95")}
            called, what = words.names[option].called, words.language.title(words.known[parameter])
            yield words.text("turns", outcome, option=called, what=what, at_low=at_low, at_high=at_high, **values)
        if len(rows) > TOLD:
            yield words.say("and {count} more: see the table", count=len(rows) - TOLD)


def worth_cells(words: Words, outcome: str, parameter: str) -> tuple[Cell, Cell, Cell]:
    """Return what it is worth to know a parameter before choosing, with its interval, in dwellings or million euro."""
    keys, scale = {"outcome": outcome, "parameter": parameter}, SCALE[outcome]
    mean, high = words.values("information", keys, "worth", "high95")
    step = step_of((high - mean) * scale / 2, FINEST[outcome])
    size, low, most = (words.cell("information", keys, name, step, scale) for name in ("worth", "low95", "high95"))
    return size, low, most


def worth_words(words: Words, outcome: str) -> str:
    """Say what is worth most to know before choosing by an outcome, or that nothing surely is."""
    rows = words.comparison.tables["information"].query("outcome == @outcome").set_index("parameter")
    of = words.text("decisive", outcome)
    if int(words.facts["replications"]) < BANDED:
        return words.text("worth", "few", of=of)
    if rows["worth"][EVERYTHING] == 0:
        best = words.names[words.may_be_best(outcome)[0]]
        return words.text("worth", "nothing", of=of, option=best.called, futures=words.facts["replications"])

    def amount(parameter: str) -> str:
        size, low, high = worth_cells(words, outcome, parameter)
        return words.text("amount", outcome, size=size, low=low, high=high)

    told = [str(name) for name in rows.index[rows["tells"]] if name != EVERYTHING][:TOLD]
    each = [words.text("worth", "fact", what=words.language.title(words.known[name]), amount=amount(name)) for name in told]
    key = "most" if each else "none" if len(rows) > 1 else "luck"
    return words.text("worth", key, of=of, each=joined(each), everything=amount(EVERYTHING))


def decisive(words: Words) -> Iterator[str]:
    """Yield what is said of choosing, a sentence each: which may be the best, what turns, what is worth knowing."""
    yield from (best_words(words, outcome) for outcome in DECISIVE)
    yield from turning_words(words)
    yield from (worth_words(words, outcome) for outcome in DECISIVE)
