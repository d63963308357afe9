"""The answer on the terminal: one sentence, the tests, the last year, what the numbers rest on, and where the pictures lie."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.table import Table
from rich.text import Text

from sim.report import estimates
from sim.report.language import Language
from sim.report.screen import Screen, Terminal, grid
from sim.runs.precision import share_interval
from sim.runs.results import VERDICTS, Results
from sim.studies.forecast import words


def show(results: Results, pictures: Iterable[Path], lang: str = "nl", console: Terminal | None = None) -> None:
    """Print the answer of an experiment on standard output (or on `console`), in Dutch or English."""
    screen = Screen(lang, console)
    language = screen.language
    screen.line("\n" + results.manifest["title_nl" if lang == "nl" else "title"], "dim")
    screen.line(words.realised_answer(results, language) + ".\n", "bold")
    if len(results.test_totals):
        screen.put(_tests(results, language))
    screen.put(_last_year(results, language), Text())
    screen.notes(_notes(results, language))
    screen.files(pictures, results.folder)


def _tests(results: Results, language: Language) -> Table:
    """Return the tests: municipalities per category, shortfall and contribution, each as its mean with the 80% band below it."""
    say = language.say
    categories = (say("Category\n{name}", name=name.removeprefix("category_")) for name in VERDICTS)
    heads = (say("Test"), *categories, say("Shortfall\n(dwellings)"), say("Contribution\n(million euro)"))
    table = grid(*heads, title=say("Progress tests: mean, and 80% band below it"))
    for year, test in estimates.at_tests(results).items():
        cells = (Text.assemble(e.known(language), "\n", (e.dashed(language), "dim")) for e in test.values())
        table.add_row(Text(str(year), style="bold"), *cells)
    return table


def _last_year(results: Results, language: Language) -> Table:
    """Return the lines on the last year."""
    say, manifest, summary = language.say, results.manifest, results.summary()
    objective = language.number(manifest["objective"])
    title = say("31 December {year}", year=manifest["end_year"])
    table = Table(box=None, show_header=False, pad_edge=False, title=title, title_justify="left", title_style="italic")
    table.add_column(no_wrap=True)
    table.add_column()
    bso = estimates.in_last_year(results, "bso")
    share = language.percent(bso.mean / manifest["objective"])
    mean, band = bso.known(language), bso.in_words(language)[1]
    realised = say("{mean} ({band}): {share} of {objective}", mean=mean, band=band, share=share, objective=objective)
    table.add_row(say("Counting towards the objective"), realised)
    net = estimates.in_last_year(results, "net")
    table.add_row(say("All dwellings, net"), f"{net.known(language)} ({net.in_words(language)[1]})")
    most = share_interval(results.reached().astype(float), manifest)[1]
    times = say(
        "{reached} of {all} replications: a chance of {share} at the most",
        reached=language.number(round(summary["probability_objective"] * manifest["replications"])),
        all=language.number(manifest["replications"]),
        share=language.percent(most),
    )
    table.add_row(say("The {objective} reached in", objective=objective), times)
    paid = estimates.estimate(estimates.contributions(results).iloc[:, -1], results, finest=0.1)
    paid_words = say("{mean} million euro ({band})", mean=paid.known(language), band=paid.in_words(language)[1])
    table.add_row(say("Contributions, in all"), paid_words)
    if by_response := words.by_response(results):
        weak, strong = (language.number(value) for value in by_response)
        table.add_row(say("The same, by response to tests"), say("{weak} if weak, {strong} if strong", weak=weak, strong=strong))
    shares = estimates.null_shares(results).values()
    past = language.band(100 * min(shares), 100 * max(shares))
    table.add_row(say("If past growth went on"), say("{band}% of {objective}", band=past, objective=objective))
    return table


def _notes(results: Results, language: Language) -> Iterator[str]:
    """Yield what a reader has to know of the numbers."""
    say, count = language.say, results.manifest["replications"]
    yield estimates.source_of(results.manifest, language)
    yield estimates.warning(language)
    if count > 1:
        yield say(
            "Between brackets: the 80% band. After ±: half of the mean's 95% interval, as others would be drawn; "
            "numbers are rounded accordingly."
        )
    if count < estimates.FEW:
        yield say("With fewer than {few} replications the bands are only indicative.", few=estimates.FEW)
    if "plain" in results.engines:
        yield say("Computed by the plain model (sim/model): {engines}.", engines=", ".join(results.engines))
    if failed := results.manifest["failed"]:
        yield say("Replications that failed and are not counted: {failed}.", failed=failed)
