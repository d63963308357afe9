"""The comparison of rhythms that docs/ keeps: whole, read as it should be, and what a run gives."""

import pandas as pd
import pytest

from docs.tables import rhythm_runs, rhythms
from docs.tables.rhythm_runs import BLAME, DRAFT, DRAWN, KEPT, OUTCOMES, Condition, blame, compared, conditions, scenarios
from sim.inputs.scenario.sets import parameter_sets
from sim.studies.compare.study import CONDITIONS, PAPER


def test_every_rhythm_stands_under_every_condition_once() -> None:
    """Sixteen rhythms; the forecast's own condition and eight others, of which plans on paper are those of every comparison."""
    own, crossed = conditions()
    table = pd.read_csv(KEPT, dtype={"response": str, "paper": str})
    asked = {(*condition, name) for condition in (own, *crossed) for name in scenarios() if name != DRAFT}
    assert len(asked) == 9 * 16 == len(table)
    assert {tuple(row) for row in table[[*Condition._fields, "rhythm"]].itertuples(index=False)} == asked
    assert float(crossed[-1].paper) == CONDITIONS[PAPER]["uncertainties"]["paper"]["value"] > float(crossed[0].paper) == 0
    assert own.response == own.paper == DRAWN
    assert {condition.yearly_measurement for condition in crossed} == {"path", "next"}
    for outcome in OUTCOMES:
        assert (table[f"{outcome}_low95"] <= table[outcome]).all()
        assert (table[outcome] <= table[f"{outcome}_high95"]).all()


def test_places_are_those_of_the_differences() -> None:
    """Of the rhythms and the draft, whose own difference is zero; those alike share a place."""
    for _, rows in pd.read_csv(KEPT, dtype={"response": str, "paper": str}).groupby(list(Condition._fields)):
        differences = rows.set_index("rhythm")["dwellings"]
        for row in rows.to_dict("records"):
            ahead = (differences > row["dwellings"] + 0.001).sum() + (row["dwellings"] < -0.001)
            assert row["place"] == 1 + ahead
            assert row["draft_place"] == 1 + (differences > 0).sum()


@pytest.mark.parametrize(
    ("ends", "sign", "written"),
    [
        ((0, 0, 0), "0", "0"),
        ((5, -3, 12), "0", "+5 (-3 to +12)"),
        ((616, 588, 643), "+", "+616 (+588 to +643)"),
        ((-30, -50, -10), "-", "-30 (-50 to -10)"),
        ((30, -10, 70), "?", "+30 (-10 to +70)"),
    ],
)
def test_a_difference_is_read_by_its_interval(ends: tuple[float, float, float], sign: str, written: str) -> None:
    """None that counts, more, fewer, and not clear."""
    row = pd.Series(dict(zip(("dwellings", "dwellings_low95", "dwellings_high95"), ends, strict=True)), dtype=float)
    assert (rhythms.sign(row, "dwellings"), rhythms.difference(row, "dwellings")) == (sign, written)


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ("++++++++", "more in all eight"),
        ("0000----", "fewer in four of eight, never the other way"),
        ("+++++++-", "**turns**: more in seven, fewer in one"),
        ("00000000", "none in any"),
        ("0000000?", "none that is clear"),
    ],
)
def test_what_survives_is_the_sign_in_all_conditions(monkeypatch: pytest.MonkeyPatch, signs: str, said: str) -> None:
    """A single condition with the other sign turns it around."""
    monkeypatch.setattr(rhythms, "signs", lambda *_: signs)
    assert rhythms.verdict("yearly") == said


@pytest.mark.full
def test_a_condition_is_what_a_scenario_says_of_it() -> None:
    """Response, plans on paper and reading, of every rhythm."""
    for condition in conditions()[1]:
        for name, scenario in rhythm_runs.under(condition).items():
            assert scenario.uncertainties.response.constant == float(condition.response), name
            assert scenario.uncertainties.paper.value == float(condition.paper)
            assert "paper" not in parameter_sets(scenario).fitted
            assert parameter_sets(scenario).values(3)["paper"] == float(condition.paper), "held, and not drawn"
            assert scenario.law.readings.yearly_measurement.value == condition.yearly_measurement


@pytest.mark.full
def test_the_forecast_s_own_condition_is_what_a_run_gives() -> None:
    """Every rhythm, to the last digit (a minute)."""
    own, table = conditions()[0], pd.read_csv(KEPT, dtype={"response": str, "paper": str})
    kept = table[table["response"] == own.response].reset_index(drop=True)
    pd.testing.assert_frame_equal(pd.DataFrame(list(compared(own))).round(3), kept, check_dtype=False)


@pytest.mark.full
def test_blame_and_reliefs_of_the_draft_are_what_a_run_gives() -> None:
    """What is missing, what each relief adds, and the shares of the verdicts that each side would have prevented (half a minute)."""
    pd.testing.assert_frame_equal(blame(), pd.read_csv(BLAME), check_dtype=False)
