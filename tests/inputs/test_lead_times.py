"""Lead times as tables of quantiles, as mixtures, and of a company's or a province's own: what they are, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

import sim
from sim.engine.quantiles import Table
from sim.engine.tables import build_model
from sim.inputs.errors import InputError
from sim.inputs.region.load import load_region
from sim.inputs.scenario.distributions import Distribution
from sim.inputs.scenario.model import Scenario, load_scenario
from sim.inputs.scenario.ranges import at
from sim.inputs.scenario.sets import parameter_sets
from sim.runs.job import digest_of
from tests.support.project import BASELINE

SAID = {"unit": "years", "status": "assumed", "source": "a test"}
POINTS = [[0, 0.5], [0.25, 1], [0.5, 2], [1, 6]]
FEW = {"weight": 1, "distribution": "uniform", "parameters": {"loc": 4.0, "scale": 1.0}}
MOST = {"weight": 3, "distribution": "lognorm", "parameters": {"s": 0.4, "scale": 1.5}}
OF_QUANTILES = {"distribution": "quantiles", "points": POINTS}
OF_A_MIXTURE = {"distribution": "mixture", "parts": [MOST, FEW]}
U = (np.arange(200_000) + 0.5) / 200_000


def spread(**table: Any) -> Distribution:
    return Distribution.model_validate(SAID | table)


def mine(folder: Path, text: str) -> Scenario:
    """The baseline with something changed, and its region read."""
    path = folder / "mine.toml"
    path.write_text(f'extends = "{BASELINE.as_posix()}"\n{text}\n', encoding="utf-8")
    scenario = load_scenario(path)
    load_region(scenario)
    return scenario


def test_a_table_of_quantiles_is_straight_between_its_points() -> None:
    """At its points it has their values, and its mean is that of what is drawn from it."""
    own = spread(**OF_QUANTILES)
    assert own.quantile([0, 0.125, 0.25, 0.75, 1]).tolist() == [0.5, 0.75, 1, 4, 6]
    assert own.quantile(U).mean() == pytest.approx(own.mean(), rel=1e-6)
    assert own.curve.cdf(own.quantile(U)) == pytest.approx(U)


def test_a_mixture_has_the_moments_and_shares_of_its_parts() -> None:
    """Mean and variance by the law of total variance; the share at or below a quantile is its probability, and weights are relative."""
    own = spread(**OF_A_MIXTURE)
    parts = scipy.stats.lognorm(0.4, scale=1.5), scipy.stats.uniform(4, 1)
    mean = 0.75 * parts[0].mean() + 0.25 * parts[1].mean()
    second = sum(w * (part.var() + part.mean() ** 2) for w, part in zip((0.75, 0.25), parts, strict=True))
    assert own.mean() == pytest.approx(mean)
    drawn = own.quantile(U)
    assert (drawn.mean(), drawn.var()) == pytest.approx((mean, second - mean**2), rel=1e-3)
    assert 0.75 * parts[0].cdf(drawn) + 0.25 * parts[1].cdf(drawn) == pytest.approx(U, abs=1e-12)
    assert spread(**OF_A_MIXTURE | {"parts": [MOST | {"weight": 75}, FEW | {"weight": 25}]}).curve == own.curve


def test_where_a_mixture_has_a_gap_it_takes_the_lower_side() -> None:
    """Half lies below 1, half above 4: the middle is 1."""
    low = {"weight": 1, "distribution": "uniform", "parameters": {"loc": 0.0, "scale": 1.0}}
    assert spread(**OF_A_MIXTURE | {"parts": [low, FEW]}).quantile(0.5) == pytest.approx(1)


def test_cut_offs_are_of_the_whole_and_said() -> None:
    """A quarter of the table lies below its minimum."""
    own = spread(**OF_QUANTILES, minimum=1.0)
    assert own.quantile([0, 0.5]).tolist() == [1, 2]
    assert own.doubts == ["25% of quantiles lies below its minimum, 1, and counts as that"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            'distribution = "quantiles"\npoints = [[0, 1], [0.5, 0.5], [1, 2]]',
            r"points: found .*0.5: 0.5 after 0: 1; probabilities that rise",
        ),
        ('distribution = "quantiles"\npoints = [[0.1, 1], [1, 2]]', r"points: found .*from 0.1 to 1; probabilities from 0 to 1"),
        ('distribution = "quantiles"', r"permit: points: missing; quantiles needs them"),
        ('distribution = "quantile"\npoints = [[0, 1], [1, 2]]\nparameters = {}', "did you mean 'quantiles'"),
        ("points = [[0, 1], [1, 2]]", r"points: lognorm has none"),
        ('distribution = "quantiles"\npoints = [[0, 1], [1, 2]]\nparameters = { s = 1.5 }', r"parameters: quantiles has none"),
        ('distribution = "quantiles"\npoints = [[0, 1], [1, 2]]\nrange = [1, 2]', r"range: quantiles has no parameter"),
        ('distribution = "quantiles"\npoints = [[0, -1], [1, 2]]', r"values as low as -"),
        ('distribution = "mixture"\nparts = [{ weight = 1, distribution = "expon", parameters = {} }]', r"permit.parts: "),
        (
            'distribution = "mixture"\nparts = [{ weight = 1, distribution = "expo", parameters = {} }, { weight = 1 }]',
            r"parts.0.distribution: .*did you mean 'expon'",
        ),
        (
            'distribution = "mixture"\nparts = [{ weight = 0, distribution = "expon", parameters = {} },'
            ' { weight = 1, distribution = "lognorm", parameters = {} }]',
            r"parts.0.weight: found 0; greater than 0",
        ),
        (
            'provinces.Limburgh = { distribution = "expon", parameters = {}, status = "assumed", source = "x" }',
            "did you mean 'Limburg'",
        ),
        (
            'companies.Zetu = { constant = 2.0, distribution = "expon", parameters = {}, status = "assumed", source = "x" }',
            "mean 'Zetus'",
        ),
        ('companies.Zetus = { distribution = "expon", parameters = {}, status = "assumed" }', r"companies.Zetus.source: missing"),
        (
            'companies.Zetus = { unit = "months", distribution = "expon", parameters = {}, status = "assumed", source = "x" }',
            r"companies.Zetus.unit: found 'months'; 'years' is allowed",
        ),
        (
            'companies.Zetus = { constant = 0.0, distribution = "expon", parameters = {}, status = "assumed", source = "x" }',
            r"permit.companies.Zetus.constant: found 0; above 0 is needed",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_file_and_place(text: str, problem: str, tmp_path: Path) -> None:
    """With what is allowed, before anything is computed."""
    with pytest.raises(InputError, match=problem) as refused:
        mine(tmp_path, f"[uncertainties.permit]\n{text}")
    assert refused.value.file.endswith("mine.toml")
    assert "permit" in str(refused.value)


def test_only_lead_times_are_of_a_company(tmp_path: Path) -> None:
    """A size has none of its own."""
    with pytest.raises(InputError, match=r"uncertainties.size.companies: unknown key"):
        mine(tmp_path, "uncertainties.size.companies.Zetus = { constant = 2.0 }")


def test_they_lie_where_they_are_and_nowhere_else(baseline: Scenario) -> None:
    """A company's own before its province's; what is left at the start likewise; all other tables are those of the baseline."""
    limburg = {**OF_QUANTILES, "status": "assumed", "source": "a test"}
    zetus = {"distribution": "expon", "parameters": {}, "constant": 3.0, "status": "assumed", "source": "a test"}
    scenario = baseline.central.with_({"uncertainties.permit": {"provinces": {"Limburg": limburg}, "companies": {"Zetus": zetus}}})
    region, permit = load_region(scenario), scenario.uncertainties.permit
    model, before = build_model(scenario, region), build_model(baseline.central, region)
    assert (model.tables[: len(Table)] == before.tables).all()
    assert not len(before.lead_times)  # nothing more is hashed, or read
    for i, (c, province) in enumerate(zip(region.company, region.provinces, strict=True)):
        name = region.company_names[c]
        own = permit.of(name, province)
        assert own is (permit.companies["Zetus"] if name == "Zetus" else permit.provinces.get(province, permit))
        table = model.tables[model.lead_times[i, Table.PERMIT]]
        assert table[1024] == pytest.approx(768 * own.quantile(0.5), abs=0.5)
        differs = (model.lead_times[i] != np.arange(Table.SIZE)).nonzero()[0].tolist()
        assert differs == ([] if own is permit else [Table.PERMIT, Table.PERMIT_LEFT])
    assert digest_of(model) != digest_of(before)


def test_a_place_of_its_own_leaves_the_others_their_parameter_sets(baseline: Scenario) -> None:
    """The lead time of all is drawn as before; a table of quantiles in its place stays as it is said, and is not moved."""
    own = {"distribution": "expon", "parameters": {}, "constant": 3.0, "status": "assumed", "source": "a test"}
    with_own = baseline.with_({"uncertainties.permit": {"provinces": {"Limburg": own}}})
    drawn, now = (parameter_sets(each).of(3, each).uncertainties.permit for each in (baseline, with_own))
    assert (drawn.parameters, drawn.curve) == (now.parameters, now.curve)
    assert now.provinces["Limburg"].constant == 3
    replaced = baseline.with_({"uncertainties.permit": OF_QUANTILES})
    assert parameter_sets(replaced).of(3, replaced).uncertainties.permit == replaced.uncertainties.permit
    assert (replaced.uncertainties.permit.minimum, replaced.uncertainties.permit.range) == (None, None)
    with pytest.raises(InputError, match=r"permit is of quantiles here"):
        at(replaced, {"permit": 2.0}, "mine")


@pytest.mark.full
def test_both_engines_give_the_same_bits_and_another_experiment() -> None:
    """Of Flanders, with a mixture of all and quantiles of a province."""
    limburg = {**OF_QUANTILES, "status": "assumed", "source": "a test"}
    case = {"uncertainties.permit": {**OF_A_MIXTURE, "provinces": {"Limburg": limburg}}}
    compiled, plain = (sim.evaluate([case], replications=1, engine=engine) for engine in ("compiled", "plain"))
    assert compiled.attrs["digests"] == plain.attrs["digests"] != sim.evaluate([{}], replications=1).attrs["digests"]


@pytest.mark.parametrize(
    "case",
    [
        {"uncertainties.permit": {"provinces": {"Limburgh": {**OF_QUANTILES, "status": "assumed", "source": "x"}}}},
        {"companies": {"Zetu": {"managers": {"value": 2.0, "unit": "project managers", "status": "assumed", "source": "x"}}}},
    ],
)
def test_a_place_that_is_not_there_is_refused_also_of_a_region_that_was_read_before(case: dict[str, Any]) -> None:
    """The second case of an evaluation finds the region of the first."""
    with pytest.raises(InputError, match=r"did you mean '(Limburg|Zetus)'"):
        sim.evaluate([{}, case], replications=1, at="central")
