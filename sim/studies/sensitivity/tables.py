"""The table of what matters in the docs. Markdown, in English."""

from sim.report.language import ENGLISH
from sim.report.markdown import table
from sim.studies.sensitivity import words
from sim.studies.sensitivity.study import KEPT, read_sensitivity


def sensitivity() -> str:
    """Return the kept study of what matters in the baseline: the data to collect first, where the objective fails, and a table of shares."""
    kept = read_sensitivity(KEPT)
    rows = []
    for name in (name for name in kept.ranked() if name in kept.in_sobol):
        cells = []
        for outcome in kept.outcomes:
            share, low, high = (max(0.0, part) for part in kept.shares(outcome)[name])
            cells.append(f"{share:.0%} ({100 * low:.0f} to {100 * high:.0f})")
        what, reach = words.what(kept.known[name], ENGLISH), words.range_words(kept.known[name], ENGLISH)
        rows.append([f"`{name}`", what, reach, kept.status(name), *cells])
    heads = ["parameter", "what", "range", "status", *(words.outcome_title(kept, outcome, ENGLISH) for outcome in kept.outcomes)]
    made = f"{sum(kept.facts['points'].values()):,} points of {kept.facts['replications']} replications, seed {kept.facts['seed']}"
    sentences = [words.collect_sentence(kept, ENGLISH), *words.rule_sentences(kept, ENGLISH)]
    return "\n\n".join([" ".join([*sentences, f"({made}; `results/reference/sensitivity`.)"]), table(heads, rows)])
