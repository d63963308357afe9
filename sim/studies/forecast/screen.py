"""The answer on the terminal: one sentence, the tests, the last year, what the numbers rest on, and where the pictures lie."""

from collections.abc import Iterable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.inputs.scenario.ranges import unknowns
from sim.report import estimates
from sim.report.language import Language
from sim.report.snippets import WIDEST
from sim.runs.results import CATEGORIES, Results
from sim.studies.forecast import words


def print_answer(results: Results, pictures: Iterable[Path], lang: str = "nl", console: Console | None = None) -> None:
    """Print the answer of an experiment on standard output (or on `console`), in Dutch or English."""
    language = Language(lang)
    console = console or Console(highlight=False)
    width = min(console.width, WIDEST)
    title = results.manifest["title_nl"] if lang == "nl" else results.manifest["title"]
    console.print(Text("\n" + title, style="dim"), width=width)
    console.print(Text(words.realised_answer(results, language) + ".\n", style="bold"), width=width)
    if len(results.test_totals):
        console.print(_tests(results, language), width=width)
    console.print(_last_year(results, language), Text(), width=width)
    for note in _notes(results, language):
        console.print(Text(note, style="dim"), width=width)
    console.print(Text("\n" + language.say("Pictures:")))
    for picture in pictures:
        console.print(Text(f"  {_shown(picture)}"), soft_wrap=True)  # a path in one piece can be copied
    console.print(Text(language.say("Tables: {folder}", folder=_shown(results.folder))), soft_wrap=True)


def _tests(results: Results, language: Language) -> Table:
    """Return the tests: municipalities per category, shortfall and contribution, each as its mean with the 80% band below it."""
    say = language.say
    table = _table(say("Progress tests: mean, and 80% band below it"), box.SIMPLE_HEAD)
    table.add_column(say("Test"))
    for name in CATEGORIES:
        table.add_column(say("Category\n{name}", name=name.removeprefix("category_")), justify="right", overflow="fold")
    table.add_column(say("Shortfall\n(dwellings)"), justify="right", overflow="fold")
    table.add_column(say("Contribution\n(million euro)"), justify="right", overflow="fold")
    for year, test in estimates.at_tests(results).items():
        cells = ((e.known(language), e.dashed(language)) for e in test.values())
        table.add_row(Text(str(year), style="bold"), *(Text.assemble(mean, "\n", (band, "dim")) for mean, band in cells))
    return table


def _table(title: str, lines: box.Box | None) -> Table:
    return Table(box=lines, show_header=lines is not None, pad_edge=False, title=title, title_justify="left", title_style="italic")


def _last_year(results: Results, language: Language) -> Table:
    """Return the lines on the last year."""
    say, manifest = language.say, results.manifest
    summary = results.summary()
    objective = language.number(manifest["objective"])
    bso = estimates.in_last_year(results, "bso")
    shares = estimates.null_shares(results).values()
    reached = round(summary["probability_objective"] * manifest["replications"])
    table = _table(say("31 December {year}", year=manifest["end_year"]), None)
    table.add_column(no_wrap=True)
    table.add_column()
    share = language.percent(bso.mean / manifest["objective"])
    mean, band = bso.known(language), bso.in_words(language)[1]
    realised = say("{mean} ({band}): {share} of {objective}", mean=mean, band=band, share=share, objective=objective)
    table.add_row(say("Counting towards the objective"), realised)
    net = estimates.in_last_year(results, "net")
    table.add_row(say("All dwellings, net"), f"{net.known(language)} ({net.in_words(language)[1]})")
    most = summary["probability_objective"] + 2 * (summary["probability_error"] or 1)
    times = say(
        "{reached} of {all} replications: a chance of {share} at the most",
        reached=language.number(reached),
        all=language.number(manifest["replications"]),
        share=language.percent(min(1.0, most)),
    )
    table.add_row(say("The {objective} reached in", objective=objective), times)
    paid = estimates.estimate(estimates.contributions(results).iloc[:, -1], results, finest=0.1)
    paid_words = say("{mean} million euro ({band})", mean=paid.known(language), band=paid.in_words(language)[1])
    table.add_row(say("Contributions, in all"), paid_words)
    ends = words.by_response(results)
    if ends:
        table.add_row(say("The same, by response to tests"), say("{weak} if weak, {strong} if strong", **_ends(ends, language)))
    if kept := words.with_not_knowing(results, language):
        table.add_row(say("With {count} parameters over their range\n(bso bands)", count=str(len(unknowns()))), kept)
    past = language.band(100 * min(shares), 100 * max(shares))
    table.add_row(say("If past growth went on"), say("{band}% of {objective}", band=past, objective=objective))
    return table


def _ends(ends: tuple[float, float], language: Language) -> dict[str, str]:
    """Return the contributions (million euro) where municipalities respond least and most to tests."""
    return {name: language.number(value, 1) for name, value in zip(("weak", "strong"), ends, strict=True)}


def _notes(results: Results, language: Language) -> list[str]:
    """Return what a reader has to know of the numbers."""
    say, manifest = language.say, results.manifest
    count = manifest["replications"]
    notes = [estimates.source(results, language), estimates.warning(language)]
    if count > 1:
        notes.append(
            say(
                "Between brackets: the 80% band. After ±: half of the mean's 95% interval, by the luck of the draw; "
                "numbers are rounded accordingly."
            )
        )
    if count < estimates.FEW:
        notes.append(say("With fewer than {few} replications the bands are only indicative.", few=estimates.FEW))
    if "plain" in results.engines:
        notes.append(say("Computed by the plain model (sim/model): {engines}.", engines=", ".join(results.engines)))
    if manifest["failed"]:
        notes.append(say("Replications that failed and are not counted: {failed}.", failed=manifest["failed"]))
    return notes


def _shown(path: Path) -> str:
    """Return a path as seen from the working directory, if it lies below it."""
    path = path.resolve()
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
