"""Rules of one's own: at work in the run they are handed to and nowhere else, named in what it gives, refused where they may change."""

import random
import time
from collections import Counter, namedtuple
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial, wraps
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.agents.policies import priority
from sim.inputs.errors import InputError
from sim.model.parties import Category
from sim.model.project import Project
from sim.model.regulator import plan
from sim.rules.plan import category
from sim.runs.own_rules import digest, in_place
from sim.runs.source import replaced

LARGER, LIST = 3, [1, 2]
PRIORITY, PREFERENCE, TENDER = "agents.policies.priority", "model.launch.preference", "model.project.Project.tender"
published = Project.tender
CATEGORY, PLAN, FEW = "rules.plan.category", "model.regulator.plan", 10


def by_objective(policy: int, m: Any, live: int) -> int:
    """Serve the municipality with the largest objective first."""
    return m["objective"] * LARGER


def by_objective_plain(world: Any, m: Any, policy: str, moment: Any) -> tuple[int, ...]:
    """The same, for the plain model."""
    return (-m.objective, m.index)


def reviewed(self: Project, under_way: bool) -> Iterator[Any]:
    """A review of 6 to 18 months between KTP and award, of those that are not under way."""
    if not under_way:
        yield self.until(self.world.now + 6 + self.draw_of("review") % 13)
    yield from published(self, under_way)


def totals(engine: str, rules: dict[str, Any] | None = None) -> Any:
    """One replication's outcomes."""
    return sim.evaluate({}, replications=1, engine=engine, rules=rules)


@pytest.fixture(scope="module")
def plain() -> Any:
    """The published model's."""
    return totals("plain")


def test_a_stage_of_ones_own_is_at_work_named_and_gone_again(plain: Any) -> None:
    """It delays what it is asked to delay; the next run is the published one."""
    own = totals("plain", {TENDER: reviewed})
    assert own["realised_at_end"][0] < plain["realised_at_end"][0]
    assert f"sim.{TENDER}" in own.attrs["standing"]["replaced"]
    assert Project.tender is published
    assert not replaced()
    again = totals("plain", {TENDER: reviewed})
    assert again.attrs["digests"] == own.attrs["digests"] != plain.attrs["digests"]


def test_a_stage_that_adds_nothing_changes_nothing(plain: Any) -> None:
    """Whatever is drawn for it, all other draws are as they were."""

    def drawn_only(self: Project, under_way: bool) -> Iterator[Any]:
        self.draw_of("review")
        yield from published(self, under_way)

    own = totals("plain", {TENDER: drawn_only})
    assert own.attrs["digests"] == plain.attrs["digests"]
    assert "replaced" in own.attrs["standing"]  # and yet it says so


def test_nobody_else_computes_with_them(plain: Any) -> None:
    """Threads wait for each other's rules to be gone."""
    with ThreadPoolExecutor(3) as threads:
        rules: list[dict[str, Any] | None] = [None, {TENDER: reviewed}, None]
        found = [threads.submit(totals, "plain", each).result for each in rules]
        one, own, two = (each() for each in found)
    assert one.attrs["digests"] == two.attrs["digests"] == plain.attrs["digests"] != own.attrs["digests"]
    assert "replaced" not in one.attrs["standing"]
    assert "replaced" not in two.attrs["standing"]


@pytest.mark.full
def test_a_policy_of_ones_own_gives_the_same_bits_in_both_engines(tmp_path: Path) -> None:
    """Compiled by its own name, and refused as the published model is not."""
    own, model = totals("compiled", {PRIORITY: by_objective}), totals("plain", {PREFERENCE: by_objective_plain})
    assert own.attrs["digests"] == model.attrs["digests"]
    run = sim.run("baseline", 2, rules={PRIORITY: by_objective}, out=tmp_path / "own")
    with pytest.raises(InputError, match="different: replaced, source"):
        sim.run("baseline", 2, out=tmp_path / "own")
    assert run.manifest["digest"] != sim.run("baseline", 2, out=tmp_path / "published").manifest["digest"]


def few_are_2a(has_objective: bool, lack: int, sufficient: bool) -> int:
    """A law that spares who lacks fewer than FEW dwellings: 2A whatever its plan is worth."""
    return category(has_objective, lack, sufficient or lack < FEW)


def few_are_2a_plain(world: Any, moment: Any, m: Any, row: Any) -> Any:
    """The same, for the plain model."""
    verdict = plan(world, moment, m, row)
    return Category.CATEGORY_2A if row["lacking_regular"] + row["lacking_sib"] < FEW else verdict


@pytest.mark.full
def test_a_law_of_ones_own_gives_the_same_bits_in_both_engines() -> None:
    """It spares some, and nobody else; and the published law is back."""
    own, model = totals("compiled", {CATEGORY: few_are_2a}), totals("plain", {PLAN: few_are_2a_plain})
    published = totals("compiled")
    assert own.attrs["digests"] == model.attrs["digests"] != published.attrs["digests"]
    assert own["verdicts_2B"][0] < published["verdicts_2B"][0]


def all_in_the_first(objective_regular: int, shares: Any, path: Any) -> None:
    """A growth path that asks all of the first legislature."""
    path[:] = 0
    path[0] = objective_regular


def test_what_the_engine_keeps_is_not_of_other_rules() -> None:
    """Neither does a rule meet what was made without it, nor the published model what was made with it."""
    before = totals("compiled")
    own = totals("compiled", {"rules.growth_path.growth_path": all_in_the_first})
    after = totals("compiled")
    assert own["verdicts_2B"][0] > before["verdicts_2B"][0]
    assert after.attrs["digests"] == before.attrs["digests"]


