"""The table of what matters in the docs. Markdown, in English."""

from sim.report.language import ENGLISH
from sim.report.markdown import table
from sim.studies.sensitivity import words
from sim.studies.sensitivity.study import KEPT, read_sensitivity


def sensitivity() -> str:
    """Return the baseline study of what matters in the baseline: the data to collect first, where the objective fails, and a table of shares."""
    baseline = read_sensitivity(KEPT)
    rows = []
    for name in (name for name in baseline.ranked() if name in baseline.in_sobol):
        cells = []
        for outcome in baseline.outcomes:
            share, low, high = (max(0.0, part) for part in baseline.shares(outcome)[name])
            cells.append(f"{share:.0%} ({100 * low:.0f} to {100 * high:.0f})")
        what, reach = ENGLISH.title(baseline.known[name]), words.range_words(baseline.known[name], ENGLISH)
        rows.append([f"`{name}`", what, reach, baseline.status(name), *cells])
    outcomes = (words.outcome_title(baseline, outcome, ENGLISH) for outcome in baseline.outcomes)
    made = f"{sum(baseline.facts['points'].values()):,} points of {baseline.facts['replications']} replications, seed {baseline.facts['seed']}"
    sentences = [words.collect_sentence(baseline, ENGLISH), *words.rule_sentences(baseline, ENGLISH)]
    return "\n\n".join(
        [
            " ".join([*sentences, f"({made}; `results/reference/sensitivity`.)"]),
            table(["parameter", "what", "range", "status", *outcomes], rows),
        ]
    )
