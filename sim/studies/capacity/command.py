"""Questions of a housing company: what does it need for all its municipalities to pass their tests?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.inputs.errors import InputError
from sim.studies.command_options import (
    MAX_REPLICATIONS,
    AsJson,
    Lang,
    Language,
    Out,
    Seed,
    WithReport,
    Workers,
    between,
    say_doubts,
    tell,
    under_way,
)

if TYPE_CHECKING:
    from sim.studies.result import Result


def capacity(
    companies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COMPANY]...",
            help="Name of the housing company; the case of letters does not matter. Several: as one, with their means together.",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every company, ranked, and Flanders in all.")] = False,
    probability: Annotated[float, typer.Option(help="The chance that is wanted, between 0 and 1.")] = 0.8,
    test: Annotated[str, typer.Option(help="Year of one test, or all.")] = "all",
    category: Annotated[
        Literal["2", "2B"],
        typer.Option(help="The category in which no municipality may be: 2B, which pays, or 2 (2A and 2B)."),
    ] = "2B",
    budget: Annotated[
        float | None,
        typer.Option(help="Euro a year on top of what there is: what gives the most chance for it?", show_default=False),
    ] = None,
    levers: Annotated[str, typer.Option(help="What the company can add to: managers, finance, land.")] = "managers,finance,land",
    scenario: Annotated[Path, typer.Option(help="Scenario file, or the name of one of the library.")] = Path("baseline"),
    replications: Annotated[
        int | None, typer.Option(callback=between(1, MAX_REPLICATIONS), help="Replications; default: 400, and 200 with --all.")
    ] = None,
    seed: Seed = None,
    workers: Workers = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of the company's own data, as `bso template company` makes it.", show_default=False)
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
    report: WithReport = False,
    lang: Lang = Language.nl,
) -> None:
    """How many project managers, how much finance and land does a company need for its municipalities to pass their tests?"""
    from sim.inputs.region.load import load_region
    from sim.inputs.scenario.library import scenario_of
    from sim.studies.capacity import all_companies, spending, study
    from sim.studies.capacity.own_data import with_folder

    if every == bool(companies):
        raise InputError("COMPANY", "", "the name of one company is needed, or --all")
    if every and budget is not None:
        raise InputError("--budget", "", "a budget is of one company, or of several together, not of --all")
    count = replications if replications is not None else all_companies.REPLICATIONS if every else study.REPLICATIONS
    read = scenario_of(scenario, seed, count)
    if data is not None:
        if companies is None or len(companies) > 1:
            raise InputError("--data", "", "own data are of one company, not of --all; [workbooks] in a scenario goes with both")
        read = with_folder(read, data, companies[0])
    say_doubts((scenario, read, load_region(read)))
    asked: dict[str, Any] = {"test": test, "category": category, "levers": tuple(name.strip() for name in levers.split(","))}
    asked |= {"replications": count, "out": out}
    with under_way() as progress:
        asked["progress"] = progress
        if not companies:
            needs: Result = all_companies.capacity_of_all(read, probability=probability, workers=workers, **asked)
        elif budget is not None:
            needs = spending.most_for(tuple(companies), budget, read, workers=workers, **asked)
        else:
            needs = study.capacity_of(tuple(companies), read, probability=probability, workers=workers, **asked)
    tell(needs, as_json, lang, report)


def template(
    what: Annotated[str | None, typer.Argument(help="company: the workbook of a housing company.", show_default=False)] = None,
    name: Annotated[str | None, typer.Argument(help="Name of the company.", show_default=False)] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the files, new or empty; default: one here named after the company.")
    ] = None,
    lang: Lang = Language.nl,
) -> None:
    """Write tables in which a company fills in its own data: `bso template company NAME`. Nothing leaves the machine."""
    if what != "company":
        asked = "nothing" if what is None else repr(what)
        raise InputError("template", "", f"found {asked}; allowed: company, as in `bso template company NAME`")
    if name is None:
        raise InputError("template company", "", "the name of a housing company is needed")
    from sim.inputs.region.load import load_region
    from sim.inputs.scenario.library import scenario_of
    from sim.report.language import Language as Reader
    from sim.studies.capacity.study import slug_of
    from sim.studies.capacity.template import first_test, print_template, write_template
    from sim.studies.capacity.trials import company_of

    scenario = scenario_of("baseline")
    company = company_of(name, load_region(scenario).company_names)
    folder = out if out is not None else Path(slug_of(company))
    files = write_template(folder, scenario, company, Reader(lang.value))
    print_template(files, company, first_test(scenario), Reader(lang.value))
