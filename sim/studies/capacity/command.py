"""Questions of a housing company: what does it need for all its municipalities to pass their tests?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim.inputs.errors import InputError
from sim.inputs.scenario.library import scenario_of
from sim.report.outside import say
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
    tell,
    under_way,
)

if TYPE_CHECKING:
    from sim.studies.result import Result


def capacity(
    company: Annotated[
        str | None, typer.Argument(help="Name of the housing company; the case of letters does not matter.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every company, ranked, and Flanders in all.")] = False,
    probability: Annotated[float, typer.Option(help="The chance that is wanted, between 0 and 1.")] = 0.8,
    test: Annotated[str, typer.Option(help="Year of one test, or all.")] = "all",
    category: Annotated[
        Literal["2", "2B"] | None,
        typer.Option(
            help="The category in which no municipality may be: 2 (2A and 2B), or 2B only, which pays; default: 2, and 2B with --all."
        ),
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
    from sim.studies.capacity import all_companies, study
    from sim.studies.capacity.own_data import warnings_of, with_folder

    if every == (company is not None):
        raise InputError("COMPANY", "", "the name of one company is needed, or --all")
    count = replications if replications is not None else all_companies.REPLICATIONS if every else study.REPLICATIONS
    read = scenario_of(scenario, seed, count)
    if data is not None:
        if company is None:
            raise InputError("--data", "", "own data are of one company, not of --all; [workbooks] in a scenario goes with both")
        read = with_folder(read, data, company)
        for warning in warnings_of(data, read):
            say(warning)
    asked: dict[str, Any] = {"probability": probability, "test": test, "levers": tuple(name.strip() for name in levers.split(","))}
    asked |= {"category": category} if category else {}
    with under_way() as progress:
        if company is None:
            needs: Result = all_companies.capacity_of_all(
                read, **asked, replications=count, workers=workers, out=out, progress=progress
            )
        else:
            needs = study.capacity_of(company, read, **asked, replications=count, out=out, progress=progress)
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
    from sim.report.language import Language as Reader
    from sim.studies.capacity.study import slug_of
    from sim.studies.capacity.template import print_template, write_template
    from sim.studies.capacity.trials import company_of

    scenario = scenario_of("baseline")
    company = company_of(name, load_region(scenario).company_names)
    folder = out if out is not None else Path(slug_of(company))
    print_template(write_template(folder, scenario, company, Reader(lang.value)), company, Reader(lang.value))
