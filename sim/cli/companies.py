"""Questions of a housing company: what does it need for all its municipalities to pass their tests?"""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.shared import AsJson, Lang, Language, Out, Replications, Seed, find_scenario, under_way

REPLICATIONS = 400


class Category(str, Enum):
    """The category that no municipality may be in."""

    two = "2"
    two_B = "2B"


def capacity(
    company: Annotated[str, typer.Argument(help="Name of the housing company; the case of letters does not matter.")],
    probability: Annotated[float, typer.Option(help="The chance that is wanted, between 0 and 1.")] = 0.8,
    test: Annotated[str, typer.Option(help="Year of one test, or all.")] = "all",
    category: Annotated[
        Category, typer.Option(help="The category in which no municipality may be: 2 (2A and 2B), or 2B only, which pays.")
    ] = Category.two,
    levers: Annotated[str, typer.Option(help="What the company can add to: managers, finance, land.")] = "managers,finance,land",
    scenario: Annotated[Path, typer.Option(help="Scenario file, or the name of one of the library.")] = Path("baseline"),
    replications: Replications = REPLICATIONS,
    seed: Seed = None,
    out: Out = None,
    as_json: AsJson = False,
    lang: Lang = Language.nl,
) -> None:
    """How many project managers, how much finance and land does a company need for its municipalities to pass their tests?"""
    from sim.inputs.scenario import load_scenario
    from sim.study.capacity_answer import answer, ask, default_folder

    chosen = tuple(name.strip() for name in levers.split(","))
    task, question = ask(
        load_scenario(find_scenario(scenario), seed, replications), company, probability, test, category.value, chosen
    )
    folder = out if out is not None else default_folder(task, question)
    with under_way() as report:
        found = answer(task, question, folder, report)
    if as_json:
        print(json.dumps(found.summary(), ensure_ascii=False))
    else:
        from sim.show.capacity import print_capacity, write_capacity

        print_capacity(found, folder, write_capacity(found, folder, lang.value), lang.value)