def test_what_a_rule_reads_is_part_of_what_it_is() -> None:
    """Its constants, defaults, cells and what it calls; not its comments."""

    def made(number: int, default: int = 1) -> Callable[..., int]:
        def rule(policy: int, m: Any, live: int, more: int = default) -> int:
            return number * live + more

        return rule

    digests = {digest(rule, "rule") for rule in (made(1), made(2), made(1, 2), made(1), by_objective)}
    assert len(digests) == 4


Pair = namedtuple("Pair", ["a", "b"])
READ = {
    "a Pair": Pair(1, 2),
    "an array that may be written in": np.arange(3),
    "a partial": partial(max, 1),
    "a vectorize": np.vectorize(max),
    "a Counter": Counter(),
    "a builtin_function_or_method": random.random,
    "a method": np.random.random,
    "a ufunc": np.frompyfunc(by_objective, 3, 1),
}


@pytest.mark.parametrize("said", READ)
def test_what_only_looks_constant_is_refused(said: str) -> None:
    """It draws, keeps something, or means something else than its values say."""
    value = READ[said]

    def rule(policy: int, m: Any, live: int) -> Any:
        return value

    with pytest.raises(InputError, match=f"reads {said}"):
        digest(rule, "rule")


def test_a_function_that_carries_something_or_makes_a_class_is_refused() -> None:
    """An attribute may change from one run to the next; a class reads what nobody sees."""

    def carries(policy: int, m: Any, live: int) -> Any:
        return live

    def makes(policy: int, m: Any, live: int) -> Any:
        class Made:
            y = LIST

        return Made

    vars(carries)["k"] = 1
    with pytest.raises(InputError, match="has attributes of its own"):
        digest(carries, "rule")
    with pytest.raises(InputError, match="makes a class"):
        digest(makes, "rule")


def test_what_only_says_that_it_is_the_models_is_told_by_what_it_is() -> None:
    """`functools.wraps` gives a function the module and name of another: two of them are two."""

    def made(number: int) -> Callable[..., int]:
        @wraps(priority)
        def helper(policy: int, m: Any, live: int) -> int:
            return number

        vars(helper).clear()
        return lambda policy, m, live: helper(policy, m, live)

    assert digest(made(1), "rule") != digest(made(2), "rule")


def _of_other_arguments(policy: int, m: Any) -> int:
    return 0


def _reads_no_column(policy: int, m: Any, live: int) -> int:
    return m["lacking"]


def _reads_a_list(policy: int, m: Any, live: int) -> int:
    return LIST[0]


def _reads_a_clock(policy: int, m: Any, live: int) -> int:
    return int(time.time())


def _reads_a_generator(policy: int, m: Any, live: int) -> int:
    return random.randint(0, 3)


def _reads_numpys_generator(policy: int, m: Any, live: int) -> int:
    return int(np.random.default_rng().integers(3))


def _imports(policy: int, m: Any, live: int) -> int:
    import secrets

    return secrets.randbelow(3)


def _reads_a_file(policy: int, m: Any, live: int) -> int:
    return len(open("weights").read())


def _calls_one_of_these(policy: int, m: Any, live: int) -> int:
    return _reads_a_clock(policy, m, live)


@pytest.mark.parametrize(
    ("name", "rule", "said"),
    [
        (PRIORITY, _reads_a_list, "reads a list, which may change"),
        (PRIORITY, _reads_a_clock, "reads the module time"),
        (PRIORITY, _calls_one_of_these, "reads the module time"),
        (PRIORITY, _reads_a_generator, "reads the module random"),
        (PRIORITY, _reads_numpys_generator, "draws from a generator"),
        (PRIORITY, _imports, "imports secrets when it runs"),
        (PRIORITY, _reads_a_file, r"calls open\(\)"),
        (PRIORITY, len, "a plain function is needed"),
        (PRIORITY, _of_other_arguments, r"found \(policy.*; \(policy: int, m: Any, live: int\) -> int is what it is called with"),
        ("agents.policies.priorit", by_objective, "did you mean 'priority'"),
        ("agents.polices.priority", by_objective, "nothing there is called 'polices'"),
        ("agent.policies.priority", by_objective, "did you mean 'agents'"),
        ("runs.chunk.compute", by_objective, "no room of the model"),
        (PREFERENCE, by_objective, "the compiled engine does not read sim.model; engine='plain' does"),
    ],
)
def test_what_may_change_is_refused(name: str, rule: Any, said: str) -> None:
    """Before anything is computed, with what is allowed."""
    with pytest.raises(InputError, match=said), in_place({name: rule}, "compiled"):
        pass
    assert not replaced()


@pytest.mark.parametrize("call", [sim.evaluate, sim.run])
def test_what_numba_cannot_compile_is_refused_with_what_there_is(call: Callable[..., Any], tmp_path: Path) -> None:
    """Before a folder is made, and not as replications that failed."""
    asked = {"changes": {}} if call is sim.evaluate else {"scenario": "baseline", "out": tmp_path / "run"}
    with pytest.raises(InputError, match=r"agents.policies.priority: .*'lacking' was not found .*'objective', 'delivered'"):
        call(**asked, replications=1, at="central", rules={PRIORITY: _reads_no_column})
    assert not replaced()
    assert not [*tmp_path.iterdir()]
